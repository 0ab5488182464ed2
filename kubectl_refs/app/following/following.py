"""Telling what changes in a watched cluster, until a deadline or Ctrl-C."""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from kubectl_refs.app.following.watched_cluster import NOT_FOUND, News, ScheduledCall, WatchedCluster
from kubectl_refs.app.input.survey import served_referrers
from kubectl_refs.core.model.kinds import DEFINITION, REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.model.values import at, entries
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.core.watching.changes import WriteCause, write_cause
from kubectl_refs.core.watching.state import WatchedScope
from kubectl_refs.core.watching.watcher import Event, Watcher
from kubectl_refs.kube.rediscovery import Asked, Served
from kubectl_refs.kube.watching import Listed, Unreadable, WrittenObject
from kubectl_refs.render.watch import EventRenderer

_TRIES_OF_UNKNOWN = 4
"""How many lists of a kind may get a 404 before that is a gap: discovery follows the CRD with some delay."""

FROZEN_EVERY = 500
"""The number of news items after which the garbage collector runs (freeze_survivors)."""


@dataclass(frozen=True, slots=True)
class ReportedScope:
    """What is told of a watched cluster.

    `kinds` are the kinds whose objects are looked through, empty for all that hold references; `namespace` is the one
    looked through, None for all. `in_scope` picks the objects whose references are told, `reports_grant` the
    ReferenceGrants whose permissions are told when given or taken.
    """

    namespace: str | None
    kinds: Sequence[GroupKind]
    in_scope: Callable[[JSON], bool]
    reports_grant: Callable[[JSON], bool]


class Counts:
    """What has been seen and told since the start."""

    def __init__(self) -> None:
        self.version = 0
        """Goes up whenever something may have changed."""
        self.writes = 0
        """Objects that were added, changed or deleted."""
        self.changes: Counter[str] = Counter()
        """Changes of references, by their effect."""
        self.permissions: Counter[tuple[bool, str]] = Counter()
        """Access that was given (True) or taken, by the kind that may be referenced."""
        self.errors: Counter[int | None] = Counter()
        """Requests that failed, by the HTTP status, None where there was no answer."""
        self.last_heard = time.time()
        """When the server was last heard from, in seconds since the epoch."""

    def news(self, news: News, now: float) -> None:
        if isinstance(news, Unreadable):
            self.errors[news.failure.http_status] += 1
        elif isinstance(news, Asked):
            self.last_heard = now if news.failure is None else self.last_heard
        elif not isinstance(news, ScheduledCall):
            self.last_heard = now
            self.version += 1
            self.writes += isinstance(news, WrittenObject)

    def event(self, event: Event) -> None:
        self.changes.update(str(each.effect) for each in event.changes)
        self.permissions.update((each.gives, each.pair.to.kind or "") for each in event.permissions)


class Following:
    """A watched cluster, and what its news means for references and grants."""

    def __init__(self, watched: WatchedCluster, followed: ReportedScope, renderer: EventRenderer) -> None:
        self._watched = watched
        self._followed = followed
        self._renderer = renderer
        self._state = watched.state
        self.watcher = Watcher(self._state, followed.in_scope, followed.reports_grant, watched.watch_for)
        self.counts = Counts()
        self._deadline: float | None = None
        self._lost: Failure | None = None
        """Why the server does not answer, if it does not."""
        self._unconfirmed: set[WatchedScope] = set()
        """What got no answer, until it is known whether the server answers at all."""
        self._gaps: dict[WatchedScope, Gap] = {}
        """The gaps that were told and are still open."""
        self._looked_through: frozenset[WatchedScope] = frozenset()
        self._unknown: Counter[WatchedScope] = Counter()

    def begin(self) -> None:
        """List and evaluate everything to be followed, without telling anything."""
        self._watch()
        for scope in self._state.scopes:
            if not scope.metadata_only:
                self.watcher.begin(self._state.objects(scope).values())

    def run(self, deadline: float | None, *, state_shown: bool = False) -> None:
        """Tell the state in one line and what cannot be read, unless `state_shown` already, and then every change."""
        self._watched.begin()
        self._deadline = deadline
        if not state_shown:
            write_at_once(self._renderer.synced(self.watcher.report))
        gaps = list(self._new_gaps())
        write_at_once("" if state_shown else self._renderer.gaps(gaps))
        freeze_survivors()
        while (news := self._watched.next(deadline)) is not None:
            self.counts.news(news, time.time())
            for event in self._events(news):
                if not event.empty:
                    self.counts.event(event)
                    write_at_once(self._renderer.event(event))
            write_at_once(self._renderer.gaps(list(self._new_gaps())))
            if self.counts.version % FROZEN_EVERY == 0:
                freeze_survivors()

    @property
    def namespace(self) -> str | None:
        """The namespace that is looked through, None for all."""
        return self._followed.namespace

    @property
    def connected(self) -> bool:
        """Whether the server answers, as far as is known."""
        return self._lost is None

    @property
    def open_gaps(self) -> int:
        """How many scopes cannot be listed."""
        return len(self._gaps)

    def _watch(self) -> None:
        """Watch the kinds to be looked through that are served, and ReferenceGrants."""
        catalog, namespace = self._watched.catalog, self._followed.namespace
        kinds = self._followed.kinds or [kind.group_kind for kind in served_referrers(catalog, namespace)]
        scopes = [
            WatchedScope(kind, namespace if served.namespaced else None, metadata_only=False)
            for kind in (*kinds, REFERENCE_GRANT)
            if (served := catalog.served(kind)) is not None
        ]
        self._watched.watch(scopes)
        self._looked_through = frozenset(scopes)

    def _new_gaps(self) -> Iterator[Gap]:
        """The gap of every scope that cannot be listed, once. A list of all namespaces that was replaced by lists of
        single ones is no gap, unless it is a scope to be looked through. While the server does not answer, there is
        nothing to say of single scopes."""
        for scope, failure in self._watched.failures if self._lost is None else ():
            if scope in self._gaps or scope in self._unconfirmed:
                continue
            if failure.http_status == NOT_FOUND and self._unknown[scope] < _TRIES_OF_UNKNOWN:
                continue
            if scope in self._looked_through or not self._replaces_single_objects(scope):
                self._gaps[scope] = self._watched.gap(scope, failure)
                yield self._gaps[scope]

    def _replaces_single_objects(self, scope: WatchedScope) -> bool:
        single = (other for other in self._state.scopes if (other.namespace, other.name) != (None, None))
        wide = (scope.namespace, scope.name) == (None, None)
        return wide and any(other.kind == scope.kind for other in single)

    def _events(self, news: News) -> Iterator[Event]:
        match news:
            case ScheduledCall(function):
                function()
            case Served(catalog):
                yield from self._serve(catalog)
            case Asked(failure):
                yield from self._asked(failure)
            case WrittenObject(scope, key, obj) if scope in self._state.scopes:
                yield self.watcher.event(scope, key, obj)
            case Listed(scope, objects) if scope in self._state.scopes:
                self._answered()
                lists: Mapping[WatchedScope, Sequence[JSON]] = {scope: objects}
                if self._state.failure(scope) is not None:
                    lists = self._watched.try_again(lists, self._deadline)
                yield from self._caught_up(lists)
            case Unreadable(scope, failure) if scope in self._state.scopes:
                self._unreadable(scope, failure)

    def _unreadable(self, scope: WatchedScope, failure: Failure) -> None:
        self._state.fail(scope, failure)
        if failure.http_status == NOT_FOUND:
            self._unknown[scope] += 1
        if failure.http_status is None and scope not in self._gaps:
            self._unconfirmed.add(scope)
        if failure.http_status in (None, NOT_FOUND) or self._lost is not None:
            self._watched.rediscover_soon()

    def _asked(self, failure: Failure | None) -> Iterator[Event]:
        """Tell that the server does not answer, or that it answers again, with the changes since."""
        if failure is not None:
            write_at_once("" if self._lost else self._renderer.lost(failure))
            self._lost = failure
        elif self._answered():
            yield from self._caught_up(self._watched.try_again({}, self._deadline))

    def _answered(self) -> bool:
        """Note that the server answers; returns whether it did not before."""
        self._unconfirmed.clear()
        lost, self._lost = self._lost, None
        if lost is not None:
            write_at_once(self._renderer.regained(lost))
        return lost is not None

    def _caught_up(self, lists: Mapping[WatchedScope, Sequence[JSON]]) -> Iterator[Event]:
        """The events that lists after an interruption amount to, or the first lists that could be made."""
        self.counts.version += 1
        for scope in lists:
            self._unknown.pop(scope, None)
            for each in (scope, *self._watched.drop_single_objects(scope)):
                gap = self._gaps.pop(each, None)
                if gap is not None:
                    write_at_once(self._renderer.recovered(gap))
        yield from self.watcher.caught_up(lists)

    def _serve(self, catalog: Catalog) -> Iterator[Event]:
        """The events when other kinds are served. Each has the definition of its kind as its cause, if there is one."""
        before = self._watched.catalog
        groups = self.watcher.groups
        kinds = sorted({kind.group_kind for kind in (*before, *catalog) if kind.group in groups})
        changed = [kind for kind in kinds if before.served(kind) != catalog.served(kind)]
        self._watched.serve(catalog)
        self._watch()
        self._gaps = {scope: gap for scope, gap in self._gaps.items() if scope in self._state.scopes}
        causes = [self._definition(before, catalog, kind) for kind in changed]
        for kind, cause in zip(changed, causes, strict=True):
            yield self.watcher.kinds_changed(cause, [kind])
        if changed:
            # The verdict on a reference may depend on kinds that it does not name.
            yield self.watcher.kinds_changed(causes[0] if len(changed) == 1 else None)

    def _definition(self, before: Catalog, now: Catalog, kind: GroupKind) -> WriteCause | None:
        """The write of the CRD behind a kind that is now served otherwise; None if no CRD is known to define it."""
        served = now.served(kind) or before.served(kind)
        assert served is not None
        key = ObjectKey(*DEFINITION, "", served.qualified)
        if now.served(kind) is None:
            return WriteCause("deleted", key)
        found = self._watched.definition(key).object
        if found is None:
            return None
        # The last write to a CRD is the server's own, to its status.
        fields = [each for each in entries(at(found, "metadata", "managedFields")) if not at(each, "subresource")]
        written = {"metadata": {"managedFields": fields}}
        return write_cause("created" if before.served(kind) is None else "updated", key, written)


def freeze_survivors() -> None:
    """Let the garbage collector look at new objects, and never again at those that survive: a full pass over everything
    known of a large cluster takes most of a second, and an event would have to wait for it."""
    gc.collect()
    gc.freeze()


def write_at_once(text: str) -> None:
    """Write text to standard output at once: the reader may be a pipe."""
    if text:
        sys.stdout.write(text)
        sys.stdout.flush()
