"""Reads YAML as nearly all manifests are written, line by line: block mappings and lists of one-line scalars.

libyaml makes an object of each event, which costs several times as much. A document written in any other way is not
judged here, but read from its events, even if it is wrong.
"""

from __future__ import annotations

import re
from typing import Any

from kubectl_refs.documents.layout import Layout, Place
from kubectl_refs.documents.scalars import ScalarError, plain

_DEEPEST = 100
"""How deep mappings and lists may be nested here; deeper ones are left to the builder, which bounds them."""
_KEPT, _SHORT = 10_000, 120
"""How many lines are cached, and of how many characters at most: nearly all come again."""

_KEY = r"[A-Za-z_][A-Za-z0-9_./-]{0,250}+"
# In a plain scalar, no space follows a colon or precedes a `#`: the one would make it a key, the other end it.
_PLAIN = r"(?:[A-Za-z0-9_./$(+]|-(?=[!-~]))[!-9;-~]*+(?:(?::(?=[!-~])| ++(?=[!\"$-~]))[!-9;-~]*+)*+"
_LINE = re.compile(
    rf"( *)(- +)?+(?:({_KEY}):(?: +|\Z))?+(?:({_PLAIN})|\"([^\"\\]*+)\"|'([^']*+)'|(\{{\}}|\[\]))? *(?:(?<![^ ])#.*)?"
)
_START = re.compile(r"--- *\r?(?:\n|\Z)")


_Line = tuple[Place | None, Any]
"""A line: the place of its key or list element, and its value, which for an empty mapping or list is the class. A blank
line has no place."""

_BLANK: _Line = None, None
_BELOW = object()
"""Stands for the value of a key that has none in its own line."""


class Block:
    """Reads the documents of a text. Lines and layouts that repeat are looked at once."""

    def __init__(self) -> None:
        self._known: dict[str, _Line] = {}
        self._places: dict[Place, Place] = {}
        self._layouts: dict[tuple[Place | None, ...], Layout] = {}

    def read(self, text: str) -> tuple[dict[str, Any], Layout] | None:
        """The content of a document and its layout; None if it has to be read from its events."""
        places: list[Place | None] = []
        if start := _START.match(text):
            text = text[start.end() :]
            # The separator in front counts as a blank line.
            places.append(None)
        known = self._known
        root: dict[str, Any] = {}
        top: Any = root
        column = 0
        above: list[tuple[Any, int]] = []
        """The values that hold `top`, outermost first, each with its column."""
        awaiting: str | None = None
        """The key in `top` whose value is in the lines that follow, if it has one."""
        child: Any
        for written in text.split("\n"):
            line = known.get(written) or self._parsed_line(written)
            if line is None:
                return None
            place, value = line
            places.append(place)
            if place is None:
                continue
            begins, content, key = place
            if awaiting is not None:
                if begins > column or (begins == column and content > begins):
                    above.append((top, column))
                    top[awaiting] = child = [] if content > begins else {}
                    top, column = child, begins
                awaiting = None
            while begins < column or (begins == content == column and type(top) is list):
                # A list may begin in the column of the key that it belongs to.
                top, column = above.pop()
            if begins != column or len(above) > _DEEPEST:
                return None
            if content > begins:
                if type(top) is dict:
                    return None
                if key is None:
                    top.append(value() if type(value) is type else value)
                    continue
                above.append((top, column))
                top.append(child := {})
                top, column = child, content
            if key in top:
                return None
            if value is _BELOW:
                top[key] = None
                awaiting = key
            else:
                top[key] = value() if type(value) is type else value
        return (root, self._layout(tuple(places))) if root else None

    def _layout(self, places: tuple[Place | None, ...]) -> Layout:
        layout = self._layouts.get(places)
        if layout is None:
            layout = self._layouts[places] = Layout(places)
        return layout

    def _parsed_line(self, written: str) -> _Line | None:
        """The content of a line; None if it cannot be judged here."""
        shown = written.removesuffix("\r")
        found = _LINE.fullmatch(shown) if shown.isprintable() else None
        if found is None:
            return None
        indent, dash, key, bare, double, single, empty = found.groups()
        value: Any = double if double is not None else single if single is not None else _BELOW
        try:
            if bare is not None:
                value = plain(bare)
            elif empty is not None:
                value = dict if empty == "{}" else list
            if key is not None and plain(key) != key:
                return None
        except ScalarError:
            return None
        if key is None and (dash is None) != (value is _BELOW):
            # A scalar continued from the line before, or a dash alone.
            return None
        column = len(indent)
        place = column, column + len(dash or ""), key
        # Equal places are one object, because documents are compared by their places.
        line = _BLANK if key is None and dash is None else (self._places.setdefault(place, place), value)
        if len(written) <= _SHORT:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[written] = line
        return line
