"""The graph as one self-contained page: an interactive picture, and below it tables that need no script.

The page contains its libraries, and its Content Security Policy forbids everything else: it sends no request, and text
from a cluster is never read as markup or code.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from kubectl_refs.core.grants.grant import shown_kinds
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import home_of
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.queries.drawn_graph import Edge, Graph, Grouping, merge_alike, permits
from kubectl_refs.core.references.cause import nearest
from kubectl_refs.core.text.escaping import safe
from kubectl_refs.core.text.language import listing
from kubectl_refs.render.graph.frames import frames_of
from kubectl_refs.render.graph.picture import Picture
from kubectl_refs.render.graph.words import (
    by_grants,
    field_of,
    frame_identifier,
    full_name,
    gap_lines,
    identifier,
    permit_identifier,
    remarks_of,
    total_of,
)
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.gaps import shown_gaps
from kubectl_refs.render.text.words import difference_of, reason_of_gap

_CONTAINER = ".__________cytoscape_container { position: relative; }"
"""The rule that Cytoscape would add to a page without such a style sheet, which the policy would forbid."""
_LIBRARIES = ("cytoscape.min.js", "cytoscape-dagre.min.js")


def render_html(picture: Picture) -> str:
    """The complete page."""
    return "".join(f"{line}\n" for line in _page(picture))


def _page(picture: Picture) -> Iterator[str]:
    graph = picture.graph
    edges = merge_alike(graph.edges)
    scripts = [_part("LICENSES.txt", comment=True) + _part(_LIBRARIES[0]), _part(_LIBRARIES[1]), _part("page.js")]
    style = _part("page.css")
    policy = (
        f"default-src 'none'; script-src {' '.join(map(_hash, scripts))}; "
        f"style-src {_hash(style)} {_hash(_CONTAINER)}; img-src data:; base-uri 'none'; form-action 'none'"
    )
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield '<head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield "<title>References across namespaces</title>"
    yield f'<style id="__________cytoscape_stylesheet">{_CONTAINER}</style>'
    yield f"<style>{style}</style></head>"
    yield "<body>"
    yield f"<header><h1>References across namespaces</h1><p>{_text(total_of(graph))}.</p>"
    for remark in remarks_of(graph):
        yield f'<p class="soft">{_text(remark[:1].upper() + remark[1:])}.</p>'
    yield "</header>"
    yield from _controls(graph, edges)
    yield (
        '<main id="view" hidden><div id="picture" tabindex="0" role="application" aria-label="Picture of the references; '
        'the table below has all that is in it. Arrow keys move it, + and - zoom, 0 shows all of it"></div>'
        '<aside id="panel" aria-live="polite"><h3>Nothing chosen</h3><p class="soft">Choose an object or an arrow, or '
        "search: what it references, which field, what permits it, or why not and how to fix it.</p>"
        '<p class="soft">Arrows: plain, allowed; ending in a bar, refused; in a square, broken; dotted, unknown; dashed, '
        'what permits.</p></aside></main><img id="print" alt="">'
    )
    rows = ((number, _row(edge)) for number, edge in enumerate(edges))
    yield from _table("References", ("Referrer", "Field", "Target", "Verdict", "Why"), rows)
    yield from _grants(graph)
    yield from _gaps(graph)
    yield f'<script type="application/json" id="data">{_json(_data(picture, edges))}</script>'
    for script in scripts:
        yield f"<script>{script}</script>"
    yield "</body></html>"


def _part(name: str, *, comment: bool = False) -> str:
    """A file of the page. Control characters are written as escapes, which mean the same in a script's strings."""
    text = files("kubectl_refs.render.graph").joinpath("page", name).read_text(encoding="utf-8")
    text = "\n".join(map(safe, text.split("\n")))
    return f"/*!\n{text}*/\n" if comment else text


def _hash(part: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'"


def _text(text: str) -> str:
    return escape(safe(text))


def _json(data: Any) -> str:
    """JSON that an HTML parser cannot mistake for markup."""
    return json.dumps(data).replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def _controls(graph: Graph, edges: Sequence[Edge]) -> Iterator[str]:
    places = sorted({place for edge in edges for place in _places(edge)})
    fields = sorted({_field(edge) for edge in edges})
    yield '<div id="controls" hidden>'
    yield '<label>Search <input id="search" type="search" placeholder="kind, namespace or name" autocomplete="off"></label>'
    yield from _select("namespace", "Namespace", places)
    yield from _select("role", "Field", fields)
    boxes = "".join(
        f'<label><input type="checkbox" name="verdict" value="{verdict}" checked> {verdict} ({count})</label>'
        for verdict, count in graph.summary.items()
        if count
    )
    yield f"<fieldset><legend>Verdict</legend>{boxes}</fieldset>"
    yield '<span><button id="in" type="button" aria-label="Zoom in">+</button> '
    yield '<button id="out" type="button" aria-label="Zoom out">-</button> <button id="fit" type="button">Show all</button></span>'
    yield '<span id="told" class="soft" role="status"></span></div>'


def _select(name: str, title: str, values: Iterable[str]) -> Iterator[str]:
    options = "".join(f'<option value="{_text(value)}">{_text(value)}</option>' for value in values)
    yield f'<label>{title} <select id="{name}"><option value="">all</option>{options}</select></label>'


def _table(title: str, headers: Sequence[str], rows: Iterable[tuple[int | None, Sequence[str]]]) -> Iterator[str]:
    yield f"<section><h2>{title}</h2>"
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table><thead><tr>'
    yield "".join(f'<th scope="col">{header}</th>' for header in headers) + "</tr></thead><tbody>"
    for number, cells in rows:
        name = "" if number is None else f' data-edge="e{number}"'
        yield f"<tr{name}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    yield "</tbody></table></div></section>"


def _row(edge: Edge) -> tuple[str, ...]:
    verdict = f'<span class="verdict {edge.verdict}">{edge.verdict}</span>'
    fixes = "".join(f"<br>Fix: {_text(fix.title)}" for fix in (edge.evaluated.fixes[:1] if edge.evaluated else ()))
    return (
        _text(full_name(edge.source)),
        _text(field_of(edge)),
        _text(full_name(edge.target)),
        verdict,
        _text(edge.because or by_grants(edge)) + fixes,
    )


def _grants(graph: Graph) -> Iterator[str]:
    rows = [
        (
            None,
            (
                _text(grant.grant.namespace),
                _text(grant.grant.name),
                _text(listing([f"{shown_kinds(each.group, each.kind)} {each.where}" for each in grant.from_])),
                _text(listing([each.what for each in grant.to])),
                str(sum(edge.count for edge in graph.edges if grant.grant in edge.grants)),
            ),
        )
        for grant in graph.grants or ()
    ]
    if rows:
        headers = ("Namespace", "ReferenceGrant", "Who may reference", "What", "References shown here that it permits")
        yield from _table("ReferenceGrants", headers, rows)
    elif graph.grants is None:
        yield "<section><h2>ReferenceGrants</h2><p>Which ReferenceGrants there are is not known.</p></section>"


def _gaps(graph: Graph) -> Iterator[str]:
    if graph.gaps:
        yield "<section><h2>Not read</h2><ul>"
        for group in shown_gaps(graph.gaps):
            yield f"<li>{_text(group.request)}: {_text(reason_of_gap(group.first))}; so {_text(group.effect)}</li>"
        yield "</ul></section>"


def _data(picture: Picture, edges: Sequence[Edge]) -> dict[str, Any]:
    """The data that the picture is drawn from. An edge without a title belongs to a permit."""
    graph = picture.graph
    starts = set(graph.starts)
    frames, boxes = [], []
    for frame in frames_of(graph):
        if frame.namespace:
            frames.append({"id": frame_identifier(frame.namespace), "label": safe(frame.namespace)})
        for box in frame.boxes:
            boxes.append((box, frame_identifier(frame.namespace) if frame.namespace else None, frame.namespace))
    keys = {identifier(node.key): node.key for node in graph.nodes}
    referring = {identifier(key) for edge in edges for key in (edge.source, edge.target)}
    nodes: list[dict[str, Any]] = [
        {
            "id": box.identifier,
            "frame": frame,
            "lines": [safe(line) for line in box.lines],
            "title": safe(
                full_name(keys[box.identifier]) if box.identifier in keys else f"{' '.join(box.lines)} in {place}"
            ),
            "note": "does not exist" if box.missing else "",
            "drawn": box.identifier in referring or box.permit,
            "classes": " ".join(
                [
                    *(["permit"] if box.permit else []),
                    *(["missing"] if box.missing else []),
                    *(["start"] if keys.get(box.identifier) in starts else []),
                ]
            ),
        }
        for box, frame, place in boxes
    ]
    nodes += [
        {
            "id": f"unread_{number}",
            "frame": None,
            "lines": [safe(line) for line in gap_lines(group)],
            "title": safe(group.effect),
        }
        | {"note": "", "drawn": False, "classes": "gap"}
        for number, group in enumerate(shown_gaps(graph.gaps))
    ]
    arrows = [_arrow(f"e{number}", edge, picture.kubectl) for number, edge in enumerate(edges)]
    if graph.by is Grouping.OBJECT:
        arrows += _permits(graph, edges)
    return {"direction": picture.direction, "frames": frames, "nodes": nodes, "edges": arrows}


def _arrow(name: str, edge: Edge, kubectl: Kubectl) -> dict[str, Any]:
    evaluated = edge.evaluated
    verdict = "" if edge.verdict is Verdict.ALLOWED else f": {edge.verdict}"
    miss = nearest(evaluated) if evaluated else None
    fixes = evaluated.fixes if evaluated else ()
    return {
        "id": name,
        "source": identifier(edge.source),
        "target": identifier(edge.target),
        "classes": str(edge.verdict),
        "label": f"{field_of(edge)}{verdict}",
        "field": _field(edge),
        "verdict": str(edge.verdict),
        "places": [safe(place) for place in _places(edge)],
        "title": safe(f"{full_name(edge.source)} \N{RIGHTWARDS ARROW} {full_name(edge.target)}"),
        "because": safe(edge.because),
        "paths": safe(evaluated.reference.path) if evaluated else "",
        "mechanism": str(edge.mechanism),
        "grants": [safe(str(grant)) for grant in edge.grants],
        "nearest": [safe(f"{miss.grant}: {difference_of(each)}") for each in miss.differences] if miss else [],
        "effect": safe(evaluated.effect) if evaluated else "",
        "fixes": [safe(fix.title) for fix in fixes],
        "commands": ["\n".join(map(safe, kubectl.command(fix).split("\n"))) for fix in fixes],
    }


def _permits(graph: Graph, edges: Sequence[Edge]) -> list[dict[str, Any]]:
    numbers: dict[tuple[ObjectKey, object], list[str]] = {}
    for number, edge in enumerate(edges):
        for by in (edge.target, *edge.grants):
            numbers.setdefault((edge.source, by), []).append(f"e{number}")
    found: list[dict[str, Any]] = []
    for permit in permits(graph):
        granted = permit.mechanism is Mechanism.REFERENCE_GRANT
        by = GrantName.of(permit.by) if granted else permit.by
        for key in permit.allows:
            found.append(
                {
                    "id": f"p{len(found)}",
                    "source": permit_identifier(permit),
                    "target": identifier(key),
                    "classes": "permit",
                    "label": "allows",
                    "title": "",
                    "for": numbers.get((key, by), []),
                }
            )
    return found


def _field(edge: Edge) -> str:
    return field_of(edge).partition(" ")[0]


def _places(edge: Edge) -> list[str]:
    return [home_of(edge.source), home_of(edge.target)]
