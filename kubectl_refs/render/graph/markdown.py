"""The graph as a document to keep in a repository: for each namespace, who may reference what, and who does.

Its text changes only if the references or permissions do, so the diff of two versions shows what has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kubectl_refs.core.grants.grant import FromEntry, Grant, shown_kinds
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import NAMESPACE, home_of
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.queries.drawn_graph import Edge, Graph, merge_alike
from kubectl_refs.core.text.language import listing
from kubectl_refs.render.graph.mermaid import render_mermaid
from kubectl_refs.render.graph.words import NO_NAMESPACE, by_grants, field_of, full_name, name_of, remarks_of, total_of
from kubectl_refs.render.text.gaps import shown_gaps
from kubectl_refs.render.text.markdown import code, plain
from kubectl_refs.render.text.words import reason_of_gap

_REFERENCES = ("Referrer", "Field", "Target", "Verdict", "Why")
_PERMISSIONS = ("ReferenceGrant", "Who may reference", "What", "Used by")


def render_markdown(graph: Graph, direction: str) -> str:
    """A document in GitHub's Markdown. Names are written as code; no text from a cluster acts as markup."""
    return "".join(f"{line}\n" for line in _lines(graph, direction))


def _lines(graph: Graph, direction: str) -> Iterator[str]:
    yield "# References across namespaces"
    yield ""
    yield "Written by `kubectl refs graph -o markdown`: changes made by hand are lost."
    yield ""
    yield f"{plain(total_of(graph))}."
    for remark in remarks_of(graph):
        yield ""
        yield f"{plain(remark[:1].upper() + remark[1:])}."
    if graph.edges:
        yield ""
        yield "```mermaid"
        yield from render_mermaid(graph, direction).splitlines()
        yield "```"
    for namespace in sorted(_places(graph)):
        yield from _namespace(graph, namespace)
    if graph.gaps:
        yield ""
        yield "## Not read"
        yield ""
        for group in shown_gaps(graph.gaps):
            yield f"- {code(group.request)}: {plain(reason_of_gap(group.first))}; so {plain(group.effect)}"


def _places(graph: Graph) -> set[str]:
    ends = {home_of(key) for edge in graph.edges for key in (edge.source, edge.target)}
    return ends | {grant.grant.namespace for grant in graph.grants or ()}


def _namespace(graph: Graph, namespace: str) -> Iterator[str]:
    yield ""
    yield f"## {code(namespace) if namespace else plain(NO_NAMESPACE)}"
    edges = merge_alike(graph.edges)
    inward = [edge for edge in edges if home_of(edge.target) == namespace]
    outward = [edge for edge in edges if home_of(edge.source) == namespace and edge not in inward]
    grants = [grant for grant in graph.grants or () if grant.grant.namespace == namespace]
    if graph.grants is None and namespace:
        yield ""
        yield "Which ReferenceGrants there are in it is not known."
    if grants:
        yield from _table("Who may reference what in it", _PERMISSIONS, _permissions(graph, grants, inward))
    if inward:
        yield from _table("What references it", _REFERENCES, map(_row, inward))
    if outward:
        yield from _table("What it references", _REFERENCES, map(_row, outward))


def _permissions(graph: Graph, grants: Sequence[Grant], inward: Sequence[Edge]) -> Iterator[tuple[str, ...]]:
    """One row for each `from` entry of each grant."""
    for grant in grants:
        targets = listing([entry.what for entry in grant.to]) or "nothing"
        for entry in grant.from_:
            users = [edge for edge in inward if grant.grant in edge.grants and _is_of(edge.source, entry)]
            names = [code(" ".join(name_of(key))) for key in dict.fromkeys(edge.source for edge in users)]
            nobody = "no known user" if graph.complete and not graph.filtered else "no user that is shown"
            who = f"{shown_kinds(entry.group, entry.kind)} {entry.where}"
            yield code(grant.grant.name), plain(who), plain(targets), listing(names) or nobody


def _is_of(source: ObjectKey, entry: FromEntry) -> bool:
    """Whether an entry matches a referrer, or the namespace that sums its referrers up."""
    if source.group_kind == NAMESPACE:
        return source.name == entry.namespace
    return (source.group_kind, source.namespace) == (entry.group_kind, entry.namespace)


def _row(edge: Edge) -> tuple[str, ...]:
    verdict = str(edge.verdict) if edge.verdict is Verdict.ALLOWED else f"**{edge.verdict}**"
    return _end(edge.source), plain(field_of(edge)), _end(edge.target), verdict, plain(edge.because or by_grants(edge))


def _end(key: ObjectKey) -> str:
    return code(full_name(key))


def _table(title: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield ""
    yield f"### {title}"
    yield ""
    yield f"| {' | '.join(headers)} |"
    yield f"|{'---|' * len(headers)}"
    for row in rows:
        yield f"| {' | '.join(cell or '-' for cell in row)} |"
