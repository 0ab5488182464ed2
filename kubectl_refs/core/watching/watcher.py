"""The references of the objects in scope, kept up to date: an event is answered with the changes that it causes.

Only objects that looked at what changed are evaluated again (looks.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.grants.usage import Referrers
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.model.values import at, entries, key_of, mapping, text
from kubectl_refs.core.queries.differences.outcomes import compared
from kubectl_refs.core.queries.differences.permissions import GrantsOfState, PermissionChange, permission_changes
from kubectl_refs.core.queries.differences.report import ReferenceChange
from kubectl_refs.core.queries.why import EvaluatedObject, evaluate_object
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.view.catalog import REFERENCE_GRANT
from kubectl_refs.core.view.reads import List, Read
from kubectl_refs.core.view.recording import RecordingView
from kubectl_refs.core.watching.changes import ConditionChange, WriteCause, condition_changes
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
class _Evaluation:
    """What is known of one object."""

    found: EvaluatedObject
    references: tuple[EvaluatedReference, ...]
    gaps: tuple[Gap, ...]
    seen: frozenset[Look]


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
        self._tells_grant = reports_grant
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
        old = self._state.objects(scope).get(key)
        cause = write_cause("deleted" if obj is None else "created" if old is None else "updated", key, obj, old)
        versions = [each for each in (old, obj) if each is not None]
        tells = key.group_kind == REFERENCE_GRANT and any(map(self._tells_grant, versions))
        existing = self._grants(key.namespace) if tells else ()
        if obj is None:
            self._state.remove(scope, key)
        else:
            self._state.put(scope, obj)
        event = self._reevaluated(cause, *self._concerned(scope, key, old, obj))
        return replace(event, permissions=self._permissions(key.namespace, existing, versions)) if tells else event

    def kinds_changed(self, cause: WriteCause | None, kinds: Collection[GroupKind] | None = None) -> Event:
        """The changes when kinds become readable or served, or cease to be: in objects that looked at them or reference
        them, and in the objects of these kinds themselves; with None, in all objects."""
        held = {
            key: obj
            for scope in self._state.scopes
            if not scope.metadata_only and self._state.catalog.table.fields_of(scope.kind)
            for key, obj in self._state.objects(scope).items()
            if self._in_scope(obj)
        }
        concerned = {*held, *self._kept}
        if kinds is not None:
            lookers = {key for seen, keys in self._lookers.items() if seen[0] in kinds for key in keys}
            concerned = {
                key
                for key in concerned
                if key in lookers or key.group_kind in kinds or self._references(key) & set(kinds)
            }
        return self._reevaluated(
            cause, {key: held[key] for key in sorted(concerned) if key in held}, concerned - held.keys()
        )

    @property
    def groups(self) -> frozenset[str]:
        """The API groups that matter to what is watched: those of kinds that hold references, and those of targets."""
        holding = {kind.group for kind in self._state.catalog.table.referrers}
        return frozenset(holding | {kind.group for key in self._kept for kind in self._references(key)})

    def _references(self, key: ObjectKey) -> frozenset[GroupKind]:
        kept = self._kept.get(key)
        return frozenset(each.reference.to.group_kind for each in kept.references) if kept else frozenset()

    def _concerned(
        self, scope: WatchedScope, key: ObjectKey, old: JSON | None, obj: JSON | None
    ) -> tuple[dict[ObjectKey, JSON], Collection[ObjectKey]]:
        """The objects to evaluate again (those that looked at the change, and the changed one), and those gone."""
        lookers = {looker for seen in looks_affected_by(key, old, obj) for looker in self._lookers.get(seen, ())} - {
            key
        }
        again = {looker: self._object(looker) for looker in sorted(lookers)}
        if scope.metadata_only:
            # If there is a watch of the whole object, that one tells what the object references.
            return again, ()
        if obj is not None and self._is_referrer(obj):
            again[key] = obj
        return again, () if key in again else (key,)

    def _reevaluated(
        self, cause: WriteCause | None, again: Mapping[ObjectKey, JSON], gone: Collection[ObjectKey]
    ) -> Event:
        before = {each: self._kept.get(each) for each in (*again, *gone)}
        for key in gone:
            self._forget(key)
        self._evaluate(again)
        found = [change for each, was in before.items() for change in _changes_between(was, self._kept.get(each))]
        return Event(
            cause,
            tuple(change for change in found if isinstance(change, ReferenceChange)),
            tuple(change for change in found if isinstance(change, ConditionChange)),
        )

    def _is_referrer(self, obj: JSON) -> bool:
        return bool(self._state.catalog.table.fields_of(key_of(obj).group_kind)) and self._in_scope(obj)

    def _object(self, key: ObjectKey) -> JSON:
        scopes = (each for each in self._state.scopes if each.kind == key.group_kind and not each.metadata_only)
        return next(obj for scope in scopes if (obj := self._state.objects(scope).get(key)) is not None)

    def _evaluate(self, objects: Mapping[ObjectKey, JSON]) -> None:
        open_ = dict(objects)
        while open_:
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
                kept = self._kept[key] = _Evaluation(found, found.references, view.gaps, frozenset(view.seen))
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


def _changes_between(was: _Evaluation | None, now: _Evaluation | None) -> Iterator[ReferenceChange | ConditionChange]:
    yield from compared(was.references if was else (), now.references if now else ())
    yield from condition_changes(was.found.conditions if was else (), now.found.conditions if now else ())


def write_cause(action: str, key: ObjectKey, obj: JSON | None, before: JSON | None = None) -> WriteCause:
    """The newest write of an object, by comparison with its version `before`; `obj` is None for a deleted object.

    A manager that gives up all its fields is not listed any more: then an older write is the newest that is known, and
    the writer is not.
    """
    manager, time = _newest_write(obj)
    known = (manager, time) != _newest_write(before) and (time or "") >= (_newest_write(before)[1] or "")
    return WriteCause(action, key, manager, time) if known else WriteCause(action, key)


def _newest_write(obj: JSON | None) -> tuple[str | None, str | None]:
    """Who wrote an object last and when, by its managedFields."""
    written = [mapping(entry) for entry in entries(at(obj, "metadata", "managedFields"))]
    newest = max(written, key=lambda entry: text(entry.get("time")) or "", default={})
    return text(newest.get("manager")), text(newest.get("time"))
