"""What a failing reference does to traffic, in one line (docs/rules.md 7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from kubectl_refs.core.fields.implementations.others import PERSISTENT_VOLUME_CLAIM
from kubectl_refs.core.model.kinds import BACKEND_TLS_POLICY, GRPC_ROUTE, HTTP_ROUTE, ROUTES, UDP_ROUTE
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.model.values import at, entries, integer, key_of, mapping, text

_OUTCOME = {
    HTTP_ROUTE: ("requests", "get HTTP 500"),
    GRPC_ROUTE: ("calls", "fail with UNAVAILABLE"),
    UDP_ROUTE: ("packets", "are dropped"),
}


def _outcome(kind: GroupKind) -> tuple[str, str]:
    """What a route carries, and what happens to that traffic where a backend fails."""
    return _OUTCOME.get(kind, ("connections", "are rejected"))


class Impact:
    """The effects of one object's failing references, as far as the specification fixes them. In a route they depend on
    the rule that holds the reference; each rule is looked at once."""

    def __init__(self, obj: JSON) -> None:
        self._object = obj
        self._written = entries(at(obj, "spec", "rules"))
        self._rules: dict[int, _Rule] = {}

    def of(self, found: FoundReference) -> str:
        """The consequence of one failing reference; empty where the specification fixes none."""
        if found.reference.wrong_port:
            return _REFUSED
        kind, role = found.reference.referrer.group_kind, found.field.role
        if kind not in ROUTES or found.field.implementation:
            return _of_others(found, self._object)
        if role is Role.PARENT:
            return f"no {_outcome(kind)[0]} reach this route through this parent"
        rule = self._rule(kind, found.indices[0])
        if role not in _WHOLE_RULES and any(weight not in _WEIGHTS for weight in rule.weights):
            return _REFUSED
        weight = None if role in _WHOLE_RULES else rule.weights[found.indices[1]]
        return _of_rule(kind, role, rule.place, weight, rule.total)

    def _rule(self, kind: GroupKind, number: int) -> _Rule:
        rule = self._rules.get(number)
        if rule is None:
            rule = self._rules[number] = _Rule.of(kind, number, mapping(self._written[number]))
        return rule


_REFUSED = "an API server refuses the object as it is written"
_WEIGHTS = range(1_000_001)
"""The weights of a backendRef that the CRDs admit."""
_WHOLE_RULES = (Role.MIRROR, Role.AUTH, Role.EXTENSION)
"""Roles that matter to every request of a rule, whichever backend it goes to."""


class _Rule(NamedTuple):
    """A rule of a route: its place in words, and the weights of its backendRefs with their sum."""

    place: str
    weights: Sequence[int]
    total: int

    @classmethod
    def of(cls, kind: GroupKind, number: int, written: JSON) -> _Rule:
        weights = [_weight(mapping(ref)) for ref in entries(written.get("backendRefs"))]
        return cls(_place(kind, number, written), weights, sum(weights))


@lru_cache(maxsize=1_000)
def _of_rule(kind: GroupKind, role: Role, place: str, weight: int | None, total: int) -> str:
    """What a failing reference in a rule does. Cached, so that routes with the same sentence share one text."""
    subject, happens = _outcome(kind)
    if role is Role.MIRROR:
        return f"no copies are mirrored from {place}; its answers to clients are not affected"
    if role is Role.AUTH:
        return f"{subject} of {place} cannot be authorized and must be denied"
    if role is Role.EXTENSION:
        return f"{subject} of {place} get an HTTP error: an unresolved filter must not be skipped"
    if not weight:
        return f"no {subject} of {place} are affected: the weight is 0"
    return f"{_share(weight, total)} {subject} of {place} {happens}"


def _share(weight: int, total: int) -> str:
    if weight == total:
        return "all"
    percent = 100 * weight / total
    if percent < 1:
        return "less than 1% of the"
    return "more than 99% of the" if percent > 99 else f"{percent:.0f}% of the"


def _weight(ref: JSON) -> int:
    weight = integer(ref.get("weight"))
    return 1 if weight is None else weight


def _place(kind: GroupKind, number: int, rule: JSON) -> str:
    """A rule by its path, and by its name or first match if it has one."""
    name = text(rule.get("name"))
    described = f'"{name}"' if name else _match(kind, rule)
    return f"spec.rules[{number}]" + (f" ({described})" if described else "")


def _match(kind: GroupKind, rule: JSON) -> str:
    matches = entries(rule.get("matches"))
    if not matches:
        return ""
    more = f", and {len(matches) - 1} more" if len(matches) > 1 else ""
    if kind == GRPC_ROUTE:
        service, method = text(at(matches[0], "method", "service")), text(at(matches[0], "method", "method"))
        named = "/".join(part for part in (service, method) if part)
        return f"method {named}{more}" if named else ""
    path = text(at(matches[0], "path", "value"))
    return f"path {path}{more}" if path else ""


def _of_others(found: FoundReference, obj: JSON) -> str:
    """What a failing reference of a Gateway, a ListenerSet or a policy does."""
    match found.field.role:
        case Role.PARENT:
            return "none of its listeners is served"
        case Role.CERTIFICATE if not found.field.implementation:
            name = text(at(obj, "spec", "listeners", found.indices[0], "name"))
            return f'listener "{name}" cannot serve this certificate'
        case Role.AUTH if not found.field.implementation:
            name = text(at(obj, "spec", "listeners", found.indices[0], "name"))
            return f'requests of listener "{name}" cannot be authorized and must be denied'
        case Role.POLICY_TARGET:
            return "the policy has no effect on it"
        case Role.OTHER if key_of(obj).group_kind == PERSISTENT_VOLUME_CLAIM:
            return "no volume is provisioned for the claim"
        case Role.CLIENT_CERTIFICATE:
            return "the Gateway cannot present this certificate to backends"
        case Role.CA if key_of(obj).group_kind == BACKEND_TLS_POLICY:
            others = len(entries(at(obj, "spec", "validation", "caCertificateRefs"))) > 1
            unless = ", unless another CA certificate is valid" if others else ""
            return f"connections to the backends fail, and clients get HTTP 5xx{unless}"
        case Role.CA:
            return "clients cannot be validated against this CA certificate"
    return ""
