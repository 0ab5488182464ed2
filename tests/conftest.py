"""Options and fixtures shared by the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.support.running import Program

# How long an example takes depends on how busy the machine is, and says nothing about the program.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the text.txt of scenarios that have one anew instead of comparing it; read the difference before committing",
    )


TOGETHER = ("packaging", "realcluster/controllers", "realcluster")
"""Folders whose tests share something slow to make: a release, a controller on a cluster of its own, the clusters."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n 3`, run the tests of a file, or of one of the TOGETHER folders, in one process.

    Scopes are handed out in the order of their paths. These folders come first: they take a minute or more each and
    often wait for servers, so that two cores have time for three processes. The hundred files of `tests/unit`, a second
    each, come last, so that all processes end at about the same time.
    """
    from xdist.scheduler import LoadScopeScheduling

    # By default, scopes with few tests come last, such as a controller or a browser, and all others wait for them.
    config.option.loadscopereorder = False

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc, unused-ignore]
        def _split_scope(self, nodeid: str) -> str:
            place = nodeid.partition("::")[0].removeprefix("tests/")
            return next((folder for folder in TOGETHER if place.startswith(f"{folder}/")), place)

    return Scheduling(config, log)


@pytest.fixture
def refs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    """The program within this process, without any rows that the user running the tests has added to its table."""
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return Program(capsys, monkeypatch, tmp_path)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait, however long a busy server asks for."""
    monkeypatch.setattr("kubectl_refs.kube.http.client.LONGEST_WAIT", 0)
