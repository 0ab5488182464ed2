"""Whether a listener can serve what attaches to it: by reports on it and its Gateway, or else by what it depends on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.attachment.listeners import is_validated_by, kinds_in
from kubectl_refs.core.conditions.computed import validating_clients
from kubectl_refs.core.fields.binding import RouteBinding
from kubectl_refs.core.fields.governing import uses_certificates
from kubectl_refs.core.model.conditions import current_condition
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import GATEWAY_CLASS, LISTENER_SETS
from kubectl_refs.core.model.listeners import listeners_of
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.serving import Serves, Serving
from kubectl_refs.core.model.values import at, entries, key_of, mapping, text
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.references.evaluation import explain
from kubectl_refs.core.text.vocabulary import nearest
from kubectl_refs.core.view.controllers import gateway_of
from kubectl_refs.core.view.holders import references_in
from kubectl_refs.core.view.view import EXISTENCE, View

_UNREACHED = frozenset({"AddressNotAssigned", "AddressNotUsable", "Pending"})
"""Reasons of Programmed=False with which a Gateway may still be served, or soon will be."""


@dataclass(frozen=True, slots=True)
class ListenerState:
    """Whether a listener serves, why (a sentence without full stop), and the object to look at for more.
    `by_verdict` means that the verdict on one of its references says so already. `untaken` is a sentence about the
    GatewayClass, if that is why no controller takes the Gateway, or perhaps none does."""

    serves: Serves
    because: str
    explain: ObjectKey | None = None
    by_verdict: bool = False
    untaken: str = ""


def listener_state(view: View, holder: JSON, name: str) -> ListenerState:
    """The state of one listener of a Gateway or ListenerSet."""
    key = key_of(holder)
    return view.once(("listener state", key, name), lambda subview: _listener(subview, holder, key, name))


def _listener(view: View, holder: JSON, key: ObjectKey, name: str) -> ListenerState:
    """The first fault that is found: in the reports on the listener itself, in its certificates, then in the reports
    on its Gateway or ListenerSet and what that depends on."""
    place = f'listener "{name}" of {key}'
    written = _entry(holder, name).get("conditions")
    for type_ in ("Accepted", "Programmed"):
        reported = current_condition(holder, written, type_)
        if reported is not None and reported.status == "False":
            return ListenerState(Serves.NO, f"{place} has {reported.quoted(type_)}", key)
    programmed = current_condition(holder, written, "Programmed")
    ready = programmed is not None and programmed.status == "True"
    lacking = [] if ready else [*_tls_faults(view, holder, key, name)]
    faulty = next((each for each in lacking if each.serves is Serves.NO), None)
    if faulty is not None:
        return faulty
    above = _holder(view, holder, key)
    if above.serves is Serves.NO or (above.serves is Serves.UNKNOWN and above.explain and not ready):
        return above
    if ready:
        return ListenerState(Serves.YES, f"{place} is programmed")
    return lacking[0] if lacking else above


def unsupported_on(holder: JSON, name: str, kind: GroupKind) -> str:
    """A sentence about a listener whose controller reports that it does not support routes of a kind there; empty for every
    other (ListenerStatus.supportedKinds)."""
    written = _entry(holder, name)
    reported = current_condition(holder, written.get("conditions"), "ResolvedRefs")
    if reported is None or reported.status != "False" or "InvalidRouteKinds" not in reported.reason.split(","):
        return ""
    if "supportedKinds" not in written or kind in kinds_in(written["supportedKinds"]):
        return ""
    said = reported.quoted("ResolvedRefs")
    return f'listener "{name}" of {key_of(holder)} has {said}, and no {kind.kind} among its supportedKinds'


def _entry(holder: JSON, name: str) -> JSON:
    written = map(mapping, entries(at(holder, "status", "listeners")))
    return next((each for each in written if each.get("name") == name), {})


def _tls_faults(view: View, holder: JSON, key: ObjectKey, name: str) -> Iterator[ListenerState]:
    """What a listener lacks for TLS, or is not known to have."""
    index, listener = next(
        ((index, each) for index, each in enumerate(listeners_of(holder)) if each.get("name") == name), (0, {})
    )
    found = _certificate(view, holder, key, index, listener), _client_validation(view, holder, key, listener)
    yield from (each for each in found if each is not None)


def _client_validation(view: View, holder: JSON, key: ObjectKey, listener: JSON) -> ListenerState | None:
    """The fault of an HTTPS listener that validates its clients and has no valid CA certificate for that; None if there
    is none."""
    gateway = gateway_of(view, holder)
    if gateway is None:
        return None
    found, _ = references_in(view, gateway)
    of = [each for each in found if is_validated_by(listener, each, gateway)]
    certificates = [explain(view, each, gateway, RouteBinding.GATEWAY) for each in of]
    computed = validating_clients(certificates, key)
    if computed is None:
        return None
    serves = Serves.NO if computed.status == "False" else Serves.UNKNOWN
    has = "has no valid" if serves is Serves.NO else "is not known to have a valid"
    place = f'listener "{listener.get("name")}" of {key}'
    because = f"{place} {has} CA certificate for its clients: {certificates[0].because}"
    return ListenerState(serves, because, key_of(gateway), by_verdict=True)


def _certificate(view: View, holder: JSON, key: ObjectKey, index: int, listener: JSON) -> ListenerState | None:
    """The fault of a listener that terminates TLS without a certificate that it can use; None if there is none."""
    name = text(listener.get("name")) or ""
    if not uses_certificates(listener):
        return None
    found, _ = references_in(view, holder)
    certificates = [
        explain(view, each, holder, RouteBinding.GATEWAY)
        for each in found
        if each.field.role is Role.CERTIFICATE
        and each.field.path.startswith("spec.listeners[*]")
        and each.indices[0] == index
    ]
    usable = [each for each in certificates if each.verdict is Verdict.ALLOWED]
    # Manifests may leave out a Secret that something in the cluster makes: it need not exist yet.
    absent = [each for each in usable if not view.catalog.live and _readable_secret(view, each) is None]
    if not certificates or len(absent) < len(usable):
        return None
    if usable:
        needed = usable[0].reference.to
        because = f'listener "{name}" of {key} needs {needed}, which is not among these manifests'
        return ListenerState(Serves.UNKNOWN, because, key)
    worst = certificates[0]
    serves = Serves.UNKNOWN if any(each.verdict is Verdict.UNKNOWN for each in certificates) else Serves.NO
    has = "is not known to have a usable certificate" if serves is Serves.UNKNOWN else "has no usable certificate"
    return ListenerState(serves, f'listener "{name}" of {key} {has}: {worst.because}', key, by_verdict=True)


def _readable_secret(view: View, certificate: EvaluatedReference) -> JSON | None:
    answer = view.get(certificate.reference.to, metadata_only=True, effect="")
    return None if answer.partial else answer.object


def _holder(view: View, holder: JSON, key: ObjectKey) -> ListenerState:
    """The state of a Gateway, or of a ListenerSet and its Gateway."""
    if key.group_kind in LISTENER_SETS:
        fault = _reported_fault(holder, key)
        if fault is not None:
            return fault
        gateway = gateway_of(view, holder)
        if gateway is None:
            return ListenerState(Serves.UNKNOWN, f"the state of the Gateway of {key} is not known")
        return gateway_state(view, gateway)
    return gateway_state(view, holder)


def gateway_state(view: View, gateway: JSON) -> ListenerState:
    """The state of a Gateway by the reports on it, or else by its GatewayClass."""
    key = key_of(gateway)
    return view.once(("gateway state", key), lambda subview: _gateway(subview, gateway, key))


def _gateway(view: View, gateway: JSON, key: ObjectKey) -> ListenerState:
    fault = _reported_fault(gateway, key)
    if fault is not None:
        return fault
    programmed = current_condition(gateway, at(gateway, "status", "conditions"), "Programmed")
    if programmed is not None and programmed.status == "True":
        return ListenerState(Serves.YES, f"{key} is programmed")
    return _by_class(view, gateway, key)


def _reported_fault(obj: JSON, key: ObjectKey) -> ListenerState | None:
    conditions = at(obj, "status", "conditions")
    for type_ in ("Accepted", "Programmed"):
        reported = current_condition(obj, conditions, type_)
        if reported is not None and reported.status == "False":
            serves = Serves.UNKNOWN if reported.reason in _UNREACHED else Serves.NO
            return ListenerState(serves, f"{key} has {reported.quoted(type_)}", key)
    return None


def _by_class(view: View, gateway: JSON, key: ObjectKey) -> ListenerState:
    """The state of a Gateway without a report that decides it, as far as its GatewayClass tells."""
    name = text(at(gateway, "spec", "gatewayClassName")) or ""
    answer = view.get(ObjectKey(GATEWAY_CLASS.group, GATEWAY_CLASS.kind, "", name), effect="")
    if not answer.known:
        return ListenerState(Serves.UNKNOWN, f"no controller has reported that {key} is programmed", key)
    if answer.object is None:
        if not answer.absent:
            return ListenerState(Serves.UNKNOWN, f'GatewayClass "{name}" of {key} is not among these manifests')
        meant = _similar_class(view, name)
        like = f' (is "{meant}" meant?)' if meant else ""
        untaken = f"{_without_class(name, key)}{like}"
        return ListenerState(Serves.NO, f"{untaken}, so no controller takes the Gateway", key, untaken=untaken)
    controller = text(at(answer.object, "spec", "controllerName"))
    accepted = current_condition(answer.object, at(answer.object, "status", "conditions"), "Accepted")
    if accepted is not None and accepted.status == "False":
        return ListenerState(Serves.NO, f'GatewayClass "{name}" of {key} has {accepted.quoted("Accepted")}', key)
    if not view.catalog.live:
        return ListenerState(Serves.UNKNOWN, f"manifests do not tell whether {controller} serves {key}")
    if accepted is None:
        untaken = f'no controller has accepted GatewayClass "{name}" of {key}'
        return ListenerState(Serves.UNKNOWN, f"{untaken}: perhaps {controller} is not running", key, untaken=untaken)
    return ListenerState(Serves.UNKNOWN, f"{controller} has not reported that {key} is programmed", key)


def _without_class(name: str, gateway: ObjectKey) -> str:
    return f'GatewayClass "{name}" of {gateway} does not exist'


def with_class_fix(view: View, gateway: JSON, rows: Sequence[Serving]) -> Sequence[Serving]:
    """The rows of a Gateway, with a fix if its GatewayClass does not exist and one of nearly the same name does."""
    name, key = text(at(gateway, "spec", "gatewayClassName")) or "", key_of(gateway)
    # On a cluster the class was looked up if nothing else tells about the Gateway; it is not looked up just for this.
    if not view.catalog.is_part and not any(row.because.startswith(_without_class(name, key)) for row in rows):
        return rows
    answer = view.get(ObjectKey(GATEWAY_CLASS.group, GATEWAY_CLASS.kind, "", name), effect="")
    absent = answer.known and answer.object is None
    meant = view.once(("class like", name), lambda subview: _similar_class(subview, name)) if absent else None
    if meant is None:
        return rows
    path = "/spec/gatewayClassName"
    patch = ({"op": "test", "path": path, "value": name}, {"op": "replace", "path": path, "value": meant})
    fix = Fix("patch", key, f"write gatewayClassName {meant} in {key}", Confidence.GUESS, patch=patch)
    perhaps = ""
    if not answer.absent and not entries(at(gateway, "status", "conditions")):
        perhaps = (
            f'GatewayClass "{meant}" is among these manifests, "{name}" of {key} is not (assumed: it exists); if that is meant: '
            f'spec.gatewayClassName is "{name}", expected "{meant}"'
        )
    return [replace(row, perhaps=perhaps, fix=fix) for row in rows]


def _similar_class(view: View, name: str) -> str | None:
    """A GatewayClass that may be meant instead; None if there is none."""
    if not name:
        return None
    classes = view.list(GATEWAY_CLASS, None, metadata_only=True, effect="", aspect=EXISTENCE).objects
    return nearest(name, [key_of(each).name for each in classes])
