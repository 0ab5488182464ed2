"""Metrics of a watched cluster, written by the Prometheus client library.

Each label has few values: verdicts, codes and kinds of changes are few already; of namespaces and kinds, only the first
NAMESPACES and KINDS are told apart, and all others are `other`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from kubectl_refs import __version__
from kubectl_refs.app.following.following import Following
from kubectl_refs.app.following.grant_findings import GrantFindings
from kubectl_refs.app.following.watched_cluster import WatchedCluster
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.queries.differences.report import Effect
from kubectl_refs.core.watching.tally import Tally, tally

if TYPE_CHECKING:
    from prometheus_client.core import Metric

NAMESPACES = 500
KINDS = 20
OTHER = "other"
NO_ANSWER = "none"

_FIRST_KINDS = ("ConfigMap", "Secret", "Service")
"""Exposed from the start, so that the first change is an increase."""

PREFIX = "kubectl_refs_"


class FirstValues:
    """The first `most` values of a label as they are, all later ones as OTHER."""

    def __init__(self, most: int, known: Iterable[str] = ()) -> None:
        self._most = most
        self._seen = set(known)

    def __call__(self, value: str) -> str:
        if value not in self._seen and len(self._seen) < self._most:
            self._seen.add(value)
        return value if value in self._seen else OTHER


class Metrics:
    """Numbers about a followed cluster. Call `collect` in the thread of the cluster."""

    def __init__(self, watched: WatchedCluster, following: Following, grants: GrantFindings) -> None:
        self._watched = watched
        self._following = following
        self._grants = grants
        self._namespace = FirstValues(NAMESPACES)
        self._kind = FirstValues(KINDS, _FIRST_KINDS)
        self._counted: tuple[Hashable, Tally] | None = None

    def collect(self) -> list[Metric]:
        counts, found = self._following.counts, self._tally()
        kinds = (*_FIRST_KINDS, *(kind for _, kind in counts.permissions))
        given = {(gives, kind): counts.permissions[gives, kind] for gives in (True, False) for kind in kinds}
        return [
            _gauge("build_info", "The version of kubectl-refs.", ("version",), {(__version__,): 1}),
            _gauge(
                "references",
                "References as they are now.",
                ("verdict", "namespace", "code", "title"),
                _summed(
                    {(str(verdict), self._namespace(place), str(code or ""), code.slug if code else ""): count}
                    for (verdict, code, place), count in found.references.items()
                ),
            ),
            _gauge(
                "findings",
                "Findings, as the command check reports them.",
                ("code", "title", "severity", "namespace"),
                _summed(
                    {(str(code), code.slug, str(severity), self._namespace(place)): count}
                    for (code, severity, place), count in found.findings.items()
                ),
            ),
            _gauge(
                "conditions",
                "Conditions in the status of objects, by whether they say what the specification asks for.",
                ("agreement", "namespace"),
                _summed(
                    {(str(agreement), self._namespace(place)): count}
                    for (agreement, place), count in found.conditions.items()
                ),
            ),
            _gauge(
                "permissions",
                "What ReferenceGrants permit: pairs of who may reference what.",
                ("kind", "namespace"),
                _summed(
                    {(self._kind(kind), self._namespace(place)): count}
                    for (kind, place), count in found.permissions.items()
                ),
            ),
            _counter(
                "permission_changes",
                "Access that ReferenceGrants have given or taken since the start.",
                ("change", "kind"),
                _summed(
                    {("adds" if gives else "removes", self._kind(kind)): count}
                    for (gives, kind), count in given.items()
                ),
            ),
            _counter(
                "changes",
                "Changes of references since the start.",
                ("change",),
                {(str(effect),): counts.changes[str(effect)] for effect in Effect},
            ),
            _counter("writes", "Writes of objects that the server has reported.", (), {(): counts.writes}),
            _counter(
                "errors",
                "Lists and watches that failed, by the HTTP status; none where there was no answer.",
                ("status",),
                {(NO_ANSWER,): 0, **{(str(status or NO_ANSWER),): count for status, count in counts.errors.items()}},
            ),
            _gauge(
                "gaps", "Kinds in a namespace, or in all, that cannot be listed.", (), {(): self._following.open_gaps}
            ),
            _gauge("connected", "Whether the API server answers.", (), {(): int(self._following.connected)}),
            _gauge(
                "last_sync_timestamp_seconds",
                "When the API server was last heard from.",
                (),
                {(): counts.last_heard},
            ),
        ]

    def _tally(self) -> Tally:
        """The tally, counted again if something has been written, served or lost since."""
        version = self._following.counts.version
        on_grants = self._grants.findings_at(time.monotonic(), version)
        if self._counted is None or self._counted[0] != (version, id(on_grants)):
            catalog, state = self._watched.catalog, self._watched.state
            held = [
                grant
                for scope in state.scopes
                if scope.kind == REFERENCE_GRANT and scope.namespace == self._following.namespace
                for grant in state.objects(scope).values()
            ]
            counted = tally(self._following.watcher.evaluated, held, on_grants, catalog)
            self._counted = (version, id(on_grants)), counted
        return self._counted[1]


Labelled = Mapping[tuple[str, ...], float]
"""A value for each combination of labels."""


def _summed(parts: Iterable[Labelled]) -> Labelled:
    """The sum for each combination of labels: several parts may share the value OTHER."""
    found: Counter[tuple[str, ...]] = Counter()
    for part in parts:
        found.update(part)
    return found


def _gauge(name: str, meaning: str, labels: Sequence[str], values: Labelled) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(PREFIX + name, meaning, labels=labels)
    for each, value in values.items():
        family.add_metric(each, value)
    return family


def _counter(name: str, meaning: str, labels: Sequence[str], values: Labelled) -> Metric:
    from prometheus_client.core import CounterMetricFamily

    family = CounterMetricFamily(PREFIX + name, meaning, labels=labels)
    for each, value in values.items():
        family.add_metric(each, value)
    return family
