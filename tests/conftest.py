"""Options and fixtures that tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.running import Program


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the text.txt of scenarios that have one anew instead of comparing it; read the difference before committing",
    )


@pytest.fixture
def refs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    """The program within this process, without the rows that whoever runs the tests has added to its table."""
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return Program(capsys, monkeypatch, tmp_path)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a busy server asks for, a test does not wait."""
    monkeypatch.setattr("kubectl_refs.kube.http.client.LONGEST_WAIT", 0)
