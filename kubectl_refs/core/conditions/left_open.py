"""What the specification leaves to controllers, as far as it explains why one reports a condition as False."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kubectl_refs.core.conditions.reasons import ABOUT_LISTENERS, ABOUT_OBJECTS, ABOUT_REFERENCES
from kubectl_refs.core.fields.controllers import ENVOY_GATEWAY, KGATEWAY, Controller
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import READ_MESSAGE, Agreement, Comparison, Reported
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import BACKEND_TLS_POLICY, SECRET
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.targets.backend_kinds import kind_words, taken_where
from kubectl_refs.core.targets.requirements import requirements_of
from kubectl_refs.core.text.language import enumerated, with_article


@dataclass(frozen=True, slots=True)
class Limit:
    """What a controller, in some release, does not take in the references that the limit `concerns`, as it says itself:
    `says` are words of its message. `text` and `advice` are sentences without full stop; `read_in` is the public report."""

    controller: Controller
    says: str
    concerns: Callable[[EvaluatedReference], bool]
    text: str
    advice: str
    read_in: str


def _to_a_secret_elsewhere(each: EvaluatedReference) -> bool:
    return each.mechanism is Mechanism.REFERENCE_GRANT and each.reference.to.group_kind == SECRET


def _ca_in_a_secret(each: EvaluatedReference) -> bool:
    of_policy = each.reference.referrer.group_kind == BACKEND_TLS_POLICY
    return of_policy and each.field.role is Role.CA and each.reference.to.group_kind == SECRET


LIMITS: Sequence[Limit] = (
    Limit(
        ENVOY_GATEWAY,
        "secret ref namespace must be unspecified/empty",
        _to_a_secret_elsewhere,
        "this release of Envoy Gateway, unlike those since envoyproxy/gateway#8074, takes no Secret from another namespace in this field",
        "copy the Secret into the namespace of the policy, or upgrade Envoy Gateway",
        read_in="envoyproxy/gateway#7048, and its pull request 8074",
    ),
    Limit(
        KGATEWAY,
        "configmap",
        _ca_in_a_secret,
        "this release of kgateway looks for CA certificates in ConfigMaps alone (kgateway-dev/kgateway#12805)",
        "reference a ConfigMap with the certificates in its key ca.crt",
        read_in="kgateway-dev/kgateway#12805",
    ),
)


def reported_limit(
    reported: Reported, references: Sequence[EvaluatedReference], controller: Controller | None
) -> Limit | None:
    """The limit of which a controller speaks in a condition that may be about the references; None if it speaks of none."""
    said = reported.message.lower()
    for limit in LIMITS:
        if limit.controller is controller and limit.says in said and any(map(limit.concerns, references)):
            return limit
    return None


def left_open(
    reported: Reported, references: Sequence[EvaluatedReference], controller: Controller | None
) -> Comparison | None:
    """For a condition that a controller reports as False for what the specification leaves to it; None for others."""
    limit = reported_limit(reported, references, controller)
    if limit is not None:
        return _not_supported(limit.text, limit.advice)
    reasons = set(reported.reason.split(","))
    if reasons & ABOUT_LISTENERS:
        why = "none of its listeners is ready or valid, for example because a certificate is missing"
        return Comparison(Agreement.UNKNOWN, why, Code.OTHER_CAUSE, _LOOK_AT_LISTENERS)
    if reasons & _ABOUT_KINDS:
        return _by_kind(references, controller)
    return _by_type(references) if reasons & (ABOUT_REFERENCES - {"RefNotPermitted"}) else None


_ABOUT_KINDS = frozenset({"InvalidCACertificateKind", "InvalidKind"})
_LOOK_AT_LISTENERS = "run 'why' on the Gateway or ListenerSet to see what its listeners lack"


def _not_supported(why: str, advice: str) -> Comparison:
    return Comparison(Agreement.UNKNOWN, why, Code.UNSUPPORTED_BY_CONTROLLER, advice)


def undecided(
    reported: Reported, references: Sequence[EvaluatedReference], controller: Controller | None
) -> Comparison:
    """For a condition of which it is not known what it should be: something could not be checked, or the specification
    does not tie it to what fails."""
    failing = [each for each in references if each.verdict.fails]
    if any(each.verdict is Verdict.UNKNOWN for each in references):
        why = "this depends on something that could not be checked"
    elif failing:
        why = f"whether {failing[0].reference.path} shows here is not specified: {failing[0].because}"
    else:
        why = "what decides this is not checked here"
    if reported.status != "False":
        return Comparison(Agreement.UNKNOWN, why)
    limit = reported_limit(reported, references, controller)
    if limit is not None and any(each.verdict is Verdict.REFUSED for each in filter(limit.concerns, references)):
        return Comparison(Agreement.AGREES, limit.text)
    fitting = _fitting(reported, failing) if limit is None else None
    if fitting is not None:
        return Comparison(Agreement.AGREES, f"it fits {fitting.reference.path}: {fitting.because}")
    other = Comparison(Agreement.UNKNOWN, why, Code.OTHER_CAUSE, READ_MESSAGE)
    return left_open(reported, references, controller) or other


def _by_kind(references: Sequence[EvaluatedReference], controller: Controller | None) -> Comparison | None:
    optional: dict[GroupKind, EvaluatedReference] = {}
    for each in references:
        core = requirements_of(each.found).core
        if core is not None and each.reference.to.group_kind not in core:
            optional.setdefault(each.reference.to.group_kind, each)
    if not optional:
        return None
    kinds = " or ".join(with_article(kind_words(kind)) for kind in optional)
    expected = requirements_of(next(iter(optional.values())).found)
    who = controller.name if controller else "the controller"
    where = taken_where(controller, next(iter(optional))) if controller and len(optional) == 1 else ""
    if where:
        why = f"{who} takes {kinds} as {expected.noun}{where}; by this status, that is not so here"
    else:
        why = f"by this status, {who} does not take {kinds} as {expected.noun}; the specification leaves that to it"
    sure = expected.core[0].kind if expected.core else ""
    return _not_supported(
        why, f"reference {with_article(sure)}, or see whether the controller can be configured to take that kind"
    )


def _by_type(references: Sequence[EvaluatedReference]) -> Comparison | None:
    found = [each for each in references if each.type_note and each.code is not Code.NEWLY_INVALID]
    if not found:
        return None
    why = found[0].type_note if len(references) == 1 else f"perhaps for this: {found[0].type_note}"
    if found[0].is_parent:
        return _not_supported(why, "name a Service that has a cluster IP as the parent")
    return _not_supported(why, "see the controller's message, or use a target that every controller takes")


def unsupported_route_kinds(kinds: Sequence[GroupKind]) -> Comparison:
    """For a listener with `InvalidRouteKinds` that lists these kinds (AllowedRoutes.kinds)."""
    named = enumerated([kind_words(kind) for kind in kinds])
    why = f"the controller does not support {named} on this listener, which the specification leaves to it"
    return _not_supported(why, "take what it does not support out of allowedRoutes.kinds, or use another controller")


def _fitting(reported: Reported, failing: Sequence[EvaluatedReference]) -> EvaluatedReference | None:
    """The failing reference that a condition, which is False, is about: one that its message names, or the first if its
    reason is about what the object references; None if there is no such reference."""
    named = next((each for each in failing if is_named(each, reported.message)), None)
    reasons = set(reported.reason.split(","))
    if named is not None or reasons.isdisjoint(ABOUT_REFERENCES | ABOUT_OBJECTS):
        return named
    of_targets = "TargetNotFound" in reasons
    return next((each for each in failing if (each.field.role is Role.POLICY_TARGET) is of_targets), None)


def is_named(each: EvaluatedReference, message: str) -> bool:
    """Whether the message of a condition names the target of a reference."""
    name = each.reference.to.name
    return bool(name) and re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", message) is not None
