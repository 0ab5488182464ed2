"""Reports made by hand: one that has everything a report can have, and a way to change every string in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Agreement, Computed, Condition, Reported
from kubectl_refs.core.model.fixes import Confidence, Fix, Remedy
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.judgements import Check, Judgement, Layer, Outcome, Verdict
from kubectl_refs.core.model.near_misses import Difference, GrantMatch, GrantName, NearMiss
from kubectl_refs.core.model.objects import GATEWAY_GROUP, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.render.kubectl import Kubectl
from tests.support.builders import CATALOG, from_entry, grant, route_with, to_entry

NOW = 1767312000.0
"""2026-01-02T00:00:00Z"""

ROUTE = ObjectKey(GATEWAY_GROUP, "HTTPRoute", "frontend", "web")
API = ObjectKey("", "Service", "backend", "api")
GATEWAY = ObjectKey(GATEWAY_GROUP, "Gateway", "infra", "public")
GRANT = ObjectKey(GATEWAY_GROUP, "ReferenceGrant", "backend", "g")
TYPO = grant([from_entry(namespace="fronted")], [to_entry(name="api")])

_PATCH_OPERATION = {"op": "replace", "path": "/spec/from/0/namespace", "value": "frontend"}


def _found(reference: Reference, role: Role = Role.BACKEND) -> FoundReference:
    return FoundReference.without_row(reference, Mechanism.REFERENCE_GRANT, role)


def with_reference(evaluated: EvaluatedReference, reference: Reference) -> EvaluatedReference:
    """The same verdict on another reference."""
    return replace(evaluated, found=replace(evaluated.found, reference=reference))


def evaluated(
    found: FoundReference, *judged: Any, effect: str = "", fixes: tuple[Fix, ...] = (), **more: Any
) -> EvaluatedReference:
    """A reference with its judgement, its effect on traffic, and its fixes."""
    return EvaluatedReference(found, Judgement(*judged, **more), effect=effect, remedy=Remedy(fixes))


def changed(evaluated: EvaluatedReference, **changes: Any) -> EvaluatedReference:
    """The same reference with some fields of its judgement, of its remedy or of itself replaced."""
    remedy = {name: changes.pop(name) for name in ("fixes", "by_hand") if name in changes}
    own = {each.name: changes.pop(each.name) for each in fields(EvaluatedReference) if each.name in changes}
    found = evaluated.with_judgement(**changes) if changes else evaluated
    return replace(found, **{"remedy": found.remedy._replace(**remedy), **own})


REFUSED = evaluated(
    _found(Reference(ROUTE, "spec.rules[0].backendRefs[0]", API, port=8080)),
    Mechanism.REFERENCE_GRANT,
    Verdict.REFUSED,
    reason="RefNotPermitted",
    code=Code.NEAR_MISS,
    because="no ReferenceGrant in namespace backend permits HTTPRoutes in frontend to reference Service api",
    checks=(
        Check(Layer.PERMISSION, Outcome.FAILED, "no grant"),
        Check(Layer.TARGET, Outcome.OK, "Service backend/api exists"),
        Check(Layer.PORT, Outcome.FAILED, "Service backend/api has no port 8080; it has 80 and 443"),
        Check(Layer.TYPE, Outcome.NOTE, "Service backend/api is headless, which some implementations do not take"),
    ),
    near_misses=(
        NearMiss(
            GrantName("backend", "g"),
            0,
            0,
            (
                Difference("spec.from[0].namespace", "frontend", "fronted", Hint.TYPO, 'no namespace "fronted" exists'),
                Difference("spec.to[0].name", "api", None, Hint.OTHER_NAME),
            ),
            1.0,
            TYPO,
        ),
        *(
            NearMiss(
                GrantName("backend", f"far-{number}"),
                0,
                0,
                (Difference("spec.from[0].kind", "HTTPRoute", "GRPCRoute", Hint.OTHER_KIND),),
                5.0,
                grant([from_entry(kind="GRPCRoute")], name=f"far-{number}"),
            )
            for number in range(4)
        ),
    ),
    notes=("refused for the route's Gateway parents",),
    effect="all requests of spec.rules[0] (path /api) get HTTP 500",
    fixes=(
        Fix(
            "patch",
            GRANT,
            "repair spec.from[0].namespace of ReferenceGrant backend/g",
            Confidence.GUESS,
            patch=(_PATCH_OPERATION,),
            widens=("HTTPRoutes in frontend to reference Service backend/other",),
        ),
        Fix("create", GRANT, "a new ReferenceGrant in backend", Confidence.CERTAIN, manifest=TYPO),
        Fix("edit", GRANT, "a second thing", Confidence.LIKELY, follows=True),
    ),
)
ALLOWED = evaluated(
    _found(Reference(ROUTE, "spec.parentRefs[0]", GATEWAY, section_name="http"), Role.PARENT),
    Mechanism.ALLOWED_ROUTES,
    Verdict.ALLOWED,
    reason="Accepted",
    code=None,
    because='allowedRoutes of listener "http" admits it',
    checks=(Check(Layer.TARGET, Outcome.NOTE, "the Gateway is not programmed yet"),),
    grants=(GrantMatch(GrantName("backend", "g"), 0, 1),),
)
UNKNOWN = evaluated(
    _found(Reference(ROUTE, "spec.rules[1].backendRefs[0]", API)),
    Mechanism.REFERENCE_GRANT,
    Verdict.UNKNOWN,
    reason=None,
    code=Code.UNREADABLE,
    because="the ReferenceGrants in backend could not be read",
    checks=(Check(Layer.TARGET, Outcome.UNKNOWN, "Service backend/api could not be read"),),
    ask="HTTPRoute frontend/web references Service backend/api. Is there a ReferenceGrant?",
    fixes=(Fix("create", GRANT, "the same again", Confidence.GUESS, manifest=TYPO),),
)
BROKEN = changed(
    ALLOWED,
    found=_found(Reference(ROUTE, "spec.rules[2].backendRefs[0]", API._replace(namespace="frontend"), port=80)),
    mechanism=Mechanism.SAME_NAMESPACE,
    verdict=Verdict.BROKEN,
    reason="BackendNotFound",
    because="Service frontend/api does not exist",
    checks=(Check(Layer.TARGET, Outcome.FAILED, "Service frontend/api does not exist"),),
    grants=(),
)
PARENT = {"group": GATEWAY_GROUP, "kind": "Gateway", "namespace": "infra", "name": "public", "sectionName": "http"}


_CODES = {
    Agreement.CONTRADICTS: Code.CONTRADICTION,
    Agreement.STALE: Code.STALE_GENERATION,
    Agreement.ABSENT: Code.NO_STATUS,
    Agreement.UNKNOWN: Code.UNDECIDED,
}


def condition(agreement: Agreement, **more: Any) -> Condition:
    given: dict[str, Any] = {
        "reported": Reported("True", "ResolvedRefs", "all is well", 2, "2026-01-01T23:55:00Z"),
        "parent_ref": PARENT,
        "controller_name": "example.com/controller",
        "code": _CODES.get(agreement),
        **more,
    }
    computed = Computed("False", "RefNotPermitted", "not permitted")
    return Condition(ROUTE, "ResolvedRefs", computed, agreement, f"that is {agreement}", **given)


CONDITIONS = (
    condition(Agreement.AGREES),
    condition(Agreement.CONTRADICTS),
    condition(Agreement.STALE),
    condition(Agreement.ABSENT, reported=None),
    condition(Agreement.ABSENT, reported=None, controller_name=None),
)
GAPS = (
    Gap("get", "", "services", "backend", "api", 403, "services is forbidden", "whether it exists is not known"),
    Gap("list", GATEWAY_GROUP, "referencegrants", None, None, None, "EOF", "what permits it is not known"),
)
KUBECTL = Kubectl(CATALOG)
PATCH, COMMAND = map(KUBECTL.command, REFUSED.fixes[:2])
FULL = Report(
    (REFUSED, UNKNOWN, BROKEN, ALLOWED),
    CONDITIONS,
    GAPS,
    {ROUTE: route_with({"rules": [{"backendRefs": [{"name": "api", "namespace": "backend", "port": 8080}]}]})},
)

_Value = TypeVar("_Value")


def with_every_string(value: _Value, change: Callable[[str], str]) -> _Value:
    """A copy of a report, or of a part of one, with every string changed except values of enumerations."""
    changed: Any
    if isinstance(value, StrEnum):
        changed = value
    elif isinstance(value, str):
        changed = change(value)
    elif isinstance(value, tuple | list):
        items = [with_every_string(item, change) for item in value]
        changed = value._make(items) if hasattr(value, "_make") else type(value)(items)
    elif isinstance(value, Mapping):
        changed = {with_every_string(key, change): with_every_string(item, change) for key, item in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        changed = replace(
            value, **{field.name: with_every_string(getattr(value, field.name), change) for field in fields(value)}
        )
    else:
        changed = value
    result: _Value = changed
    return result
