"""What was looked at and what of it a write changes: an event concerns exactly the objects that looked at that."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.values import entries, mapping
from kubectl_refs.core.view.reads import Read
from kubectl_refs.core.view.view import EXISTENCE

Look = tuple[GroupKind, str | None, str | None, Hashable]
"""A kind, the namespace and the name that were asked for, None for all, and what of the objects mattered (View.list)."""


def looks_of_read(read: Read, aspect: Hashable) -> Iterator[Look]:
    """What a read looks at (RecordingView)."""
    yield read.group_kind, read.namespace, read.name, aspect


def looks_affected_by(key: ObjectKey, before: JSON | None, after: JSON | None) -> Iterator[Look]:
    """The looks that a write of an object matters to. `before` or `after` is None where the object does not exist."""
    aspects = dict.fromkeys(_changed_aspects(key, before, after))
    for namespace in (None, key.namespace):
        for name in (None, key.name):
            yield from ((key.group_kind, namespace, name, aspect) for aspect in aspects)


def _changed_aspects(key: ObjectKey, before: JSON | None, after: JSON | None) -> Iterator[Hashable]:
    if before is None or after is None:
        yield EXISTENCE
    elif _read(key, before) == _read(key, after):
        return
    yield None
    if key.group_kind == REFERENCE_GRANT:
        for each in (before, after):
            yield from () if each is None else Grant.parse(each).from_


def _read(key: ObjectKey, obj: JSON) -> JSON:
    """An object without the fields that no rule reads of another object. attachedRoutes is one: whenever a route
    attaches, the controller counts it in the status of the Gateway, which all other routes look at."""
    metadata = mapping(obj.get("metadata"))
    unread = {"resourceVersion"} if key.group_kind == REFERENCE_GRANT else {"resourceVersion", "managedFields"}
    found = {**obj, "metadata": {name: metadata[name] for name in metadata if name not in unread}}
    status = mapping(obj.get("status"))
    if "listeners" in status:
        listeners = [_without_attached_routes(mapping(each)) for each in entries(status["listeners"])]
        found["status"] = {**status, "listeners": listeners}
    return found


def _without_attached_routes(listener: JSON) -> JSON:
    return {name: listener[name] for name in listener if name != "attachedRoutes"}
