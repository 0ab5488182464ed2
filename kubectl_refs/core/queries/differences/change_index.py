"""An index of changed objects by the reads that they may affect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable

from kubectl_refs.core.model.object_changes import ObjectChange
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.view.reads import Get, Read


class ChangeIndex:
    """Changed objects, indexed by the reads that may return them."""

    def __init__(self, changes: Iterable[ObjectChange]) -> None:
        self._keys: set[ObjectKey] = set()
        self._listed: dict[tuple[GroupKind, str | None], set[ObjectKey]] = defaultdict(set)
        self._emptied: dict[str, ObjectKey] = {}
        self._ended: dict[GroupKind, ObjectKey] = {}
        for change in changes:
            key = change.key
            self._keys.add(key)
            for place in (None, key.namespace):
                self._listed[key.group_kind, place].add(key)
            if change.empties:
                self._emptied[key.name] = key
            if change.ends is not None:
                self._ended[change.ends] = key

    def seen_by(self, read: Read, aspect: Hashable) -> set[ObjectKey]:
        """The keys of the changed objects that a read may show, whatever it is about (RecordingView)."""
        del aspect
        found = (
            {read.key} & self._keys
            if isinstance(read, Get)
            else self._listed.get((read.group_kind, read.namespace), set())
        )
        if read.group_kind in self._ended:
            found = found | {self._ended[read.group_kind]}
        if read.namespace is None:
            return found | {*self._emptied.values()}
        return found | ({self._emptied[read.namespace]} if read.namespace in self._emptied else set())
