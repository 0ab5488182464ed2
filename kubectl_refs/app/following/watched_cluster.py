"""A cluster kept up to date: whatever is read from it is watched from then on, and later reads need no request."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Failure, Get, List, Read
from kubectl_refs.core.watching.state import WatchedScope, WatchedState
from kubectl_refs.kube.cluster import Cluster, Resource
from kubectl_refs.kube.polling import ObjectPoll
from kubectl_refs.kube.rediscovery import Asked, Rediscovery, Served
from kubectl_refs.kube.watching import KindWatch, Listed, ScopeNews, ScopeReader, Unreadable

CATCH_UP_TIME = 15.0
"""The most seconds to wait for lists of everything that could not be read, once something can be read again. A server
that has just started needs some for the kinds that CRDs define."""

NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class ScheduledCall:
    """A question from another thread: `function` is called in the thread of the cluster."""

    function: Callable[[], None]


News = ScopeNews | Asked | Served | ScheduledCall


class WatchedCluster:
    """A Source of up-to-date answers. With `everywhere`, reads are watched in all namespaces if that is allowed.

    All work happens in the calling thread: watches only put their news into a queue.
    """

    def __init__(self, cluster: Cluster, *, everywhere: bool) -> None:
        self.cluster = cluster
        self.namespace = cluster.namespace
        self.state = WatchedState(cluster.catalog, everywhere=everywhere)
        self._news: queue.Queue[News] = queue.Queue()
        self._held: deque[News] = deque()
        self._watches: dict[WatchedScope, ScopeReader] = {}
        self._rediscovery = Rediscovery(cluster.client, cluster.catalog, cluster.catalog.table, self._news.put)

    @property
    def catalog(self) -> Catalog:
        """What the server serves now."""
        return self.state.catalog

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        wanted = tuple(dict.fromkeys(reads))
        while open_ := [read for read in wanted if self.state.get(read) is None]:
            self.watch_for(open_)
        return {read: _with_digest(read, answer) for read in wanted if (answer := self.state.get(read)) is not None}

    def watch_for(self, reads: Sequence[Read]) -> None:
        """Watch what reads are about, so that each has an answer, even if only a failure. If the watch of all
        namespaces is refused, the read's own namespace still has to be watched."""
        self.watch([self.state.wanted(read) for read in reads])

    def watch(self, scopes: Iterable[WatchedScope]) -> None:
        """Watch scopes and wait for their first lists."""
        waiting = set()
        for scope in dict.fromkeys(scopes):
            if scope not in self._watches and self._start(scope):
                waiting.add(scope)
        for scope, objects in self._lists_of(waiting, None).items():
            self.state.fill(scope, objects)

    def try_again(
        self, lists: Mapping[WatchedScope, Sequence[JSON]], deadline: float | None
    ) -> Mapping[WatchedScope, Sequence[JSON]]:
        """Have all that could not be listed listed at once, and wait a while for the answers, so that nothing is judged
        by a part of them. Returns these lists and the given ones, which the state does not have yet."""
        waiting = {scope for scope, _ in self.failures if scope in self._watches} - lists.keys()
        for scope in waiting:
            self._watches[scope].try_now()
        until = time.monotonic() + CATCH_UP_TIME
        return {**lists, **self._lists_of(waiting, until if deadline is None else min(until, deadline), patient=True)}

    def _lists_of(
        self, waiting: set[WatchedScope], deadline: float | None, *, patient: bool = False
    ) -> Mapping[WatchedScope, Sequence[JSON]]:
        """The lists of scopes as they come in, until a deadline. That a scope cannot be listed is noted, and if
        `patient`, a kind that is not found is waited for: a starting server does not know its CRDs at once. Other news
        is held back."""
        found: dict[WatchedScope, Sequence[JSON]] = {}
        held: list[News] = []
        while waiting and (news := self.next(deadline)) is not None:
            match news:
                case Listed(scope, objects) if scope in waiting:
                    found[scope] = objects
                case Unreadable(scope, failure) if scope in waiting:
                    self.state.fail(scope, failure)
                    if patient and failure.http_status == NOT_FOUND:
                        continue
                case ScheduledCall(function):
                    function()
                    continue
                case _:
                    held.append(news)
                    continue
            waiting.remove(scope)
        self._held.extendleft(reversed(held))
        return found

    def _start(self, scope: WatchedScope) -> bool:
        """Start to watch a scope; False if its namespace or name is not valid, so that nothing can be in it."""
        kind = self.catalog.served(scope.kind)
        assert kind is not None
        resource = Resource(kind, self.catalog)
        if resource.path(scope.namespace, scope.name) is None:
            self.state.fill(scope, ())
            return False
        watcher = KindWatch if scope.name is None else ObjectPoll
        self._watches[scope] = watcher(self.cluster.client, resource, scope, self._news.put)
        self._watches[scope].start()
        return True

    def next(self, deadline: float | None) -> News | None:
        """The next news, waited for until a deadline on the monotonic clock; None if there is none by then."""
        if self._held:
            return self._held.popleft()
        try:
            return self._news.get(timeout=None if deadline is None else max(deadline - time.monotonic(), 0.001))
        except queue.Empty:
            return None

    def call_soon(self, function: Callable[[], None]) -> None:
        """Have a function called between two events; for use from another thread."""
        self._news.put(ScheduledCall(function))

    def begin(self) -> None:
        """Begin to check regularly which kinds are served."""
        self._rediscovery.start()

    def rediscover_soon(self) -> None:
        """Check soon which kinds are served."""
        self._rediscovery.check_soon()

    def stop(self) -> None:
        self._rediscovery.stop()
        for each in self._watches.values():
            each.stop()

    def serve(self, catalog: Catalog) -> None:
        """Take over the kinds now served: stop watching kinds that are gone, and list a kind again if it is read in
        another version now."""
        self.state.catalog = catalog
        for scope, watch in list(self._watches.items()):
            kind = catalog.served(scope.kind)
            if kind is not None and Resource(kind, catalog).api_version == watch.api_version:
                continue
            watch.stop()
            del self._watches[scope]
            if kind is None:
                self.state.drop(scope)
            else:
                self._start(scope)

    def drop_single_objects(self, scope: WatchedScope) -> tuple[WatchedScope, ...]:
        """Stop polling single objects of a kind that can be listed now; returns the scopes of those objects."""
        single = [each for each in self._watches if each.name is not None and each._replace(name=None) == scope]
        for each in single:
            self._watches.pop(each).stop()
            self.state.drop(each)
        return tuple(single)

    def definition(self, key: ObjectKey) -> Answer:
        """An object's metadata, read once and not watched."""
        read = Get(key, metadata_only=True)
        return self.cluster.read([read])[read]

    @property
    def failures(self) -> Iterator[tuple[WatchedScope, Failure]]:
        """The scopes that cannot be listed."""
        for scope in self.state.scopes:
            failure = self.state.failure(scope)
            if failure is not None:
                yield scope, failure

    def gap(self, scope: WatchedScope, failure: Failure | None) -> Gap:
        """The gap of a scope that cannot be listed, or that can be again (`failure` is None)."""
        kind = self.catalog.served(scope.kind)
        changing = several(scope.kind.kind) if scope.name is None else str(ObjectKey(*scope.kind, "", scope.name))
        return Gap(
            "list" if scope.name is None else "get",
            scope.kind.group,
            kind.plural if kind else scope.kind.kind,
            scope.namespace,
            scope.name,
            failure.http_status if failure else None,
            failure.message if failure else "",
            f"changes of {changing} are not seen",
        )


def _with_digest(read: Read, answer: Answer) -> Answer:
    digest = read.digest if isinstance(read, List) else None
    return answer if digest is None else replace(answer, objects=tuple(map(digest, answer.objects)))
