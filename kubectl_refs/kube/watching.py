"""Watching a kind: a list, then its changes until stopped, whatever goes wrong in between.

The official client reads the stream of events (kubernetes.watch); its requests use the same connection as all others.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.reads import Failure, List
from kubectl_refs.core.view.slimming import lean
from kubectl_refs.core.watching.state import WatchedScope
from kubectl_refs.kube.cluster import METADATA, Resource, WholeList, read_all
from kubectl_refs.kube.http.client import JSON_TYPE, Client
from kubectl_refs.process.errors import RefsError

SILENCE = 120
"""Seconds of silence after which a new connection is made: the old one may be dead. Most servers send a bookmark about
every minute, but some are silent for longer about a kind that nobody writes."""

_SERVED = 300
"""Seconds for which the server is asked to keep a watch open."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30
"""The seconds between two tries while the server does not answer or refuses: twice as many each time."""

BRIEF = 1
"""Seconds for which a watch must be open, or the server counts as one that ends or breaks off every watch at once."""


@dataclass(frozen=True, slots=True)
class Listed:
    """All objects of a scope, sent first and again whenever changes may have been missed."""

    scope: WatchedScope
    objects: tuple[JSON, ...]


@dataclass(frozen=True, slots=True)
class WrittenObject:
    """An object that was added, changed or, if `object` is None, deleted."""

    scope: WatchedScope
    key: ObjectKey
    object: JSON | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A scope that cannot be listed; it will be tried again."""

    scope: WatchedScope
    failure: Failure


ScopeNews = Listed | WrittenObject | Unreadable


class ScopeReader:
    """Reads a scope in a thread of its own until `stop`, and tells what it learns, from that thread."""

    def __init__(
        self, client: Client, resource: Resource, scope: WatchedScope, tell: Callable[[ScopeNews], None]
    ) -> None:
        self._client = client
        self._resource = resource
        self._scope = scope
        self._news = tell
        self._stopped = False
        self._wake = threading.Event()

    def start(self) -> None:
        name = f"{type(self).__name__} {self._resource.kind.plural}"
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def stop(self) -> None:
        """Tell nothing from now on; the thread itself may take a while to end."""
        self._stopped = True
        self._wake.set()

    def try_now(self) -> None:
        """Do not wait any longer before the next try, and tell what it finds."""
        self._wake.set()

    @property
    def api_version(self) -> str:
        """The apiVersion that is read."""
        return self._resource.api_version

    def _run(self) -> None:
        raise NotImplementedError

    def _publish(self, news: ScopeNews) -> None:
        if not self._stopped:
            self._news(news)

    def _pause(self, seconds: float) -> bool:
        """Wait before the next try; returns whether it was asked for earlier."""
        asked = self._wake.wait(seconds)
        if asked:
            self._wake.clear()
        return asked

    @property
    def _accept(self) -> str:
        """The Accept header to ask for an object or its changes with."""
        return METADATA if self._scope.metadata_only else JSON_TYPE

    def _completed(self, obj: JSON) -> JSON:
        return lean(self._resource.completed(obj, self._scope.metadata_only))


class KindWatch(ScopeReader):
    """Watches the objects of a kind until stopped, whatever goes wrong."""

    def __init__(
        self, client: Client, resource: Resource, scope: WatchedScope, tell: Callable[[ScopeNews], None]
    ) -> None:
        super().__init__(client, resource, scope, tell)
        self._opened_at = math.inf
        """When the watch was opened, by the monotonic clock; infinite until it is."""
        # Imported here: it takes longer than other commands do to answer. Imported in the thread that makes all
        # watches, because several threads importing a package at once may find it half made.
        from kubernetes.client import ApiException
        from kubernetes.watch import Watch

        self._stream: Callable[[], Any] = lambda: Watch(return_type=object)  # type: ignore[no-untyped-call]
        self._refused: type[Exception] = ApiException

    def _run(self) -> None:
        pause: float = FIRST_PAUSE
        version: str | None = None
        while not self._stopped:
            self._opened_at = math.inf
            try:
                version = self._list() if version is None else version
                if version is not None:
                    version = self._follow(version)
            except RefsError as error:
                version = None
                self._publish(Unreadable(self._scope, Failure(None, error.line)))
            if self._lasted:
                pause = FIRST_PAUSE
            else:
                asked = self._pause(min(pause, LONGEST_PAUSE))
                pause = FIRST_PAUSE if asked else min(pause * 2, LONGEST_PAUSE)

    @property
    def _lasted(self) -> bool:
        """Whether the last watch was open for more than a moment."""
        return time.monotonic() - self._opened_at > BRIEF

    def _list(self) -> str | None:
        """List the scope; returns the version to watch from, None if the scope cannot be listed."""
        kind, namespace, metadata_only, _ = self._scope
        read = List(kind, namespace, metadata_only=metadata_only, digest=lean)
        path = self._resource.path(namespace) or ""
        found = read_all(self._client, self._resource, read, path, {"limit": "500"})
        if isinstance(found, WholeList):
            self._publish(Listed(self._scope, found.objects))
            return found.version
        self._publish(Unreadable(self._scope, found if isinstance(found, Failure) else found.failure))
        return None

    def _follow(self, version: str) -> str | None:
        """Tell changes from a version on until the watch ends; returns the version to go on from, None to list anew."""
        stream = self._stream()
        stream.resource_version = version
        try:
            for event in stream.stream(self._opened, resource_version=version, timeout_seconds=_SERVED):
                if self._stopped:
                    stream.stop()
                    break
                self._publish_event(event["type"], event["raw_object"])
        except self._refused:
            # The version is too old, or we may not watch any more: the next list tells which.
            return None
        except TimeoutError:
            # The next connection shows whether the server just had nothing to say.
            pass
        except (OSError, ValueError, HTTPException) as error:
            # After a watch that lasted, the next one starts from the last known version, so nothing is missed.
            if not self._lasted:
                self._publish(Unreadable(self._scope, Failure(None, self._client.reason(error))))
                return None
        except (LookupError, TypeError, AttributeError):
            # The official client expects an API server's events and fails on anything else.
            self._publish(Unreadable(self._scope, Failure(None, "the server's answer is not a stream of events")))
            return None
        last: str | None = stream.resource_version
        return last or version

    def _opened(self, resource_version: str, timeout_seconds: int, **_: Any) -> Any:
        """The stream of a watch, as the official client reads it."""
        params = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": resource_version,
            "timeoutSeconds": str(timeout_seconds),
        }
        opened = self._client.stream(self._resource.path(self._scope.namespace) or "", params, self._accept, SILENCE)
        if isinstance(opened, Failure):
            raise self._refused(opened.message) if opened.http_status else OSError(opened.message)
        self._opened_at = time.monotonic()
        return opened

    def _publish_event(self, kind: str, obj: JSON) -> None:
        if kind in ("ADDED", "MODIFIED", "DELETED"):
            found = self._completed(obj)
            self._publish(WrittenObject(self._scope, key_of(found), None if kind == "DELETED" else found))
