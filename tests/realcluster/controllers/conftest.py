"""The controllers as fixtures, started when the first test asks for one, and the switch that leaves their tests out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support.cluster.asking import Program, Terminal
from tests.support.cluster.binaries import Binaries
from tests.support.controllers import envoy_gateway, istio
from tests.support.controllers.controller import Controller
from tests.support.controllers.programs import SKIP

HERE = Path(__file__).parent
_left_out = 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    global _left_out
    if os.environ.get(SKIP) != "1":
        return
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    _left_out = len(ours)
    config.hook.pytest_deselected(items=ours)
    items[:] = [item for item in items if not item.path.is_relative_to(HERE)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _left_out:
        terminalreporter.write_sep("=", f"{_left_out} tests of real controllers were left out: {SKIP}=1", yellow=True)


def _running(name: str, programs: Binaries) -> AbstractContextManager[Controller]:
    return {"envoy-gateway": envoy_gateway.running, "istio": istio.running}[name](programs)


@pytest.fixture(scope="session", params=["envoy-gateway", "istio"])
def controller(programs: Binaries, request: pytest.FixtureRequest) -> Iterator[Controller]:
    """Each controller in turn, with an API server of its own."""
    with _running(request.param, programs) as running:
        yield running


@pytest.fixture
def terminal(controller: Controller, refs: Program, shell: Program) -> Terminal:
    """A user's terminal on the controller's cluster."""
    return Terminal(controller.server, refs, shell)
