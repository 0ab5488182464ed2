"""A fake cluster with the OBJECTS of the test module, the program that asks about it, and files of manifests."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.fakes.api import FakeAPI
from tests.support.running import Program, written

Files = Callable[..., str]
"""Writes objects into a file of manifests, called `name` if that is given, and returns its path."""


@pytest.fixture
def api(request: pytest.FixtureRequest) -> Iterator[FakeAPI]:
    with FakeAPI(copy.deepcopy(list(request.module.OBJECTS))) as server:
        yield server


@pytest.fixture
def live(refs: Program, api: FakeAPI) -> Program:
    """The program with the fake server as its cluster and `frontend` as the current namespace."""
    refs.use(api, "frontend")
    return refs


@pytest.fixture
def manifests(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return written(tmp_path / "all.json", request.module.OBJECTS)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return lambda *objects, name="manifests.json": written(tmp_path / name, objects)
