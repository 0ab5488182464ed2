"""The boxes of a picture in their frames: the objects of each namespace, and the permits in force there."""

from __future__ import annotations

from collections import defaultdict

from kubectl_refs.core.queries.drawn_graph import Graph, Grouping, permits
from kubectl_refs.core.records import dataclass
from kubectl_refs.render.graph.words import identifier, name_of, permit_identifier, permit_name


@dataclass(frozen=True, slots=True)
class Box:
    """A node or permit as it is drawn: an identifier and the lines of its text."""

    identifier: str
    lines: tuple[str, ...]
    missing: bool = False
    permit: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The boxes of one namespace; namespace "" is for boxes that are drawn without a frame."""

    namespace: str
    boxes: tuple[Box, ...]


def frames_of(graph: Graph) -> list[Frame]:
    """The frames sorted by name, those of namespace "" first."""
    boxes: dict[str, list[Box]] = defaultdict(list)
    if graph.by is Grouping.OBJECT:
        for permit in permits(graph):
            boxes[permit.by.namespace].append(Box(permit_identifier(permit), permit_name(permit), permit=True))
    for node in graph.nodes:
        lines = (*name_of(node.key), "does not exist") if node.missing else name_of(node.key)
        boxes[node.key.namespace].append(Box(identifier(node.key), lines, node.missing))
    return [Frame(namespace, tuple(boxes[namespace])) for namespace in sorted(boxes)]
