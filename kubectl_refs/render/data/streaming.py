"""JSON of data whose lists are still being made, so that a report on a whole cluster is never held as one text."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, NamedTuple

STEP = " " * 4
KEPT = 1_000
"""Values that are kept because they may be repeated. Nearly all that repeats in a cluster's report stands near by: each
namespace's objects reference the same."""


class Repeated:
    """A value that stands in many places: its text is made once for each indentation."""

    __slots__ = ("_texts", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self._texts: dict[str, str] = {}

    def text(self, lead: str, write: Callable[[Any, str], str]) -> str:
        made = self._texts.get(lead)
        if made is None:
            made = self._texts[lead] = write(self.value, lead)
        return made


class Form:
    """A mapping of which there are thousands that differ in some values alone: for each of these `...` stands in it.

    It may come in parts, whose members follow each other. For one of which only the members are known when it is filled,
    a mapping that has some, `...` stands, too.
    """

    __slots__ = ("_parts", "_texts")

    def __init__(self, *parts: Any) -> None:
        self._parts = parts
        self._texts: dict[str, tuple[str, Sequence[_Place]]] = {}

    def text(self, values: Sequence[Any], lead: str) -> str:
        made = self._texts.get(lead)
        if made is None:
            made = self._texts[lead] = self._outlined(lead)
        # Nearly all are strings: a call for each would cost as much as writing it.
        return made[0] % tuple(
            [
                _quoted(each) if (kind := type(each)) is str else str(each) if kind is int else write(each, at)
                for each, (write, at) in zip(values, made[1], strict=True)
            ]
        )

    def _outlined(self, lead: str) -> tuple[str, Sequence[_Place]]:
        inner = lead + STEP
        places: list[_Place] = []
        return f"{{{','.join([_outlined_members(each, inner, places) for each in self._parts])}{lead}}}", places

    def filled(self, values: Sequence[Any]) -> Any:
        left = iter(values)
        return {name: member for part in self._parts for name, member in _filled(part, left).items()}


class Filled(NamedTuple):
    """A mapping of a form, and the values that stand in it, in their order."""

    form: Form
    values: Sequence[Any]


_Place = tuple[Callable[[Any, str], str], str]
"""What writes the value that stands there, and its lead."""


class Repeats:
    """The latest values that may be repeated, by what they are made of."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._kept: dict[Hashable, tuple[Repeated, object]] = {}
        self._before: dict[Hashable, tuple[Repeated, object]] = {}
        """Those that were kept before these: what is asked for again is kept on."""

    def of(self, key: Hashable, make: Callable[..., Any], *parts: Any) -> Repeated:
        """The value that is made of these parts. A key may hold their ids: they are kept for as long."""
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= self._most:
                self._before, self._kept = self._kept, {}
            found = self._kept[key] = self._before.get(key) or (Repeated(make(*parts)), parts)
        return found[0]


def json_chunks(data: Any) -> Iterator[str]:
    """The text that `render_json` has for the same data. An iterator, wherever mappings and lists lead to it, is a list:
    each of its elements, which hold none, is made, written and forgotten before the next."""
    yield from _chunks(data, 0)
    yield "\n"


def _chunks(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, Iterator):
        inner, lead = "\n" + STEP * (depth + 1), "["
        for each in value:
            yield f"{lead}{inner}{_written(each, inner)}"
            lead = ","
        yield _end("[", lead, "]", depth)
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
        yield f"{lead}\n{STEP * (depth + 1)}{name}"
        yield from chunks
        lead = ","
    yield _end(first, lead, last, depth)


def _end(first: str, lead: str, last: str, depth: int) -> str:
    """The end of a mapping or a list, and its beginning where nothing was in it."""
    return f"\n{STEP * depth}{last}" if lead == "," else f"{first}{last}"


def indented(value: Any, depth: int = 0) -> str:
    """A value as `json.dumps` indents it, at a depth of other values: without a generator for each mapping and list, which
    costs twice as much, and the text of a report is the larger part of making it."""
    return _written(value, "\n" + STEP * depth)


def _written(value: Any, lead: str) -> str:
    """`lead` is what goes before the last line: a line break and the indentation."""
    kind = type(value)
    # What there is most of comes first: a report on a cluster has millions of values.
    if kind is Filled:
        return value.form.text(value.values, lead)  # type: ignore[no-any-return]
    if kind is Repeated:
        return value.text(lead, _written)  # type: ignore[no-any-return]
    if kind is dict or isinstance(value, dict):
        return f"{{{_members(value, lead + STEP)}{lead}}}" if value else "{}"
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if value is None:
        return "null"
    if isinstance(value, (list, tuple)):
        if not value:
            return "[]"
        inner = lead + STEP
        return f"[{inner}{f',{inner}'.join([_written(each, inner) for each in value])}{lead}]"
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _members(value: Any, inner: str) -> str:
    if type(value) is Repeated:
        return value.text(inner, _members)
    # Nearly all are strings: a call for each would cost as much as writing it.
    return _outline(tuple(value), inner) % tuple(
        [
            _quoted(each) if type(each) is str else "null" if each is None else _written(each, inner)
            for each in value.values()
        ]
    )


def _outlined(value: Any, lead: str, places: list[_Place]) -> str:
    """The text of a form, `%s` for each value that is to stand in it; `places` gets the place of each."""
    if value is ...:
        places.append((_written, lead))
        return "%s"
    inner = lead + STEP
    if isinstance(value, dict) and value:
        return f"{{{_outlined_members(value, inner, places)}{lead}}}"
    if isinstance(value, list) and value:
        return f"[{','.join([inner + _outlined(each, inner, places) for each in value])}{lead}]"
    return _written(value, lead).replace("%", "%%")


def _outlined_members(value: Any, inner: str, places: list[_Place]) -> str:
    if value is ...:
        places.append((_members, inner))
        return "%s"
    return ",".join(
        [
            f"{inner}{_outlined(name, inner, places)}: {_outlined(member, inner, places)}"
            for name, member in value.items()
        ]
    )


def _filled(value: Any, values: Iterator[Any]) -> Any:
    if value is ...:
        return plain(next(values))
    if isinstance(value, dict):
        return {name: _filled(member, values) for name, member in value.items()}
    return [_filled(each, values) for each in value] if isinstance(value, list) else value


@lru_cache(maxsize=1_000)
def _outline(names: tuple[str, ...], inner: str) -> str:
    """The members of a mapping with these names, a place for each value: there are few such forms, and many mappings."""
    return _outlined_members(dict.fromkeys(names, ...), inner, [])


def whole(data: Any) -> Any:
    """The data with its lists made, for what needs all of it."""
    if not isinstance(data, Mapping):
        return data
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in plain(data).items()}


def plain(value: Any) -> Any:
    """The value without a trace of what is repeated in it, for what has no use for that. Iterators stay such."""
    if isinstance(value, Repeated):
        return plain(value.value)
    if isinstance(value, Filled):
        return value.form.filled(value.values)
    if isinstance(value, Mapping):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, Iterator):
        return map(plain, value)
    return [plain(each) for each in value] if isinstance(value, list) else value
