"""What the watch of a kind reports when its connection breaks off, falls silent, or cannot be opened."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import pytest

from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.view.offline import offline_catalog
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.core.watching.state import WatchedScope
from kubectl_refs.kube import watching
from kubectl_refs.kube.cluster import Resource
from kubectl_refs.kube.http.client import Client
from kubectl_refs.kube.http.listing import Take
from kubectl_refs.kube.http.response import Response
from kubectl_refs.kube.http.route import SilenceError
from kubectl_refs.kube.watching import KindWatch, Listed, ScopeNews, Unreadable, WrittenObject

SERVICE = GroupKind("", "Service")
SCOPE = WatchedScope(SERVICE, None, metadata_only=False)

Connection = Callable[[], Iterator[bytes]] | Failure


def written(name: str, version: str) -> bytes:
    metadata = {"name": name, "namespace": "shop", "resourceVersion": version}
    body = {"apiVersion": "v1", "kind": "Service", "metadata": metadata}
    return json.dumps({"type": "ADDED", "object": body}).encode() + b"\n"


def page(**metadata: str) -> Response:
    return Response(
        200, {"apiVersion": "v1", "kind": "ServiceList", "metadata": {"resourceVersion": "10", **metadata}, "items": []}
    )


class Opened:
    """An open stream of events."""

    def __init__(self, events: Iterator[bytes]) -> None:
        self._events = events

    def stream(self, **_: Any) -> Iterator[bytes]:
        return self._events

    def close(self) -> None: ...

    def release_conn(self) -> None: ...


class Scripted:
    """A client with a script of streams, one after the other. After the last one, it has no more answers."""

    def __init__(self, connections: Sequence[Connection]) -> None:
        self._connections = list(connections)
        self.lists: list[Response] = []
        """Answers for lists, one after the other; further lists are empty."""
        self.versions: list[str] = []
        self.ended: Callable[[], None] = lambda: None

    def get(self, path: str, params: JSON, accept: str, take: Take) -> Response:
        return self.lists.pop(0) if self.lists else page()

    def stream(self, path: str, params: JSON, accept: str, silence: float) -> Opened | Failure:
        self.versions.append(params["resourceVersion"])
        if not self._connections:
            self.ended()
            return Failure(None, "the script has ended")
        found = self._connections.pop(0)
        return found if isinstance(found, Failure) else Opened(found())

    def reason(self, error: Exception) -> str:
        return "it broke off"


def silent(*events: bytes) -> Callable[[], Iterator[bytes]]:
    def stream() -> Iterator[bytes]:
        yield from events
        raise SilenceError

    return stream


def broken(*events: bytes) -> Callable[[], Iterator[bytes]]:
    def stream() -> Iterator[bytes]:
        yield from events
        raise ConnectionResetError

    return stream


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[list[ScopeNews], list[str]]]:
    """What is reported for a script of connections, and the resourceVersions that the streams started from."""
    monkeypatch.setattr(watching, "LONGEST_PAUSE", 0.01)

    def run(connections: Sequence[Connection], lists: Sequence[Response] = ()) -> tuple[list[ScopeNews], list[str]]:
        news: queue.Queue[ScopeNews | None] = queue.Queue()
        client = Scripted(connections)
        client.lists += lists
        kind = offline_catalog().served(SERVICE)
        assert kind is not None
        watch = KindWatch(cast(Client, client), Resource(kind, offline_catalog()), SCOPE, news.put)

        def end() -> None:
            watch.stop()
            news.put(None)

        client.ended = end
        watch.start()
        return list(iter(lambda: news.get(timeout=30), None)), client.versions[:-1]

    return run


def test_a_kind_of_which_nothing_is_said_is_asked_again_and_nothing_is_told(told: Any) -> None:
    news, versions = told([silent(), silent(written("a", "12")), silent()])
    assert [type(each) for each in news] == [Listed, WrittenObject]
    assert versions == ["10", "10", "12"]


def test_a_watch_that_breaks_off_goes_on_from_where_it_was_and_nothing_is_told(
    told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "BRIEF", -1)
    news, versions = told([broken(written("a", "12")), broken(), silent()])
    assert [type(each) for each in news] == [Listed, WrittenObject]
    assert versions == ["10", "12", "12"]


def test_a_watch_that_cannot_be_opened_or_breaks_off_at_once_is_told_and_all_is_listed_again(told: Any) -> None:
    news, versions = told([silent(written("a", "12")), Failure(None, "connection refused"), broken(), silent()])
    assert [type(each) for each in news] == [Listed, WrittenObject, Unreadable, Listed, Unreadable, Listed]
    assert versions == ["10", "12", "10", "10"]


def test_the_pauses_double_until_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = offline_catalog().served(SERVICE)
    assert kind is not None
    watch = KindWatch(cast(Client, Scripted([silent()] * 7)), Resource(kind, offline_catalog()), SCOPE, lambda _: None)
    pauses: list[float] = []

    def pause(seconds: float) -> bool:
        pauses.append(seconds)
        if len(pauses) == 7:
            watch.stop()
        return False

    monkeypatch.setattr(watch, "_pause", pause)
    watch._run()
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_what_is_asked_to_try_now_does_not_wait(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "FIRST_PAUSE", 60)
    news: queue.Queue[ScopeNews] = queue.Queue()
    kind = offline_catalog().served(SERVICE)
    assert kind is not None
    client = Scripted([silent()])
    client.lists.append(Response(403, {"kind": "Status", "message": "forbidden"}))
    monkeypatch.setattr(watching, "LONGEST_PAUSE", 60)
    watch = KindWatch(cast(Client, client), Resource(kind, offline_catalog()), SCOPE, news.put)
    watch.start()
    assert isinstance(news.get(timeout=30), Unreadable)
    watch.try_now()
    assert isinstance(news.get(timeout=30), Listed)
    watch.stop()


def test_a_version_that_is_too_old_is_listed_again(told: Any) -> None:
    news, versions = told([silent(written("a", "12")), Failure(410, "too old resource version"), silent()])
    assert [type(each) for each in news] == [Listed, WrittenObject, Listed]
    assert versions == ["10", "12", "10"]


EXPIRED = Response(410, {"kind": "Status", "message": "the continue token has expired"})


@pytest.mark.parametrize(
    "lists",
    [
        [Response(200, {"error": "the login has expired"})],
        [Response(200, {"kind": "Status", "apiVersion": "v1", "status": "Success"})],
        [page(**{"continue": "a"}), page(**{"continue": "a"})],
        [page(**{"continue": "a"}), EXPIRED, page(**{"continue": "b"}), EXPIRED],
    ],
)
def test_what_is_no_whole_list_is_not_taken_for_an_empty_one_and_is_asked_for_again(
    told: Any, lists: Sequence[Response]
) -> None:
    news, _ = told([silent()], lists)
    assert [type(each) for each in news] == [Unreadable, Listed]


def test_a_list_that_expires_half_way_is_read_once_more_at_once(told: Any) -> None:
    news, _ = told([silent()], [page(**{"continue": "a"}), EXPIRED])
    assert [type(each) for each in news] == [Listed]
