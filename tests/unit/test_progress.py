"""Progress: shown to a user who waits at a terminal, gone when the answer comes, and shown nowhere else."""

from __future__ import annotations

import io
import os

import pytest

from kubectl_refs.process.progress import PATIENCE, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_who_waits_at_a_terminal_is_told_what_is_read_and_the_line_is_erased() -> None:
    stream, clock = Terminal(), Clock()
    with Progress(stream, clock) as progress:
        progress("httproutes", 500)
        assert stream.getvalue() == ""
        clock.now = PATIENCE
        progress("httproutes", 500)
        progress("referencegrants", 7)
        shown = "\rread 1000 httproutes ..."
        assert stream.getvalue() == shown
    assert stream.getvalue() == f"{shown}\r{' ' * (len(shown) - 1)}\r"


def test_a_quick_answer_leaves_no_trace_on_a_terminal() -> None:
    stream = Terminal()
    with Progress(stream, Clock()) as progress:
        progress("httproutes", 500)
    assert stream.getvalue() == ""


def test_a_line_of_progress_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_args, **_kwargs: os.terminal_size((12, 24)))
    stream, clock = Terminal(), Clock()
    with Progress(stream, clock) as progress:
        clock.now = PATIENCE
        progress("httproutes", 500)
        assert stream.getvalue() == "\rread 500 ht"


def test_progress_is_for_terminals_alone() -> None:
    stream, clock = io.StringIO(), Clock()
    with Progress(stream, clock) as progress:
        clock.now = PATIENCE
        progress("httproutes", 500)
    assert stream.getvalue() == ""


def test_what_a_server_calls_its_resources_cannot_paint_the_terminal() -> None:
    stream, clock = Terminal(), Clock()
    with Progress(stream, clock) as progress:
        clock.now = PATIENCE
        progress("routes\x1b[2J\n\u202e", 1)
        assert stream.getvalue() == r"\rread 1 routes\x1b[2J\n\u202e ...".replace(r"\r", "\r", 1)
