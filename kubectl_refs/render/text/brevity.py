"""How much a page leaves out, step by step, so that a small terminal shows the whole answer at once."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, auto

from kubectl_refs.render.text.style import Style, unpainted

SCREEN = 22
"""The rows for a page on a small terminal: two of its 24 are left for the prompt."""


class Brevity(IntEnum):
    """How short a page is. Each level leaves out more than the one before; `-o wide` shows everything."""

    WHOLE = auto()
    COMMANDS = auto()
    """A fix is shown as the command that makes or prints it, without a manifest."""
    NAMES = auto()
    """Names in the first lines of a block are not repeated, and lines continue close to the margin."""
    BESIDES = auto()
    """Faults beside failing references are only counted, except conditions reported False; conditions come without
    advice, those that do not disagree also without message, and there are no empty lines."""
    WAYS = auto()
    """Alternative fixes are only counted if they take more than a line, and a condition is one sentence."""


def fitting_page(render: Callable[[Brevity], str], style: Style) -> str:
    """The longest page that fits on a screen. If none does, the reader scrolls anyway, so only manifests are left
    out."""
    text = render(Brevity.WHOLE)
    if fits_screen(text, style):
        return text
    scrolled = text = render(Brevity.COMMANDS)
    for brevity in (Brevity.NAMES, Brevity.BESIDES, Brevity.WAYS):
        # A page much longer than a screen will not become short enough.
        if fits_screen(text, style) or _rows(text, style) > 2 * SCREEN:
            break
        text = render(brevity)
    return text if fits_screen(text, style) else scrolled


def fits_screen(text: str, style: Style) -> bool:
    """Whether a small terminal shows all of a text at once; output that does not go to a terminal always fits."""
    return style.width is None or _rows(text, style) <= SCREEN


def _rows(text: str, style: Style) -> int:
    width = style.width or 1
    return sum(max(-(-len(line) // width), 1) for line in unpainted(text).splitlines())
