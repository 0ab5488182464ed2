"""Manifests as YAML."""

from __future__ import annotations

import json
import re
from typing import Any


def to_yaml(value: Any, indent: int = 0) -> str:
    """A manifest of mappings, lists and plain values as block YAML in the order given, strings quoted as needed.

    PyYAML is not imported for it: it costs start-up time, and the manifests are small and our own.
    """
    pad = "  " * indent
    lines = []
    for name, item in value.items():
        key = _scalar(name)
        if item and isinstance(item, dict):
            lines.append(f"{pad}{key}:\n{to_yaml(item, indent + 1)}")
        elif item and isinstance(item, (list, tuple)):
            lines.append(f"{pad}{key}:\n" + "".join(_item(entry, indent) for entry in item))
        else:
            lines.append(f"{pad}{key}: {_scalar(item)}\n")
    return "".join(lines)


def _item(entry: Any, indent: int) -> str:
    pad = "  " * indent
    if not entry or not isinstance(entry, dict):
        return f"{pad}- {_scalar(entry)}\n"
    body = to_yaml(entry, indent + 1)
    return f"{pad}- {body[len(pad) + 2 :]}"


_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
"""What JSON writes as it is and YAML reads as a line break, or not at all."""

_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n", "~"})


def _scalar(value: Any) -> str:
    """JSON's spelling is YAML's too, an empty mapping's and list's included; words that need no quotes go without."""
    if (
        isinstance(value, str)
        and value
        and value.lower() not in _WORDS
        and value[0].isalpha()
        and all(char.isalnum() or char in "-./" for char in value)
        and value.isascii()
    ):
        return value
    return _UNPRINTABLE.sub(lambda char: f"\\u{ord(char[0]):04x}", json.dumps(value, ensure_ascii=False))
