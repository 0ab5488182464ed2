"""The objects of other kinds that a parentRef to a Gateway may mean: the API server fills in Gateway by default."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS, SERVICE
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import FoundReference, Reference
from kubectl_refs.core.records import replace
from kubectl_refs.core.view.view import View

_KINDS = (*LISTENER_SETS, SERVICE)


def of_other_kinds(view: View, found: FoundReference) -> Iterator[Reference]:
    """The reference as it would be if it led to a ListenerSet or a Service of the same name."""
    reference = found.reference
    if found.field.governed_by is not Mechanism.ALLOWED_ROUTES or reference.to.group_kind != GATEWAY:
        return
    for kind in _KINDS:
        to = reference.to._replace(group=kind.group, kind=kind.kind)
        if view.catalog.served(kind) is None:
            continue
        whole = kind != SERVICE or reference.port is not None
        if view.get(
            to, metadata_only=not whole, effect=f"whether {to} exists, which may be meant, is not known"
        ).object:
            yield replace(reference, to=to)
