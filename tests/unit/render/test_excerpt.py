"""The excerpt of the user's own YAML, on its own and within the answer."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.report import Report
from kubectl_refs.render.details import render_details
from kubectl_refs.render.text.excerpts import quote
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style
from tests.support.reports import FULL, KUBECTL, NOW


def quoted(entry: JSON, labels: dict[str, str]) -> list[str]:
    page = Page(Style(0, width=80))
    quote(page, entry, labels)
    return str(page).splitlines()


def underlined(lines: list[str]) -> dict[str, str]:
    """The text above the carets of each label."""
    found = {}
    for above, line in pairwise(lines):
        if "^" in line:
            start, end = line.index("^"), line.rindex("^") + 1
            found[line[end + 1 :]] = above[start:end]
            assert above[:start].endswith(": "), "the carets begin where the value does"
            assert len(above) == end, "and end where it ends"
    return found


@pytest.mark.parametrize(
    ("value", "written"), [("fronted", "fronted"), ("", '""'), ("123", '"123"'), (8080, "8080"), ("a: b", '"a: b"')]
)
def test_carets_stand_under_the_value_as_it_is_written(value: object, written: str) -> None:
    lines = quoted({"kind": "HTTPRoute", "namespace": value}, {"namespace": "not this"})
    assert underlined(lines) == {"not this": written}


@pytest.mark.parametrize(("length", "lines"), [(20, 2), (60, 3)])
def test_a_label_that_does_not_fit_behind_the_carets_stands_below_them(length: int, lines: int) -> None:
    shown = quoted({"namespace": "frontend"}, {"namespace": "x" * length})
    assert len(shown) == lines
    assert all(len(line) <= 80 for line in shown)
    assert shown[-1].endswith("x" * length)
    assert shown[1].count("^") == len("frontend")


def test_only_the_fields_that_decide_are_quoted_as_one_list_entry() -> None:
    lines = quoted({"name": "api", "weight": 1, "filters": [{}], "port": 80}, {})
    assert [line.partition("|  ")[2] for line in lines] == ["- name: api", "  port: 80"]


def test_a_value_with_control_characters_stays_one_line() -> None:
    lines = quoted({"namespace": "a\x1b[31m\nb"}, {"namespace": "label"})
    assert len(lines) == 2
    assert underlined(lines) == {"label": '"a\\u001b[31m\\nb"'}


def answer(report: Report, width: int | None) -> list[str]:
    return render_details(report, Style(NOW, width=width), KUBECTL).splitlines()


@pytest.mark.parametrize("width", [80, 100, 200])
def test_a_wide_terminal_shows_the_crossing_and_the_field_that_differs(width: int) -> None:
    assert underlined(answer(FULL, width)) == {
        "needs a ReferenceGrant in backend": "backend",
        'not "frontend"': "fronted",
    }


@pytest.mark.parametrize("width", [None, 40, 79])
def test_a_pipe_and_a_narrow_terminal_show_no_excerpt(width: int | None) -> None:
    assert not [line for line in answer(FULL, width) if "^" in line or " | " in line]


def test_what_carets_point_at_is_also_said_in_words() -> None:
    words = " ".join(" ".join(line for line in answer(FULL, 80) if "|" not in line).split())
    assert 'spec.from[0].namespace is "fronted", expected "frontend" (typo' in words
