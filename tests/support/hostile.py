"""Text with which strangers may try to control a terminal, and a check that none of it gets through."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from tests.support.running import Done

LIE = "allowed: everything"
"""A lie that a line break inside a string would put on a line of its own."""

HOSTILE = (
    "\x1b[2J\x1b[31m\x1b]8;;x:y\x07\x1b]0;title\x1b\\\x9b2J\x9d0;x\x9c\x90\x00\x07\x08\x08\t\x0b\x0c\x7f\x84"
    "\u202e\u202d\u2066\u2069\u061c\u200e\u200b\u200d\u2060\ufeff\u00ad\u034f\u3164\ufe0f\U000e0041\ud800"
    f"\r{LIE}\n{LIE}\r\n{LIE}\u2028{LIE}\u2029{LIE}\x85{LIE}"
)
"""Escape sequences (CSI, OSC, DCS, in 7 and 8 bits), control, bidirectional and invisible characters, line breaks.

It holds neither `/` nor `%`, since no name may hold them.
"""

_INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
_STRUCTURE = frozenset(
    {"apiVersion", "kind", "group", "apiGroup", "apiGroups", "resources", "verbs", "protocol", "status", "type", "from"}
    | {"op", "mode", "operator", "scope", "plural", "singular", "controllerName", "observedGeneration"}
)
"""Fields that decide an object's kind and meaning. They stay as they are; text is added to all others."""


def acts(char: str) -> bool:
    """Whether a character does anything on a terminal other than occupy its place."""
    return (
        unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        or char in _INVISIBLE
        or 0xFE00 <= ord(char) <= 0xFE0F
    )


def tainted(value: Any, add: Callable[[str], str] = lambda text: text + HOSTILE, field: str = "") -> Any:
    """A copy with text added to all strings, names and namespaces included, so that references still resolve."""
    if isinstance(value, dict):
        return {key: tainted(each, add, key) for key, each in value.items()}
    if isinstance(value, list):
        return [tainted(each, add, field) for each in value]
    return add(value) if isinstance(value, str) and field not in _STRUCTURE else value


def harmless(done: Done) -> None:
    """Assert that no output controls the terminal, and that no line is made up by a stranger."""
    for text in (done.out, done.err):
        left = {char for char in set(text) if acts(char)} - {"\n"}
        assert left == set(), sorted(left)
        # Further to the right it continues a quoted YAML string.
        assert not re.search(rf"^ {{0,2}}['\"]?{LIE}", text, re.MULTILINE)
    assert "Traceback" not in done.err
