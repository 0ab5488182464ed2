"""The graph as a text tree: each namespace with what its objects reference, or all paths from and to some objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.queries.drawn_graph import Edge, Graph, Grouping, merge_alike
from kubectl_refs.render.graph.words import by_grants, field_of, full_name, name_of, remarks_of, total_of
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style, Tone
from kubectl_refs.render.text.words import VERDICT_ROLE

Edges = Mapping[ObjectKey, Sequence[Edge]]


def render_text(graph: Graph, style: Style) -> str:
    """The tree, then what could not be read, and the totals."""
    page = Page(style)
    edges = merge_alike(graph.edges, ports=True)
    if graph.starts and graph.by is Grouping.OBJECT:
        _from_starts(page, graph, edges)
    else:
        _by_namespace(page, graph, edges)
    page.blank()
    write_gaps(page, graph.gaps)
    page.blank()
    page.line(total_of(graph))
    for remark in remarks_of(graph):
        page.line(remark)
    return str(page)


def _by_namespace(page: Page, graph: Graph, edges: Sequence[Edge]) -> None:
    """Write each namespace with its referrers, and below each referrer its references."""
    place: str | None = None
    missing = {node.key for node in graph.nodes if node.missing}
    for source, leading in _grouped(edges, lambda edge: edge.source).items():
        pad = ""
        if graph.by is Grouping.OBJECT:
            if source.namespace != place:
                page.blank()
                page.line((source.namespace or "(no namespace)", Tone.NAME))
                place = source.namespace
            pad = "  "
        page.line(pad, (" ".join(name_of(source)), Tone.PLAIN if pad else Tone.NAME))
        for edge in leading:
            _edge(page, f"{pad}  ", "→", edge, edge.target, edge.target in missing)


def _from_starts(page: Page, graph: Graph, edges: Sequence[Edge]) -> None:
    """Write below each start what it references, recursively; then what references it, recursively."""
    missing = {node.key for node in graph.nodes if node.missing}
    onward, back = _grouped(edges, lambda edge: edge.source), _grouped(edges, lambda edge: edge.target)
    for start in graph.starts:
        page.blank()
        page.line((full_name(start), Tone.NAME), " (does not exist)" if start in missing else "")
        page.line("  references" if onward.get(start) else "  references nothing that is shown")
        _branches(page, onward, start, "→", lambda edge: edge.target, missing)
        page.line("  is referenced by" if back.get(start) else "  is referenced by nothing that is shown")
        _branches(page, back, start, "←", lambda edge: edge.source, missing)


def _branches(
    page: Page,
    edges: Edges,
    start: ObjectKey,
    arrow: str,
    end: Callable[[Edge], ObjectKey],
    missing: set[ObjectKey],
) -> None:
    """Write the tree below a start. An object that is in the tree already is not followed again."""
    seen = {start}
    open_ = [(edge, 2) for edge in reversed(edges.get(start, ()))]
    while open_:
        edge, depth = open_.pop()
        key = end(edge)
        again = key in seen and bool(edges.get(key))
        _edge(page, "  " * depth, arrow, edge, key, key in missing, again=again)
        if key not in seen:
            seen.add(key)
            open_ += [(each, depth + 1) for each in reversed(edges.get(key, ()))]


def _edge(page: Page, pad: str, arrow: str, edge: Edge, end: ObjectKey, missing: bool, *, again: bool = False) -> None:
    because = f": {edge.because}" if edge.because else f", {by}" if (by := by_grants(edge)) else ""
    port = edge.evaluated.reference.port if edge.evaluated else None
    onward = end == edge.target
    lead = f"{pad}{page.style.glyph(arrow)} {full_name(end)}{f':{port}' if port is not None and onward else ''}"
    field = f"{field_of(edge)}{f' to port {port}' if port is not None and not onward else ''}"
    mark, *words = because.split(" ")
    page.flowed(
        [
            [f"{lead}{' (does not exist)' if missing else ''}"],
            [f" {field}"],
            [" ", (str(edge.verdict), VERDICT_ROLE[edge.verdict]), mark],
            *([word] for word in words),
            *([[" (its references are listed above)"]] if again else []),
        ],
        len(pad) + 5,
    )


def _grouped(edges: Sequence[Edge], end: Callable[[Edge], ObjectKey]) -> dict[ObjectKey, list[Edge]]:
    """The edges grouped by one of their ends, in their order; within a group the worst verdict first."""
    found: dict[ObjectKey, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[end(edge)].append(edge)
    rank = {verdict: number for number, verdict in enumerate(Verdict)}
    return {key: sorted(group, key=lambda edge: rank[edge.verdict]) for key, group in found.items()}
