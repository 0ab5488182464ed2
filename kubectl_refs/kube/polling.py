"""An object that is asked for again and again: whoever may read it, but not list its kind, cannot watch it.

Of the cluster-scoped kinds so are the Namespace that a Role is in, and what a ClusterRole names.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.view.reads import Failure, Get
from kubectl_refs.core.view.slimming import lean
from kubectl_refs.core.watching.state import WatchedScope
from kubectl_refs.kube.cluster import METADATA, Resource
from kubectl_refs.kube.http.client import JSON_TYPE, Client
from kubectl_refs.kube.watching import Listed, ScopeNews, Unreadable
from kubectl_refs.process.errors import RefsError

PERIOD = 30.0
"""Seconds between two looks."""


class ObjectPoll:
    """Looks at the object of a scope in a thread of its own until `stop`, and tells what is new of it, as KindWatch does."""

    def __init__(
        self, client: Client, resource: Resource, scope: WatchedScope, tell: Callable[[ScopeNews], None]
    ) -> None:
        self._client = client
        self._resource = resource
        self._scope = scope
        self._read = Get(ObjectKey(*scope.kind, "", scope.name or ""), scope.metadata_only)
        self._news = tell
        self._stopped = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name=f"poll-{self._resource.kind.plural}", daemon=True).start()

    def stop(self) -> None:
        """Nothing is told any more, though the thread may take a while to end."""
        self._stopped.set()

    @property
    def api_version(self) -> str:
        """The version that the object is read in."""
        return self._resource.api_version

    def _run(self) -> None:
        told: ScopeNews | None = None
        while not self._stopped.is_set():
            news = self._look()
            if news != told and not self._stopped.is_set():
                told = news
                self._news(news)
            self._stopped.wait(PERIOD)

    def _look(self) -> ScopeNews:
        accept = METADATA if self._scope.metadata_only else JSON_TYPE
        try:
            response = self._client.get(self._resource.path(None, self._read.key.name) or "", {}, accept)
        except RefsError as error:
            return Unreadable(self._scope, Failure(None, error.line))
        if isinstance(response, Failure):
            return Unreadable(self._scope, response)
        if response.ok:
            if not self._resource.is_object(response.body, self._read):
                return Unreadable(
                    self._scope, Failure(response.status, "the server's answer is not the object asked for")
                )
            return Listed(self._scope, (lean(self._resource.completed(response.body, self._scope.metadata_only)),))
        return Listed(self._scope, ()) if response.absent else Unreadable(self._scope, response.failure)
