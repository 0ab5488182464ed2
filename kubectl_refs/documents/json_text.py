"""Streams of JSON objects, as kubectl reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from kubectl_refs.core.text.strict_json import no_constant
from kubectl_refs.documents.errors import DocumentError
from kubectl_refs.documents.limits import MAX_DEPTH, TOO_DEEP
from kubectl_refs.documents.scalars import number

_NO_SPACE = re.compile(r"\S")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def values_of(text: str) -> Iterator[tuple[int, int, Any]]:
    """The values of a text, each with where it begins and ends, in characters.

    ValueError if the text is not JSON, DocumentError if it is JSON that cannot be accepted.
    """
    decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=no_constant, parse_int=_integer)
    halves = _SURROGATE.search(text) is not None
    start = _NO_SPACE.search(text)
    while start is not None:
        try:
            value, end = decoder.raw_decode(text, start.start())
        except RecursionError:
            raise DocumentError(TOO_DEEP) from None
        _check_depth(value)
        if halves:
            # Half a surrogate pair cannot be written out again; Go replaces it too.
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
        yield start.start(), end, value
        start = _NO_SPACE.search(text, end)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise DocumentError(f"json: key {json.dumps(key)} already set in map")
            seen.add(key)
    return result


def _integer(digits: str) -> int | float:
    return number(int(digits))


def _check_depth(value: Any) -> None:
    level: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        children: Iterable[Any] = (
            child for value in level for child in (value.values() if isinstance(value, dict) else value)
        )
        level = [child for child in children if isinstance(child, (dict, list))]
        if not level:
            return
    raise DocumentError(TOO_DEEP)
