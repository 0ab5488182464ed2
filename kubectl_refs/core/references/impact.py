"""What a reference that does not work does to traffic, in one line (docs/rules.md 7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

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


def effect_of(found: FoundReference, obj: JSON) -> str:
    """The consequence of one failing reference, as far as the specification fixes it; empty where it does not."""
    if found.reference.wrong_port:
        return "an API server refuses the object as it is written"
    kind = key_of(obj).group_kind
    if kind not in ROUTES or found.field.implementation:
        return _of_others(found, obj)
    subject, happens = _OUTCOME.get(kind, ("connections", "are rejected"))
    if found.field.role is Role.PARENT:
        return f"no {subject} reach this route through this parent"
    rule = found.indices[0]
    where = _rule(obj, rule)
    if found.field.role is Role.MIRROR:
        return f"no copies are mirrored from {where}; its answers to clients are not affected"
    if found.field.role is Role.AUTH:
        return f"{subject} of {where} cannot be authorized and must be denied"
    if found.field.role is Role.EXTENSION:
        return f"{subject} of {where} get an HTTP error: an unresolved filter must not be skipped"
    share = _share(obj, rule, found.indices[1], subject)
    return f"{share} of {where} {happens}" if share else f"no {subject} of {where} are affected: the weight is 0"


def _share(obj: JSON, rule: int, backend: int, subject: str) -> str:
    weights, total = _weights(_Same(at(obj, "spec", "rules", rule, "backendRefs")))
    if weights[backend] == 0:
        return ""
    if weights[backend] == total:
        return f"all {subject}"
    percent = 100 * weights[backend] / total
    if percent < 1:
        return f"less than 1% of the {subject}"
    return f"more than 99% of the {subject}" if percent > 99 else f"{percent:.0f}% of the {subject}"


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A part of an object, equal to itself alone."""

    part: object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.part is other.part

    def __hash__(self) -> int:
        return id(self.part)


@lru_cache(1)
def _weights(refs: _Same) -> tuple[Sequence[int], int]:
    """The weights of a rule's backendRefs and their sum, which each of the references asks for one after the other."""
    weights = [_weight(mapping(ref)) for ref in entries(refs.part)]
    return weights, sum(weights)


def _weight(ref: JSON) -> int:
    weight = integer(ref.get("weight"))
    return 1 if weight is None else max(weight, 0)


def _rule(obj: JSON, index: int) -> str:
    """A rule by its path, and by its name or first match where that tells more."""
    rule = at(obj, "spec", "rules", index)
    name = text(at(rule, "name"))
    described = f'"{name}"' if name else _match(key_of(obj).group_kind, rule)
    return f"spec.rules[{index}]" + (f" ({described})" if described else "")


def _match(kind: GroupKind, rule: JSON) -> str:
    matches = entries(at(rule, "matches"))
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
