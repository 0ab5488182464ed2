"""The findings on the ReferenceGrants of a watched cluster, as they were a short while ago.

Each grant is weighed against all others, which takes a second for thousands of them. A thread of its own does this on a
snapshot, so that no event waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from kubectl_refs.app.following.watched_cluster import WatchedCluster
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.queries.check import Checked, check_grants
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Failure, List, Read, unserved
from kubectl_refs.core.view.store import Library

EVERY = 30.0
"""The least number of seconds between two looks."""

NOT_WATCHED = Failure(None, "it is not watched yet")


class GrantFindings:
    """The latest findings on grants. Call it only from the thread of the watched cluster."""

    def __init__(self, watched: WatchedCluster, namespace: str | None) -> None:
        self._watched = watched
        self._namespace = namespace
        self._found: tuple[Finding, ...] = ()
        self._missing: tuple[Read, ...] = ()
        self._looking: threading.Thread | None = None
        self._looked: tuple[float, int] = (float("-inf"), -1)

    def begin(self) -> None:
        """Look once, and watch whatever that reads."""
        if self._watched.catalog.served(REFERENCE_GRANT) is not None:
            self._found = _findings(*check_grants(self._watched, Library(), self._namespace, lambda _: True))

    def findings_at(self, now: float, version: int) -> tuple[Finding, ...]:
        """The findings known at `now`, in seconds on a monotonic clock. If the cluster's `version` differs from that of
        the last look, a new look begins, whose findings a later call returns."""
        looking = self._looking is not None and self._looking.is_alive()
        last, seen = self._looked
        if looking or (version == seen and not self._missing) or now - last < EVERY:
            return self._found
        if self._watched.catalog.served(REFERENCE_GRANT) is None:
            return ()
        grants = self._watched.state.get(List(REFERENCE_GRANT, self._namespace))
        if grants is not None and not grants.known:
            # What was found when they could last be read.
            return self._found
        if self._missing:
            self._watched.watch_for([read for read in self._missing if self._watched.state.get(read) is None])
            self._missing = ()
        self._looked = now, version
        snapshot = _Snapshot(self._watched.catalog, self._watched.state.answers)
        self._looking = threading.Thread(target=self._check, args=(snapshot,), name="grants", daemon=True)
        self._looking.start()
        return self._found

    def _check(self, snapshot: _Snapshot) -> None:
        found = _findings(*check_grants(snapshot, snapshot.library, self._namespace, lambda _: True))
        self._missing = tuple(snapshot.missing)
        if not self._missing:
            self._found = found


def _findings(grants: Iterable[Checked], _: object) -> tuple[Finding, ...]:
    return tuple(finding for grant in grants for finding in grant.findings)


class _Snapshot:
    """A Source of what was known at one time; reads of anything not watched then are collected in `missing`."""

    def __init__(self, catalog: Catalog, answers: Mapping[Read, Answer]) -> None:
        self.catalog = catalog
        self.library = Library()
        self.library.add(answers)
        self.missing: list[Read] = []
        self._failed = {
            (read.group_kind, read.namespace or None): answer for read, answer in answers.items() if not answer.known
        }

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        return {read: self._answer(read) for read in reads}

    def _answer(self, read: Read) -> Answer:
        if self.catalog.served(read.group_kind) is None:
            return unserved(self.catalog, read)
        for place in (read.namespace or None, None):
            if (read.group_kind, place) in self._failed:
                return self._failed[read.group_kind, place]
        self.missing.append(read)
        return Answer(failure=NOT_WATCHED)
