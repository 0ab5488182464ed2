"""Any data as YAML that every reader takes for the same data.

YAML 1.1 and 1.2 and their libraries differ in which words need quotes: to kubectl's library `1_000`, `0o14` and
`12345e6` are numbers and `y` is a boolean, to PyYAML they are strings. So a string goes without quotes only if no
library could take it for anything else, whatever one of them would leave bare: it begins with a letter. The text is
ASCII, so control and direction characters of a string are always escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any


def to_yaml(value: Any) -> str:
    """A document of block YAML, its mappings in the order given. Takes any value that JSON can hold."""
    lines: list[str] = []
    _write(value, "", "", lines)
    return "\n".join([*lines, ""])


def yaml_chunks(value: Any) -> Iterator[str]:
    """The same document in pieces. A mapping may hold an iterator in place of a list: then each element is made,
    written and forgotten before the next."""
    if not isinstance(value, Mapping) or not value:
        yield to_yaml(value)
        return
    for name, item in value.items():
        if not isinstance(item, Iterator):
            yield to_yaml({name: item})
            continue
        first = next(item, _NOTHING)
        yield to_yaml({name: [] if first is _NOTHING else [first]})
        for each in item:
            yield to_yaml([each])


def _write(value: Any, lead: str, pad: str, lines: list[str]) -> None:
    """Add the lines of a value: `lead` stands before the first, `pad` before the others."""
    if isinstance(value, Mapping) and value:
        for name, item in value.items():
            _write_entry(name, item, lead, pad, lines)
            lead = pad
    elif isinstance(value, (list, tuple)) and value:
        for item in value:
            _write(item, f"{lead}- ", f"{pad}  ", lines)
            lead = pad
    else:
        lines.append(f"{lead}{_scalar(value)}")


def _write_entry(name: str, item: Any, lead: str, pad: str, lines: list[str]) -> None:
    key = _scalar(name)
    if len(key) > _LONGEST_KEY:
        lines.append(f"{lead}? {key}")
        lead, key = pad, ""
    if isinstance(item, str):
        if "\n" in item and _BLOCK.fullmatch(item):
            # A program inside a document should be readable: line by line, without quotes and escapes.
            lines.append(f"{lead}{key}: |-")
            lines += [f"{pad}  {line}" for line in item.split("\n")]
        else:
            lines.append(f"{lead}{key}: {_scalar(item)}")
    elif item and isinstance(item, (Mapping, list, tuple)):
        lines.append(f"{lead}{key}:")
        # A list is not indented, as in kubectl's output.
        inner = f"{pad}  " if isinstance(item, Mapping) else pad
        _write(item, inner, inner, lines)
    else:
        lines.append(f"{lead}{key}: {_scalar(item)}")


_NOTHING = object()

_LONGEST_KEY = 1000
"""In characters; readers look no further than 1024 for the colon after a key."""

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./,;()'\"*+=@%\[\]-]|:(?=[^ ])|[ ](?=[^ #:]))*")
"""A word or a sentence in ASCII, without `: `, ` #` and trailing spaces, which would end it."""

_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Words, in lower case, that are not strings in some version of YAML."""

_BLOCK = re.compile(r"[!-~](?:[ -~]*[!-~])?(?:\n *[!-~](?:[ -~]*[!-~])?)+")
"""Several lines of ASCII, none of which begins or ends with blanks that a reader would drop."""

_UNSEEN = re.compile(r"[^ -~]")

_EXPONENT_ALONE = re.compile(r"^(-?\d+)e")


def _scalar(value: Any) -> str:
    """A value as JSON writes it, which is valid YAML too; so are an empty mapping and an empty list."""
    if isinstance(value, str):
        return _word(value)
    written = json.dumps(value)
    # `1e+16` is a number only in YAML 1.2; with a fraction it is one everywhere.
    return _EXPONENT_ALONE.sub(r"\1.0e", written) if isinstance(value, float) else written


@lru_cache(maxsize=1_000)
def _word(text: str) -> str:
    """Cached: thousands of objects have fields with the same names, and nearly all the same values."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return _UNSEEN.sub(_escaped, json.dumps(text, ensure_ascii=False))


def _escaped(char: re.Match[str]) -> str:
    code = ord(char[0])
    if 0xD800 <= code < 0xE000:
        # Half a surrogate pair is no character; Go also puts this in its place.
        return r"\ufffd"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_FLOW_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
"""A word that needs no quotes in flow style either."""


def flow_lines(lead: str, value: Any, width: int) -> list[str]:
    """The data in flow style after a lead, `metadata: {name: api, ports: [80]}`: on one line, or on several if `width`
    has no room, the others indented by two spaces more than the lead. An entry that fits on one line is not broken."""
    pad = " " * (len(lead) - len(lead.lstrip()) + 2)
    lines = [lead.rstrip()]
    for piece in _flow(value, width - len(pad)):
        if len(lines[-1]) + 1 + len(piece) > width:
            lines.append(f"{pad}{piece}")
        else:
            lines[-1] += f" {piece}"
    return lines


def _flow(value: Any, room: int) -> list[str]:
    """The data in flow style, in pieces with a space or a line break between them."""
    if isinstance(value, Mapping):
        items = [_with_lead(f"{flow_scalar(name)}: ", _whole(item, room)) for name, item in value.items()]
        return _enclosed("{", items, "}")
    if isinstance(value, (list, tuple)):
        return _enclosed("[", [_whole(item, room) for item in value], "]")
    return [flow_scalar(value)]


def _whole(item: Any, room: int) -> list[str]:
    """An entry as one piece, if it fits on a line together with its brackets; otherwise in pieces."""
    pieces = _flow(item, room)
    line = " ".join(pieces)
    return [line] if len(line) + len("[],") <= room else pieces


def _with_lead(lead: str, pieces: list[str]) -> list[str]:
    return [f"{lead}{pieces[0]}", *pieces[1:]]


def _enclosed(start: str, items: list[list[str]], end: str) -> list[str]:
    if not items:
        return [f"{start}{end}"]
    pieces = [piece for item in items[:-1] for piece in (*item[:-1], f"{item[-1]},")] + items[-1]
    pieces = _with_lead(start, pieces)
    return [*pieces[:-1], f"{pieces[-1]}{end}"]


def flow_scalar(value: Any) -> str:
    """A word or a number that is valid in flow style too."""
    written = _scalar(value)
    return (
        json.dumps(written)
        if isinstance(value, str) and written == value and not _FLOW_PLAIN.fullmatch(value)
        else written
    )
