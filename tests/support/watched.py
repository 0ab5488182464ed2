"""A watched cluster in memory, for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Failure, Read
from kubectl_refs.core.watching.state import WatchedScope, WatchedState
from kubectl_refs.core.watching.watcher import Event, Watcher
from tests.support.surveying import LIVE


class Watched:
    """Watched objects; kinds in `refused` cannot be listed."""

    def __init__(self, objects: Sequence[JSON], refused: Sequence[GroupKind] = (), catalog: Catalog = LIVE) -> None:
        self._first, self._refused = objects, refused
        self.state = WatchedState(catalog, everywhere=True)
        self.watcher = Watcher(self.state, lambda obj: True, lambda obj: True, self._watch)
        kinds = [kind for kind in (*catalog.table.referrers, REFERENCE_GRANT) if catalog.served(kind) is not None]
        for kind in kinds:
            self._fill(WatchedScope(kind, None, metadata_only=False))
        for kind in kinds:
            self.watcher.begin(self.state.objects(WatchedScope(kind, None, metadata_only=False)).values())

    def _watch(self, reads: Iterable[Read]) -> None:
        for scope in {self.state.wanted(read) for read in reads}:
            self._fill(scope)

    def _fill(self, scope: WatchedScope) -> None:
        if scope.kind in self._refused:
            self.state.fail(scope, Failure(403, "forbidden"))
        else:
            self.state.fill(scope, [obj for obj in self._first if key_of(obj).group_kind == scope.kind])

    def write(self, obj: JSON, *, deleted: bool = False) -> list[Event]:
        """The events of a write, one for each scope that holds the object's kind."""
        key = key_of(obj)
        # A scope that is watched from now on lists the objects as they are then.
        self._first = [each for each in self._first if key_of(each) != key] + ([] if deleted else [obj])
        scopes = [scope for scope in self.state.scopes if scope.kind == key.group_kind]
        return [
            event
            for scope in scopes
            if not deleted or key in self.state.objects(scope)
            if not (event := self.watcher.event(scope, key, None if deleted else obj)).empty
        ]
