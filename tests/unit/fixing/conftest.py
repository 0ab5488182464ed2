from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.builders import namespaces, service
from tests.support.fakes.api import FakeAPI
from tests.support.fakes.writing import Writing
from tests.support.fixing import GATEWAY, Answer, Keyboard, attached_route
from tests.support.running import Program


@pytest.fixture
def api() -> Iterator[FakeAPI]:
    objects = [*namespaces("frontend", "backend"), GATEWAY, service("backend"), attached_route("backend")]
    with FakeAPI(objects) as server:
        yield server


@pytest.fixture
def writing(api: FakeAPI) -> Writing:
    return Writing(api)


@pytest.fixture
def program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, api: FakeAPI
) -> Program:
    found = Program(capsys, monkeypatch, tmp_path)
    found.use(api)
    return found


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Makes the program believe that it talks to a terminal, at which the given text is typed."""

    def answer(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", Keyboard(text))
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    return answer
