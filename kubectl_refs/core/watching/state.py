"""The objects of a cluster as they are at this moment, kept up to date by events, and read like any other answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Failure, Get, List, Read, unserved


class WatchedScope(NamedTuple):
    """What one watch covers: a kind in a namespace, or in all (None), perhaps only its metadata; with a `name`, one
    cluster-scoped object whose kind cannot be listed."""

    kind: GroupKind
    namespace: str | None
    metadata_only: bool
    name: str | None = None


@dataclass(slots=True)
class _ScopeObjects:
    """The objects of a scope as they were when it could last be listed, and why it cannot be listed any more."""

    objects: dict[ObjectKey, JSON] = field(default_factory=dict)
    places: dict[str, dict[ObjectKey, JSON]] = field(default_factory=dict)
    names: dict[str, dict[ObjectKey, JSON]] = field(default_factory=dict)
    listed: bool = False
    failure: Failure | None = None

    @property
    def readable(self) -> bool:
        return self.listed and self.failure is None

    def put(self, key: ObjectKey, obj: JSON) -> None:
        self.objects[key] = obj
        self.places.setdefault(key.namespace, {})[key] = obj
        self.names.setdefault(key.name, {})[key] = obj

    def remove(self, key: ObjectKey) -> None:
        if self.objects.pop(key, None) is None:
            return
        for index, value in ((self.places, key.namespace), (self.names, key.name)):
            del index[value][key]
            if not index[value]:
                del index[value]

    def answer(self, read: Read) -> Answer:
        if isinstance(read, Get):
            obj = self.objects.get(read.key)
            return Answer(() if obj is None else (obj,))
        found: Mapping[ObjectKey, JSON] = self.objects
        if read.name is not None:
            found = self.names.get(read.name, {})
        elif read.namespace is not None:
            found = self.places.get(read.namespace, {})
        objects = (
            found.values()
            if read.namespace is None
            else (obj for key, obj in found.items() if key.namespace == read.namespace)
        )
        return Answer(tuple(filter(read.holds, objects) if read.labels else objects))


class WatchedState:
    """Answers by read (reads.Answers) from what is watched. What is not watched yet has no answer.

    With `everywhere`, what is read is watched in all namespaces, where that is allowed.
    """

    def __init__(self, catalog: Catalog, *, everywhere: bool) -> None:
        self.catalog = catalog
        """What the server serves now."""
        self._everywhere = everywhere
        self._by_scope: dict[WatchedScope, _ScopeObjects] = {}

    @property
    def scopes(self) -> tuple[WatchedScope, ...]:
        return tuple(self._by_scope)

    def fill(self, scope: WatchedScope, objects: Iterable[JSON]) -> None:
        """Take the objects of a scope's first successful list."""
        watched = self._by_scope[scope] = _ScopeObjects(listed=True)
        for obj in objects:
            watched.put(key_of(obj), obj)

    def fail(self, scope: WatchedScope, failure: Failure) -> None:
        """Note that a scope cannot be listed, or not any more. Its objects stay, to be compared with the next list,
        but no read is answered with them: they may have changed."""
        self._by_scope.setdefault(scope, _ScopeObjects()).failure = failure

    def recover(self, scope: WatchedScope) -> None:
        """Note that a scope can be listed again."""
        self._by_scope[scope].failure = None

    def drop(self, scope: WatchedScope) -> None:
        """Forget a scope whose kind is not served any more."""
        self._by_scope.pop(scope, None)

    def failure(self, scope: WatchedScope) -> Failure | None:
        watched = self._by_scope.get(scope)
        return None if watched is None else watched.failure

    def listed(self, scope: WatchedScope) -> bool:
        """Whether a scope could be listed, now or earlier."""
        watched = self._by_scope.get(scope)
        return watched is not None and watched.listed

    def objects(self, scope: WatchedScope) -> Mapping[ObjectKey, JSON]:
        watched = self._by_scope.get(scope)
        return {} if watched is None else watched.objects

    def put(self, scope: WatchedScope, obj: JSON) -> None:
        """Add an object, or replace it by its new version."""
        self._by_scope[scope].put(key_of(obj), obj)

    def remove(self, scope: WatchedScope, key: ObjectKey) -> None:
        """Remove an object that was deleted."""
        self._by_scope[scope].remove(key)

    @property
    def answers(self) -> Mapping[Read, Answer]:
        """A snapshot: the list of every scope as it is now, or its object."""
        return {
            _read_of(scope): Answer(tuple(watched.objects.values()) if watched.readable else (), watched.failure)
            for scope, watched in self._by_scope.items()
        }

    def get(self, read: Read, /) -> Answer | None:
        kind, place = read.group_kind, read.namespace or None
        if self.catalog.served(kind) is None:
            return unserved(self.catalog, read)
        failure = None
        for namespace in dict.fromkeys((None, place)):
            # Where metadata suffices, whole objects serve as well.
            for metadata_only in (False, True) if read.metadata_only else (False,):
                watched = self._by_scope.get(WatchedScope(kind, namespace, metadata_only))
                if watched is not None and watched.readable:
                    return watched.answer(read)
                if watched is not None and (watched.listed or namespace == place):
                    failure = watched.failure
        alone = None if failure is None else self._alone(read)
        if alone is not None:
            watched = self._by_scope.get(alone)
            if watched is None:
                return None
            return watched.answer(read) if watched.readable else Answer(failure=watched.failure)
        return None if failure is None else Answer(failure=failure)

    def wanted(self, read: Read) -> WatchedScope:
        """What to watch for a read that has no answer: the kind in all namespaces if that was asked for and has not
        failed, otherwise in the read's own; a cluster-scoped object by itself if its kind cannot be listed."""
        place = read.namespace or None
        wide = WatchedScope(read.group_kind, None, read.metadata_only)
        if place is not None and (not self._everywhere or wide in self._by_scope):
            return wide._replace(namespace=place)
        return (self._alone(read) if wide in self._by_scope else None) or wide

    def _alone(self, read: Read) -> WatchedScope | None:
        """The scope of one cluster-scoped object. None with `everywhere`: there would be hundreds of them."""
        if not isinstance(read, Get) or read.key.namespace or self._everywhere:
            return None
        return WatchedScope(read.group_kind, None, read.metadata_only, read.key.name)


def _read_of(scope: WatchedScope) -> Read:
    if scope.name is not None:
        return Get(ObjectKey(*scope.kind, "", scope.name), scope.metadata_only)
    return List(scope.kind, scope.namespace, metadata_only=scope.metadata_only)
