"""The graph as a Mermaid flowchart, which GitHub draws in Markdown: namespaces are frames, permits dashed arrows."""

from __future__ import annotations

import re
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

ARROWS = {Verdict.ALLOWED: "-->", Verdict.REFUSED: "--x", Verdict.BROKEN: "--x", Verdict.UNKNOWN: "--o"}
"""The arrow for each verdict. Its label says the same in words."""
COLORS = {Verdict.REFUSED: "#b3261e", Verdict.BROKEN: "#b3261e", Verdict.UNKNOWN: "#8a5a00"}


def render_mermaid(graph: Graph, direction: str) -> str:
    """A flowchart. Every name is in quotes, with all characters escaped that mean something there."""
    return "".join(f"{line}\n" for line in _lines(graph, direction))


def _lines(graph: Graph, direction: str) -> Iterator[str]:
    yield f"graph {direction}"
    for frame in frames_of(graph):
        yield from _frame(frame)
    edges = merge_alike(graph.edges)
    for edge in edges:
        arrow = ARROWS[edge.verdict]
        yield f'    {identifier(edge.source)} {arrow}|"{_text(label_of(edge))}"| {identifier(edge.target)}'
    if graph.by is Grouping.OBJECT:
        for permit in permits(graph):
            for key in permit.allows:
                yield f'    {permit_identifier(permit)} -.->|"allows"| {identifier(key)}'
    for number, edge in enumerate(edges):
        if edge.verdict in COLORS:
            yield f"    linkStyle {number} stroke:{COLORS[edge.verdict]},stroke-width:2px"
    for number, group in enumerate(shown_gaps(graph.gaps)):
        yield f'    unread_{number}>"{_text(gap_lines(group))}"]'
    if summed := summing_remark(graph):
        yield f'    summed>"{_text((summed,))}"]'


def _frame(frame: Frame) -> Iterator[str]:
    pad = "    "
    if frame.namespace:
        yield f'{pad}subgraph {frame_identifier(frame.namespace)}["{_text((frame.namespace,))}"]'
        pad *= 2
    for box in frame.boxes:
        yield f'{pad}{box.identifier}["{_text(box.lines)}"]'
        if box.missing:
            yield f"{pad}style {box.identifier} stroke-dasharray:4"
    if frame.namespace:
        yield "    end"


def _text(lines: tuple[str, ...]) -> str:
    return "<br/>".join(_escaped(line) for line in lines)


def _escaped(text: str) -> str:
    """Text for Mermaid's quotes: a character that could mean anything else is written as `#`, its number and `;`."""
    return _MEANING.sub(lambda match: f"#{ord(match[0])};", safe(text))


_MEANING = re.compile(r"[^\w ./:,()-]|:(?! )")
"""All but letters, digits and harmless marks. A `:` stays only before a space: Mermaid cuts off `:#34;` after `style`."""
