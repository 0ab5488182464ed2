"""The lines of fields, looked up by paths in the form that reports use."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.documents.reading import read_documents

GRANT = """\
# a grant
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata:
  name: g
  labels: {a.b/c: x,
    a: {b/c: y}}
spec:
  from:
  - group: gateway.networking.k8s.io
    kind: HTTPRoute
    namespace: web
  -
    group: ""
    kind: "x"
  to: [{group: "", kind: Service},
       {group: "", kind: Secret}]
  80: number
"""


@pytest.fixture(params=["libyaml", "python"])
def any_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs a test with both of PyYAML's parsers, since only some builds of it have the fast one."""
    if request.param == "python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)


@pytest.mark.usefixtures("any_parser")
@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", 2),
        ("kind", 3),
        ("metadata.name", 5),
        ("metadata.labels.a.b/c", 6),
        ("metadata.labels.a", 7),
        ("spec", 8),
        ("spec.from", 9),
        ("spec.from[0]", 10),
        ("spec.from[0].namespace", 12),
        ("spec.from[1]", 14),
        ("spec.from[1].kind", 15),
        ("spec.to[0].kind", 16),
        ("spec.to[1]", 17),
        ("spec.80", 18),
        # A missing field is placed at the nearest existing parent.
        ("spec.from[1].namespace", 14),
        ("spec.from[2].kind", 9),
        ("spec.from.kind", 9),
        ("spec[0]", 8),
        ("status.parents[0]", 2),
        ("kin", 2),
    ],
)
def test_a_field_is_where_its_name_is(path: str, line: int) -> None:
    assert read_documents(GRANT)[0].line(path) == line


def test_lines_count_from_the_beginning_of_the_text() -> None:
    documents = read_documents(f"---\n# nothing\n---# x\n{GRANT}---\r\n{GRANT}")
    assert [each.line("spec.from[0].kind") for each in documents[1:]] == [3 + 11, 3 + 18 + 1 + 11]


@pytest.mark.usefixtures("any_parser")
@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.rules[0].name", 3),
        ("b", 4),
        ("b.rules[0].name", 3),
        ("c.rules", 2),
        ("c.own", 7),
        ("d.rules[0]", 9),
        ("e.rules", 2),
        ("e.own", 7),
        ("f", 12),
        ("g.<<", 13),
        ("k", 14),
    ],
)
def test_aliases_and_merge_keys_lead_to_what_they_name(path: str, line: int) -> None:
    text = """\
a: &a
  rules:
  - &n name: &k k
b: *a
c: &c
  <<: *a
  own: 1
d: {<<: *a,
  rules: [1]}
e:
  <<: [*c, *a]
f: *n
g: {"<<": 1}
*k : 1
"""
    assert read_documents(text)[0].line(path) == line


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", 2),
        ("a", 2),
        ("b[0]", 3),
        ("b[1]", 3),
        ("b[1].c", 4),
        ('b[1].d"', 5),
        ("b[1].e", 5),
        ("b[2]", 2),
        ("f", 6),
        ("f.g", 8),
        ("f.h", 9),
        ("f.h[0]", 11),
        ("f.i", 12),
    ],
)
def test_json_has_lines_as_well(path: str, line: int) -> None:
    text = r"""
{"a": "{[\"", "b": [
{}, {
"c":
1, "d\"": "\ud83d", "e":
[]}], "f":
{
"\u0067": null,
"h"
: [
":"],
"i": 0}} {"second": 2}
"""
    first, second = read_documents(text)
    assert first.line(path) == line
    assert second.line("second") == 12


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab: \n-", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


def paths(value: Any, path: str = "") -> list[tuple[str, Any]]:
    found = [(path, value)]
    if isinstance(value, dict):
        for key, inner in value.items():
            found += paths(inner, f"{path}.{key}" if path else key)
    if isinstance(value, list):
        for index, inner in enumerate(value):
            found += paths(inner, f"{path}[{index}]")
    return found


@given(st.dictionaries(st.text("ab", min_size=1, max_size=2), VALUES, min_size=1, max_size=3), st.booleans())
def test_every_field_of_any_document_is_found_where_it_is_written(value: dict[str, Any], flow: bool) -> None:
    for text in (yaml.safe_dump(value, default_flow_style=flow, width=8), json.dumps(value, indent=1)):
        written = text.splitlines()
        (document,) = read_documents(text)
        for path, inner in paths(value)[1:]:
            line = written[document.line(path) - 1]
            expected = path.rpartition(".")[2] if not path.endswith("]") else ""
            assert expected in line, (text, path)
            if not expected and isinstance(inner, (bool, int)):
                assert json.dumps(inner) in line, (text, path)


def test_many_elements_are_found_in_time_that_grows_with_their_number() -> None:
    count = 20_000
    document = read_documents("items:\n" + "- {a: [1]}\n" * count)[0]
    assert [document.line(f"items[{index}].a[0]") for index in range(count)] == list(range(2, count + 2))
