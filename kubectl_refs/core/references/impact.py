"""What a failing reference does to traffic, in one line (docs/rules.md 7.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from kubectl_refs.core.attachment.listeners import in_frontend_settings, is_validated_by, listeners_of
from kubectl_refs.core.fields.extraction import WEIGHTS
from kubectl_refs.core.fields.implementations.envoy_gateway import CLIENT_TRAFFIC_POLICY
from kubectl_refs.core.fields.implementations.others import PERSISTENT_VOLUME_CLAIM
from kubectl_refs.core.model.kinds import (
    BACKEND_TLS_POLICY,
    GATEWAY,
    GRPC_ROUTE,
    HTTP_ROUTE,
    ROUTES,
    UDP_ROUTE,
    X_GROUP,
    X_LISTENER_SET,
)
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.model.values import at, entries, integer, key_of, mapping, text
from kubectl_refs.core.text.language import enumerated

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
    the rule that holds the reference; each rule is looked at once. `failing` are all references that fail. `when` says
    when, or in which case, requests reach the rules of a route, if it is not known that they do."""

    def __init__(self, obj: JSON, failing: Iterable[FoundReference] = (), *, when: str = "") -> None:
        self._object = obj
        self._when = f"{when}, " if when else ""
        self._failing: dict[int, set[int]] = {}
        for each in failing:
            in_route = each.reference.referrer.group_kind in ROUTES and not each.field.implementation
            if each.field.role is Role.BACKEND and in_route:
                self._failing.setdefault(each.indices[0], set()).add(each.indices[1])
        self._written = entries(at(obj, "spec", "rules"))
        self._rules: dict[int, _Rule] = {}

    def of(self, found: FoundReference, *, served: bool = False) -> str:
        """The consequence of one failing reference; empty where the specification fixes none. With `served`, the caller
        says itself in which case requests reach it."""
        when = "" if served else self._when
        reference = found.reference
        of_gateway_api = reference.referrer.group in (GATEWAY_GROUP, X_GROUP)
        if reference.wrong_port or reference.repeats or (of_gateway_api and reference.wrong_namespace):
            return _REFUSED
        kind, role = found.reference.referrer.group_kind, found.field.role
        if kind not in ROUTES or found.field.implementation:
            return _of_others(found, self._object)
        if role is Role.PARENT:
            return f"no {_outcome(kind)[0]} reach this route through this parent"
        rule = self._rule(kind, found.indices[0])
        if role in _WHOLE_RULES:
            return f"{when}{_of_filter(kind, role, rule.place)}"
        if any(weight not in WEIGHTS for weight in rule.weights):
            return _REFUSED
        if not (weight := rule.weights[found.indices[1]]):
            return f"no {_outcome(kind)[0]} of {rule.place} are affected: the weight is 0"
        failing = self._failing.get(found.indices[0], set()) | {found.indices[1]}
        lost = sum(rule.weights[index] for index in failing)
        several = (len(failing), len(rule.weights)) if lost > weight else None
        return f"{when}{_of_backends(kind, rule.place, _percentage(lost, rule.total), several)}"

    def _rule(self, kind: GroupKind, number: int) -> _Rule:
        rule = self._rules.get(number)
        if rule is None:
            rule = self._rules[number] = _Rule.of(kind, number, mapping(self._written[number]))
        return rule


_REFUSED = "an API server refuses the object as it is written"
_WHOLE_RULES = (Role.MIRROR, Role.AUTH, Role.EXTENSION)
"""Roles that matter to every request of a rule, whichever backend it goes to."""


def is_of_whole_rule(found: FoundReference) -> bool:
    """Whether the effect of a failing reference is what all references of its rule that fail in this way do together,
    so that one sentence is enough for them. That a weight is 0 is said of a single reference."""
    if found.reference.referrer.group_kind not in ROUTES or found.field.implementation:
        return False
    role = found.field.role
    return role in _WHOLE_RULES or (role is Role.BACKEND and _weight(found.entry) != 0)


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
def _of_filter(kind: GroupKind, role: Role, place: str) -> str:
    """What a failing reference of a filter does to its rule. Cached, so that routes with the same sentence share one
    text."""
    subject = _outcome(kind)[0]
    match role:
        case Role.MIRROR:
            return f"no copies are mirrored from {place}; its answers to clients are not affected"
        case Role.AUTH:
            return f"{subject} of {place} cannot be authorized and must be denied"
    return f"{subject} of {place} get an HTTP error: an unresolved filter must not be skipped"


@lru_cache(maxsize=1_000)
def _of_backends(kind: GroupKind, place: str, share: str, several: tuple[int, int] | None) -> str:
    """What the failing backends of a rule do together, the same for each of them. `share` is their part of the traffic,
    and `several`, if it is not the doing of one alone, how many of how many fail. Cached like those of filters."""
    subject, happens = _outcome(kind)
    told = f"{f'{share} of the' if share else 'all'} {subject} of {place} {happens}"
    if several is None:
        return told
    failing, written = several
    return f"{told}: {f'{failing} of its' if failing < written else 'its'} {written} backendRefs fail"


def _percentage(weight: int, total: int) -> str:
    """The part of a whole in words; empty if it is all."""
    if weight == total:
        return ""
    percent = 100 * weight / total
    if percent < 1:
        return "less than 1%"
    return "more than 99%" if percent > 99 else f"{percent:.0f}%"


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
        case Role.CA if in_frontend_settings(found):
            return _of_client_validation(found, obj)
        case Role.CA if key_of(obj).group_kind in _VALIDATING_CLIENTS:
            return "clients cannot be validated against this CA certificate"
    return ""


_VALIDATING_CLIENTS = (GATEWAY, X_LISTENER_SET, CLIENT_TRAFFIC_POLICY)
"""The kinds whose CA certificates are for their clients. Those of other kinds are for backends."""


def _of_client_validation(found: FoundReference, gateway: JSON) -> str:
    """What a failing CA certificate for clients does: its listeners need one that is valid. Empty if none of the Gateway's
    own listeners uses it: those of ListenerSets are not known here."""
    listeners = [each for each in listeners_of(gateway) if is_validated_by(each, found, gateway)]
    if not listeners:
        return ""
    names = enumerated([f'"{text(each.get("name")) or ""}"' for each in listeners])
    several = len(listeners) > 1
    verbs = ("are", "serve") if several else ("is", "serves")
    settings = mapping(at(gateway, "spec", "tls", "frontend"))
    of_port = ".perPort[*]." in found.field.path
    place = mapping(at(settings, "perPort", found.indices[0], "tls") if of_port else settings.get("default"))
    others = len(entries(at(place, "validation", "caCertificateRefs"))) > 1
    unless = ", unless another CA certificate is valid" if others else ""
    return f"HTTPS listener{'s' if several else ''} {names} {verbs[0]} not accepted and {verbs[1]} nothing{unless}"
