"""What the controllers report, one line for each condition, the agreement with our verdict as its first word."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import text
from kubectl_refs.render.text.ages import age
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Tone

AGREEMENT_ROLE: Mapping[Agreement, Tone] = {
    Agreement.AGREES: Tone.GOOD,
    Agreement.STALE: Tone.DOUBT,
    Agreement.CONTRADICTS: Tone.BAD,
    Agreement.ABSENT: Tone.DOUBT,
    Agreement.UNKNOWN: Tone.DOUBT,
}
COLUMN = 13
"""Where what is said of a condition begins."""


def write_conditions(
    page: Page, conditions: Sequence[Condition], *, of_several: bool = False, brief: bool = False
) -> None:
    """Each condition with what is to be known of it. Where they are `of_several` objects, each names the route whose
    status it is in. In `brief`, below references that fail, one that no controller wrote is told without why that may be,
    and what a refusal means for the others not again."""
    of_several = of_several or len({condition.object for condition in conditions}) > 1
    told: set[tuple[str, str, str]] = set()
    shown: list[Condition] = []
    for condition in conditions:
        if condition.reported is None and condition.controller_name is None:
            # No entry at all is one fact, not one for each type; manifests without a status have nothing to tell.
            fact = (str(condition.object), place_of(condition), condition.why)
            if fact in told or condition.without_status:
                continue
            told.add(fact)
        shown.append(condition)
    for condition, after in zip(shown, (*shown[1:], None), strict=False):
        # What is to be known of several alike stands below the last of them.
        alone = after is None or _to_be_known(after) != _to_be_known(condition)
        _write(page, condition, named=of_several and condition.parent_ref is not None, brief=brief, explained=alone)


def _to_be_known(condition: Condition) -> Hashable:
    """What is the same for conditions alike; of one of which more is told, itself."""
    reported = condition.reported
    if reported is None or reported.message or (_disagrees(condition) and not _as_expected(condition)):
        return id(condition)
    return condition.object, condition.agreement, condition.why, condition.advice


def _disagrees(condition: Condition) -> bool:
    return condition.agreement in (Agreement.CONTRADICTS, Agreement.STALE)


def _as_expected(condition: Condition) -> bool:
    """Whether it says what is expected, and is only of another time."""
    computed, reported = condition.computed, condition.reported
    return reported is not None and (reported.status, reported.reason) == (computed.status, computed.reason)


def _write(page: Page, condition: Condition, *, named: bool, brief: bool, explained: bool) -> None:
    head = f"{condition.agreement}:"
    gap = " " * (COLUMN - len(head))
    whose = f"{condition.object} at " if named else ""
    first, *words = f"{whose}{reported_of(page, condition)}".split(" ")
    lead = ((head, AGREEMENT_ROLE[condition.agreement]), f"{gap}{first}")
    page.flowed([lead, *((word,) for word in words)], COLUMN)
    # Why a reference is not known, the references and the gaps say.
    unchecked = brief and condition.agreement is Agreement.UNKNOWN and condition.computed.status == "Unknown"
    unchecked = unchecked and condition.reported is not None and condition.reported.status != "Unknown"
    if condition.why and explained and not unchecked and not (brief and condition.agreement is Agreement.ABSENT):
        page.prose("", condition.why, column=COLUMN)
    told = brief and condition.computed.reason == "RefNotPermitted"
    if _disagrees(condition) and not told and not _as_expected(condition):
        computed = condition.computed
        page.prose("", f"expected now: {condition.type}={computed.status} ({computed.reason})", column=COLUMN)
    if _disagrees(condition) or condition.agreement is Agreement.UNKNOWN:
        if condition.reported and condition.reported.message:
            page.prose("", f'the controller says: "{condition.reported.message}"', column=COLUMN)
        if condition.advice and explained and not unchecked and not (told and condition.code is Code.NOT_ENFORCED):
            page.prose("", f"advice: {condition.advice}", column=COLUMN)


def place_of(condition: Condition) -> str:
    """What a condition is about: `Gateway infra/public listener http`."""
    if condition.parent_ref is not None:
        return _named(condition.parent_ref)
    if condition.listener is not None:
        return f"{condition.object} listener {condition.listener}"
    if condition.ancestor_ref:
        return f"{condition.object} for {_named(condition.ancestor_ref)}"
    return str(condition.object)


def _named(ref: JSON) -> str:
    section, port = text(ref.get("sectionName")), ref.get("port")
    namespace, name = text(ref.get("namespace")), text(ref.get("name"))
    return (
        f"{text(ref.get('kind')) or 'Gateway'} {f'{namespace}/{name}' if namespace else name}"
        + (f" listener {section}" if section else "")
        + (f" port {port}" if port is not None else "")
    )


def reported_of(page: Page, condition: Condition) -> str:
    """What a controller reports, when and by what name."""
    reported, place = condition.reported, place_of(condition)
    if reported is None:
        # Of a route it is the whole status for a parent that is missing.
        silent = condition.controller_name is None and condition.parent_ref is not None
        return f"{place}: no status of this route" if silent else f"{place}: no {condition.type}"
    since = age(reported.last_transition_time, page.style.now)
    when = f", {since} ago" if since else ""
    by = f", by {condition.controller_name}" if condition.controller_name else ""
    return f"{place}: {condition.type}={reported.status} ({reported.reason}){when}{by}"
