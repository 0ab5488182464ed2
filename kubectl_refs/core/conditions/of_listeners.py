"""Conditions of Gateways and ListenerSets: `ResolvedRefs` of every listener and of the object itself (spec.md 3.2, 3.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kubectl_refs.core.attachment.listeners import (
    allowed_kinds,
    carried_kinds,
    listed_kinds,
    listeners_of,
    uses_certificates,
)
from kubectl_refs.core.conditions.comparison import NO_STATUS, absent, compare
from kubectl_refs.core.conditions.resolved_refs import resolved
from kubectl_refs.core.fields.table import Role, Shown
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.conditions import Computed, Condition, reported_in
from kubectl_refs.core.model.kinds import GATEWAY
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import Verdict
from kubectl_refs.core.model.values import at, entries, integer, key_of, mapping, text
from kubectl_refs.core.references.evaluated import Explained

_REASON_ORDER = (
    "RefNotPermitted",
    "InvalidCertificateRef",
    "InvalidCACertificateKind",
    "InvalidCACertificateRef",
    "InvalidClientCertificateRef",
    "InvalidListenerFilterRef",
    "InvalidRouteKinds",
)


def listener_conditions(
    obj: JSON,
    references: Sequence[Explained],
    grants: Mapping[GrantName, Grant],
    *,
    gateway: JSON,
    live: bool,
    controller: Callable[[], str | None],
) -> tuple[Condition, ...]:
    """`ResolvedRefs` of each listener, then the conditions of the object itself that are about its references.

    `gateway` is the Gateway that the listeners belong to, whose TLS settings hold for them.
    """

    def condition(
        type_: str,
        computed: Computed,
        conditions: object,
        relevant: Sequence[Explained],
        listener: str | None = None,
    ) -> Condition:
        reported = reported_in(conditions, type_)
        if reported is None:
            compared = absent(_absence(obj, type_, listener, live=live))
        else:
            differs = reported.status != computed.status
            generation = integer(at(obj, "metadata", "generation"))
            name = controller() if differs else None
            compared = compare(generation, computed, reported, relevant, grants, name)
        return compared.condition(key_of(obj), type_, computed, reported, listener=listener)

    found = []
    for index, listener in enumerate(listeners_of(obj)):
        relevant = [each for each in references if _concerns(each, gateway, index, listener)]
        name = text(listener.get("name")) or ""
        written = [mapping(entry) for entry in entries(at(obj, "status", "listeners")) if at(entry, "name") == name]
        conditions = written[0].get("conditions") if written else None
        found.append(condition("ResolvedRefs", _resolved(relevant, listener), conditions, relevant, name))
    unresolved = [each for each in found if each.computed.status == "False"]
    unusable = [
        each.computed
        for each, listener in zip(found, listeners_of(obj), strict=True)
        if each.computed.status == "False" and not _acceptable(each.computed, listener)
    ]
    own = [each for each in references if each.held.field.shown is Shown.OBJECT]
    parents = [each for each in own if each.is_parent]
    certificates = [each for each in own if each.held.field.role is Role.CLIENT_CERTIFICATE]
    conditions = at(obj, "status", "conditions")
    if certificates:
        computed = _summary(_resolved(certificates, {}), unresolved)
        found.append(condition("ResolvedRefs", computed, conditions, certificates))
    for parent in parents:
        computed = _accepted(parent, unusable if len(unusable) == len(listeners_of(obj)) else ())
        found.append(condition("Accepted", computed, conditions, [parent]))
    return tuple(found)


def _concerns(each: Explained, gateway: JSON, index: int, listener: JSON) -> bool:
    """Whether a reference belongs to a listener: it stands in it, or in the Gateway's TLS settings for its port.

    Settings of a port take the place of the default ones (spec.md 7.19); only HTTPS listeners ask clients for
    certificates.
    """
    field = each.held.field
    if field.shown is not Shown.LISTENER:
        return False
    if field.path.startswith("spec.listeners[*]"):
        return each.held.indices[0] == index and (field.role is not Role.CERTIFICATE or uses_certificates(listener))
    if listener.get("protocol") != "HTTPS":
        return False
    port = integer(listener.get("port"))
    per_port = [integer(at(entry, "port")) for entry in entries(at(gateway, "spec", "tls", "frontend", "perPort"))]
    if ".perPort[*]." in field.path:
        return per_port[each.held.indices[0]] == port
    return port not in per_port


def _resolved(references: Sequence[Explained], listener: JSON) -> Computed:
    failing: list[tuple[str, str]] = []
    open_: list[str] = []
    for each in references:
        if each.explained.verdict in (Verdict.REFUSED, Verdict.BROKEN) and each.explained.reason:
            failing.append((each.explained.reason, each.line))
        elif each.explained.verdict is not Verdict.ALLOWED:
            open_.append(each.line)
    carried, listed = carried_kinds(listener), listed_kinds(listener)
    wrong = [kind for kind in listed if carried is not None and kind not in carried]
    if wrong:
        named = ", ".join(map(str, wrong))
        failing.append(("InvalidRouteKinds", f"allowedRoutes.kinds names {named}, which the protocol does not carry"))
    return resolved(failing, open_, _REASON_ORDER)


def _acceptable(computed: Computed, listener: JSON) -> bool:
    """Whether a listener with unresolved references may be accepted all the same.

    One whose certificate cannot be used is, while one that no grant permits is not (spec.md 2.2, L2: the conformance
    tests ask for that alone); one is also that names kinds which its protocol does not carry, beside some that it does.
    """
    return computed.reason == "InvalidCertificateRef" or (
        computed.reason == "InvalidRouteKinds" and bool(allowed_kinds(listener))
    )


def _summary(own: Computed, unresolved: Sequence[Condition]) -> Computed:
    """A Gateway's `ResolvedRefs` is about its own references, and where those are sound it sums up its listeners'."""
    if own.status != "True" or not unresolved:
        return own
    listeners = ", ".join(f'"{each.listener}"' for each in unresolved)
    return Computed("False", "ListenersNotResolved", f"references of listener {listeners} are not resolved")


def _accepted(parent: Explained, unusable: Sequence[Computed]) -> Computed:
    """A ListenerSet that may join its Gateway is not accepted all the same if none of its listeners is usable.

    `unusable` are the conditions of its listeners where that is so, else empty.
    """
    explained = parent.explained
    if explained.verdict is Verdict.ALLOWED:
        if unusable:
            return Computed("False", "ListenersNotValid", "; ".join(each.message for each in unusable))
        return Computed("True", "Accepted", explained.because)
    if explained.reason is None:
        return Computed("Unknown", "Pending", explained.because)
    return Computed("False", explained.reason, explained.because)


def _absence(obj: JSON, type_: str, listener: str | None, *, live: bool) -> str:
    if not live and not mapping(obj.get("status")):
        return NO_STATUS
    if listener is None and type_ == "ResolvedRefs" and key_of(obj).group_kind == GATEWAY:
        return "this condition of a Gateway is experimental, and many controllers do not write it"
    return "no controller has written it: perhaps none is running for this class"
