from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fakes.api import TLS, FakeAPI


@pytest.fixture
def api() -> Iterator[FakeAPI]:
    with FakeAPI() as server:
        yield server


@pytest.fixture
def secure() -> Iterator[FakeAPI]:
    """A server with TLS, without which credentials are never sent."""
    with FakeAPI(tls=TLS) as server:
        yield server
