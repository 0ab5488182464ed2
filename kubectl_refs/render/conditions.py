"""What the controllers report, one line for each condition, the agreement with our verdict as its first word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubectl_refs.core.agreement import NO_STATUS
from kubectl_refs.core.model import Agreement, Condition
from kubectl_refs.core.objects import text
from kubectl_refs.render.ages import age
from kubectl_refs.render.page import Page
from kubectl_refs.render.style import Role

AGREEMENT_ROLE: Mapping[Agreement, Role] = {
    Agreement.AGREES: Role.GOOD,
    Agreement.STALE: Role.DOUBT,
    Agreement.CONTRADICTS: Role.BAD,
    Agreement.ABSENT: Role.DOUBT,
    Agreement.UNKNOWN: Role.DOUBT,
}
_COLUMN = 13


def write_conditions(page: Page, conditions: Sequence[Condition]) -> None:
    told: set[tuple[str, str]] = set()
    for condition in conditions:
        if condition.reported is None and condition.controller_name is None:
            # No entry at all is one fact, not one for each type; manifests without a status have nothing to tell.
            fact = (parent_of(condition), condition.why)
            if fact in told or condition.why == NO_STATUS:
                continue
            told.add(fact)
        _write(page, condition)


def _write(page: Page, condition: Condition) -> None:
    head = f"{condition.agreement}:"
    gap = " " * (_COLUMN - len(head))
    page.line((head, AGREEMENT_ROLE[condition.agreement]), f"{gap}{reported_of(page, condition)}")
    if condition.why:
        page.prose("", condition.why, column=_COLUMN)
    if condition.agreement in (Agreement.CONTRADICTS, Agreement.STALE):
        computed = condition.computed
        page.prose("", f"by what is there now: {condition.type}={computed.status} ({computed.reason})", column=_COLUMN)
        if condition.reported and condition.reported.message:
            page.prose("", f'the controller says: "{condition.reported.message}"', column=_COLUMN)


def parent_of(condition: Condition) -> str:
    """The parent a condition is about: `Gateway infra/public listener http`."""
    ref = condition.parent_ref or {}
    section = text(ref.get("sectionName"))
    port = ref.get("port")
    return (
        f"{ref.get('kind')} {ref.get('namespace')}/{ref.get('name')}"
        + (f" listener {section}" if section else "")
        + (f" port {port}" if port is not None else "")
    )


def reported_of(page: Page, condition: Condition) -> str:
    """What a controller reports, when and by what name."""
    reported = condition.reported
    if reported is None:
        return (
            f"{parent_of(condition)}: no {condition.type}"
            if condition.controller_name
            else (f"{parent_of(condition)}: no status of this route")
        )
    since = age(reported.last_transition_time, page.style.now)
    when = f", {since} ago" if since else ""
    return (
        f"{parent_of(condition)}: {condition.type}={reported.status} ({reported.reason}){when}, "
        f"by {condition.controller_name}"
    )
