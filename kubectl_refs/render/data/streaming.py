"""JSON of data whose lists are still being made, so that a report on a whole cluster is never in memory as one text."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, NamedTuple

STEP = " " * 4
KEPT = 500
"""The number of values that are kept because they may be repeated. Nearly all repetitions in a cluster's report are
close together, since the objects of a namespace reference the same targets."""


class Repeated:
    """A value that occurs in many places: its text is made once for each indentation."""

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
    """A template for thousands of mappings that differ only in some values; `...` marks the place of each such value.

    It may consist of parts, whose members follow each other. A part that is `...` itself is filled with a mapping, which
    gives its members and must not be empty.
    """

    __slots__ = ("_parts", "_texts")

    def __init__(self, *parts: Any) -> None:
        self._parts = parts
        self._texts: dict[str, tuple[str, Sequence[_Place]]] = {}

    def text(self, values: Sequence[Any], lead: str) -> str:
        made = self._texts.get(lead)
        if made is None:
            made = self._texts[lead] = self._outlined(lead)
        # Nearly all values are strings, and a call for each would cost as much as writing it.
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
    """A form, and the values that fill it, in their order."""

    form: Form
    values: Sequence[Any]


_Place = tuple[Callable[[Any, str], str], str]
"""The function that writes the value at a place, and the lead for it."""


class Repeats:
    """A cache of the latest values that may be repeated, by what they are made of."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._kept: dict[Hashable, tuple[Repeated, object]] = {}
        self._before: dict[Hashable, tuple[Repeated, object]] = {}
        """The generation before: values in it that are asked for again are kept."""

    def of(self, key: Hashable, make: Callable[..., Any], *parts: Any) -> Repeated:
        """The value made of these parts. The key may contain their ids, since they are kept alive with the value."""
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= self._most:
                self._before, self._kept = self._kept, {}
            found = self._kept[key] = self._before.get(key) or (Repeated(make(*parts)), parts)
        return found[0]


def json_chunks(data: Any) -> Iterator[str]:
    """The text that `render_json` gives for the same data. An iterator anywhere within mappings and lists is written as
    a list; its elements, which contain no iterators, are made, written and dropped one by one."""
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
    """Whether a value contains an iterator."""
    if isinstance(value, Mapping):
        return any(map(_is_lazy, value.values()))
    return isinstance(value, Iterator) or (isinstance(value, list) and any(map(_is_lazy, value)))


def _enclosed(first: str, members: Iterable[tuple[str, Iterable[str]]], last: str, depth: int) -> Iterator[str]:
    """A mapping or a list. Each member comes with its name, which is empty in a list."""
    lead = first
    for name, chunks in members:
        yield f"{lead}\n{STEP * (depth + 1)}{name}"
        yield from chunks
        lead = ","
    yield _end(first, lead, last, depth)


def _end(first: str, lead: str, last: str, depth: int) -> str:
    """The end of a mapping or a list; with its beginning if it is empty."""
    return f"\n{STEP * depth}{last}" if lead == "," else f"{first}{last}"


def indented(value: Any, depth: int = 0) -> str:
    """A value as `json.dumps` indents it, at a depth within other values. A generator for each mapping and list, as
    there, would take twice as long, and writing takes most of the time for a report."""
    return _written(value, "\n" + STEP * depth)


def _written(value: Any, lead: str) -> str:
    """The text of a value. `lead` goes before its last line: a line break and the indentation."""
    kind = type(value)
    # The most frequent kinds come first: a report on a cluster has millions of values.
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
    # Nearly all values are strings, and a call for each would cost as much as writing it.
    return _outline(tuple(value), inner) % tuple(
        [
            _quoted(each) if type(each) is str else "null" if each is None else _written(each, inner)
            for each in value.values()
        ]
    )


def _outlined(value: Any, lead: str, places: list[_Place]) -> str:
    """The text of a form with `%s` for each value to fill in; the place of each is appended to `places`."""
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
    """The members of a mapping with these names, with a place for each value. Cached: few outlines serve many mappings."""
    return _outlined_members(dict.fromkeys(names, ...), inner, [])


def whole(data: Any) -> Any:
    """The data with its iterators made into lists, for users that need all of it."""
    if not isinstance(data, Mapping):
        return data
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in plain(data).items()}


def plain(value: Any) -> Any:
    """The value with plain values in place of Repeated and Filled ones. Iterators stay iterators."""
    if isinstance(value, Repeated):
        return plain(value.value)
    if isinstance(value, Filled):
        return value.form.filled(value.values)
    if isinstance(value, Mapping):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, Iterator):
        return map(plain, value)
    return [plain(each) for each in value] if isinstance(value, list) else value
