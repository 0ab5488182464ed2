from __future__ import annotations

import io
import os
from collections.abc import Mapping

import pytest

from kubectl_refs.core.text.escaping import safe
from kubectl_refs.render.text.style import Style, Tone, style_for


class Stream(io.StringIO):
    """A text stream with a given encoding that may claim to be a terminal."""

    def __init__(self, terminal: bool, encoding: str | None = "UTF-8") -> None:
        super().__init__()
        self._terminal = terminal
        self._encoding = encoding

    def isatty(self) -> bool:
        return self._terminal

    @property
    def encoding(self) -> str | None:  # type: ignore[override]
        return self._encoding


TERMINAL: Mapping[str, str] = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("terminal", "environ", "choice", "colored"),
    [
        (True, TERMINAL, "auto", True),
        (False, TERMINAL, "auto", False),
        (True, {"TERM": "dumb"}, "auto", False),
        (True, {**TERMINAL, "NO_COLOR": "1"}, "auto", False),
        (True, {**TERMINAL, "NO_COLOR": ""}, "auto", True),
        (True, TERMINAL, "never", False),
        (False, TERMINAL, "always", True),
        (False, {"TERM": "dumb", "NO_COLOR": "1"}, "always", True),
    ],
)
def test_colour_is_for_terminals_that_can_unless_the_user_says_otherwise(
    terminal: bool, environ: Mapping[str, str], choice: str, colored: bool
) -> None:
    assert style_for(Stream(terminal), environ, 0, choice).color is colored


@pytest.mark.parametrize(
    ("terminal", "environ", "encoding", "unicode"),
    [
        (True, TERMINAL, "UTF-8", True),
        (True, TERMINAL, "utf8", True),
        (True, TERMINAL, "latin-1", False),
        (True, TERMINAL, "ANSI_X3.4-1968", False),
        (True, TERMINAL, None, False),
        (True, {"TERM": "dumb"}, "UTF-8", False),
        (True, {**TERMINAL, "NO_COLOR": "1"}, "UTF-8", True),
        (False, TERMINAL, "UTF-8", False),
    ],
)
def test_glyphs_beyond_ascii_are_for_terminals_that_speak_utf_8(
    terminal: bool, environ: Mapping[str, str], encoding: str | None, unicode: bool
) -> None:
    assert style_for(Stream(terminal, encoding), environ, 0).unicode is unicode


def test_the_width_is_the_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "123")
    assert style_for(Stream(True), TERMINAL, 0).width == 123
    assert style_for(Stream(True), {"TERM": "dumb"}, 0).width == 123


def test_a_terminal_that_does_not_tell_its_width_counts_as_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(os, "get_terminal_size", lambda _fd: os.terminal_size((0, 0)))
    assert style_for(Stream(True), TERMINAL, 0).width == 80


def test_what_is_no_terminal_has_no_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "123")
    style = style_for(Stream(False), TERMINAL, 0, "always")
    assert style.width is None
    assert style.prose_width is None


@pytest.mark.parametrize(
    ("width", "prose", "excerpts"), [(40, 40, False), (79, 79, False), (80, 80, True), (200, 100, True)]
)
def test_sentences_end_at_100_columns_and_excerpts_need_80(width: int, prose: int, excerpts: bool) -> None:
    style = Style(0, width=width)
    assert (style.prose_width, style.excerpts) == (prose, excerpts)


def test_a_pipe_gets_no_excerpts() -> None:
    assert not Style(0).excerpts


@pytest.mark.parametrize("role", Tone)
def test_paint_closes_what_it_opens_and_adds_nothing_without_colour(role: Tone) -> None:
    assert Style(0).paint("text", role) == "text"
    assert Style(0, color=True).paint("", role) == ""
    painted = Style(0, color=True).paint("text", role)
    assert painted == "text" if role is Tone.PLAIN else painted.startswith("\x1b[") and painted.endswith("text\x1b[0m")


@pytest.mark.parametrize("char", ["→", "│"])
def test_every_glyph_has_an_ascii_twin(char: str) -> None:
    assert Style(0, unicode=True).glyph(char) == char
    assert Style(0).glyph(char).isascii()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ünïcode, 漢字, 😀", "plain, ünïcode, 漢字, 😀"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\rb\nc\td", r"a\rb\nc\td"),
        ("\x00\x7f\x9b", r"\x00\x7f\x9b"),
        ("name\u202egnp.exe", r"name\u202egnp.exe"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("\u2028\u2029\u2066\u061c\ufeff", r"\u2028\u2029\u2066\u061c\ufeff"),
        ("soft\u00adhyphen", r"soft\xadhyphen"),
        ("\u034f\u115f\u180e\u3164\ufe0f\uffa0", r"\u034f\u115f\u180e\u3164\ufe0f\uffa0"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("half\ud800", r"half\ud800"),
    ],
)
def test_control_direction_and_invisible_characters_are_spelled_out(text: str, shown: str) -> None:
    assert safe(text) == shown
    assert safe(shown) == shown
