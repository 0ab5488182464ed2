"""The style of text for the terminal at hand: colour, glyphs and width.

It is decided once, from the stream and the environment (docs/kubectl.md 8, kubectl's AllowsColorOutput); renderers only
ask. Meaning never depends on it: with and without colour or Unicode, the same words are on the same lines.
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
"""The most columns for a sentence, however wide the terminal: longer lines are hard to read."""

NARROW = 80
"""The fewest columns of a terminal with room for excerpts."""


class Tone(StrEnum):
    """The role of a piece of text, which decides its colour."""

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
    """The style of a stream. `width` is in columns, None if lines are not wrapped (a pipe, a file); `indent` is the
    number of further columns before the text. `now` is in seconds since the epoch."""

    now: float
    color: bool = False
    unicode: bool = False
    width: int | None = None
    indent: int = 0

    @property
    def excerpts(self) -> bool:
        """Whether to quote the user's own YAML: only on a terminal that is wide enough."""
        return self.width is not None and self.width + self.indent >= NARROW

    @property
    def prose_width(self) -> int | None:
        return None if self.width is None else min(self.width, PROSE_WIDTH)

    def indented(self, columns: int) -> Style:
        """The style of a text that will be indented as a whole, and is not coloured."""
        width = None if self.width is None else self.width - columns
        return replace(self, color=False, width=width, indent=self.indent + columns)

    def glyph(self, char: str) -> str:
        return char if self.unicode else _ASCII[char]

    def paint(self, text: str, role: Tone) -> str:
        code = _SGR.get(role) if self.color and text else None
        return f"\x1b[{code}m{text}\x1b[0m" if code else text


def unpainted(text: str) -> str:
    """A text without colour codes."""
    return re.sub(r"\x1b\[\d*m", "", text)


def style_for(stream: TextIO, environ: Mapping[str, str], now: float, color: str = "auto") -> Style:
    """The style of a stream; `color` is auto, always or never, as the user chose."""
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
    # Imported here, because only a terminal has columns.
    import shutil

    return shutil.get_terminal_size((NARROW, 24)).columns
