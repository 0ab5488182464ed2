"""Options and fixtures that tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.support.running import Program

# How long an example takes says how busy the machine is, and nothing about the program.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the text.txt of scenarios that have one anew instead of comparing it; read the difference before committing",
    )


TOGETHER = ("packaging", "realcluster/controllers", "realcluster")
"""Folders whose tests share what takes long to make: a release, a controller on a cluster of its own, the clusters."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n 3` the tests of a file, and of one of these folders, run in one process.

    They are handed out in the order of their paths. It begins with these folders, which take a minute and more each and
    wait for servers for a good part of it, so that two cores have time for three processes. It ends with a hundred files of
    `tests/unit`, which take a second: all processes end at about the same time.
    """
    from xdist.scheduler import LoadScopeScheduling

    # Otherwise what has few tests comes last, such as a controller or a browser, while all others wait.
    config.option.loadscopereorder = False

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc, unused-ignore]
        def _split_scope(self, nodeid: str) -> str:
            place = nodeid.partition("::")[0].removeprefix("tests/")
            return next((folder for folder in TOGETHER if place.startswith(f"{folder}/")), place)

    return Scheduling(config, log)


@pytest.fixture
def refs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    """The program within this process, without the rows that whoever runs the tests has added to its table."""
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return Program(capsys, monkeypatch, tmp_path)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a busy server asks for, a test does not wait."""
    monkeypatch.setattr("kubectl_refs.kube.http.client.LONGEST_WAIT", 0)
