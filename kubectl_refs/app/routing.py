"""`kubectl refs why URL`: fetch, think, print."""

from __future__ import annotations

from kubectl_refs.app.exit_status import exit_status
from kubectl_refs.app.input.locations import with_report_located
from kubectl_refs.app.input.objects import refuse_emptiness
from kubectl_refs.app.input.prefetch import reader_of
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.model.routing import Request
from kubectl_refs.core.queries.routing import RoutingReport, route_request
from kubectl_refs.core.records import replace
from kubectl_refs.core.view.store import library_of
from kubectl_refs.process.errors import FOUND, OK, UNKNOWN
from kubectl_refs.render.data.routing import routing_data
from kubectl_refs.render.formats import Shapes
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.routing import render_routing, render_routing_wide
from kubectl_refs.render.why import failing_names


def why_request(
    inputs: Inputs, request: Request, rerun_words: tuple[str, ...], output: Output, *, exit_zero: bool
) -> int:
    """Tell which rule takes a request and what is wrong on its way; returns the exit status. `rerun_words` are the
    words that ask the same again."""
    source, namespace = inputs.open()
    refuse_emptiness(source, "why")
    library = library_of(source)
    reader = reader_of(source, library)
    found = route_request(reader, library, request, namespace)
    found = replace(found, report=with_report_located(found.report, source))
    words = () if inputs.files and not inputs.words else (*rerun_words, *(inputs.words or inputs.flags))
    kubectl = Kubectl(source.catalog, inputs.flags, inputs.program, words, source=inputs.words)
    output.write(
        Shapes(
            text=lambda style: render_routing(found, style, kubectl),
            wide=lambda style: render_routing_wide(found, style, kubectl),
            data=lambda: routing_data(found, kubectl),
            names=lambda: failing_names(found.report),
        )
    )
    return OK if exit_zero else _status(found, is_part=source.catalog.is_part)


def _status(found: RoutingReport, *, is_part: bool) -> int:
    """The exit status by the references, conditions and misspelt fields on the way. A request also fails if no rule
    takes it (unless one that is not known may), if nothing serves the target, or if its rule sends it nowhere."""
    status = exit_status(found.report.references, found.report.conditions, found.report.misspelt)
    if status == FOUND:
        return FOUND
    unsure = found.uncertain or (is_part and not found.found)
    nowhere = any(way.rule is not None and way.rule.leads_nowhere for way in found.ways)
    taken = found.found and not found.report.unserved and not nowhere
    return UNKNOWN if unsure else status if taken else FOUND
