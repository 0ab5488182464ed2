"""The references of the objects in scope, kept up to date: an event is answered with the changes that it causes.

Only objects that looked at what changed are evaluated again (looks.py). What cannot be read any more changes no verdict
by itself, but an object that is evaluated meanwhile gets one that does not build on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.grants.usage import Referrers
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.model.values import at, key_of
from kubectl_refs.core.queries.differences.outcomes import compared
from kubectl_refs.core.queries.differences.permissions import GrantsOfState, PermissionChange, permission_changes
from kubectl_refs.core.queries.differences.report import ReferenceChange
from kubectl_refs.core.queries.why import EvaluatedObject, evaluate_object
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.view.reads import List, Read
from kubectl_refs.core.view.recording import RecordingView
from kubectl_refs.core.watching.changes import ConditionChange, WriteCause, blamed, condition_changes, write_cause
from kubectl_refs.core.watching.looks import Look, looks_affected_by, looks_of_read
from kubectl_refs.core.watching.state import WatchedScope, WatchedState


@dataclass(frozen=True, slots=True)
class Event:
    """What one write has changed. `cause` is None where no write is known to be the cause: a kind can be read again."""

    cause: WriteCause | None
    changes: tuple[ReferenceChange, ...] = ()
    conditions: tuple[ConditionChange, ...] = ()
    permissions: tuple[PermissionChange, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.changes or self.conditions or self.permissions)


@dataclass(frozen=True, slots=True)
class _Write:
    """A write that the state has been brought up to date with, and the objects to evaluate again because of it."""

    cause: WriteCause
    concerned: Collection[ObjectKey]
    permissions: tuple[PermissionChange, ...]


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """What is known of one object."""

    found: EvaluatedObject
    references: tuple[EvaluatedReference, ...]
    gaps: tuple[Gap, ...]
    seen: frozenset[Look]
    unread: frozenset[GroupKind]
    """The kinds looked at that could not be read then."""


class Watcher:
    """Answers events with changes. `in_scope` says whether an object's references are reported, `reports_grant` whether
    the access that a ReferenceGrant gives and takes is. `watch` is called with reads that the state has no answer to,
    and makes sure that it gets one, if only a failure."""

    def __init__(
        self,
        state: WatchedState,
        in_scope: Callable[[JSON], bool],
        reports_grant: Callable[[JSON], bool],
        watch: Callable[[Sequence[Read]], None],
    ) -> None:
        self._state = state
        self._in_scope = in_scope
        self._reports_grant = reports_grant
        self._watch = watch
        self._kept: dict[ObjectKey, _Evaluation] = {}
        self._lookers: dict[Look, set[ObjectKey]] = defaultdict(set)

    @property
    def report(self) -> Report:
        """All references and conditions as they are now, and what could not be read for them."""
        kept = self._kept.values()
        gaps = dict.fromkeys(gap for each in kept for gap in each.gaps)
        return Report(
            tuple(reference for each in kept for reference in each.references),
            tuple(condition for each in kept for condition in each.found.conditions),
            tuple(gaps),
        )

    @property
    def evaluated(self) -> Iterator[EvaluatedObject]:
        """All objects in scope as they are now."""
        return (each.found for each in self._kept.values())

    def begin(self, objects: Iterable[JSON]) -> None:
        """Evaluate objects for the first time, when there are no changes to report."""
        self._evaluate({key_of(obj): obj for obj in objects if self._is_referrer(obj)})

    def event(self, scope: WatchedScope, key: ObjectKey, obj: JSON | None) -> Event:
        """The changes caused by an object that was added, changed or, if `obj` is None, deleted. The state is brought
        up to date with it."""
        write = self._take(scope, key, obj)
        return _event(write.cause, self._reevaluated(write.concerned).values(), write.permissions)

    def caught_up(self, lists: Mapping[WatchedScope, Sequence[JSON]]) -> Iterator[Event]:
        """The changes that lists of whole scopes show, where writes may have been missed or nothing could be read.

        The order of the writes is not known, so each object is evaluated once, with all of them. A change has a cause
        if its object was written, or if only one write concerns it.
        """
        readable = {scope.kind for scope in lists}
        again = {key for key, kept in self._kept.items() if kept.unread & readable}
        for scope, objects in lists.items():
            if self._state.listed(scope):
                self._state.recover(scope)
            else:
                self._state.fill(scope, objects)
                again |= self._state.objects(scope).keys()
        # Who uses the access that a grant gives is asked when all else is known.
        scopes = sorted(lists, key=lambda scope: scope.kind == REFERENCE_GRANT)
        writes = [self._take(*write) for scope in scopes for write in self._missed(scope, lists[scope])]
        causes: dict[ObjectKey, dict[WriteCause, None]] = defaultdict(dict)
        for write in writes:
            for key in write.concerned:
                causes[key][write.cause] = None
        changes: dict[WriteCause | None, list[Sequence[_Change]]] = defaultdict(list)
        for key, found in self._reevaluated({*causes, *again}).items():
            changes[blamed(key, causes.get(key, {}))].append(found)
        permissions = {write.cause: write.permissions for write in writes if write.permissions}
        for cause in dict.fromkeys((*(write.cause for write in writes), None)):
            yield _event(cause, changes.get(cause, ()), permissions.get(cause, ()) if cause else ())

    def kinds_changed(self, cause: WriteCause | None, kinds: Collection[GroupKind] | None = None) -> Event:
        """The changes when kinds become readable or served, or cease to be: in objects that looked at them or reference
        them, and in the objects of these kinds themselves; with None, in all objects."""
        held = (
            key
            for scope in self._state.scopes
            if not scope.metadata_only and self._state.catalog.table.fields_of(scope.kind)
            for key in self._state.objects(scope)
        )
        concerned = {*held, *self._kept}
        if kinds is not None:
            lookers = {key for seen, keys in self._lookers.items() if seen[0] in kinds for key in keys}
            concerned = {
                key
                for key in concerned
                if key in lookers or key.group_kind in kinds or self._references(key) & set(kinds)
            }
        return _event(cause, self._reevaluated(concerned).values())

    @property
    def groups(self) -> frozenset[str]:
        """The API groups that matter to what is watched: those of kinds that hold references, and those of targets."""
        holding = {kind.group for kind in self._state.catalog.table.referrers}
        return frozenset(holding | {kind.group for key in self._kept for kind in self._references(key)})

    def _references(self, key: ObjectKey) -> frozenset[GroupKind]:
        kept = self._kept.get(key)
        return frozenset(each.reference.to.group_kind for each in kept.references) if kept else frozenset()

    def _missed(
        self, scope: WatchedScope, objects: Iterable[JSON]
    ) -> Iterator[tuple[WatchedScope, ObjectKey, JSON | None]]:
        """The writes that lead from what is known of a scope to a list of it."""
        there = {key_of(obj): obj for obj in objects}
        known = dict(self._state.objects(scope))
        yield from ((scope, key, None) for key in known if key not in there)
        for key, obj in there.items():
            if key not in known or _version(known[key]) != _version(obj):
                yield scope, key, obj

    def _take(self, scope: WatchedScope, key: ObjectKey, obj: JSON | None) -> _Write:
        """Bring the state up to date with a write."""
        old = self._state.objects(scope).get(key)
        cause = write_cause("deleted" if obj is None else "created" if old is None else "updated", key, obj, old)
        versions = [each for each in (old, obj) if each is not None]
        tells = key.group_kind == REFERENCE_GRANT and any(map(self._reports_grant, versions))
        existing = self._grants(key.namespace) if tells else ()
        if obj is None:
            self._state.remove(scope, key)
        else:
            self._state.put(scope, obj)
        concerned = {looker for seen in looks_affected_by(key, old, obj) for looker in self._lookers.get(seen, ())}
        if not scope.metadata_only:
            # Otherwise, if there is a watch of the whole object, that one tells what the object references.
            concerned.add(key)
        return _Write(cause, concerned, self._permissions(key.namespace, existing, versions) if tells else ())

    def _reevaluated(self, keys: Collection[ObjectKey]) -> Mapping[ObjectKey, Sequence[_Change]]:
        """The changes of the objects, which are evaluated again, or forgotten if they are gone or out of scope."""
        before = {key: self._kept.get(key) for key in sorted(keys)}
        found = {key: self._object(key) for key in before}
        again = {key: obj for key, obj in found.items() if obj is not None and self._is_referrer(obj)}
        for key in before.keys() - again.keys():
            self._forget(key)
        self._evaluate(again)
        return {key: tuple(_changes_between(was, self._kept.get(key))) for key, was in before.items()}

    def _is_referrer(self, obj: JSON) -> bool:
        return bool(self._state.catalog.table.fields_of(key_of(obj).group_kind)) and self._in_scope(obj)

    def _object(self, key: ObjectKey) -> JSON | None:
        scopes = (each for each in self._state.scopes if each.kind == key.group_kind and not each.metadata_only)
        return next((obj for scope in scopes if (obj := self._state.objects(scope).get(key)) is not None), None)

    def _evaluate(self, objects: Mapping[ObjectKey, JSON]) -> None:
        open_ = dict(objects)
        while open_:
            unreadable = {scope.kind for scope in self._state.scopes if self._state.failure(scope) is not None}
            needs: dict[Read, None] = {}
            memo: dict[Hashable, Any] = {}
            for key, obj in list(open_.items()):
                view = RecordingView(self._state.catalog, self._state, looks_of_read, memo)
                found = evaluate_object(view, obj)
                if view.needs:
                    needs.update(view.needs)
                    continue
                # Otherwise the grants of each namespace would be kept once for each object that looks at them.
                found = replace(found, grants={})
                del open_[key]
                self._forget(key)
                unread = frozenset(kind for kind, *_ in view.seen if kind in unreadable) if unreadable else frozenset()
                kept = self._kept[key] = _Evaluation(found, found.references, view.gaps, frozenset(view.seen), unread)
                for seen in kept.seen:
                    self._lookers[seen].add(key)
            if needs:
                self._watch(tuple(needs))

    def _forget(self, key: ObjectKey) -> None:
        kept = self._kept.pop(key, None)
        for seen in kept.seen if kept else ():
            self._lookers[seen].discard(key)
            if not self._lookers[seen]:
                del self._lookers[seen]

    def _grants(self, namespace: str) -> tuple[Grant, ...]:
        answer = self._state.get(List(REFERENCE_GRANT, namespace))
        return tuple(map(Grant.parse, answer.objects)) if answer is not None else ()

    def _permissions(
        self, namespace: str, existing: Sequence[Grant], versions: Sequence[JSON]
    ) -> tuple[PermissionChange, ...]:
        """How the access to a namespace has changed since its `existing` grants, by the `versions` of one of them."""
        named = {(each.group_kind, each.namespace) for version in versions for each in Grant.parse(version).from_}
        objects: list[JSON] = []
        unread: set[tuple[GroupKind, str | None]] = set()
        catalog = self._state.catalog
        reads = [List(kind, place) for kind, place in sorted((kind, place) for kind, place in named if place)]
        reads = [each for each in reads if catalog.table.fields_of(each.group_kind)]
        while open_ := [read for read in reads if self._state.get(read) is None]:
            self._watch(open_)
        for read in reads:
            answer = self._state.get(read)
            if answer is not None and answer.known:
                objects += answer.objects
            else:
                unread.add((read.group_kind, read.namespace))
        referrers = Referrers(catalog.table, objects, unread)
        before, after = ({namespace: each} for each in (existing, self._grants(namespace)))
        return permission_changes(GrantsOfState(before, referrers, catalog), GrantsOfState(after, referrers, catalog))


_Change = ReferenceChange | ConditionChange


def _event(
    cause: WriteCause | None, changes: Iterable[Sequence[_Change]], permissions: tuple[PermissionChange, ...] = ()
) -> Event:
    found = tuple(chain.from_iterable(changes))
    return Event(
        cause,
        tuple(change for change in found if isinstance(change, ReferenceChange)),
        tuple(change for change in found if isinstance(change, ConditionChange)),
        permissions,
    )


def _changes_between(was: _Evaluation | None, now: _Evaluation | None) -> Iterator[_Change]:
    yield from compared(was.references if was else (), now.references if now else ())
    yield from condition_changes(was.found.conditions if was else (), now.found.conditions if now else ())


def _version(obj: JSON) -> object:
    return obj.get("apiVersion"), at(obj, "metadata", "resourceVersion")
