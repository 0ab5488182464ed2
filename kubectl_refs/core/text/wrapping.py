"""Sentences in lines: what is long without a space, such as a path or an address, stays whole, to be copied."""

from __future__ import annotations

import textwrap


def wrapped(text: str, width: int | None, further: str = "") -> list[str]:
    """The lines of a sentence in so many columns, None for one line; `further` begins each but the first."""
    if width is None:
        return [text]
    found = textwrap.wrap(
        text, max(width, 1), subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )
    return found or [""]
