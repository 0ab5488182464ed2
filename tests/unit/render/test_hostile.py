"""No string of a cluster reaches a terminal with a character that could move its cursor or reverse its text."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.model.report import Report
from kubectl_refs.core.text.yaml import to_yaml
from kubectl_refs.render.data.report import render_json, to_data
from kubectl_refs.render.details import render_details
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.why import render_why
from kubectl_refs.render.wide import render_wide
from tests.support.builders import PROPERTY
from tests.support.reports import FULL, KUBECTL, NOW, with_every_string

BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
MARKS = "\u200e\u200f\u061c"


def hostile(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Zl", "Zp") or unicodedata.bidirectional(char) in BIDIRECTIONAL


HOSTILE = "".join(filter(hostile, map(chr, range(0x3000)))) + MARKS
TEXT: tuple[Callable[[Report, Style, Kubectl], str], ...] = (render_details, render_why, render_wide)
STYLES = (
    Style(NOW),
    Style(NOW, width=40),
    Style(NOW, width=100, unicode=True),
    Style(NOW, width=100, color=True, unicode=True),
)
PAINT = re.compile(r"\x1b\[[0-9]+m")


def left_over(text: str) -> set[str]:
    return {char for char in PAINT.sub("", text) if char in HOSTILE and char != "\n"}


def test_the_characters_in_question_are_the_controls_and_those_that_turn_text_around() -> None:
    assert {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))} < set(HOSTILE)
    assert set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") < set(HOSTILE)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("render", TEXT)
def test_every_hostile_character_in_every_string_is_spelled_out(
    render: Callable[[Report, Style, Kubectl], str], style: Style
) -> None:
    text = render(with_every_string(FULL, lambda string: HOSTILE + string), style, KUBECTL)
    assert left_over(text) == set()
    assert r"\x1b" in text
    assert r"\u202e" in text


@PROPERTY
@given(st.text(HOSTILE, min_size=1, max_size=4), st.sampled_from(STYLES), st.sampled_from(TEXT))
def test_no_mixture_of_hostile_characters_survives(
    prefix: str, style: Style, render: Callable[[Report, Style, Kubectl], str]
) -> None:
    assert left_over(render(with_every_string(FULL, lambda string: prefix + string), style, KUBECTL)) == set()


@pytest.mark.parametrize("render", [render_json, to_yaml])
def test_data_escapes_them_and_loses_nothing(render: Callable[[Any], str]) -> None:
    data = to_data(with_every_string(FULL, lambda string: HOSTILE + string), KUBECTL)
    text = render(data)
    assert left_over(text) == set()
    assert text.isascii()
    assert (json.loads(text) if render is render_json else yaml.safe_load(text)) == data


@pytest.mark.parametrize("render", TEXT)
def test_a_line_break_in_a_string_does_not_begin_a_line(render: Callable[[Report, Style, Kubectl], str]) -> None:
    text = render(with_every_string(FULL, lambda string: f"x\nallowed: {string}"), Style(NOW), KUBECTL)
    own = [line for line in text.splitlines() if line.startswith("allowed: ")]
    assert own == [line for line in own if " -> " in line]
