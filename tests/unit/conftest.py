"""A cluster and manifests of the objects that a module of tests calls OBJECTS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fakes.api import FakeAPI


@pytest.fixture
def api(request: pytest.FixtureRequest) -> Iterator[FakeAPI]:
    with FakeAPI(request.module.OBJECTS) as server:
        yield server


@pytest.fixture
def manifests(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    path = tmp_path / "all.json"
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(request.module.OBJECTS)}))
    return str(path)
