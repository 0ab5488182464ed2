"""The change of each object: created, updated, deleted or unchanged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.kinds import (
    CONFIG_MAP,
    GATEWAY,
    KUBERNETES_GROUPS,
    NAMESPACE,
    REFERENCE_GRANT,
    SECRET,
    SERVICE,
)
from kubectl_refs.core.model.object_changes import Action, ObjectChange
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, LAST_APPLIED, GroupKind, ObjectKey
from kubectl_refs.core.model.selectors import NAME_LABEL
from kubectl_refs.core.model.values import at, key_of, mapping
from kubectl_refs.core.view.reads import Answer
from kubectl_refs.core.view.view import View

_UNRELATED_CORE_KINDS = frozenset(
    {"Pod", "ServiceAccount", "Endpoints", "Event", "LimitRange", "ResourceQuota", "Node"}
)

_DEFAULTS: Mapping[str, tuple[Any, ...]] = {
    "weight": (1,),
    "from": ("Same",),
    "mode": ("Terminate",),
    "protocol": ("TCP",),
    "type": ("PathPrefix", "Exact", "ClusterIP"),
    "matches": ([{"path": {"type": "PathPrefix", "value": "/"}}],),
    "namespaces": ({"from": "Same"},),
    "allowedRoutes": ({"namespaces": {"from": "Same"}},),
    "sessionAffinity": ("None",),
    "finalizers": (["kubernetes"],),
    "internalTrafficPolicy": ("Cluster",),
    "group": ("", GATEWAY_GROUP),
    "kind": (SERVICE.kind, SECRET.kind, GATEWAY.kind),
}
"""Defaults that an API server fills in for fields that a manifest leaves out: the most common ones."""
_FILLED_IN_FIELDS = frozenset({"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "targetPort"})
"""Fields that an API server fills in with values of its own."""


@cache
def _named() -> frozenset[GroupKind]:
    """The kinds that rows of the table name as targets."""
    return frozenset(kind for row in TABLE for kind in (row.default, *row.by_kind) if kind is not None)


def is_relevant(kind: GroupKind) -> bool:
    """Whether objects of a kind may be referrers, targets, or anything else that references depend on."""
    if kind in _named():
        return True
    # Only rows of single implementations name kinds of Kubernetes' other groups.
    return kind.group not in KUBERNETES_GROUPS and not (kind.group == "" and kind.kind in _UNRELATED_CORE_KINDS)


def known_by_metadata(kind: GroupKind) -> bool:
    """Whether only the metadata of a kind's objects is read: for Secrets and ConfigMaps because their data is private,
    for Namespaces because nothing else matters."""
    return kind in (SECRET, CONFIG_MAP, NAMESPACE)


def existing_objects(view: View, keys: Iterable[ObjectKey]) -> Mapping[ObjectKey, Answer]:
    """The existing objects with these keys; only the metadata of those `known_by_metadata`."""
    return {
        key: view.get(
            key,
            metadata_only=known_by_metadata(key.group_kind),
            effect=f"whether {key} exists, and what it is like, is not known",
        )
        for key in keys
    }


def change_of(
    key: ObjectKey, before: JSON | None, after: JSON | None, table: Table, *, metadata_only: bool = False
) -> ObjectChange:
    """The change of one object, from its two versions. With `metadata_only`, only the metadata of `before` is known."""
    if after is None:
        return ObjectChange(Action.DELETE, key, before, after)
    if before is None:
        return ObjectChange(Action.CREATE, key, before, after)
    same = _same(before, after, table)
    known = same or not metadata_only or _labels_and_annotations(before) != _labels_and_annotations(after)
    whole = not metadata_only or key.group_kind == NAMESPACE
    return ObjectChange(Action.UNCHANGED if same else Action.UPDATE, key, before, after, known, whole)


def _same(before: JSON, after: JSON, table: Table) -> bool:
    return (
        _labels_and_annotations(before) == _labels_and_annotations(after)
        and _contained(_content(after), _content(before))
        and _targets(before, table) == _targets(after, table)
        and _grants_alike(before, after)
    )


def _labels_and_annotations(obj: JSON) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Labels and annotations, without those that the server or kubectl sets."""
    labels, annotations = (mapping(at(obj, "metadata", field)) for field in ("labels", "annotations"))
    return (
        {name: value for name, value in labels.items() if name != NAME_LABEL},
        {name: value for name, value in annotations.items() if name != LAST_APPLIED},
    )


def _content(obj: JSON) -> JSON:
    return {field: obj[field] for field in obj if field not in ("apiVersion", "kind", "metadata", "status")}


def _targets(obj: JSON, table: Table) -> Counter[object]:
    found, _ = references_of(obj, table)
    return Counter((each.reference.path, each.reference.to, each.reference.port) for each in found)


def _grants_alike(before: JSON, after: JSON) -> bool:
    """Whether two versions of a ReferenceGrant have the same entries, and current API servers accept both or neither; true
    of any other object. A server fills in nothing in a grant, and does not accept every apiVersion (docs/rules.md 1.1)."""
    if key_of(after).group_kind != REFERENCE_GRANT:
        return True
    old, new = Grant.parse(before), Grant.parse(after)
    same_version = before.get("apiVersion") == after.get("apiVersion")
    return (old.from_, old.to) == (new.from_, new.to) and (same_version or old.outdated == new.outdated)


def _contained(after: Any, before: Any) -> bool:
    """Whether `after` says the same as `before`, apart from what an API server has filled in there."""
    if isinstance(after, dict) and isinstance(before, dict):
        return all(field in before and _contained(after[field], before[field]) for field in after) and all(
            _filled_in(field, before[field]) for field in before if field not in after
        )
    if isinstance(after, list) and isinstance(before, list):
        return len(after) == len(before) and all(map(_contained, after, before))
    return bool(after == before)


def _filled_in(field: str, value: Any) -> bool:
    return field in _FILLED_IN_FIELDS or value in (None, {}, []) or value in _DEFAULTS.get(field, ())
