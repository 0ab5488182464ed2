"""A graph with what else is needed to draw it."""

from __future__ import annotations

from kubectl_refs.core.queries.drawn_graph import Graph
from kubectl_refs.core.records import dataclass
from kubectl_refs.render.kubectl import Kubectl


@dataclass(frozen=True, slots=True)
class Picture:
    """A graph to draw. `direction` is LR or TB; `kubectl` writes the commands of fixes."""

    graph: Graph
    direction: str
    kubectl: Kubectl
