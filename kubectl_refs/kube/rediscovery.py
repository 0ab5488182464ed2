"""Asks again which kinds a server serves: a CRD may be installed, changed or deleted while a cluster is watched.

Discovery needs no right beyond what every user has, and one request covers all kinds. A watch on CRDs would need one
more right, and would report a kind before it is served.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.kube.cluster import Resource
from kubectl_refs.kube.discovery import discover
from kubectl_refs.kube.http.client import Client
from kubectl_refs.kube.http.response import Response
from kubectl_refs.process.errors import RefsError, ServerError

PERIOD = 10.0
"""Seconds between two looks, unless one is asked for."""

_CHECKS_UNTIL_GONE = 3
"""How many looks in a row must miss a kind if the server does not say whether it is there."""


@dataclass(frozen=True, slots=True)
class Served:
    """The kinds served now, where they or their versions differ from the last look."""

    catalog: Catalog


@dataclass(frozen=True, slots=True)
class Asked:
    """The server was asked; `failure` says why no answer came."""

    failure: Failure | None = None


class Rediscovery:
    """Looks in a thread of its own until `stop`. It tells each time whether the server answers, and what is served
    whenever that changes."""

    def __init__(self, client: Client, known: Catalog, table: Table, tell: Callable[[Asked | Served], None]) -> None:
        self._client = client
        self._known = known
        self._table = table
        self._tell = tell
        self._wake = threading.Event()
        self._stopped = False
        self._missing: Counter[ServedKind] = Counter()

    def start(self) -> None:
        threading.Thread(target=self._run, name="discovery", daemon=True).start()

    def stop(self) -> None:
        self._stopped = True
        self._wake.set()

    def check_soon(self) -> None:
        """Look without waiting for the period to end: something was not found, or got no answer."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stopped:
            self._wake.wait(PERIOD)
            self._wake.clear()
            if not self._stopped:
                self.check_once()

    def check_once(self) -> None:
        """Look once. What the server refuses is reported by the watches."""
        try:
            found = discover(self._client, self._table)
            kept = [
                kind for kind in self._known if found.served(kind.group_kind) is None and not self._gone(kind, found)
            ]
        except RefsError as error:
            self._tell(Asked(None if isinstance(error, ServerError) else Failure(None, error.line)))
            return
        self._tell(Asked())
        now = Catalog((*found, *kept), found.stale_groups, table=self._table)
        self._missing = Counter({kind: self._missing[kind] for kind in kept})
        if set(now) != set(self._known) or now.stale_groups != self._known.stale_groups:
            self._known = now
            self._tell(Served(now))

    def _gone(self, kind: ServedKind, found: Catalog) -> bool:
        """Whether a kind missing from discovery is really gone. A starting server shows its CRDs one after the other,
        and one that cannot reach an aggregated API shows nothing of it."""
        if kind.group in found.stale_groups:
            return False
        answer = self._client.get(Resource(kind, self._known).path(None) or "", {"limit": "1"})
        if isinstance(answer, Response) and answer.status == 403:
            self._missing[kind] += 1
            return self._missing[kind] >= _CHECKS_UNTIL_GONE
        return isinstance(answer, Response) and answer.status == 404
