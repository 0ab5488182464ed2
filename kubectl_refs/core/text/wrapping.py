"""Sentences wrapped into lines. Long text without a space, such as a field's path, stays whole, to be copied."""

from __future__ import annotations

import re
import textwrap


class _Wrapper(textwrap.TextWrapper):
    """Splits a word that fits on no line after one of its slashes or commas: `namespace/`, then the name."""

    def _split(self, text: str) -> list[str]:
        room = self.width - len(self.subsequent_indent)
        words = super()._split(text)
        return [piece for word in words for piece in (pieces_of(word) if len(word) > room else [word])]


def pieces_of(word: str) -> list[str]:
    """The pieces of a word that may stand on separate lines."""
    return re.findall(r"[^/,]*[/,]|[^/,]+", word) or [word]


def wrapped(text: str, width: int | None, further: str = "", before: int = 0) -> list[str]:
    """The lines of a sentence, at most `width` columns wide; one line if that is None. `further` begins every line
    but the first, which has `before` columns less."""
    if width is None:
        return [text]
    wrapper = _Wrapper(
        max(width, 1),
        initial_indent=" " * before,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )
    first, *more = wrapper.wrap(text) or [" " * before]
    return [first[before:], *more]
