"""What a rule does with a request instead of sending it on."""

from __future__ import annotations

from kubectl_refs.core.model.kinds import HTTP_ROUTE
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.routing import Request
from kubectl_refs.core.model.values import at, integer, mapping, text
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.routing.empty_rules import filters_of, leads_nowhere


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """The answer in words (`words`); empty if backends get the request. `leads_nowhere`: there is nothing to send it
    to."""

    words: str = ""
    leads_nowhere: bool = False


def rule_answer(kind: GroupKind, rule: JSON, request: Request) -> RuleAnswer:
    """What a rule does: a redirect, or that there is nowhere to send the request; empty if backends take it."""
    filters = filters_of(rule)
    redirect = next((each for each in filters if each.get("type") == "RequestRedirect"), None)
    if redirect is not None:
        return RuleAnswer(_redirect(mapping(redirect.get("requestRedirect")), request))
    if rule.get("backendRefs"):
        return RuleAnswer()
    if not leads_nowhere(rule):
        return RuleAnswer("it has no backendRefs; what its ExtensionRef answers is up to the implementation")
    # For other kinds the specification does not define the answer (docs/rules.md 7.1).
    status = ": it gets HTTP 500" if kind == HTTP_ROUTE else ""
    return RuleAnswer(f"it has no backendRefs, so there is nowhere to send the request{status}", leads_nowhere=True)


def _redirect(redirect: JSON, request: Request) -> str:
    """Where a redirect leads. A scheme without a port means the scheme's own port."""
    status = integer(redirect.get("statusCode")) or 302
    scheme = text(redirect.get("scheme")) or request.scheme
    host = text(redirect.get("hostname")) or request.host
    port = integer(redirect.get("port"))
    if port is None and not text(redirect.get("scheme")):
        port = request.port
    usual = {"http": 80, "https": 443}.get(scheme)
    shown = "" if port in (None, usual) else f":{port}"
    path, rest = request.path, ""
    match text(at(redirect, "path", "type")):
        case "ReplaceFullPath":
            path = text(at(redirect, "path", "replaceFullPath")) or "/"
        case "ReplacePrefixMatch":
            rest = f', the prefix of the path replaced by "{text(at(redirect, "path", "replacePrefixMatch")) or ""}"'
    return f"it answers HTTP {status}, a redirect to {scheme}://{host}{shown}{path}{rest}"
