"""Route kinds that a listener lists but its protocol does not carry: the listener's mistake, whoever references it."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.attachment.listeners import carried_kinds, listed_kinds
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import Judgement, Verdict
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS
from kubectl_refs.core.model.listeners import listeners_of
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference
from kubectl_refs.core.model.values import key_of, text


def wrong_kinds(obj: JSON) -> Iterator[EvaluatedReference]:
    """Each such kind in the listeners of a Gateway or ListenerSet, as a broken reference to a kind, not an object."""
    key = key_of(obj)
    if key.group_kind != GATEWAY and key.group_kind not in LISTENER_SETS:
        return
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
