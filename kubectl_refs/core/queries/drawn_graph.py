"""A graph of references, for those who draw it: its nodes and edges, and what they sum up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum

from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.judgements import SUMMED_UP, Verdict
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.records import dataclass, replace


class Grouping(StrEnum):
    """What a node stands for."""

    OBJECT = "object"
    NAMESPACE = "namespace"


class Only(StrEnum):
    """Which references are drawn: those into another namespace, those that are refused, or all."""

    CROSSING = "crossing"
    REFUSED = "refused"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Node:
    """An object or a namespace. `references` is the number of references that begin or end at it; `missing` means that
    it is known not to exist."""

    key: ObjectKey
    references: int
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """References from one node to another: a single one (`evaluated`), or `count` of them that are alike."""

    source: ObjectKey
    target: ObjectKey
    role: Role
    mechanism: Mechanism
    verdict: Verdict
    grants: tuple[GrantName, ...]
    count: int = 1
    evaluated: EvaluatedReference | None = None

    @property
    def crosses(self) -> bool:
        return self.target.namespace not in ("", self.source.namespace)

    @property
    def because(self) -> str:
        """The reason for the verdict; empty if the edge sums up several references."""
        return self.evaluated.because if self.evaluated else ""


@dataclass(frozen=True, slots=True)
class Permit:
    """An object that permits references into another namespace (a ReferenceGrant, or by `mechanism` the target itself),
    with the referrers that it `allows`."""

    by: ObjectKey
    mechanism: Mechanism
    allows: tuple[ObjectKey, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges in a stable order. `gaps` is what could not be read; `complete` says if all referrers were read.

    `summed` is the number of objects if they were too many to draw, otherwise 0; `hidden` is the number of references
    that `only` leaves out.
    """

    by: Grouping
    only: Only
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    starts: tuple[ObjectKey, ...] = ()
    gaps: tuple[Gap, ...] = ()
    complete: bool = True
    summed: int = 0
    hidden: int = 0
    filtered: bool = False
    """Whether references into other namespaces may be missing because they were not asked for."""
    grants: tuple[Grant, ...] | None = None
    """The ReferenceGrants of the drawn namespaces, with the entries that may match; None if they were not asked for or could not be read."""

    @property
    def summary(self) -> dict[Verdict, int]:
        """The number of references with each verdict."""
        counts = dict.fromkeys(SUMMED_UP, 0)
        for edge in self.edges:
            counts[edge.verdict] += edge.count
        return counts


def permits(drawn: Graph) -> tuple[Permit, ...]:
    """The permits of references into other namespaces, in a stable order."""
    allowed: dict[tuple[ObjectKey, Mechanism], dict[ObjectKey, None]] = defaultdict(dict)
    for edge in drawn.edges:
        if not edge.crosses:
            continue
        for grant in edge.grants:
            allowed[grant.key, edge.mechanism][edge.source] = None
        if edge.mechanism in _BY_TARGET and edge.verdict is Verdict.ALLOWED:
            allowed[edge.target, edge.mechanism][edge.source] = None
    found = (Permit(by, mechanism, tuple(sources)) for (by, mechanism), sources in allowed.items())
    return tuple(sorted(found, key=lambda each: (place_of(each.by), each.mechanism)))


_BY_TARGET = frozenset({Mechanism.ALLOWED_ROUTES, Mechanism.ALLOWED_LISTENERS})
"""Mechanisms with which the target itself says who may reference it."""


def merge_alike(edges: Iterable[Edge], *, ports: bool = False) -> list[Edge]:
    """The edges as a picture shows them. Edges that differ only in their path (and section) are merged into one with
    their count; without `ports`, so are edges that differ in the target's port."""
    merged: dict[object, Edge] = {}
    for edge in edges:
        port = edge.evaluated.reference.port if ports and edge.evaluated else None
        key = (edge.source, edge.target, edge.role, edge.mechanism, edge.verdict, edge.grants, edge.because, port)
        there = merged.get(key)
        merged[key] = edge if there is None else replace(there, count=there.count + edge.count)
    return list(merged.values())


def place_of(key: ObjectKey) -> tuple[str, str, str, str]:
    """The sort key of nodes: namespace, kind, name, group."""
    return key.namespace, key.kind, key.name, key.group
