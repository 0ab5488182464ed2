"""JSON of data whose lists are still being made, so that a report on a whole cluster is never held as one text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any

INDENT = 4


def json_chunks(data: Any) -> Iterator[str]:
    """The text that `render_json` has for the same data. An iterator, wherever mappings and lists lead to it, is a list:
    each of its elements, which hold none, is made, written and forgotten before the next."""
    yield from _chunks(data, 0)
    yield "\n"


def _chunks(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, Iterator):
        yield from _enclosed("[", (("", [indented(each, depth + 1)]) for each in value), "]", depth)
    elif not _is_lazy(value):
        yield indented(value, depth)
    elif isinstance(value, Mapping):
        members = ((f"{json.dumps(name)}: ", _chunks(member, depth + 1)) for name, member in value.items())
        yield from _enclosed("{", members, "}", depth)
    else:
        yield from _enclosed("[", (("", _chunks(each, depth + 1)) for each in value), "]", depth)


def _is_lazy(value: Any) -> bool:
    """Whether there is an iterator somewhere in a value."""
    if isinstance(value, Mapping):
        return any(map(_is_lazy, value.values()))
    return isinstance(value, Iterator) or (isinstance(value, list) and any(map(_is_lazy, value)))


def _enclosed(first: str, members: Iterable[tuple[str, Iterable[str]]], last: str, depth: int) -> Iterator[str]:
    """A mapping or a list, each of whose members begins with a name or with nothing."""
    lead = first
    for name, chunks in members:
        yield f"{lead}\n{' ' * INDENT * (depth + 1)}{name}"
        yield from chunks
        lead = ","
    yield f"\n{' ' * INDENT * depth}{last}" if lead == "," else f"{first}{last}"


def indented(value: Any, depth: int = 0) -> str:
    """A value as `json.dumps` indents it, at a depth of other values: without a generator for each mapping and list, which
    costs twice as much, and the text of a report is the larger part of making it."""
    return _written(value, "\n" + " " * INDENT * depth)


def _written(value: Any, lead: str) -> str:
    """`lead` is what goes before the last line: a line break and the indentation."""
    if isinstance(value, str):
        return _quoted(value)
    if value is None:
        return "null"
    if isinstance(value, dict):
        inner = lead + " " * INDENT
        members = [f"{inner}{_quoted(name)}: {_written(member, inner)}" for name, member in value.items()]
        return f"{{{','.join(members)}{lead}}}" if members else "{}"
    if isinstance(value, (list, tuple)):
        inner = lead + " " * INDENT
        members = [inner + _written(member, inner) for member in value]
        return f"[{','.join(members)}{lead}]" if members else "[]"
    return str(value) if type(value) is int else json.dumps(value)


def whole(data: Any) -> Any:
    """The data with its lists made, for what needs all of it."""
    if not isinstance(data, Mapping):
        return data
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in data.items()}
