"""Selectors in kubectl's notation, as apimachinery's labels.Parse takes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.model.selectors import labelled, matches, parse
from tests.support.builders import PROPERTY

LABELS = {"app": "web", "tier": "", "example.org/team": "a"}


@pytest.mark.parametrize(
    "expression",
    [
        "",
        " ",
        "app=web",
        "app==web",
        " app = web ",
        "app!=api",
        "gone!=x",
        "app in (api,web)",
        "app in ( api , web )",
        "app in (web),example.org/team=a",
        "app notin (api)",
        "gone notin (api)",
        "app",
        "!gone",
        "! gone",
        "tier=",
        "tier in ()",
        "app=web,example.org/team in (a,b),!gone",
    ],
)
def test_a_selector_selects_what_it_describes(expression: str) -> None:
    assert matches(parse(expression), LABELS) is True


@pytest.mark.parametrize(
    "expression",
    ["app=api", "app!=web", "app in (api)", "app notin (web,api)", "gone", "!app", "gone=x", "app=web,gone", "app="],
)
def test_a_selector_leaves_out_what_it_does_not_describe(expression: str) -> None:
    assert matches(parse(expression), LABELS) is False


@pytest.mark.parametrize(
    "expression",
    [
        "a b",
        "a in x",
        "a in (x",
        "a in x)",
        "a=b,",
        ",a",
        "a,,b",
        "a=b=c",
        "a>1",
        "=b",
        "!",
        "(a)",
        "-a=b",
        "a=-b",
        "a=b c",
        "a/b/c=d",
        "a in (b,c d)",
        "a=ü",
    ],
)
def test_what_is_no_selector_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"^unable to parse requirement: "):
        parse(expression)


WORDS = st.sampled_from(("a", "b1", "x-y", "example.org/team", "A.b_c"))
VALUES = st.sampled_from(("", "a", "web", "1", "x.y-z"))
REQUIREMENTS = st.one_of(
    st.builds(lambda key, value: f"{key}={value}", WORDS, VALUES),
    st.builds(lambda key, values: f"{key} in ({','.join(values)})", WORDS, st.lists(VALUES, min_size=2, max_size=3)),
    st.builds(lambda key, values: f"{key} notin ({','.join(values)})", WORDS, st.lists(VALUES, min_size=1, max_size=3)),
    st.builds(lambda key: key, WORDS),
)


@PROPERTY
@given(st.lists(REQUIREMENTS, max_size=4))
def test_a_selector_survives_being_written_out(requirements: list[str]) -> None:
    expression = ",".join(requirements)
    assert labelled(parse(expression)) == (f"labelled {expression}" if expression else "")
