"""Any data as YAML that every reader takes for the same data.

YAML 1.1 and 1.2 and their libraries differ in which words need quotes: to kubectl's library `1_000`, `0o14` and
`12345e6` are numbers and `y` is a boolean, to PyYAML they are strings. So what goes without quotes is not what one
library would leave bare, but what none could take for anything else: words that begin with a letter. The text is
ASCII, so no control or direction character of a string stays bare.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any


def to_yaml(value: Any) -> str:
    """A document of block YAML, its mappings in the order given. Takes what JSON takes; an iterator is a list."""
    return "".join(yaml_lines(value))


def yaml_lines(value: Any) -> Iterator[str]:
    """The same, line by line: each element of an iterator is made, written and forgotten before the next."""
    return (f"{line}\n" for line in _lines(value))


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, Iterator):
        first = next(value, _NOTHING)
        value = [] if first is _NOTHING else chain([first], value)
    if isinstance(value, Mapping) and value:
        for name, item in value.items():
            yield from _entry(name, item)
    elif isinstance(value, (list, tuple, chain)) and value:
        for item in value:
            yield from _after("- ", "  ", item)
    else:
        yield _scalar(value)


def _entry(name: str, item: Any) -> Iterator[str]:
    key = _scalar(name)
    lead = f"{key}:"
    if len(key) > _LONGEST_KEY:
        yield f"? {key}"
        lead = ":"
    if isinstance(item, str) and _BLOCK.fullmatch(item):
        # A program inside a document is to be read: line by line, without quotes and escapes.
        yield f"{lead} |-"
        yield from (f"  {line}" for line in item.split("\n"))
        return
    lines = _lines(item)
    first = next(lines)
    if isinstance(item, Mapping) and item:
        yield lead
        yield from (f"  {line}" for line in chain([first], lines))
    elif first.startswith("- "):
        # No scalar begins so. As kubectl writes it, a list is not indented.
        yield lead
        yield from chain([first], lines)
    else:
        yield f"{lead} {first}"


def _after(lead: str, pad: str, item: Any) -> Iterator[str]:
    for line in _lines(item):
        yield lead + line
        lead = pad


_NOTHING = object()

_LONGEST_KEY = 1000
"""Characters; readers look no further than 1024 for the colon behind a key."""

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./,;()'\"*+=@%\[\]-]|:(?=[^ ])|[ ](?=[^ #:]))*")
"""A word or a sentence of ASCII: without `: `, ` #` and spaces at the end, which would end it."""

_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""What is no string in some version of YAML, in lower case."""

_BLOCK = re.compile(r"[!-~](?:[ -~]*[!-~])?(?:\n *[!-~](?:[ -~]*[!-~])?)+")
"""Several lines of ASCII that none begins or ends with blanks which a reader would drop."""

_UNSEEN = re.compile(r"[^ -~]")

_EXPONENT_ALONE = re.compile(r"^(-?\d+)e")


def _scalar(value: Any) -> str:
    """In JSON's spelling, which is YAML's too, an empty mapping's and list's included."""
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
            return value
        return _UNSEEN.sub(_escaped, json.dumps(value, ensure_ascii=False))
    written = json.dumps(value)
    # `1e+16` is a number in YAML 1.2 only, with a fraction it is one everywhere.
    return _EXPONENT_ALONE.sub(r"\1.0e", written) if isinstance(value, float) else written


def _escaped(char: re.Match[str]) -> str:
    code = ord(char[0])
    if 0xD800 <= code < 0xE000:
        # Half a surrogate pair is no character; Go, too, puts this in its place.
        return r"\ufffd"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_FLOW_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
"""A word that flow style takes without quotes, too."""


def flow_lines(lead: str, value: Any, width: int) -> list[str]:
    """The same data behind a lead, `metadata: {name: api, ports: [80]}`: on one line, or, where a width has no room for it, on
    more, each but the first two spaces further in than the lead. An entry that one line can hold is not broken."""
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
        items = [_led(f"{flow_scalar(name)}: ", _whole(item, room)) for name, item in value.items()]
        return _enclosed("{", items, "}")
    if isinstance(value, (list, tuple)):
        return _enclosed("[", [_whole(item, room) for item in value], "]")
    return [flow_scalar(value)]


def _whole(item: Any, room: int) -> list[str]:
    """An entry as one piece, if there is room for it between what encloses it."""
    pieces = _flow(item, room)
    line = " ".join(pieces)
    return [line] if len(line) + len("[],") <= room else pieces


def _led(lead: str, pieces: list[str]) -> list[str]:
    return [f"{lead}{pieces[0]}", *pieces[1:]]


def _enclosed(start: str, items: list[list[str]], end: str) -> list[str]:
    if not items:
        return [f"{start}{end}"]
    pieces = [piece for item in items[:-1] for piece in (*item[:-1], f"{item[-1]},")] + items[-1]
    pieces = _led(start, pieces)
    return [*pieces[:-1], f"{pieces[-1]}{end}"]


def flow_scalar(value: Any) -> str:
    """A word or a number as flow style takes it, too."""
    written = _scalar(value)
    return (
        json.dumps(written)
        if isinstance(value, str) and written == value and not _FLOW_PLAIN.fullmatch(value)
        else written
    )
