"""A page of text: lines of spans, escaped and painted only when it is printed.

Renderers never write escape sequences or raw cluster text themselves; whatever they add goes through `safe` here.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from kubectl_refs.core.text.escaping import safe
from kubectl_refs.render.text.style import Style, Tone

Span = tuple[str, Tone]

_ROOM = 20
"""Columns that a sentence needs."""


class Page:
    """Collects lines; `str()` is the text, ending in a newline unless nothing was added."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self._lines: list[str] = []
        self._gap = False

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)

    def line(self, *spans: str | Span) -> None:
        """One line that is never wrapped."""
        if self._gap:
            self._lines.append("")
            self._gap = False
        self._lines.append("".join(self.style.paint(safe(text), role) for text, role in _pairs(spans)).rstrip())

    def flowed(self, parts: Iterable[Sequence[str | Span]], column: int) -> None:
        """Parts on one line, a space between them; what a terminal has no room for goes on below, from a column on."""
        line: list[str | Span] = []
        length = 0
        for part in parts:
            size = sum(_columns(safe(text)) for text, _ in _pairs(part))
            if line and self.style.width is not None and length + 1 + size > self.style.width:
                self.line(*line)
                line, length = [" " * (column - 1)], column - 1
                part = [part[0].lstrip() if isinstance(part[0], str) else part[0], *part[1:]]
            line += [" ", *part] if line else part
            length += size + (1 if length else 0)
        self.line(*line)

    def blank(self) -> None:
        """An empty line between what is there and what follows, if both come to be."""
        self._gap = bool(self._lines)

    def prose(self, label: str, text: str, *, indent: int = 2, column: int = 12, role: Tone = Tone.PLAIN) -> None:
        """`label: text`, the text starting in a column and wrapped there; a label "" continues the one above.

        Where the terminal leaves no room beside the label, the text stands below it.
        """
        head = f"{' ' * indent}{label}: " if label else ""
        start = max(column, len(head))
        width = self.style.prose_width
        if width is not None and width - start < _ROOM:
            if head:
                self.line(head)
            head, start = "", indent + 2
        lines = [text] if width is None else _wrap(text, max(width - start, 1))
        for number, piece in enumerate(lines):
            self.line((head.ljust(start) if number == 0 else " " * start), (piece, role))

    def verbatim(self, text: str) -> None:
        """Text to copy: from the first column, never wrapped, empty lines around it."""
        self.blank()
        for line in text.split("\n"):
            self.line(line)
        self.blank()

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table as kubectl prints it: upper-case headers, three spaces between columns, no rules."""
        # Imported here: only tables pay for it.
        from tabulate import DataRow, TableFormat, tabulate

        gap = DataRow("", "   ", "")
        plain = TableFormat(None, None, None, None, gap, gap, 0, None)
        # The headers go in as a row: tabulate would widen a column by its header, and read "00123" as a number.
        grid = [*([headers] if headers else []), *([safe(cell) for cell in row] for row in rows)]
        for line in tabulate(grid, tablefmt=plain, disable_numparse=True).split("\n"):
            self.line(line)


def _pairs(spans: Iterable[str | Span]) -> list[Span]:
    return [(span, Tone.PLAIN) if isinstance(span, str) else span for span in spans]


def _columns(text: str) -> int:
    """The width of a text, an arrow counted as what ASCII has for it: lines end the same with and without Unicode."""
    return len(text) + text.count("→")


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
