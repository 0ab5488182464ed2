from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.realcluster.apiserver import ApiServer
from tests.realcluster.asking import Program
from tests.realcluster.conftest import Fresh
from tests.realcluster.fixing.case import Case
from tests.realcluster.objects import (
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
    """The case on the cluster of today and on that of 2024."""
    return make(request.getfixturevalue(request.param))
