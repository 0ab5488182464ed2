"""How the terminal at hand wants its text: colour, glyphs and width.

Decided once, from the stream and the environment (docs/kubectl.md 8, kubectl's AllowsColorOutput); renderers only
ask. Meaning never depends on it: with and without colour or Unicode the same words stand in the same lines.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TextIO

from kubectl_refs.core.records import dataclass

PROSE_WIDTH = 100
"""Columns beyond which a sentence is hard to read, however wide the terminal."""

NARROW = 80
"""Columns from which a terminal has room for excerpts."""


class Tone(StrEnum):
    """What a piece of text is, as far as its looks are concerned."""

    PLAIN = "plain"
    BAD = "bad"
    DOUBT = "doubt"
    GOOD = "good"
    NAME = "name"
    DIM = "dim"


_SGR = {Tone.BAD: "31", Tone.DOUBT: "33", Tone.GOOD: "32", Tone.NAME: "1", Tone.DIM: "2"}
_ASCII = {"→": "->", "←": "<-", "│": "|"}


@dataclass(frozen=True, slots=True)
class Style:
    """`width` is in columns, None where lines are not wrapped (a pipe, a file); `indent` are the columns that stand before
    the text besides. `now` is in seconds since the epoch."""

    now: float
    color: bool = False
    unicode: bool = False
    width: int | None = None
    indent: int = 0

    @property
    def excerpts(self) -> bool:
        """Whether the user's own YAML is quoted: on a terminal wide enough for it."""
        return self.width is not None and self.width + self.indent >= NARROW

    @property
    def prose_width(self) -> int | None:
        return None if self.width is None else min(self.width, PROSE_WIDTH)

    def indented(self, columns: int) -> Style:
        """That of a text which is moved to the right as a whole, and painted by nobody."""
        width = None if self.width is None else self.width - columns
        return replace(self, color=False, width=width, indent=self.indent + columns)

    def glyph(self, char: str) -> str:
        return char if self.unicode else _ASCII[char]

    def paint(self, text: str, role: Tone) -> str:
        code = _SGR.get(role) if self.color and text else None
        return f"\x1b[{code}m{text}\x1b[0m" if code else text


def unpainted(text: str) -> str:
    """A text without its colours."""
    return re.sub(r"\x1b\[\d*m", "", text)


def style_for(stream: TextIO, environ: Mapping[str, str], now: float, color: str = "auto") -> Style:
    """The style of a stream; `color` is auto, always or never, as the user asked."""
    watched = stream.isatty()
    terminal = watched and environ.get("TERM") != "dumb"
    if os.name == "nt":
        terminal = terminal and "WT_SESSION" in environ
    utf8 = (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"
    return Style(
        now=now,
        color=color == "always" or (color == "auto" and terminal and not environ.get("NO_COLOR")),
        unicode=terminal and utf8,
        width=_columns() if watched else None,
    )


def _columns() -> int:
    # Imported here: what is not a terminal has none.
    import shutil

    return shutil.get_terminal_size((NARROW, 24)).columns
