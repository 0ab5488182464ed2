"""The graph in Graphviz's language: namespaces are clusters, permits dashed arrows."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.queries.drawn_graph import Graph, Grouping, merge_alike, permits
from kubectl_refs.core.text.escaping import safe
from kubectl_refs.render.graph.frames import Frame, frames_of
from kubectl_refs.render.graph.words import (
    frame_identifier,
    gap_lines,
    identifier,
    label_of,
    permit_identifier,
    summing_remark,
)
from kubectl_refs.render.text.gaps import shown_gaps

_LOOKS = {
    Verdict.ALLOWED: "",
    Verdict.REFUSED: ' color="#b3261e" fontcolor="#b3261e" arrowhead=tee penwidth=2',
    Verdict.BROKEN: ' color="#b3261e" fontcolor="#b3261e" arrowhead=box penwidth=2',
    Verdict.UNKNOWN: ' color="#8a5a00" fontcolor="#8a5a00" arrowhead=odot penwidth=2',
}
"""The attributes of an edge. Its label says the same in words."""


def render_dot(graph: Graph, direction: str) -> str:
    """A digraph. Every name is in quotes, and escaped so that Graphviz reads it as plain text."""
    return "".join(f"{line}\n" for line in _lines(graph, direction))


def _lines(graph: Graph, direction: str) -> Iterator[str]:
    yield "digraph references {"
    yield f'    graph [rankdir={direction} charset="UTF-8" fontname="sans-serif"]'
    yield '    node [shape=box style=rounded fontname="sans-serif"]'
    yield '    edge [fontname="sans-serif" fontsize=10]'
    for frame in frames_of(graph):
        yield from _frame(frame)
    for edge in merge_alike(graph.edges):
        looks = _LOOKS[edge.verdict]
        yield f"    {identifier(edge.source)} -> {identifier(edge.target)} [label={_text(label_of(edge))}{looks}]"
    if graph.by is Grouping.OBJECT:
        for permit in permits(graph):
            for key in permit.allows:
                yield f'    {permit_identifier(permit)} -> {identifier(key)} [label="allows" style=dashed]'
    for number, group in enumerate(shown_gaps(graph.gaps)):
        yield f"    unread_{number} [label={_text(gap_lines(group))} shape=note style=dashed]"
    if summed := summing_remark(graph):
        yield f"    summed [label={_text((summed,))} shape=note style=dashed]"
    yield "}"


def _frame(frame: Frame) -> Iterator[str]:
    pad = "    "
    if frame.namespace:
        yield f"{pad}subgraph cluster_{frame_identifier(frame.namespace)} {{"
        pad *= 2
        yield f"{pad}label={_text((frame.namespace,))}"
    for box in frame.boxes:
        shape = ' style="rounded,dashed"' if box.missing else " shape=note style=solid" if box.permit else ""
        yield f"{pad}{box.identifier} [label={_text(box.lines)}{shape}]"
    if frame.namespace:
        yield "    }"


def _text(lines: tuple[str, ...]) -> str:
    return '"' + r"\n".join(map(_escaped, lines)) + '"'


def _escaped(text: str) -> str:
    """Text in which Graphviz finds no quotes, escapes or entities."""
    return safe(text).replace("\\", r"\\").replace('"', r"\"").replace("&", "&amp;")
