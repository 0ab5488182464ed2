"""The graph as SVG, laid out by Graphviz's `dot`, which must be installed separately."""

from __future__ import annotations

import shutil
import subprocess

from kubectl_refs.core.queries.drawn_graph import Graph
from kubectl_refs.process.errors import usage
from kubectl_refs.render.graph.dot import render_dot


def render_svg(graph: Graph, direction: str) -> str:
    """The picture. Raises RefsError if there is no `dot` on the PATH, or if it fails."""
    program = shutil.which("dot")
    if program is None:
        raise usage(
            "-o svg needs Graphviz's program dot on the PATH (apt install graphviz, brew install graphviz); "
            "-o html and -o mermaid need nothing"
        )
    done = subprocess.run(
        [program, "-Tsvg"], input=render_dot(graph, direction).encode(), capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise usage(f"{program} failed with status {done.returncode}: {said}")
    return done.stdout.decode()
