"""`kubectl refs watch`: the references as they are, then every change of them, until it is interrupted."""

from __future__ import annotations

import os
import queue
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence

from kubectl_refs.app.input import selection
from kubectl_refs.app.input.objects import referrer_kind
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.input.survey import served_referrers
from kubectl_refs.app.output import Output
from kubectl_refs.core.model import selectors as selector
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.model.values import key_of, labels_of
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.catalog import REFERENCE_GRANT, ServedKind
from kubectl_refs.core.view.reads import Failure, Read
from kubectl_refs.core.watching.state import WatchedScope, WatchedState
from kubectl_refs.core.watching.watcher import Event, Watcher
from kubectl_refs.kube.cluster import Cluster, Resource
from kubectl_refs.kube.watching import KindWatch, Listed, News, Unreadable, WrittenObject
from kubectl_refs.process.errors import OK, usage
from kubectl_refs.render.formats import Shape
from kubectl_refs.render.text.style import style_for
from kubectl_refs.render.watch import ONLY, DataTeller, Teller, TextTeller


@dataclass(frozen=True, slots=True)
class WatchScope:
    """What is watched, as the user wrote it; `only` are kinds of changes (ONLY), none for all."""

    types: Sequence[str] = ()
    selector: str | None = None
    all_namespaces: bool = False
    only: Sequence[str] = ()
    timeout: float | None = None


def watch(inputs: Inputs, scope: WatchScope, output: Output) -> int:
    """Tell on standard output what there is and what changes, until Ctrl-C or for `timeout` seconds; returns the exit
    status."""
    labels = selection.labels(scope.selector)
    source, named = inputs.open()
    assert isinstance(source, Cluster)
    namespace = None if scope.all_namespaces else named
    kinds = [referrer_kind(source.catalog, word) for each in scope.types for word in each.split(",") if word]
    following = _Following(source, namespace, kinds, labels, _teller(output, scope.only))
    try:
        following.run(None if scope.timeout is None else time.monotonic() + scope.timeout)
    except KeyboardInterrupt:
        pass
    finally:
        following.stop()
    return OK


def _teller(output: Output, only: Sequence[str]) -> Teller:
    """RefsError for a kind of change that there is not."""
    words = [word for each in only for word in each.split(",") if word]
    for word in words:
        if word not in ONLY:
            raise usage(f'invalid argument "{word}" for "--only" flag: must be one of {", ".join(ONLY)}')
    if output.shape is Shape.DATA:
        return DataTeller(words, time.time, as_yaml=output.format == "yaml")
    return TextTeller(style_for(sys.stdout, os.environ, time.time(), output.color), words, time.time)


def _tell(text: str) -> None:
    """At once: whoever reads it may be a pipe."""
    sys.stdout.write(text)
    sys.stdout.flush()


class _Following:
    """A cluster that is watched: scopes that have a watch each, news that come from them, and what they mean."""

    def __init__(
        self, cluster: Cluster, namespace: str | None, kinds: Sequence[ServedKind], labels: object, teller: Teller
    ) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._kinds = kinds
        self._named = frozenset(kind.group_kind for kind in kinds)
        self._labels = labels
        self._teller = teller
        self._state = WatchedState(cluster.catalog)
        self._news: queue.Queue[News] = queue.Queue()
        self._held: deque[News] = deque()
        self._watches: dict[WatchedScope, KindWatch] = {}
        self._watcher = Watcher(self._state, self._in_scope, self._watch_for)
        self._lost: Gap | None = None

    def stop(self) -> None:
        for each in self._watches.values():
            each.stop()

    def run(self, deadline: float | None) -> None:
        """List, tell the state in a line, then tell every change until the deadline on the monotonic clock."""
        self._begin()
        _tell(self._teller.synced(self._watcher.report))
        for scope, failure in self._failures():
            _tell(self._teller.gap(_gap(self._cluster, scope, failure)))
        while (news := self._next(deadline)) is not None:
            for event in self._events(news):
                if not event.empty:
                    _tell(self._teller.event(event))

    def _begin(self) -> None:
        catalog = self._cluster.catalog
        kinds = self._kinds or served_referrers(catalog, self._namespace)
        served = [kind.group_kind for kind in kinds]
        if catalog.served(REFERENCE_GRANT) is not None:
            served.append(REFERENCE_GRANT)
        lists = tuple(WatchedScope(kind, self._place(kind), metadata_only=False) for kind in dict.fromkeys(served))
        self._ensure(lists)
        for scope in lists:
            self._watcher.begin(self._state.objects(scope).values())

    def _place(self, kind: GroupKind) -> str | None:
        served = self._cluster.catalog.served(kind)
        return self._namespace if served is not None and served.namespaced else None

    def _in_scope(self, obj: JSON) -> bool:
        key = key_of(obj)
        return (
            (not self._named or key.group_kind in self._named)
            and self._namespace in (None, key.namespace)
            and (not self._labels or bool(selector.matches(self._labels, labels_of(obj))))
        )

    def _watch_for(self, reads: Sequence[Read]) -> None:
        self._ensure([self._state.wanted(read, everywhere=self._namespace is None) for read in reads])

    def _ensure(self, scopes: Sequence[WatchedScope]) -> None:
        """Watch scopes and wait for their first lists; other news is held back meanwhile."""
        new = [scope for scope in dict.fromkeys(scopes) if scope not in self._watches]
        for scope in new:
            kind = self._cluster.catalog.served(scope.kind)
            assert kind is not None
            resource = Resource(kind, self._cluster.catalog)
            self._watches[scope] = KindWatch(self._cluster.client, resource, scope, self._news)
            self._watches[scope].start()
        waiting = set(new)
        while waiting:
            news = self._news.get()
            if news.scope not in waiting or isinstance(news, WrittenObject):
                self._held.append(news)
            elif isinstance(news, Listed):
                self._state.fill(news.scope, news.objects)
                waiting.discard(news.scope)
            else:
                self._state.fail(news.scope, news.failure)
                waiting.discard(news.scope)

    def _next(self, deadline: float | None) -> News | None:
        if self._held:
            return self._held.popleft()
        try:
            return self._news.get(timeout=None if deadline is None else max(deadline - time.monotonic(), 0.001))
        except queue.Empty:
            return None

    def _lose(self, scope: WatchedScope, failure: Failure) -> None:
        """A server that does not answer is told once, whatever is watched there. What is known stays as it is."""
        if self._lost is None:
            self._lost = _gap(self._cluster, scope, failure)
            _tell(self._teller.gap(self._lost))

    def _events(self, news: News) -> Iterator[Event]:
        if self._lost is not None and not isinstance(news, Unreadable):
            _tell(self._teller.recovered(self._lost))
            self._lost = None
        match news:
            case WrittenObject(scope, key, obj):
                # News of a scope that could not be listed in between is old.
                if self._state.failure(scope) is None:
                    yield self._watcher.event(scope, key, obj)
            case Listed(scope, objects):
                if self._state.failure(scope) is not None:
                    self._state.fill(scope, ())
                    _tell(self._teller.recovered(_gap(self._cluster, scope, None)))
                yield from self._difference(scope, objects)
            case Unreadable(scope, failure) if failure.http_status is None:
                self._lose(scope, failure)
            case Unreadable(scope, failure):
                if self._state.failure(scope) is None:
                    self._state.fail(scope, failure)
                    _tell(self._teller.gap(_gap(self._cluster, scope, failure)))

    def _difference(self, scope: WatchedScope, objects: Sequence[JSON]) -> Iterator[Event]:
        """The events that a list after an interruption amounts to."""
        there = {key_of(obj): obj for obj in objects}
        for key in [key for key in self._state.objects(scope) if key not in there]:
            yield self._watcher.event(scope, key, None)
        for key, obj in there.items():
            known = self._state.objects(scope).get(key)
            if known is None or _version(known) != _version(obj):
                yield self._watcher.event(scope, key, obj)

    def _failures(self) -> Iterator[tuple[WatchedScope, Failure]]:
        for scope in self._state.scopes:
            failure = self._state.failure(scope)
            if failure is not None:
                yield scope, failure


def _version(obj: JSON) -> object:
    metadata = obj.get("metadata")
    return metadata.get("resourceVersion") if isinstance(metadata, dict) else None


def _gap(cluster: Cluster, scope: WatchedScope, failure: Failure | None) -> Gap:
    """What could not be listed, or can be again."""
    kind = cluster.catalog.served(scope.kind)
    return Gap(
        "list",
        scope.kind.group,
        kind.plural if kind else scope.kind.kind,
        scope.namespace,
        None,
        failure.http_status if failure else None,
        failure.message if failure else "",
        f"what {several(scope.kind.kind)} change is not known",
    )
