"""Manifests and API answers that are wrong somewhere: sound ones with something else in any place.

Everything is drawn from a Random, so a seed identifies the input.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import yaml

from kubectl_refs.core.model.objects import JSON
from tests.support.bad_text import LONG, edited, encoded
from tests.support.hostile import HOSTILE

WRONG: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**31,
    2**70,
    -(10**300),
    1.5,
    1e300,
    float("inf"),
    float("nan"),
    "",
    " ",
    "0",
    "null",
    "on",
    "2024-01-01",
    "../..",
    "a/b",
    "*",
    "~/.ssh",
    "%2e%2e",
    HOSTILE,
    LONG,
    "漢字" * 50,
    [],
    [None],
    [[]],
    ["x", 3, None, {}],
    {},
    {"": ""},
    {"name": {"name": []}},
    {"kind": "List", "apiVersion": "v1", "items": None},
    [{"name": None}, 3, "x"],
    [[["x"]]],
)
"""Values to put in the place of others."""

KEYS: tuple[Any, ...] = (None, True, 1, 1.5, "", "name", "__class__", HOSTILE, LONG, "metadata", "<<")
"""Keys to add to a mapping; JSON turns them into strings."""

DEPTHS = (2, 60, 150, 195, 250, 900, 3000)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value within a value, starting with the empty path of the value itself."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def _holder(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path[:-1]:
        value = value[step]
    return value


def _deep(random: Random) -> Any:
    deep: Any = "x"
    for _ in range(random.choice(DEPTHS[:3] if random.random() < 0.9 else DEPTHS)):
        deep = random.choice(([deep], {"name": deep}, {"spec": deep}))
    return deep


def spoilt(value: Any, random: Random, within: tuple[Any, ...] = ()) -> Any:
    """A copy with one to three places below `within` replaced, removed, duplicated or moved to another key."""
    made: Any = copy.deepcopy(value)
    for _ in range(random.randint(1, 3)):
        choices = [each for each in places(made) if len(each) > len(within) and each[: len(within)] == within]
        if not choices:
            break
        # Prefer deep places: they are more varied, and spoiling them leaves more of the input to understand.
        path = max(random.choices(choices, k=3), key=len)
        holder, last = _holder(made, path), path[-1]
        match random.randrange(10):
            case 0:
                del holder[last]
            case 1 if isinstance(holder, list):
                holder.append(copy.deepcopy(holder[last]))
            case 1 | 2 if isinstance(holder, dict):
                holder[random.choice(KEYS)] = holder[last] if random.random() < 0.5 else random.choice(WRONG)
            case 3:
                holder[last] = _deep(random)
            case 4:
                # A value from another place at least has a type that occurs in such input.
                other = random.choice(choices)
                holder[last] = copy.deepcopy(_holder(made, other)[other[-1]])
            case _:
                holder[last] = copy.deepcopy(random.choice(WRONG))
    return made


def written(objects: Sequence[Any], random: Random) -> str:
    """Objects as one text: a List, a list of their own kind, nested Lists, a stream of JSON, or YAML documents."""
    match random.randrange(6):
        case 0:
            return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}, skipkeys=True)
        case 1:
            first: Any = objects[0] if objects and isinstance(objects[0], dict) else {}
            kind = f"{first.get('kind')}List"
            return json.dumps(
                {"apiVersion": first.get("apiVersion"), "kind": kind, "items": list(objects)}, skipkeys=True
            )
        case 2:
            inner: Any = list(objects)
            for _ in range(random.choice((1, 3, 30))):
                inner = [{"apiVersion": "v1", "kind": "List", "items": inner}]
            return json.dumps(inner[0], skipkeys=True)
        case 3:
            return random.choice(("", "\n", " ")).join(json.dumps(each, skipkeys=True) for each in objects)
        case _:
            dump = yaml.CSafeDumper if random.random() < 0.8 else yaml.SafeDumper
            whole = json.loads(json.dumps(objects, skipkeys=True).replace("\\ud800", "?"))
            return yaml.dump_all(whole, Dumper=dump, default_flow_style=random.choice((None, False, True)))


def manifest(objects: Sequence[JSON], source: str, random: Random) -> bytes:
    """The bytes of a file made from objects or from their `source` text, wrong in values, in text, or in both."""
    text = source
    if random.random() < 0.75:
        try:
            text = written(spoilt(list(objects), random), random)
        except RecursionError:
            # Nested too deeply for either writer.
            text = '{"apiVersion": "v1", "kind": "X", "metadata": ' * 2000
    if text is source or random.random() < 0.1:
        text = edited(text, random)
    return encoded(text, random)
