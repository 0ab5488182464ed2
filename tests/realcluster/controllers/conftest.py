"""The controllers as fixtures, started when the first test needs one, and the switch that skips their tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cluster.asking import Program, Terminal
from tests.support.cluster.binaries import Binaries
from tests.support.controllers import cilium, envoy_gateway, istio
from tests.support.controllers.controller import Controller
from tests.support.controllers.programs import SKIP

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get(SKIP) == "1":
        for item in items:
            if item.path.is_relative_to(HERE):
                item.add_marker(pytest.mark.skip(reason=f"real controllers are left out: {SKIP}=1"))


RUNNING = {"envoy-gateway": envoy_gateway.running, "istio": istio.running, "cilium": cilium.running}


@pytest.fixture(scope="session", params=RUNNING)
def controller(programs: Binaries, request: pytest.FixtureRequest) -> Iterator[Controller]:
    """Each controller in turn, with an API server of its own."""
    with RUNNING[request.param](programs) as running:
        yield running


@pytest.fixture
def terminal(controller: Controller, refs: Program, shell: Program) -> Terminal:
    """A user's terminal on the controller's cluster."""
    return Terminal(controller.server, refs, shell)
