"""Texts of manifests that an editor, a merge, a template or a wrong encoding has spoilt."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

LONG = "x" * 5000

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
"""Replacements for a plain value: words that YAML 1.1 reads as another type, indicators, broken-off constructs."""

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
"""Lines to insert, such as an editor, a merge, a template or somebody else may leave behind."""


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
    """A text after one or two random edits."""
    for _ in range(random.randint(1, 2)):
        text = random.choice(EDITS)(text, random)
    return text


ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "utf-8-sig")


def encoded(text: str, random: Random) -> bytes:
    """A text as the bytes of a file, mostly UTF-8; characters that the encoding lacks come out wrong."""
    encoding = random.choice(ENCODINGS) if random.random() < 0.06 else "utf-8"
    found = text.encode(encoding, "replace" if encoding == "latin-1" else "surrogatepass")
    if encoding == "utf-16-be" and random.random() < 0.5:
        return b"\xfe\xff" + found
    return found if random.random() < 0.98 else found[:9] + b"\xff\xfe\x00\xc3" + found[9:]
