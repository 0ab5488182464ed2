"""References as a graph: which objects or namespaces reference which others, in which role, and with which verdict."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import namespace_key
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.queries.check import Checked, CheckReport
from kubectl_refs.core.queries.drawn_graph import Edge, Graph, Grouping, Node, Only, place_of
from kubectl_refs.core.records import dataclass

MOST = 150
"""The most objects that are drawn one by one, unless asked otherwise; more are summed up by namespace."""
MOST_REFERENCES = 400
"""The same for references: Mermaid takes 500 arrows by default, and permits need some of them."""


@dataclass(frozen=True, slots=True)
class GraphOptions:
    """What to draw. If `by` is None, the grouping depends on the number of objects.

    `namespace` keeps references that begin or end there, `from_namespace` those that begin, `to_namespace` those that
    end there. With `starts`, only what reaches or is reached from them is drawn, up to `depth` references away.
    """

    by: Grouping | None = None
    only: Only = Only.CROSSING
    namespace: str | None = None
    from_namespace: str | None = None
    to_namespace: str | None = None
    starts: tuple[ObjectKey, ...] = ()
    depth: int | None = None


def graph(
    report: CheckReport,
    options: GraphOptions,
    absent: Callable[[ObjectKey], bool],
    grants: Iterable[Grant] | None = None,
) -> Graph:
    """The graph of the checked objects. `absent` tells whether an object is known not to exist; `grants` are all
    existing grants, or None if they are not known."""
    within = [edge for edge in _edges(report.objects) if _within(edge, options)]
    shown = [edge for edge in within if _shown(edge, options.only)]
    reached = _reached(shown, options.starts, options.depth) if options.starts else shown
    objects = dict.fromkeys(key for edge in reached for key in (edge.source, edge.target))
    summed = options.by is None and (len(objects) > MOST or len(reached) > MOST_REFERENCES)
    by = Grouping.NAMESPACE if summed else options.by or Grouping.OBJECT
    edges = _by_namespace(reached) if by is Grouping.NAMESPACE else reached
    missing = absent if by is Grouping.OBJECT else lambda key: False
    lone = options.starts if by is Grouping.OBJECT else tuple(namespace_key(key.namespace) for key in options.starts)
    return Graph(
        by,
        options.only,
        _nodes(edges, lone, missing),
        tuple(sorted(edges, key=_sort_key)),
        options.starts,
        report.gaps,
        report.complete,
        len(objects) if summed else 0,
        len(within) - len(shown) if not options.starts else 0,
        options.only is Only.REFUSED or _named_namespaces(options) != {None} or bool(options.starts),
        None if grants is None else _grants(grants, objects, options),
    )


def _edges(objects: Iterable[Checked]) -> Iterable[Edge]:
    for checked in objects:
        for evaluated in checked.references:
            reference = evaluated.reference
            grants = tuple(dict.fromkeys(match.grant for match in evaluated.grants))
            yield Edge(
                reference.referrer,
                reference.to,
                evaluated.field.role,
                evaluated.mechanism,
                evaluated.verdict,
                grants,
                evaluated=evaluated,
            )


def _within(edge: Edge, options: GraphOptions) -> bool:
    begins, ends = edge.source.namespace, edge.target.namespace
    if options.from_namespace is not None and begins != options.from_namespace:
        return False
    if options.to_namespace is not None and ends != options.to_namespace:
        return False
    return options.namespace is None or options.namespace in (begins, ends)


def _named_namespaces(options: GraphOptions) -> set[str | None]:
    return {options.namespace, options.from_namespace, options.to_namespace}


def _grants(grants: Iterable[Grant], objects: Iterable[ObjectKey], options: GraphOptions) -> tuple[Grant, ...]:
    """The grants of the drawn and the named namespaces; all grants if no namespace or object was named."""
    named = _named_namespaces(options) | {key.namespace for key in options.starts}
    places = named | {key.namespace for key in objects}
    found = (grant for grant in grants if named == {None} or grant.grant.namespace in places)
    return tuple(sorted(found, key=lambda grant: grant.grant))


def _shown(edge: Edge, only: Only) -> bool:
    if only is Only.REFUSED:
        return edge.verdict is Verdict.REFUSED
    return only is Only.ALL or edge.crosses


def _reached(edges: Sequence[Edge], starts: Collection[ObjectKey], depth: int | None) -> list[Edge]:
    """The edges on paths from the starts and on paths to them, in their original order."""
    onward: dict[ObjectKey, list[int]] = defaultdict(list)
    back: dict[ObjectKey, list[int]] = defaultdict(list)
    for number, edge in enumerate(edges):
        onward[edge.source].append(number)
        back[edge.target].append(number)
    found = _edges_from(starts, depth, onward, lambda number: edges[number].target)
    found |= _edges_from(starts, depth, back, lambda number: edges[number].source)
    return [edges[number] for number in sorted(found)]


def _edges_from(
    starts: Iterable[ObjectKey],
    depth: int | None,
    steps: Mapping[ObjectKey, Sequence[int]],
    end: Callable[[int], ObjectKey],
) -> set[int]:
    """The indices of the edges on all paths from the starts; each object is visited once."""
    seen, front = set(starts), list(starts)
    found: set[int] = set()
    while front and depth != 0:
        taken = [number for key in front for number in steps.get(key, ())]
        found.update(taken)
        front = [key for key in dict.fromkeys(map(end, taken)) if key not in seen]
        seen.update(front)
        depth = None if depth is None else depth - 1
    return found


def _by_namespace(edges: Iterable[Edge]) -> list[Edge]:
    """The edges between namespaces, each summing up the like edges between their objects."""
    counts: Counter[tuple[ObjectKey, ObjectKey, Role, Mechanism, Verdict]] = Counter()
    grants: dict[tuple[ObjectKey, ObjectKey, Role, Mechanism, Verdict], dict[GrantName, None]] = defaultdict(dict)
    for edge in edges:
        key = (
            namespace_key(edge.source.namespace),
            namespace_key(edge.target.namespace),
            edge.role,
            edge.mechanism,
            edge.verdict,
        )
        counts[key] += edge.count
        grants[key].update(dict.fromkeys(edge.grants))
    return [Edge(*key, tuple(sorted(grants[key])), count) for key, count in counts.items()]


def _nodes(edges: Iterable[Edge], lone: Iterable[ObjectKey], absent: Callable[[ObjectKey], bool]) -> tuple[Node, ...]:
    counts = dict.fromkeys(lone, 0)
    sources = set()
    for edge in edges:
        sources.add(edge.source)
        for key in dict.fromkeys((edge.source, edge.target)):
            counts[key] = counts.get(key, 0) + edge.count
    return tuple(Node(key, counts[key], key not in sources and absent(key)) for key in sorted(counts, key=place_of))


def _sort_key(edge: Edge) -> tuple[object, ...]:
    path = edge.evaluated.reference.sort_path if edge.evaluated else ""
    return place_of(edge.source), place_of(edge.target), edge.role, edge.verdict, edge.mechanism, path
