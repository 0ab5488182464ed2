"""What contradicts the protocol of a listener, whoever references it: route kinds that it does not carry, and TLS settings
that API servers refuse with it."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.attachment.listeners import carried_kinds, listed_kinds
from kubectl_refs.core.attachment.verdicts import malformed
from kubectl_refs.core.fields.extraction import Malformed
from kubectl_refs.core.fields.governing import WITHOUT_TLS
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import Judgement, Verdict
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS
from kubectl_refs.core.model.listeners import listeners_of
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference
from kubectl_refs.core.model.values import at, key_of, text, was_created


def listener_faults(obj: JSON) -> Iterator[EvaluatedReference]:
    """Each such fault in the listeners of a Gateway or ListenerSet, as a broken reference."""
    key = key_of(obj)
    if key.group_kind != GATEWAY and key.group_kind not in LISTENER_SETS:
        return
    yield from _wrong_kinds(key, obj)
    if not was_created(obj):
        for index, listener in enumerate(listeners_of(obj)):
            yield from _refused_settings(key, f"spec.listeners[{index}].tls", listener)


def _refused_settings(key: ObjectKey, path: str, listener: JSON) -> Iterator[EvaluatedReference]:
    """Settings that API servers refuse with a listener's protocol (x-kubernetes-validations of `listeners`)."""
    protocol, tls = text(listener.get("protocol")) or "", listener.get("tls")
    if protocol in WITHOUT_TLS and isinstance(tls, dict):
        other = {"HTTP": "write protocol HTTPS, or ", "TCP": "write protocol TLS, or "}.get(protocol, "")
        problem = f"API servers refuse tls with protocol {protocol}"
        yield malformed(key, Malformed(path, problem, f"{other}leave tls out"))
    elif protocol == "HTTPS" and at(tls, "mode") == "Passthrough":
        problem = "API servers refuse mode Passthrough with protocol HTTPS"
        advice = "write protocol TLS to pass TLS through, or mode Terminate"
        yield malformed(key, Malformed(f"{path}.mode", problem, advice))


def _wrong_kinds(key: ObjectKey, obj: JSON) -> Iterator[EvaluatedReference]:
    """Each route kind that a listener lists but its protocol does not carry: a reference to a kind, not an object."""
    for index, listener in enumerate(listeners_of(obj)):
        carried, protocol = carried_kinds(listener), text(listener.get("protocol"))
        for place, kind in enumerate(listed_kinds(listener)):
            if carried is None or kind in carried:
                continue
            path = f"spec.listeners[{index}].allowedRoutes.kinds[{place}]"
            to, name = ObjectKey(kind.group, kind.kind, "", ""), text(listener.get("name")) or ""
            because = f'listener "{name}" allows {kind}, which protocol {protocol} does not carry'
            reference = Reference(key, path, to, section_name=name)
            yield EvaluatedReference(
                FoundReference.without_row(reference, Mechanism.UNGOVERNED, Role.OTHER),
                Judgement(Mechanism.UNGOVERNED, Verdict.BROKEN, "InvalidRouteKinds", Code.ROUTE_KINDS, because),
            )
