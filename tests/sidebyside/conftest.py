"""Two servers with the same route in several namespaces, and the two programs that ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster import binaries
from tests.support.fakes.api import TLS, FakeAPI
from tests.support.side_by_side import NAME, Sides


@pytest.fixture(scope="session")
def kubectl() -> Path:
    return binaries.find().kubectl


def _route(namespace: str) -> JSON:
    metadata = {"name": NAME, "namespace": namespace}
    return {"apiVersion": f"{GATEWAY_GROUP}/v1", "kind": "HTTPRoute", "metadata": metadata, "spec": {}}


@pytest.fixture
def servers() -> Iterator[Mapping[str, FakeAPI]]:
    """Servers A and B with TLS, and `plain` without."""
    routes = [_route(namespace) for namespace in ("default", "shop", "infra")]
    with FakeAPI(routes, tls=TLS) as a, FakeAPI(routes, tls=TLS) as b, FakeAPI(routes) as plain:
        yield {"a": a, "b": b, "plain": plain}


@pytest.fixture
def sides(
    kubectl: Path,
    servers: Mapping[str, FakeAPI],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Sides:
    return Sides(kubectl, servers, tmp_path, monkeypatch, capsys)
