from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.asking import Program
from tests.support.cluster.case import Case
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    backend,
    route,
    service,
    to_backends,
)

Make = Callable[[ApiServer], Case]


@pytest.fixture
def make(fresh: Fresh, refs: Program) -> Make:
    def case(server: ApiServer) -> Case:
        found = Case(server, refs, fresh(server, "frontend"), fresh(server, "shared"))
        server.apply(service(found.shared), route(found.frontend, to_backends(backend(found.shared))))
        return found

    return case


@pytest.fixture
def case(make: Make, cluster: ApiServer) -> Case:
    return make(cluster)


@pytest.fixture(params=["cluster", "old_cluster"])
def any_case(make: Make, request: pytest.FixtureRequest) -> Case:
    """The case on the cluster of today, and on that of 2024."""
    return make(request.getfixturevalue(request.param))
