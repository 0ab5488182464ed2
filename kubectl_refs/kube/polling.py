"""Polls a single object: a caller who may read it, but not list its kind, cannot watch it.

Among cluster-scoped objects this is true of the Namespace that a Role is in, and of those that a ClusterRole names.
"""

from __future__ import annotations

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.view.reads import Failure, Get
from kubectl_refs.kube.watching import Listed, ScopeNews, ScopeReader, Unreadable
from kubectl_refs.process.errors import RefsError

PERIOD = 30.0
"""Seconds between two looks."""


class ObjectPoll(ScopeReader):
    """Polls the object of a scope until stopped, and tells when it has changed."""

    def _run(self) -> None:
        told: ScopeNews | None = None
        while not self._stopped:
            news = self._poll_once()
            if news != told:
                told = news
                self._publish(news)
            if self._pause(PERIOD):
                told = None

    def _poll_once(self) -> ScopeNews:
        read = Get(ObjectKey(*self._scope.kind, "", self._scope.name or ""), self._scope.metadata_only)
        try:
            response = self._client.get(self._resource.path(None, read.key.name) or "", {}, self._accept)
        except RefsError as error:
            return Unreadable(self._scope, Failure(None, error.line))
        if isinstance(response, Failure):
            return Unreadable(self._scope, response)
        if response.ok:
            if not self._resource.is_object(response.body, read):
                return Unreadable(
                    self._scope, Failure(response.status, "the server's answer is not the object asked for")
                )
            return Listed(self._scope, (self._completed(response.body),))
        return Listed(self._scope, ()) if response.absent else Unreadable(self._scope, response.failure)
