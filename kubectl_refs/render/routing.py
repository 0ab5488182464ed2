"""The way of a request on one page: through which Gateway to which rule, or where it stops, and what is wrong there."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.routing import ListenerPlace, Request, Way
from kubectl_refs.core.queries.routing import RoutingReport
from kubectl_refs.core.text.language import counted, listing
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.block_lines import COLUMN
from kubectl_refs.render.text.brevity import Brevity, fitting_page
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style, Tone
from kubectl_refs.render.why import render_why_with_brevity
from kubectl_refs.render.wide import render_wide

OPEN = 5
"""The most unknown facts about a way that are listed; the rest are counted."""


def render_routing(found: RoutingReport, style: Style, kubectl: Kubectl) -> str:
    """The ways, then what is wrong on them, as on the page of `why`."""

    def page(brevity: Brevity) -> str:
        text = render_why_with_brevity(brevity, found.report, style, kubectl, above=_route(found))
        return f"{_ways(found, style, brevity)}{_reference_text(found, style, text, brevity)}"

    return fitting_page(page, style)


def _route(found: RoutingReport) -> ObjectKey | None:
    """The route that takes the request; None unless there is exactly one."""
    routes = {way.rule.route for way in found.ways if way.rule is not None}
    return routes.pop() if len(routes) == 1 else None


def render_routing_wide(found: RoutingReport, style: Style, kubectl: Kubectl) -> str:
    """The ways, then everything that is known about the objects on them."""
    return f"{_ways(found, style, Brevity.WHOLE)}{_reference_text(found, style, render_wide(found.report, style, kubectl))}"


def _reference_text(found: RoutingReport, style: Style, text: str, brevity: Brevity = Brevity.WHOLE) -> str:
    """The text on references, conditions and misspelt fields; if there are none, only the gaps."""
    if found.report.references or found.report.conditions or found.report.misspelt:
        return text if brevity >= Brevity.BESIDES else f"\n{text}"
    page = Page(style)
    write_gaps(page, found.report.gaps)
    return f"\n{page}" if found.report.gaps else ""


def _ways(found: RoutingReport, style: Style, brevity: Brevity) -> str:
    page = Page(style, brevity)
    request = found.request
    host = f" with Host {request.host}" if request.host != request.server_name else ""
    page.line((f"{request.method} {request.url}{host}", Tone.NAME))
    leading = [way for way in found.ways if way.rule is not None]
    for number, same in enumerate(_grouped(leading or found.ways)):
        if number:
            page.blank()
        # A short page names only one of several Gateways that lead to the same rule.
        named = same[:1] if leading and brevity >= Brevity.BESIDES else same
        for each in named:
            _gateway(page, each, request)
        _way(page, same[0])
    if len(leading) > 1:
        these = "these" if brevity < Brevity.BESIDES else str(len(leading))
        page.prose("note", f"which of {these} Gateways it reaches depends on the address of the host", column=COLUMN)
    if leading:
        _other_gateways(page, [way for way in found.ways if way.rule is None])
    return str(page)


def _other_gateways(page: Page, ways: Sequence[Way]) -> None:
    """Write how many other Gateways have no rule for the request, and for how many that is not known."""
    without = [way for way in ways if not way.open]
    if without:
        said = (
            f"{counted(len(without), 'more Gateway')} with such a listener {_has_or_have(len(without))} no rule for it"
        )
        routes = list(dict.fromkeys(str(each.route) for way in without for each in way.unattached))
        if routes:
            said += f": {listing(routes)} would take it there but {_not_attached(routes)}"
        page.prose("note", said, column=COLUMN)
    unsure = len(ways) - len(without)
    if unsure:
        said = f"whether {counted(unsure, 'more Gateway')} with such a listener {_has_or_have(unsure)} a rule for it"
        page.prose("unknown", said, column=COLUMN, role=Tone.DOUBT)


def _grouped(ways: Sequence[Way]) -> list[list[Way]]:
    """The ways grouped by their course after the listener, whatever the Gateway."""
    found: dict[Hashable, list[Way]] = {}
    for way in ways:
        further = replace(way, gateway=None, listener=None)
        found.setdefault(further, []).append(way)
    return list(found.values())


def _not_attached(routes: Sequence[str]) -> str:
    return "is not attached" if len(routes) == 1 else "are not attached"


def _has_or_have(count: int) -> str:
    return "has" if count == 1 else "have"


def _gateway(page: Page, way: Way, request: Request) -> None:
    if way.listener is not None:
        place, own = way.listener, way.listener.holder == way.gateway
        # If it is the hostname asked for, the first line has it already.
        short = replace(place, hostname="") if place.hostname == request.host else place
        named, less = (f"{way.gateway}, {_listener(each, own=own)}" for each in (place, short))
        if page.brevity >= Brevity.BESIDES:
            less = f"{way.gateway}, {_named(place, own=own)}"
        _line(page, "gateway", page.shorter_of(named, less, COLUMN))


def _way(page: Page, way: Way) -> None:
    if way.rule is not None:
        _line(page, "route", f"{way.rule.route} {way.rule.path} ({way.rule.asks})")
        if way.rule.answer:
            _line(page, "answer", way.rule.answer)
    if way.stop is not None:
        _line(page, "stops", way.because, Tone.BAD)
    for sentence in way.nearest:
        _line(page, "nearest", sentence)
    routes = list(dict.fromkeys(str(each.route) for each in way.unattached))
    if routes:
        first = " first" if way.rule is not None else ""
        _line(page, "but", f"{listing(routes)} would take it{first} and {_not_attached(routes)} here; see below")
    for sentence in way.open[:OPEN]:
        _line(page, "unknown", sentence, Tone.DOUBT)
    if len(way.open) > OPEN:
        _line(page, "", f"and {len(way.open) - OPEN} more")


def _listener(place: ListenerPlace, *, own: bool) -> str:
    hostname = f", hostname {place.hostname}" if place.hostname else ""
    return f"{_named(place, own=own)} ({place.protocol}, port {place.port}{hostname})"


def _named(place: ListenerPlace, *, own: bool) -> str:
    return f'listener "{place.name}"' + ("" if own else f" of {place.holder}")


def _line(page: Page, label: str, text: str, tone: Tone = Tone.PLAIN) -> None:
    page.prose(label, text, column=COLUMN, role=tone)
