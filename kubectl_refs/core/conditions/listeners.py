"""Conditions of Gateways and ListenerSets: those of each listener (`ListenerStatus`), then those of the object itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.attachment.listeners import (
    allowed_kinds,
    carried_kinds,
    is_validated_by,
    kinds_in,
    listed_kinds,
)
from kubectl_refs.core.conditions.computed import (
    Obstacle,
    accepted,
    obstacles_of,
    resolved_refs,
    validating_clients,
)
from kubectl_refs.core.conditions.statuses import NO_CONTROLLER, Entry, Expected, Status
from kubectl_refs.core.fields.governing import uses_certificates
from kubectl_refs.core.model.conditions import Computed, Condition, reported_in
from kubectl_refs.core.model.kinds import GATEWAY
from kubectl_refs.core.model.listeners import listeners_of
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.reference_fields import Role, Shown
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import at, entries, key_of, mapping, text

_ABSENCE_ON_GATEWAY = "this condition of a Gateway is experimental, and many controllers do not write it"


def listener_conditions(status: Status, references: Sequence[EvaluatedReference], gateway: JSON) -> Iterator[Condition]:
    """The conditions of each listener, then those of the object itself that are about its references.

    `gateway` is the Gateway that the listeners belong to; its TLS settings apply to them.
    """
    listeners = [_Listener(status, references, gateway, index) for index in range(len(listeners_of(status.object)))]
    for listener in listeners:
        yield from listener.conditions
    own = [each for each in references if each.field.shown is Shown.OBJECT]
    itself = Entry(at(status.object, "status", "conditions"))
    certificates = [each for each in own if each.field.role is Role.CLIENT_CERTIFICATE]
    if certificates:
        computed = _with_listeners(resolved_refs(obstacles_of(certificates, status.key)), listeners)
        absence = _ABSENCE_ON_GATEWAY if status.key.group_kind == GATEWAY else NO_CONTROLLER
        yield status.condition(itself, Expected("ResolvedRefs", computed, certificates, absence))
    unusable = [each.fault for each in listeners if each.fault]
    for parent in own:
        if parent.is_parent:
            computed = accepted(parent)
            if computed.status == "True" and unusable and len(unusable) == len(listeners):
                # A ListenerSet that may join its Gateway needs at least one usable listener.
                computed = Computed("False", "ListenersNotValid", "; ".join(unusable))
            yield status.condition(itself, Expected("Accepted", computed, [parent], NO_CONTROLLER))


class _Listener:
    """One listener with its references: those in it, and the CA certificates of the Gateway for its clients."""

    def __init__(self, status: Status, references: Sequence[EvaluatedReference], gateway: JSON, index: int) -> None:
        listener = listeners_of(status.object)[index]
        self.name = text(listener.get("name")) or ""
        own = [each for each in references if _is_in(each, index, listener)]
        authorities = [each for each in references if is_validated_by(listener, each.found, gateway)]
        wrong_kinds = _wrong_kinds(listener)
        self._status = status
        self._concerned = own, authorities
        self._listed = listed_kinds(listener)
        self.resolved = resolved_refs([*obstacles_of([*own, *authorities], status.key), *wrong_kinds])
        self._accepted = validating_clients(authorities, status.key)
        by_itself = resolved_refs([*obstacles_of(own, status.key), *wrong_kinds])
        unusable = by_itself.status == "False" and not _acceptable(by_itself, listener)
        of_clients = self._accepted.message if self._accepted and self._accepted.status == "False" else ""
        self.fault = by_itself.message if unusable else of_clients
        """Why it may not be accepted; empty if it may."""

    @property
    def conditions(self) -> Iterator[Condition]:
        """`ResolvedRefs`, and `Accepted` if no CA certificate for its clients is known to be valid."""
        written = [
            each
            for each in map(mapping, entries(at(self._status.object, "status", "listeners")))
            if each.get("name") == self.name
        ]
        entry = Entry(written[0].get("conditions") if written else None, listener=self.name)
        own, authorities = self._concerned
        optional = _not_supported(self._listed, written[0]) if written else ()
        expected = [("ResolvedRefs", self.resolved, [*own, *authorities], optional)]
        expected += [("Accepted", self._accepted, authorities, ())] if self._accepted else []
        for type_, computed, concerned, kinds in expected:
            absence = _absence_on_listener(self._status.object, type_, written=bool(written))
            yield self._status.condition(entry, Expected(type_, computed, concerned, absence, optional_kinds=kinds))


def _not_supported(listed: Sequence[GroupKind], written: JSON) -> Sequence[GroupKind]:
    """The route kinds that a listener lists and its status does not call supported; all if it calls them all supported."""
    supported = kinds_in(written.get("supportedKinds"))
    return tuple(kind for kind in listed if kind not in supported) or listed


def _absence_on_listener(obj: JSON, type_: str, *, written: bool) -> str:
    """Why a listener may have no such condition. `written` says that a controller has written something about it.

    A controller that does not accept the object, or the listener, may leave it out.
    """
    if written:
        return f"the entry for this listener has no {type_}"
    found = reported_in(at(obj, "status", "conditions"), "Accepted")
    # The CRD's default for a Gateway is Unknown.
    if found is None or found.status == "Unknown":
        return NO_CONTROLLER
    return f"the {key_of(obj).kind} has {found.words('Accepted')}, and the status has no entry for this listener"


def _is_in(each: EvaluatedReference, index: int, listener: JSON) -> bool:
    """Whether a reference is in a listener, and shows on it."""
    field = each.field
    if field.shown is not Shown.LISTENER or not field.path.startswith("spec.listeners[*]"):
        return False
    return each.found.indices[0] == index and (field.role is not Role.CERTIFICATE or uses_certificates(listener))


def _wrong_kinds(listener: JSON) -> list[Obstacle]:
    carried = carried_kinds(listener)
    wrong = [kind for kind in listed_kinds(listener) if carried is not None and kind not in carried]
    named = ", ".join(map(str, wrong))
    line = f"allowedRoutes.kinds names {named}, which the protocol does not carry"
    return [Obstacle(line, "InvalidRouteKinds")] if wrong else []


def _acceptable(computed: Computed, listener: JSON) -> bool:
    """Whether a listener with unresolved references may still be accepted.

    It may if a certificate cannot be used, but not if no grant permits it: the conformance tests require no more than
    that (`listenerset-reference-grant.yaml`). It also may if its protocol carries some of the kinds that it names.
    """
    return computed.reason == "InvalidCertificateRef" or (
        computed.reason == "InvalidRouteKinds" and bool(allowed_kinds(listener))
    )


def _with_listeners(own: Computed, listeners: Sequence[_Listener]) -> Computed:
    """`ResolvedRefs` of a Gateway: by its own references; if these are sound, by its listeners."""
    unresolved = [f'"{each.name}"' for each in listeners if each.resolved.status == "False"]
    if own.status != "True" or not unresolved:
        return own
    return Computed("False", "ListenersNotResolved", f"references of listener {', '.join(unresolved)} are not resolved")
