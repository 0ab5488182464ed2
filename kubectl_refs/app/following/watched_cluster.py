"""A cluster that is kept up to date: whatever is read of it is watched from then on, and read from what is known."""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Failure, Get, List, Read
from kubectl_refs.core.watching.state import WatchedScope, WatchedState
from kubectl_refs.kube.cluster import Cluster, Resource
from kubectl_refs.kube.polling import ObjectPoll
from kubectl_refs.kube.rediscovery import Rediscovery, Served
from kubectl_refs.kube.watching import Answered, KindWatch, Listed, ScopeNews, ScopeReader, WrittenObject


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody in another thread wants to know something: `answer` is called in the thread of the cluster."""

    answer: Callable[[], None]


News = ScopeNews | Served | Asked


class WatchedCluster:
    """A Source of answers as they are now. `everywhere`: what is read is watched in all namespaces where that is allowed.

    All of it happens in the thread that calls it: watches only put what they learn into a queue.
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
        return {read: _digested(read, answer) for read in wanted if (answer := self.state.get(read)) is not None}

    def watch_for(self, reads: Sequence[Read]) -> None:
        """Watch what reads are about, so that there is an answer to each, if only that it could not be had; one in all
        namespaces that is refused leaves the read's own to be watched."""
        self.watch([self.state.wanted(read) for read in reads])

    def watch(self, scopes: Iterable[WatchedScope]) -> None:
        """Watch scopes and wait for their first lists; other news is held back meanwhile."""
        waiting = set()
        for scope in dict.fromkeys(scopes):
            if scope not in self._watches and self._start(scope):
                waiting.add(scope)
        while waiting:
            news = self._news.get()
            if isinstance(news, WrittenObject | Answered | Served | Asked) or news.scope not in waiting:
                self._held.append(news)
                continue
            if isinstance(news, Listed):
                self.state.fill(news.scope, news.objects)
            else:
                self.state.fail(news.scope, news.failure)
            waiting.discard(news.scope)

    def _start(self, scope: WatchedScope) -> bool:
        """Whether there is anything to watch: in what no namespace can be called there is nothing."""
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
        """The next news, waited for until the deadline on the monotonic clock; None where there is none until then."""
        if self._held:
            return self._held.popleft()
        try:
            return self._news.get(timeout=None if deadline is None else max(deadline - time.monotonic(), 0.001))
        except queue.Empty:
            return None

    def ask(self, answer: Callable[[], None]) -> None:
        """From another thread: have something done between two events."""
        self._news.put(Asked(answer))

    def begin(self) -> None:
        """Look again and again which kinds are served."""
        self._rediscovery.start()

    def look_again(self) -> None:
        """Look soon which kinds are served."""
        self._rediscovery.soon()

    @property
    def answered(self) -> float:
        """When the server has told last which kinds it serves, in seconds since the epoch; 0 before."""
        return self._rediscovery.answered

    def stop(self) -> None:
        self._rediscovery.stop()
        for each in self._watches.values():
            each.stop()

    def serve(self, catalog: Catalog) -> None:
        """From now on these kinds are served: those that are no more are watched no more, those of which another version
        is read are listed anew."""
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

    def replace_single(self, scope: WatchedScope) -> tuple[WatchedScope, ...]:
        """Look no more at single objects of a kind that can be listed now; returns what has been looked at."""
        single = [each for each in self._watches if each.name is not None and each._replace(name=None) == scope]
        for each in single:
            self._watches.pop(each).stop()
            self.state.drop(each)
        return tuple(single)

    def definition(self, key: ObjectKey) -> Answer:
        """An object's metadata, asked for once, not watched."""
        read = Get(key, metadata_only=True)
        return self.cluster.read([read])[read]

    @property
    def failures(self) -> Iterator[tuple[WatchedScope, Failure]]:
        """What cannot be listed."""
        for scope in self.state.scopes:
            failure = self.state.failure(scope)
            if failure is not None:
                yield scope, failure

    def gap(self, scope: WatchedScope, failure: Failure | None) -> Gap:
        """What cannot be listed, or can be again (None)."""
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


def _digested(read: Read, answer: Answer) -> Answer:
    digest = read.digest if isinstance(read, List) else None
    return answer if digest is None else replace(answer, objects=tuple(map(digest, answer.objects)))
