"""Manifests and API answers that are wrong somewhere: good ones with something of another type in any place."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

from kubectl_refs.core.model import JSON

HOSTILE = "\x1b[2J\x9b31m\u202e\r\n\tallowed"
"""A text that would paint a terminal, turn it around, or pretend to be another line."""

WRONG: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    float("inf"),
    "",
    " ",
    HOSTILE,
    "x" * 5000,
    [],
    [None],
    [[]],
    {},
    {"": ""},
    {"name": {"name": []}},
    [{"name": None}, 3, "x"],
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value within a value, itself included."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def _put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    holder = value
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = new
    return value


def spoilt(objects: list[JSON], random: Random) -> list[Any]:
    """The objects with one to three places holding something else, or gone, or there twice."""
    made: Any = copy.deepcopy(objects)
    for _ in range(random.randint(1, 3)):
        choices = [each for each in places(made) if each]
        if not choices:
            break
        path = random.choice(choices)
        holder = made
        for step in path[:-1]:
            holder = holder[step]
        choice = random.random()
        if choice < 0.6:
            made = _put(made, path, copy.deepcopy(random.choice(WRONG)))
        elif choice < 0.75:
            del holder[path[-1]]
        elif choice < 0.9 and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[path[-1]]))
        else:
            deep: Any = "x"
            for _ in range(random.choice((2, 60))):
                deep = random.choice(([deep], {"name": deep}))
            made = _put(made, path, deep)
    return list(made)


def document(text: str, random: Random) -> str:
    """The text of a manifest with something done to it that an editor, a merge or a template may do."""
    lines = text.splitlines()
    at = random.randrange(len(lines))
    match random.randrange(8):
        case 0:
            lines.insert(
                at, random.choice(("---", "...", "\t", "<<<<<<< HEAD", "{{ .Values.x }}", "- &a [*a]", "%YAML 9"))
            )
        case 1:
            lines[at] = lines[at][: random.randrange(len(lines[at]) + 1)]
        case 2:
            lines.insert(at, lines[at])
        case 3:
            lines[at] = random.choice((" ", "  ", "\t", "")) + lines[at]
        case 4:
            return "\ufeff" + text
        case 5:
            return text.replace("\n", random.choice(("\r\n", "\r", "\x0b", "\x85")))
        case 6:
            lines[at] += random.choice(
                (" !!python/object:os.system x", " !!binary x", " *nothing", " ]", ' "', "\x00", " ? :")
            )
        case _:
            del lines[at]
    return "\n".join(lines) + "\n"
