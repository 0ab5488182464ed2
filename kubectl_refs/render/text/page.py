"""A page of text: lines of spans, which the page escapes and colours.

Renderers never write escape sequences or raw cluster text themselves; everything they add goes through `safe` here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kubectl_refs.core.text.escaping import safe
from kubectl_refs.core.text.wrapping import pieces_of, wrapped
from kubectl_refs.render.text.brevity import Brevity
from kubectl_refs.render.text.style import Style, Tone
from kubectl_refs.render.text.table import NONE, Cell, Narrow, fitting, plain, table_lines

Span = tuple[str, Tone]

_ROOM = 20
"""The fewest columns that a sentence needs."""

_CLOSE = 4
"""The column where lines continue on a short page."""


class Page:
    """A collector of lines; `str()` gives the text, ending in a newline unless nothing was added."""

    def __init__(self, style: Style, brevity: Brevity = Brevity.WHOLE) -> None:
        self.style = style
        self.brevity = brevity
        self._lines: list[str] = []
        self._gap = False

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)

    def line(self, *spans: str | Span) -> None:
        """Add one line, which is never wrapped."""
        if self._gap:
            self._lines.append("")
            self._gap = False
        self._lines.append("".join(self.style.paint(safe(text), role) for text, role in _pairs(spans)).rstrip())

    def flowed(self, parts: Iterable[Sequence[str | Span]], column: int) -> None:
        """Add parts on one line, with spaces between them; parts without room on it continue below, from `column` on."""
        column = self._further(column)
        line: list[str | Span] = []
        length = 0
        for space, part in self._pieces(parts, column):
            size = _size(part)
            if line and self.style.width is not None and length + len(space) + size > self.style.width:
                self.line(*line)
                line, length = [" " * (column - len(space))], column - len(space)
                part = [part[0].lstrip() if isinstance(part[0], str) else part[0], *part[1:]]
            length += size + (len(space) if line else 0)
            line += [space, *part] if line else part
        self.line(*line)

    def _pieces(self, parts: Iterable[Sequence[str | Span]], column: int) -> Iterator[tuple[str, Sequence[str | Span]]]:
        """The parts, each with the space before it. A part that is too long for a line is split after slashes, and if
        that is not enough, between words."""
        width = self.style.width
        for part in parts:
            if width is None or column + _size(part) <= width:
                yield " ", part
                continue
            *before, (text, tone) = _pairs(part)
            pieces = [_size((*before, text[:0])) + len(piece) for piece in pieces_of(text)]
            for word in [text] if column + max(pieces) <= width else text.split(" "):
                first, *more = pieces_of(word)
                yield " ", (*before, (first, tone))
                before = []
                for piece in more:
                    yield "", ((piece, tone),)

    def blank(self) -> None:
        """Put an empty line between the text so far and what follows, if there is both and the page has room for it."""
        self._gap = bool(self._lines) and self.brevity < Brevity.BESIDES

    def prose(self, label: str, text: str, *, indent: int = 2, column: int = 12, role: Tone = Tone.PLAIN) -> None:
        """Add `label: text`, with the text starting at `column` and wrapped there; label "" continues the one above.

        If the terminal has no room beside the label, the text goes below it.
        """
        head = f"{' ' * indent}{label}: " if label else ""
        text = safe(text)
        start = max(column, len(head)) if head else self._further(column, text)
        width = self.style.prose_width
        if width is not None and width - start < self._room(text, start):
            if head:
                self.line(head)
            head, start = "", indent + 2
        for number, piece in enumerate(self._wrapped(text, start)):
            self.line((head.ljust(start) if number == 0 else " " * self._further(start, text)), (piece, role))

    def _room(self, text: str, start: int) -> int:
        """The columns that a text's first line needs: at least for its first word, if the others continue further left."""
        return max(_ROOM, len(text.partition(" ")[0]) if self._further(start, text) < start else 0)

    def _further(self, column: int, text: str = "") -> int:
        """The column where a text that starts at `column` continues: close to the margin if a word has no room
        otherwise, or if the page is short."""
        width = self.style.prose_width
        long = width is not None and any(
            column + len(piece) > width
            for word in text.split(" ")
            if column + len(word) > width
            for piece in pieces_of(word)
        )
        return min(column, _CLOSE) if long or self.brevity >= Brevity.NAMES else column

    def _wrapped(self, text: str, start: int) -> list[str]:
        """The lines of a text that starts at a column."""
        text = safe(text)
        width, further = self.style.prose_width, self._further(start, text)
        return [text] if width is None else wrapped(text, width - further, before=start - further)

    def add(self, text: str) -> bool:
        """Append words to the last line if it has room; return whether it had."""
        width = self.style.prose_width
        if width is not None and len(self._lines[-1]) + len(safe(text)) > width:
            return False
        self._lines[-1] += safe(text)
        return True

    def shorter_of(self, text: str, other: str, column: int) -> str:
        """`other` if it takes fewer lines from a column on than `text`, else `text`."""
        return other if len(self._wrapped(other, column)) < len(self._wrapped(text, column)) else text

    def fits_on_line(self, text: str, column: int) -> bool:
        """Whether a sentence that starts at a column fits on one line."""
        width = self.style.prose_width
        return width is None or column + len(safe(text)) <= width

    def command(self, head: str, text: str, otherwise: str = "") -> None:
        """Add a command after a label. If the terminal has no room for both, add `otherwise` instead of the command, or
        if that is empty, the command alone on the next line, to be copied."""
        if self.style.width is None or len(head) + len(safe(text)) <= self.style.width:
            self.line(f"{head}{text}")
        elif otherwise:
            self.line(f"{head}{otherwise}")
        else:
            if head.strip():
                # A label with nothing after it looks as if something were missing.
                self.line(head if " " in head.strip() else f"{head}run this command:")
            self.line(text)

    def verbatim(self, text: str) -> None:
        """Add text to copy: from the first column, never wrapped, with empty lines around it."""
        self.blank()
        for line in text.split("\n"):
            self.line(line)
        self.blank()

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[Cell]], narrow: Narrow | None = None) -> None:
        """Add a table as kubectl prints it. `narrow` says how to lay it out on a terminal that is too narrow for it."""
        listed = list(rows)
        if narrow is None or not headers or not listed or self.style.width is None:
            self._raw(table_lines(headers, listed, self.style))
        elif (found := fitting(headers, listed, narrow.spare, self.style.width)) is not None:
            self._raw(table_lines(*found, self.style))
        else:
            for row in listed:
                self._row(headers, row, narrow)

    def _raw(self, lines: Iterable[str]) -> None:
        """Add lines that are escaped and coloured already."""
        for line in lines:
            self.line()
            self._lines[-1] = line

    def _row(self, headers: Sequence[str], row: Sequence[Cell], narrow: Narrow) -> None:
        head = narrow.head([plain(cell) for cell in row])
        if narrow.flows:
            self.flowed([[(word, Tone.NAME)] for word in head.split(" ")], 4)
        else:
            self.line((head, Tone.NAME))
        cells = [
            (header, cell)
            for header, cell in list(zip(headers, row, strict=True))[narrow.headed :]
            if header not in narrow.spare and plain(cell) != NONE
        ]
        column = max((len(header) for header, _ in cells), default=0) + 4
        for header, cell in cells:
            tone = Tone.PLAIN if isinstance(cell, str) else cell[1]
            if header in narrow.whole and not self.fits_on_line(plain(cell), column):
                self.line(f"  {header.lower()}:")
                self.line(f"    {plain(cell)}")
                continue
            self.prose(header.lower(), plain(cell), column=column, role=tone)


def _pairs(spans: Iterable[str | Span]) -> list[Span]:
    return [(span, Tone.PLAIN) if isinstance(span, str) else span for span in spans]


def _size(part: Sequence[str | Span]) -> int:
    return sum(_columns(safe(text)) for text, _ in _pairs(part))


def _columns(text: str) -> int:
    """The width of a text, with arrows as wide as in ASCII, so that lines end the same with and without Unicode."""
    return len(text) + text.count("→")
