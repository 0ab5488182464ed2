"""The line-by-line reader gives the same values and lines as libyaml's events."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from kubectl_refs.documents.block import Block
from kubectl_refs.documents.errors import DocumentError
from kubectl_refs.documents.lines import Lines
from kubectl_refs.documents.reading import read_documents

ROOT = Path(__file__).parents[3]
MANIFESTS = sorted([*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("tests/scenarios/**/input*.yaml")])

CHANGED = int(os.environ.get("KUBECTL_REFS_BAD_INPUT", "300"))

Read = list[tuple[str, object]] | str
"""Each document's value as JSON, which tells `1` from `true`, with its nodes and their lines; or the error."""


def read(text: str) -> Read:
    try:
        return [(json.dumps(each.value), nodes(each._lines)) for each in read_documents(text)]
    except DocumentError as error:
        return str(error)


def nodes(lines: Lines) -> object:
    """The start, end and key of each node, and which nodes are merged or aliases."""
    return lines._lines, lines._ends, lines._keys, set(lines._merges), dict(lines._aliases)


def read_from_events(text: str) -> Read:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Block, "read", lambda self, text: None)
        return read(text)


def is_read_here(text: str) -> bool:
    return Block().read(text) is not None


KEYS = ["a", "b", "c.d/e-f", "_", "y", "null", "on", "1", "-", "'q'", "a b", "k" * 251, "K" * 1025, "<<", "é"]
VALUES = [
    *(
        "",
        "x",
        "12",
        "012",
        "1_000",
        ".inf",
        "0x1F",
        "yes",
        "~",
        "null",
        "1e3",
        "a:b",
        "a: b",
        "a:",
        "a b",
        "a  b",
        "a #b",
    ),
    *("a#b", "#c", ":", ":8", "-", "-1", "- x", "--- x", "...", "?", "*a", "&a b", "!x y", "!!str 1", "%a", "@a", "`"),
    *("{}", "[]", "{ }", "[a]", "{a: b}", "|", ">-", "'it'", "'it''s'", "''", '""', '"a\\tb"', '"a"b', "'a' b", '"#"'),
    *(
        "a\tb",
        "ü",
        "'ü'",
        '"\u2028"',
        "'\x85'",
        "'\ufeff'",
        "'\U0001f600'",
        "'\xa0'",
        "/a$b(c)",
        "+1",
        "=",
        "a]",
        'a"b',
        "a'",
    ),
]
BEHIND = ["", "", "", "", " ", " # why", " #", "#", "\t", "\r", " \r", "  # ü", " # \x07"]
LEADS = ["", "", "  ", "  ", "    ", "- ", "- ", "  - ", "-   ", "- - ", " ", "\t", "    - ", "-\t"]
KEYED = st.tuples(st.sampled_from(LEADS), st.sampled_from(KEYS[:4] * 6 + KEYS), st.just(":"))
LINES = st.builds(
    lambda lead, space, value, behind: "".join(lead) + space + value + behind,
    KEYED | KEYED | KEYED | st.tuples(st.sampled_from(LEADS)),
    st.sampled_from([" ", " ", " ", "  ", ""]),
    st.sampled_from(["", "", "x", *VALUES]),
    st.sampled_from(BEHIND),
)
OTHERS = st.sampled_from(
    ["", "  ", "# a", "  # a", "---", "--- ", "---\r", "--- # x", "---# x", "...", "%YAML 1.1", "-"]
)
TEXTS = st.lists(LINES | LINES | LINES | OTHERS, max_size=9).map("\n".join)


@example("a:\n- b: 1\n  c:\n  - d\n  e:\nf: {}\n")
@example("a:\n  - b\n - c\n")
@example("a: b\n  c\n")
@example("a:\n  b: 1\n c: 2\n")
@example("a: 1\na: 2\n")
@example("--- \r\na:\r\n  b: 1 # c\r\n\r\n---\n- a\n---\nb: []\n")
@given(TEXTS)
def test_any_text_is_what_its_events_say(text: str) -> None:
    assert read(text) == read_from_events(text)


INNER = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("ab:# -'\"", max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/-", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.text("ab", min_size=1), INNER, min_size=1), st.sampled_from([1, 2, 4]), st.booleans())
def test_what_yaml_writes_is_what_its_events_say(value: dict[str, Any], indent: int, long: bool) -> None:
    text = yaml.safe_dump(value, indent=indent, width=10_000 if long else 8)
    assert read(text) == read_from_events(text)


def test_manifests_changed_at_random_are_what_their_events_say() -> None:
    chance = random.Random(int(os.environ.get("KUBECTL_REFS_BAD_INPUT_SEED", "4")))
    texts = [path.read_text() for path in MANIFESTS]
    texts += [yaml.safe_dump_all([each.value for each in read_documents(text)], sort_keys=False) for text in texts]
    for _ in range(CHANGED):
        text = changed(chance, chance.choice(texts))
        assert read(text) == read_from_events(text)


def changed(chance: random.Random, text: str) -> str:
    """A text with a few characters or lines changed or removed."""
    for _ in range(chance.randint(0, 3)):
        lines = text.splitlines(keepends=True) or [""]
        at = chance.randrange(len(lines))
        line = lines[at]
        place = chance.randint(0, len(line))
        lines[at] = chance.choice(
            [
                "",
                line * 2,
                f" {line}",
                line[1:],
                line[:place] + chance.choice(list(" \n\r\t:#-'\"{[&*!|>?%@`,\\\x85\u2028~")) + line[place:],
                line[:place] + line[place + 1 :],
                line[:place] + chance.choice(VALUES) + "\n",
                chance.choice(lines),
            ]
        )
        text = "".join(lines)
    return text


@pytest.mark.parametrize(
    "text",
    [
        "a: 1",
        "---\na: 1\n",
        "# a\n\na: b # c\n",
        "metadata:\n  annotations:\n    a.b/c-d: 'x y'\n  labels: {}\nspec:\n  rules:\n  - a: http://b:80/c\n    b: \"\"\n",
        "a:\r\n- b\r\n- c: 1\r\n",
        "a: 'ü' # ü\n",
    ],
)
def test_usual_manifests_are_read_line_by_line(text: str) -> None:
    assert is_read_here(text)


def test_an_empty_mapping_is_a_new_one_each_time() -> None:
    (document,) = read_documents("a:\n  b: {}\nc:\n  b: {}\nd:\n- {}\n- {}\n")
    found = document.value
    assert found["a"]["b"] is not found["c"]["b"]
    assert found["d"][0] is not found["d"][1]


def test_documents_that_differ_in_values_alone_have_the_same_lines() -> None:
    written = "a: {0}\nb:\n{1}c:\n- d: {0}\n  e: {0}\n"
    texts = [written.format(value, more) for value in ("x", "'#'", "12") for more in ("", "\n", "- {}\n", "# -\n")]
    documents = read_documents("--- # x\n" + "---\n".join(texts))
    assert len({id(each._lines) for each in documents[1:]}) == 3
    lines = [each.line("c[0].e") - each.line() for each in documents]
    assert lines == [4, 5, 5, 5] * 3
    assert documents[-1].line("b[0]") == documents[-1].line() + 1
    assert documents[-2].line("b[0]") == documents[-2].line() + 2


def test_what_is_kept_of_lines_is_bounded() -> None:
    block = Block()
    assert block.read("\n".join(f"key-{number}: {number}" for number in range(30_000))) is not None
    assert len(block._known) <= 10_000
