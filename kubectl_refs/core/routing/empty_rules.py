"""Rules of routes that send requests to no backend."""

from __future__ import annotations

from kubectl_refs.core.model.kinds import HTTP_ROUTE
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.values import entries, mapping


def leads_nowhere(rule: JSON) -> bool:
    """Whether a rule has neither backendRefs nor a filter that answers, or may answer, in their place."""
    answering = any(each.get("type") in ("RequestRedirect", "ExtensionRef") for each in filters_of(rule))
    return not rule.get("backendRefs") and not answering


def nowhere(kind: GroupKind) -> str:
    """What happens to the requests of a rule that leads nowhere."""
    happens = "requests get HTTP 500" if kind == HTTP_ROUTE else "there is nowhere to send calls"
    return f"no backendRefs, and no filter that answers: {happens}"


def filters_of(rule: JSON) -> list[JSON]:
    return [mapping(each) for each in entries(rule.get("filters"))]
