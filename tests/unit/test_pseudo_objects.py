"""Names that an implementation accepts although they are no objects; without it, they are targets of no kind."""

from __future__ import annotations

import json

import pytest

from kubectl_refs.core.view.catalog import CORE_KINDS, ServedKind
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.builders import namespaces, route_with
from tests.support.fakes.api import FakeAPI
from tests.support.running import Program

TRAEFIK = ServedKind("traefik.io", "TraefikService", "traefikservices", ("v1alpha1",))
AWS = ServedKind("gateway.k8s.aws", "TargetGroupConfiguration", "targetgroupconfigurations", ("v1beta1",))
INTERNAL = {"group": "traefik.io", "kind": "TraefikService", "name": "api@internal"}


@pytest.mark.parametrize(
    ("backend", "served", "verdict"),
    [
        (INTERNAL, [TRAEFIK], "allowed"),
        (INTERNAL, [], "broken"),
        ({**INTERNAL, "name": "api"}, [TRAEFIK], "broken"),
        ({"group": "", "kind": "TargetGroupName", "name": "imported"}, [AWS], "allowed"),
        ({"group": "", "kind": "TargetGroupName", "name": "imported"}, [TRAEFIK], "broken"),
    ],
)
def test_such_a_name_counts_where_its_implementation_is_installed(
    refs: Program, backend: dict[str, str], served: list[ServedKind], verdict: str
) -> None:
    route = route_with({"rules": [{"backendRefs": [backend]}]})
    with FakeAPI([route, *namespaces("frontend")], kinds=(*CORE_KINDS, *GATEWAY_API_KINDS, *served)) as api:
        refs.use(api)
        (found,) = json.loads(refs("why", "httproute/web", "-n", "frontend", "-o", "json").out)["references"]
    assert found["verdict"] == verdict
