"""The server's warnings: printed once, on standard error, as kubectl prints them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.fakes.api import FakeAPI
from tests.support.running import WORKING, Program, objects_of

COMMANDS = [
    ("why", "httproute/frontend-routes"),
    ("check",),
    ("grants",),
    ("fix", "httproute/frontend-routes"),
    ("can-i", "httproute", "service/a.b"),
    ("who-can",),
    ("kinds",),
    ("version",),
]
WHY = COMMANDS[0]
PLAIN = "Warning: it is old\nWarning: and \\x1b[31mred\n"
PAINTED = PLAIN.replace("Warning:", "\x1b[33;1mWarning:\x1b[0m")


@pytest.fixture
def refs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Program(capsys, monkeypatch, tmp_path)


def told(refs: Program, *words: str) -> str:
    """Standard error of a run against a server that gives two warnings in every answer."""
    with FakeAPI(objects_of(WORKING)) as api:
        api.warnings = ("it is old", "and \x1b[31mred")
        refs.use(api, "frontend")
        return refs(*words).err


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_every_command_tells_each_warning_once(refs: Program, words: Sequence[str]) -> None:
    assert told(refs, *words).count("Warning:") == 2
    assert PLAIN in told(refs, *words)


def test_the_word_is_yellow_on_a_terminal(refs: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert told(refs, *WHY) == PAINTED


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_the_environment_may_forbid_colour(
    refs: Program, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv(name, value)
    assert told(refs, *WHY) == PLAIN


@pytest.mark.parametrize(("color", "expected"), [("never", PLAIN), ("always", PAINTED)])
def test_the_flag_about_colour_counts_for_warnings_too(
    refs: Program, monkeypatch: pytest.MonkeyPatch, color: str, expected: str
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: color == "never")
    assert told(refs, *WHY, "--color", color) == expected


@pytest.mark.parametrize("words", [("why", "httproute/nope"), ("why", "nonsense/x"), ("grants", "nope")])
def test_warnings_are_told_where_the_command_ends_with_an_error_too(refs: Program, words: Sequence[str]) -> None:
    lines = told(refs, *words).splitlines(keepends=True)
    assert len(lines) == 3
    assert "".join(line for line in lines if line.startswith("Warning:")) == PLAIN
