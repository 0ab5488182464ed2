"""Conditions of Gateways and ListenerSets: those of each listener (`ListenerStatus`), then those of the object itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.attachment.listeners import (
    allowed_kinds,
    carried_kinds,
    listed_kinds,
    listeners_of,
    uses_certificates,
)
from kubectl_refs.core.conditions.computed import Obstacle, accepted, obstacles_of, resolved_refs
from kubectl_refs.core.conditions.statuses import Entry, Expected, Status
from kubectl_refs.core.model.conditions import Computed, Condition, reported_in
from kubectl_refs.core.model.kinds import GATEWAY
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Role, Shown
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import at, entries, integer, key_of, mapping, text

_ABSENCE = "no controller has written it: perhaps none is running for this class"
_ABSENCE_ON_GATEWAY = "this condition of a Gateway is experimental, and many controllers do not write it"


def listener_conditions(status: Status, references: Sequence[EvaluatedReference], gateway: JSON) -> Iterator[Condition]:
    """`ResolvedRefs` of each listener, then the conditions of the object itself that are about its references.

    `gateway` is the Gateway that the listeners belong to; its TLS settings apply to them.
    """
    listeners = listeners_of(status.object)
    found = [_of_listener(status, references, gateway, index) for index in range(len(listeners))]
    yield from found
    own = [each for each in references if each.field.shown is Shown.OBJECT]
    itself = Entry(at(status.object, "status", "conditions"))
    certificates = [each for each in own if each.field.role is Role.CLIENT_CERTIFICATE]
    if certificates:
        computed = _with_listeners(resolved_refs(obstacles_of(certificates, status.key)), found)
        absence = _ABSENCE_ON_GATEWAY if status.key.group_kind == GATEWAY else _ABSENCE
        yield status.condition(itself, Expected("ResolvedRefs", computed, certificates, absence))
    unusable = [
        each.computed
        for each, listener in zip(found, listeners, strict=True)
        if each.computed.status == "False" and not _acceptable(each.computed, listener)
    ]
    for parent in own:
        if parent.is_parent:
            computed = accepted(parent)
            if computed.status == "True" and unusable and len(unusable) == len(listeners):
                # A ListenerSet that may join its Gateway needs at least one usable listener.
                computed = Computed("False", "ListenersNotValid", "; ".join(each.message for each in unusable))
            yield status.condition(itself, Expected("Accepted", computed, [parent], _ABSENCE))


def _of_listener(status: Status, references: Sequence[EvaluatedReference], gateway: JSON, index: int) -> Condition:
    listener = listeners_of(status.object)[index]
    concerned = [each for each in references if _concerns(each, gateway, index, listener)]
    computed = resolved_refs([*obstacles_of(concerned, status.key), *_wrong_kinds(listener)])
    name = text(listener.get("name")) or ""
    written = [
        each for each in map(mapping, entries(at(status.object, "status", "listeners"))) if each.get("name") == name
    ]
    entry = Entry(written[0].get("conditions") if written else None, listener=name)
    absence = _absence_on_listener(status.object, written=bool(written))
    return status.condition(entry, Expected("ResolvedRefs", computed, concerned, absence))


def _absence_on_listener(obj: JSON, *, written: bool) -> str:
    """Why a listener may have no ResolvedRefs. `written` says that a controller has written something about it.

    A controller that does not accept the object, or the listener, may leave it out.
    """
    if written:
        return "the entry for this listener has no ResolvedRefs"
    found = reported_in(at(obj, "status", "conditions"), "Accepted")
    # The CRD's default for a Gateway is Unknown.
    if found is None or found.status == "Unknown":
        return _ABSENCE
    said = f"Accepted={found.status} ({found.reason})"
    return f"the {key_of(obj).kind} has {said}, and the status has no entry for this listener"


def _concerns(each: EvaluatedReference, gateway: JSON, index: int, listener: JSON) -> bool:
    """Whether a reference shows on a listener: it is in the listener, or in the Gateway's TLS settings for its port.

    Settings for a port replace the default ones (`FrontendTLSConfig`). Only HTTPS listeners ask clients for certificates.
    """
    field = each.field
    if field.shown is not Shown.LISTENER:
        return False
    if field.path.startswith("spec.listeners[*]"):
        return each.found.indices[0] == index and (field.role is not Role.CERTIFICATE or uses_certificates(listener))
    if listener.get("protocol") != "HTTPS":
        return False
    port = integer(listener.get("port"))
    per_port = [integer(at(entry, "port")) for entry in entries(at(gateway, "spec", "tls", "frontend", "perPort"))]
    if ".perPort[*]." in field.path:
        return per_port[each.found.indices[0]] == port
    return port not in per_port


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


def _with_listeners(own: Computed, listeners: Sequence[Condition]) -> Computed:
    """`ResolvedRefs` of a Gateway: by its own references; if these are sound, by its listeners."""
    unresolved = [f'"{each.listener}"' for each in listeners if each.computed.status == "False"]
    if own.status != "True" or not unresolved:
        return own
    return Computed("False", "ListenersNotResolved", f"references of listener {', '.join(unresolved)} are not resolved")
