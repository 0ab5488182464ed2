"""Text becomes the values that kubectl 1.32 reads from it; most rows of the table were compared with kubectl."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.documents.errors import DocumentError
from kubectl_refs.documents.limits import MAX_DEPTH
from kubectl_refs.documents.reading import read_documents


def parse(text: str) -> list[Any]:
    return [each.value for each in read_documents(text)]


@pytest.fixture(params=["libyaml", "python"])
def any_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs a test with both of PyYAML's parsers, since only some builds of it have the fast one."""
    if request.param == "python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)


def problem_of(text: str) -> str:
    with pytest.raises(DocumentError) as raised:
        parse(text)
    return str(raised.value)


@pytest.mark.usefixtures("any_parser")
@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("2024-01-01", "2024-01-01"),
        ("yes", True),
        ("y", True),
        ("On", True),
        ("TRUE", True),
        ("no", False),
        ("n", False),
        ("OFF", False),
        ("YeS", "YeS"),
        ("null", None),
        ("~", None),
        ("", None),
        ("nULL", "nULL"),
        ("8080", 8080),
        ("+12", 12),
        ("-0x1F", -31),
        ("0o17", 15),
        ("012", 10),
        ("089", 89),
        ("0b11", 3),
        ("1_000", 1000),
        ("1:30", "1:30"),
        ("1e3", 1000),
        (".5", 0.5),
        ("-.5e-3", -0.0005),
        ("1e999", "1e999"),
        ("0x", "0x"),
        (".", "."),
        ("v1.2", "v1.2"),
        ('"12"', "12"),
        ("'yes'", "yes"),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ('!!int "12"', 12),
        ("!custom 12", "12"),
        ("!!timestamp 2024-01-01", "2024-01-01"),
        ("=", "="),
        ("{}", {}),
        ("[]", []),
        ("|\n  a\n  b\n", "a\nb\n"),
    ],
)
def test_a_scalar_means_what_it_means_to_kubectl(written: str, value: Any) -> None:
    (document,) = parse(f"x: {written}")
    assert document == {"x": value}
    assert type(document["x"]) is type(value)


JSON_TEXT = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=12)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | JSON_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(JSON_TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(JSON_TEXT, JSON_VALUES, max_size=4))
def test_json_and_the_same_text_read_as_yaml_give_the_written_value(value: dict[str, Any]) -> None:
    written = json.dumps(value)
    assert parse(written) == [value]
    assert parse(f"- {written}") == [[value]]


@given(st.lists(st.dictionaries(JSON_TEXT, st.integers(0, 9), max_size=3), min_size=1, max_size=5))
def test_documents_come_in_the_order_of_the_text(values: list[dict[str, int]]) -> None:
    assert parse("".join(map(json.dumps, values))) == values
    assert parse("\n---\n".join(map(json.dumps, values))) == values


@pytest.mark.usefixtures("any_parser")
@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n---\n# nothing\n", "\n\n"])
def test_empty_documents_have_no_value(text: str) -> None:
    assert set(parse(text)) <= {None}


@pytest.mark.usefixtures("any_parser")
@pytest.mark.parametrize("line", ["---", "---  ", "--- # x", "---\r", "...\n---", "---\n# nothing\n---"])
def test_a_line_of_dashes_alone_separates_documents(line: str) -> None:
    assert [value for value in parse(f"a: 1\n{line}\nb: ü\n{line}\nc: 3\n") if value] == [
        {"a": 1},
        {"b": "ü"},
        {"c": 3},
    ]


@pytest.mark.usefixtures("any_parser")
@pytest.mark.parametrize("rest", ["x", "-", "{b: 2}", "!x", "|"])
def test_a_line_of_dashes_and_something_else_is_refused(rest: str) -> None:
    assert problem_of(f"a: 1\n--- {rest}\nb: 2\n") == f"invalid Yaml document separator: {rest}"


@pytest.mark.usefixtures("any_parser")
@pytest.mark.parametrize("text", ["a: 1\r---\rb: 2", "a: 1\x85---\x85b: 2", "a: 1\u2028---\u2028b: 2"])
def test_a_document_that_kubectl_would_not_read_is_refused(text: str) -> None:
    assert "kubectl would read no further" in problem_of(text)


@pytest.mark.usefixtures("any_parser")
@pytest.mark.parametrize("number", [".nan", ".NaN", ".inf", "-.Inf", "+.INF"])
def test_a_number_that_json_does_not_have_is_refused(number: str) -> None:
    assert f"yaml: line 2: unsupported value: {number}" in problem_of(f"a: 1\nb: {number}")
    assert parse(f"b: '{number}'") == [{"b": number}]


def test_a_constant_that_json_does_not_have_is_a_word_of_yaml() -> None:
    assert parse('{"a": NaN, "b": -Infinity}') == [{"a": "NaN", "b": "-Infinity"}]


def test_what_begins_like_json_but_is_none_is_read_as_yaml() -> None:
    assert parse("{a: 1, b: [x],}") == [{"a": 1, "b": ["x"]}]


def test_a_number_too_long_for_python_does_not_end_the_program() -> None:
    assert parse('{"x": ' + "9" * 5000 + "}") == [{"x": "9" * 5000}]


def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_is_read() -> None:
    (document,) = parse(r'{"whole": "\ud83d\ude00", "half": "\ud83d!"}')
    assert document == {"whole": "\N{GRINNING FACE}", "half": "?!"}


@pytest.mark.usefixtures("any_parser")
def test_an_alias_repeats_the_anchored_value() -> None:
    assert parse("a: &x {b: 1}\nc: *x\nd: [&s text, *s]") == [{"a": {"b": 1}, "c": {"b": 1}, "d": ["text", "text"]}]


@pytest.mark.usefixtures("any_parser")
def test_anchors_end_with_their_document() -> None:
    assert "unknown anchor 'x' referenced" in problem_of("a: &x 1\n---\nb: *x")


@pytest.mark.usefixtures("any_parser")
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x: &x {a: 1}\ny1: {<<: *x, b: 2}", {"a": 1, "b": 2}),
        ("x: 1\ny1: {<<: {a: 1}, a: 2}", {"a": 2}),
        ("x: 1\ny1: {a: 2, <<: {a: 1}}", {"a": 1}),
        ("x: 1\ny1: {<<: [{a: 1}, {a: 2, b: 3}]}", {"a": 1, "b": 3}),
        ('x: 1\ny1: {"<<": {a: 1}}', {"<<": {"a": 1}}),
    ],
)
def test_merge_keys_merge_as_in_kubectl(text: str, value: Any) -> None:
    assert parse(text)[0]["y1"] == value


@pytest.mark.usefixtures("any_parser")
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3", 'yaml: line 3: key "a" already set in map'),
        ('1: a\n"1": b', 'yaml: line 2: key "1" already set in map'),
        ('"a\\n": 1\n"a\\n": 2', 'yaml: line 2: key "a\\n" already set in map'),
        ("a: 1\n---\nb: c: d", "yaml: line 3: mapping values are not allowed"),
        ("x: &a [*a]", "yaml: line 1: anchor 'a' value contains itself"),
        ("x: *b", "yaml: line 1: unknown anchor 'b' referenced"),
        ("x: {<<: 3}", "yaml: line 1: map merge requires map or sequence of maps as the value"),
        ("x: {[a]: 1}", "yaml: line 1: invalid map key"),
        ("x: {~: 1}", "yaml: line 1: invalid map key"),
        ("x: \x01", "yaml: "),
    ],
)
def test_invalid_yaml_is_told_with_its_line(text: str, problem: str) -> None:
    assert f"error converting YAML to JSON: {problem}" in problem_of(text)


def test_a_key_that_json_sets_twice_is_refused() -> None:
    assert problem_of('{"a": 1, "a": 2}') == 'json: key "a" already set in map'


@pytest.mark.parametrize("opened", ["x: " + "[" * 100_000, '{"a":' * 100_000, "- " * 100_000, "[" * 100_000])
def test_text_nested_without_end_is_refused(opened: str) -> None:
    # PyYAML has its own limit since 6.0.4, and reads ahead of what is built here.
    assert re.search("stand in each other|exceeded maximum nesting depth", problem_of(opened))


@pytest.mark.parametrize("prefix", ["", "# read as YAML\n"])
def test_nesting_is_allowed_up_to_the_bound(prefix: str) -> None:
    def nested(depth: int) -> str:
        return prefix + '{"a":' * depth + "1" + "}" * depth

    assert len(parse(nested(MAX_DEPTH))) == 1
    assert "stand in each other" in problem_of(nested(MAX_DEPTH + 1))


@pytest.mark.usefixtures("any_parser")
def test_an_alias_bomb_is_refused() -> None:
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for previous, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{previous}'] * 10)}]")
    assert "document contains excessive aliasing" in problem_of("\n".join(lines))
