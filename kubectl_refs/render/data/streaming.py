"""JSON of a mapping whose lists are still being made, so that a report on a whole cluster is never held as one text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

INDENT = 4


def json_chunks(data: Any) -> Iterator[str]:
    """The text that `render_json` has for the same data. A value of a mapping that is an iterator is a list: each of its
    elements is made, written and forgotten before the next."""
    if not isinstance(data, Mapping):
        yield f"{_indented(data, 0)}\n"
        return
    lead = "{"
    for name, value in data.items():
        yield f"{lead}\n{' ' * INDENT}{json.dumps(name)}: "
        if isinstance(value, Iterator):
            yield from _elements(value)
        else:
            yield _indented(value, 1)
        lead = ","
    yield "\n}\n" if lead == "," else "{}\n"


def _elements(values: Iterator[Any]) -> Iterator[str]:
    lead = "["
    for value in values:
        yield f"{lead}\n{' ' * INDENT * 2}{_indented(value, 2)}"
        lead = ","
    yield f"\n{' ' * INDENT}]" if lead == "," else "[]"


def _indented(value: Any, depth: int) -> str:
    # No line of the text is within a string: JSON writes a line break there as \n.
    return json.dumps(value, indent=INDENT).replace("\n", "\n" + " " * INDENT * depth)


def whole(data: Any) -> Any:
    """The data with its lists made, for what needs all of it."""
    if not isinstance(data, Mapping):
        return data
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in data.items()}
