"""A View that notes at which changed objects is looked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Any, Self

from kubectl_refs.core.model.object_changes import ObjectChange
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Answers, Get, Read
from kubectl_refs.core.view.view import View


class Changes:
    """Changed objects, found by what a read is about."""

    def __init__(self, changes: Iterable[ObjectChange]) -> None:
        self._keys: set[ObjectKey] = set()
        self._listed: dict[tuple[GroupKind, str | None], set[ObjectKey]] = defaultdict(set)
        self._emptied: dict[str, ObjectKey] = {}
        for change in changes:
            key = change.key
            self._keys.add(key)
            for place in (None, key.namespace):
                self._listed[key.group_kind, place].add(key)
            if change.empties:
                self._emptied[key.name] = key

    def about(self, read: Read) -> set[ObjectKey]:
        """The keys of the changed objects of which a read may tell."""
        namespace = read.key.namespace if isinstance(read, Get) else read.namespace
        found = (
            {read.key} & self._keys if isinstance(read, Get) else self._listed.get((read.group_kind, namespace), set())
        )
        if namespace is None:
            return found | {*self._emptied.values()}
        return found | ({self._emptied[namespace]} if namespace in self._emptied else set())


class ObservingView(View):
    """A View that notes at which changed objects was looked: `seen` are their keys, of looks here or by whoever made what is
    shared."""

    def __init__(self, catalog: Catalog, answers: Answers, changes: Changes, memo: dict[Hashable, Any]) -> None:
        super().__init__(catalog, answers, memo)
        self._changes = changes
        self.seen: set[ObjectKey] = set()

    def _look(self, read: Read, effect: str, *, required: bool = False, about: Hashable = None) -> Answer:
        self.seen |= self._changes.about(read)
        return super()._look(read, effect, required=required, about=about)

    def _apart(self) -> Self:
        return type(self)(self.catalog, self._answers, self._changes, self._memo)

    @property
    def _has_noted(self) -> bool:
        return bool(self.seen) or super()._has_noted

    def _take_needs(self, other: Self) -> None:
        super()._take_needs(other)
        self.seen |= other.seen
