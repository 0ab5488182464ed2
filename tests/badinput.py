"""Manifests and API answers that are wrong somewhere: good ones with something else in any place of value or text.

All of it comes out of a Random, so that a seed says which input it was.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import yaml

from kubectl_refs.core.model import JSON
from tests.hostile import HOSTILE

LONG = "x" * 5000
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
"""What may stand where something else should."""

KEYS: tuple[Any, ...] = (None, True, 1, 1.5, "", "name", "__class__", HOSTILE, LONG, "metadata", "<<")
"""Keys that a mapping may have beside its own; JSON makes texts of them."""

DEPTHS = (2, 60, 150, 195, 250, 900, 3000)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value within a value, itself included."""
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
    """A value with one to three places below `within` holding something else, or gone, there twice, or of another name."""
    made: Any = copy.deepcopy(value)
    for _ in range(random.randint(1, 3)):
        choices = [each for each in places(made) if len(each) > len(within) and each[: len(within)] == within]
        if not choices:
            break
        # What lies deep is of more kinds, and less often what nothing is understood without.
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
                # What stands somewhere else is of a right type at least.
                other = random.choice(choices)
                holder[last] = copy.deepcopy(_holder(made, other)[other[-1]])
            case _:
                holder[last] = copy.deepcopy(random.choice(WRONG))
    return made


# Text.

WORDS = (
    *(
        "on",
        "off",
        "yes",
        "No",
        "y",
        "null",
        "~",
        "1e3",
        "0x10",
        "0o17",
        "012",
        "0b11",
        "1_000",
        ".5",
        ".inf",
        ".nan",
        "+1",
    ),
    *(
        "2024-01-01",
        "2024-01-01T00:00:00Z",
        "1:30",
        "=",
        "<<",
        "*a",
        "&a",
        "!!str 1",
        "!!int x",
        "!!binary eA==",
        "!x y",
    ),
    *(
        "!!python/object/apply:os.system [true]",
        "|",
        ">",
        "|-\n  x",
        "[",
        "{",
        "]",
        "}",
        "'",
        '"',
        "''",
        '""',
        "@x",
        "`x`",
    ),
    *("%x", "- x", "? x", ": x", "a: b", "# x", "\t", "'x\n\n  y'", '"\\x1b"', '"\\ud800"', '"\\0"', LONG),
)
"""What may stand where a plain value should: words that YAML 1.1 takes for something else, marks, halves of things."""

LINES = (
    *("---", "--- ", "---\t", "--- # x", "--- |", "---x", "--- {}", "--- !x", "...", "... x", "----", " ---", "--"),
    *(
        "%YAML 1.1",
        "%YAML 9.9",
        "%TAG ! x",
        "<<<<<<< HEAD",
        "=======",
        "{{ .Values.x }}",
        "{{- if x }}",
        "\t",
        "\tx: y",
    ),
    *(
        "- &a [*a]",
        "a: &a {b: *a}",
        "<<: *nothing",
        "<<: {a: b}",
        "? [a, b]",
        "? {a: b}\n: c",
        "null: x",
        "1: x",
        "1: x\n1: y",
    ),
    *(
        "2024-01-01: x",
        "apiVersion: v1",
        "kind: List",
        "items:",
        "items: {}",
        "metadata: x",
        "name: x\nname: y",
        "x",
        "# x",
    ),
    *(
        '{"a": 1}',
        '{"a": 1}{"b": 2}',
        "[]",
        "\x00",
        "\x1b[2J",
        "\x85",
        "\u2028",
        "\ufeff",
        "\ufffe",
        "'",
        '"',
        "- - - x",
    ),
)
"""Lines that an editor, a merge, a template or somebody else may put in between."""


def _lines(change: Callable[[list[str], int, Random], None]) -> Callable[[str, Random], str]:
    def apply(text: str, random: Random) -> str:
        lines = text.split("\n")
        change(lines, random.randrange(len(lines)), random)
        return "\n".join(lines)

    return apply


def _replace_value(lines: list[str], at: int, random: Random) -> None:
    lines[at] = re.sub(r"(?<=[:-] ).*", lambda _: random.choice(WORDS), lines[at], count=1)


def _insert(lines: list[str], at: int, random: Random) -> None:
    lines.insert(at, random.choice(("", "  ", "    ", lines[at][: random.randrange(9)])) + random.choice(LINES))


def _cut(lines: list[str], at: int, random: Random) -> None:
    lines[at] = lines[at][: random.randrange(len(lines[at]) + 1)]


def _indent(lines: list[str], at: int, random: Random) -> None:
    lines[at] = random.choice((" ", "  ", "\t", "        ")) + lines[at]


def _outdent(lines: list[str], at: int, random: Random) -> None:
    lines[at] = lines[at].lstrip()


def _twice(lines: list[str], at: int, random: Random) -> None:
    lines.insert(at, lines[at])


def _delete(lines: list[str], at: int, random: Random) -> None:
    del lines[at]


def _append(lines: list[str], at: int, random: Random) -> None:
    lines[at] += random.choice(
        (" *nothing", " ]", ' "', "'", ",", ":", " # x", "\x00", " ? :", " &x", " \t", "\\", "}")
    )


def _end_early(text: str, random: Random) -> str:
    return text[: random.randrange(len(text) + 1)]


def _other_lines(text: str, random: Random) -> str:
    return text.replace("\n", random.choice(("\r\n", "\r", "\x0b", "\x85", "\u2028", "\n\n", "\r\r\n")))


def _other_character(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return (
        text[:at]
        + random.choice(("\x00", "\x01", "\x1b", "\x7f", "\x9b", "\ufeff", "\ud800", "\U0010ffff"))
        + text[at + 1 :]
    )


def _again(text: str, random: Random) -> str:
    return random.choice(("", "\n", "---\n", "\n---\n")).join([text] * random.choice((2, 3, 40)))


EDITS: Sequence[Callable[[str, Random], str]] = (
    *map(_lines, (_replace_value, _replace_value, _insert, _insert, _cut, _indent, _outdent, _twice, _delete, _append)),
    *(_end_early, _other_lines, _other_character, _again),
)


def edited(text: str, random: Random) -> str:
    """A text with one or two things done to it."""
    for _ in range(random.randint(1, 2)):
        text = random.choice(EDITS)(text, random)
    return text


ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "utf-8-sig")


def encoded(text: str, random: Random) -> bytes:
    """A text as the bytes of a file, mostly in UTF-8; what an encoding has not becomes something wrong."""
    encoding = random.choice(ENCODINGS) if random.random() < 0.06 else "utf-8"
    found = text.encode(encoding, "replace" if encoding == "latin-1" else "surrogatepass")
    if encoding == "utf-16-be" and random.random() < 0.5:
        return b"\xfe\xff" + found
    return found if random.random() < 0.98 else found[:9] + b"\xff\xfe\x00\xc3" + found[9:]


# Manifests.


def written(objects: Sequence[Any], random: Random) -> str:
    """Objects as one text: a List, a list of their own kind, lists in lists, a stream of JSON, or documents of YAML."""
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
    """The bytes of a file that holds the objects of a source, wrong in their values, their text, or both."""
    text = source
    if random.random() < 0.75:
        try:
            text = written(spoilt(list(objects), random), random)
        except RecursionError:
            # Deeper than either writer goes.
            text = '{"apiVersion": "v1", "kind": "X", "metadata": ' * 2000
    if text is source or random.random() < 0.1:
        text = edited(text, random)
    return encoded(text, random)
