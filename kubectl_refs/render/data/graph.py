"""The graph of references as data, by a contract of its own that may grow."""

from __future__ import annotations

from typing import Any

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.queries.drawn_graph import Edge, Graph, Node
from kubectl_refs.render.data.objects import key_data
from kubectl_refs.render.data.report import API_VERSION, gap_data

KIND = "ReferenceGraph"


def to_data(graph: Graph) -> dict[str, Any]:
    """The graph as plain mappings and lists; nodes and edges are iterators. Fields may be added; existing ones keep
    their name and meaning."""
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "by": str(graph.by),
        "only": str(graph.only),
        "nodes": (_node(node) for node in graph.nodes),
        "edges": (_edge(edge) for edge in graph.edges),
        "gaps": [gap_data(gap) for gap in graph.gaps],
        "complete": graph.complete,
        "summary": {
            **{str(verdict): count for verdict, count in graph.summary.items()},
            "nodes": len(graph.nodes),
            "edges": len(graph.edges),
            "objectsSummed": graph.summed,
            "referencesNotShown": graph.hidden,
        },
    }


def id_of(key: ObjectKey) -> str:
    """`group/kind/namespace/name`; a slash within a part, which only manifests can have, is written as `%2F`."""
    parts = (key.group, key.kind, key.namespace, key.name)
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)


def _node(node: Node) -> dict[str, Any]:
    data = {"id": id_of(node.key), **key_data(node.key), "references": node.references}
    return {**data, "missing": True} if node.missing else data


def _edge(edge: Edge) -> dict[str, Any]:
    data = {
        "source": id_of(edge.source),
        "target": id_of(edge.target),
        "role": str(edge.role),
        "mechanism": str(edge.mechanism),
        "verdict": str(edge.verdict),
        "grants": [{"namespace": grant.namespace, "name": grant.name} for grant in edge.grants],
        "count": edge.count,
    }
    if edge.evaluated is None:
        return data
    reference = edge.evaluated.reference
    return {
        **data,
        "path": reference.path,
        **({} if reference.port is None else {"port": reference.port}),
        **({} if reference.section_name is None else {"sectionName": reference.section_name}),
        "reason": edge.evaluated.reason,
        "code": None if edge.evaluated.code is None else str(edge.evaluated.code),
        "because": edge.evaluated.because,
        "grantsOmitted": edge.evaluated.grants_omitted,
    }
