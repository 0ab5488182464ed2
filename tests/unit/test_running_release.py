"""The release of a controller is read where it matters; without the right to read it, only certainty is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.view.catalog import CORE_KINDS, ServedKind
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.fakes.api import FakeAPI
from tests.support.running import Program

PATH = "/apis/apps/v1/namespaces/traefik/deployments/traefik"
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "traefik", "namespace": "traefik"},
    "spec": {"template": {"spec": {"containers": [{"name": "traefik", "image": "traefik:v3.0.4"}]}}},
}
PERMITTING = grant([from_entry()], [to_entry(name="api")])


def route() -> dict[str, Any]:
    reported = {"type": "ResolvedRefs", "status": "True", "reason": "ResolvedRefs", "observedGeneration": 1}
    parent = {"name": "gate", "namespace": "frontend"}
    entry = {"parentRef": parent, "controllerName": "traefik.io/gateway-controller", "conditions": [reported]}
    made = dict(route_to(("backend", "api")))
    return {
        **made,
        "metadata": {**made["metadata"], "generation": 1},
        "spec": {**made["spec"], "parentRefs": [parent]},
        "status": {"parents": [entry]},
    }


def answered(refs: Program, api: FakeAPI) -> dict[str, Any]:
    refs.use(api)
    done = refs("why", "httproute/web", "-n", "frontend", "-o", "json")
    data: dict[str, Any] = json.loads(done.out)
    return data


@pytest.mark.parametrize(("objects", "reads"), [((), 1), ((PERMITTING,), 0)])
def test_a_deployment_is_read_where_something_depends_on_the_release(
    refs: Program, objects: tuple[JSON, ...], reads: int
) -> None:
    kinds = (*CORE_KINDS, *GATEWAY_API_KINDS, ServedKind("apps", "Deployment", "deployments", ("v1",)))
    everything = [DEPLOYMENT, route(), service(), *namespaces("frontend", "backend", "traefik"), *objects]
    with FakeAPI(everything, kinds=kinds) as api:
        data = answered(refs, api)
        assert api.paths.count(PATH) == reads
        assert ("Deployment traefik/traefik runs Traefik v3.0.4" in json.dumps(data)) is bool(reads)
        api.forbid("deployments")
        refused = answered(refs, api)
    assert ("if Traefik is older than 3.1.0" in json.dumps(refused)) is bool(reads)
    assert refused.get("gaps", []) == data.get("gaps", [])
    assert "deployments" not in json.dumps(refused)
