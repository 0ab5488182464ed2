"""Which kinds may reference an object, and where the objects of a kind that do may be."""

from __future__ import annotations

from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism

STORAGE = frozenset({"snapshot.storage.k8s.io"})
"""The API group that volume claims, the only core referrers, reference besides other claims."""


def may_name(kind: GroupKind, target: GroupKind) -> bool:
    """Whether a kind may reference another: a volume claim (the only core kind) references only claims and snapshots."""
    return kind.group != "" or target.group in STORAGE or target == kind


def place_of_referrers(kind: GroupKind, target: ObjectKey, table: Table) -> str | None:
    """The namespace of all objects of a kind that may reference a target; None if they may be anywhere."""
    rows = table.fields_of(kind)
    own = all(row.governed_by is Mechanism.LOCAL and not row.own_namespace for row in rows)
    return target.namespace if own and target.namespace else None
