"""What a page leaves out, one thing after the other, so that a small terminal shows the whole answer at once."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, auto

from kubectl_refs.render.text.style import Style, unpainted

SCREEN = 22
"""Rows of a small terminal, two of its 24 left for the prompt."""


class Brevity(IntEnum):
    """How little is said. Each leaves out what those before it do, and `-o wide` shows all of it."""

    WHOLE = auto()
    COMMANDS = auto()
    """A change is the command that makes or prints it, and no manifest."""
    NAMES = auto()
    """What the first lines of a block name is not named again, and lines go on close to the margin."""
    BESIDES = auto()
    """What is wrong beside the references that fail is counted, but for conditions reported False; of a condition no message
    and no advice is told, and no line is empty."""
    WAYS = auto()
    """Other ways to mend them are counted where they take more than a line, and a condition is one sentence."""


def fitting_page(render: Callable[[Brevity], str], style: Style) -> str:
    """The page that leaves out the least of those that a screen holds. What no screen holds is scrolled anyway: that lacks
    its manifests alone."""
    text = render(Brevity.WHOLE)
    if fits_screen(text, style):
        return text
    scrolled = text = render(Brevity.COMMANDS)
    for brevity in (Brevity.NAMES, Brevity.BESIDES, Brevity.WAYS):
        # A page much longer than a screen would only be made in vain.
        if fits_screen(text, style) or _rows(text, style) > 2 * SCREEN:
            break
        text = render(brevity)
    return text if fits_screen(text, style) else scrolled


def fits_screen(text: str, style: Style) -> bool:
    """Whether a small terminal shows all of a text at once; one that goes to no terminal always fits."""
    return style.width is None or _rows(text, style) <= SCREEN


def _rows(text: str, style: Style) -> int:
    width = style.width or 1
    return sum(max(-(-len(line) // width), 1) for line in unpainted(text).splitlines())
