"""A View that notes what was looked at, so that an event concerns exactly the objects that looked at what changed."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Self

from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.values import entries, mapping
from kubectl_refs.core.view.catalog import REFERENCE_GRANT, Catalog
from kubectl_refs.core.view.reads import Answer, Answers, Get, Read
from kubectl_refs.core.view.view import EXISTENCE, View

Seen = tuple[GroupKind, str | None, str | None, Hashable]
"""A kind, the namespace and the name that were asked for, None for all, and what of the objects mattered (View.list)."""


class TrackingView(View):
    """`seen` is what was looked at, here or by whoever made what is shared."""

    def __init__(self, catalog: Catalog, answers: Answers, memo: dict[Hashable, Any] | None = None) -> None:
        super().__init__(catalog, answers, memo)
        self.seen: set[Seen] = set()

    def _look(self, read: Read, effect: str, *, required: bool = False, about: Hashable = None) -> Answer:
        self.seen.add(_seen_by(read, about))
        return super()._look(read, effect, required=required, about=about)

    @property
    def _has_noted(self) -> bool:
        return bool(self.seen) or super()._has_noted

    def _take_needs(self, other: Self) -> None:
        super()._take_needs(other)
        self.seen |= other.seen


def _seen_by(read: Read, about: Hashable) -> Seen:
    if isinstance(read, Get):
        return read.key.group_kind, read.key.namespace, read.key.name, about
    return read.group_kind, read.namespace, read.name, about


def sights_of(key: ObjectKey, before: JSON | None, after: JSON | None) -> Iterator[Seen]:
    """What may have been looked at for a write to matter: of an object as it was and as it is, None where it is not."""
    subjects = dict.fromkeys(_subjects(key, before, after))
    for namespace in (None, key.namespace):
        for name in (None, key.name):
            yield from ((key.group_kind, namespace, name, subject) for subject in subjects)


def _subjects(key: ObjectKey, before: JSON | None, after: JSON | None) -> Iterator[Hashable]:
    if before is None or after is None:
        yield EXISTENCE
    elif _read(key, before) == _read(key, after):
        return
    yield None
    if key.group_kind == REFERENCE_GRANT:
        for each in (before, after):
            yield from () if each is None else Grant.parse(each).from_


def _read(key: ObjectKey, obj: JSON) -> JSON:
    """An object without what no rule reads of any but the object itself. Who attaches a route has the controller count it
    at the Gateway, which all other routes look at."""
    metadata = mapping(obj.get("metadata"))
    unread = {"resourceVersion"} if key.group_kind == REFERENCE_GRANT else {"resourceVersion", "managedFields"}
    found = {**obj, "metadata": {name: metadata[name] for name in metadata if name not in unread}}
    status = mapping(obj.get("status"))
    if "listeners" in status:
        listeners = [_uncounted(mapping(each)) for each in entries(status["listeners"])]
        found["status"] = {**status, "listeners": listeners}
    return found


def _uncounted(listener: JSON) -> JSON:
    return {name: listener[name] for name in listener if name != "attachedRoutes"}
