"""Writes docs/why.svg, README's picture of the page of `why`, from the program's own output: `python -m docs.picture`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path

from kubectl_refs.app.input.objects import find_objects
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.why import render_why

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "why.svg"

EXAMPLE = "examples/shared-services/from-does-not-match.yaml"
OBJECT = ("httproute/frontend-routes", "-n", "frontend")
COLUMNS = 80
"""The page as a terminal of this width shows it."""

_CELL, _LINE, _MARGIN = 8.4, 19, 16
"""Pixels: the width of a character at 14 px, the height of a line, and the space around the text."""

_COLORS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "1": "#ffffff", "2": "#8b949e"}
_TEXT, _GROUND = "#d0d7de", "#0d1117"
_PAINTED = re.compile(r"\x1b\[(\d+)m(.*?)\x1b\[0m")


def picture() -> str:
    """The SVG: the command, and below it what it prints about README's example on a terminal in colour."""
    command = f"$ kubectl refs why {' '.join(OBJECT)}"
    lines = [command, *_page().splitlines()]
    columns = max(COLUMNS, *(len(_PAINTED.sub(r"\2", line)) for line in lines))
    width, height = round(columns * _CELL) + 2 * _MARGIN, len(lines) * _LINE + 2 * _MARGIN
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{escape(command)}</title>",
            f'<rect width="{width}" height="{height}" rx="8" fill="{_GROUND}"/>',
            f'<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" fill="{_TEXT}" xml:space="preserve">',
            *(
                f'<text x="{_MARGIN}" y="{_MARGIN + 14 + number * _LINE}">{"".join(_spans(line))}</text>'
                for number, line in enumerate(lines)
            ),
            "</g>",
            "</svg>\n",
        )
    )


def _page() -> str:
    """The page about the example. It reads as one about a cluster: the file is left out of it."""
    question = find_objects(Inputs(namespace="frontend", files=[str(ROOT / EXAMPLE)], whole=True), OBJECT[:1])
    kubectl = Kubectl(question.source.catalog, (), "kubectl refs", ("why", *OBJECT))
    style = Style(now=0, color=True, unicode=True, width=COLUMNS)
    report = question.report()
    references = tuple(replace(each, source=None) for each in report.references)
    return render_why(replace(report, references=references), style, kubectl)


def _spans(line: str) -> Iterator[str]:
    """A line with its escape sequences as coloured spans."""
    end = 0
    for match in _PAINTED.finditer(line):
        yield escape(line[end : match.start()])
        yield f'<tspan fill="{_COLORS[match[1]]}">{escape(match[2])}</tspan>'
        end = match.end()
    yield escape(line[end:])


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
