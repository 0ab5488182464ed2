"""`diff` of the deletion of what others depend on without a reference: a GatewayClass, or the definition of a kind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from kubectl_refs.manifests.kinds import CRD
from tests.support.builders import gateway, grant, namespaces, route_to, service
from tests.support.fakes.api import FakeAPI
from tests.support.running import Done, Program
from tests.unit.conftest import Files

CLASS: JSON = {
    "apiVersion": f"{GATEWAY_GROUP}/v1",
    "kind": "GatewayClass",
    "metadata": {"name": "example"},
    "spec": {"controllerName": "example.com/c"},
}


def gateway_of_class(name: str) -> JSON:
    made = gateway(name)
    return {
        **made,
        "metadata": {"name": name, "namespace": "frontend"},
        "spec": {**made["spec"], "gatewayClassName": "example"},
    }


def definition(kind: str) -> JSON:
    served = next(each for each in GATEWAY_API_KINDS if each.kind == kind)
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": served.qualified},
        "spec": {
            "group": served.group,
            "scope": "Namespaced" if served.namespaced else "Cluster",
            "names": {"kind": kind, "plural": served.plural},
            "versions": [{"name": version, "served": True} for version in served.versions],
        },
    }


OBJECTS: tuple[JSON, ...] = (
    *namespaces("frontend", "backend"),
    *map(definition, ("GatewayClass", "Gateway", "HTTPRoute", "ReferenceGrant")),
    CLASS,
    gateway_of_class("public"),
    service(),
    grant(),
    route_to(("backend", "api"), parents=({"name": "public"},)),
)


@pytest.fixture
def cluster(live: Program, api: FakeAPI) -> Program:
    api.kinds = (*api.kinds, CRD)
    return live


def deleted(kind: str) -> str:
    return f"crd/{definition(kind)['metadata']['name']}"


def told(done: Done) -> list[str]:
    return [
        f"{each['change']} {each['to']['kind']} by {[cause['object']['kind'] for cause in each['causedBy']]}: "
        f"{(each['after'] or {'verdict': 'gone'})['verdict']}"
        for each in json.loads(done.out)["changes"]
    ]


def lost(done: Done) -> list[str]:
    return [
        f"{each['object']['kind']} by {[cause['object']['kind'] for cause in each['causedBy']]}"
        for each in json.loads(done.out)["unserved"]
    ]


BY_KIND = {
    "Gateway": (1, ["breaks Gateway by ['CustomResourceDefinition']: broken"]),
    "HTTPRoute": (
        0,
        [
            "removes Gateway by ['CustomResourceDefinition']: gone",
            "removes Service by ['CustomResourceDefinition']: gone",
        ],
    ),
    "ReferenceGrant": (3, ["alters Service by ['CustomResourceDefinition']: unknown"]),
}


@pytest.mark.parametrize("kind", BY_KIND)
def test_all_objects_of_a_kind_go_with_its_definition(cluster: Program, files: Files, kind: str) -> None:
    status, changes = BY_KIND[kind]
    done = cluster("diff", "--delete", deleted(kind), "-o", "json")
    assert (done.status, told(done)) == (status, changes)
    assert json.loads(done.out)["gaps"] == []
    offline = cluster("diff", "--base", files(*OBJECTS), "--whole", "--delete", deleted(kind), "-o", "json")
    assert (offline.status, told(offline)) == (status, changes)
    assert json.loads(offline.out)["gaps"] == []


def test_all_access_goes_with_the_definition_of_grants(cluster: Program, api: FakeAPI) -> None:
    done = cluster("diff", "--delete", deleted("ReferenceGrant"))
    assert done.out.splitlines()[0] == "delete CustomResourceDefinition referencegrants.gateway.networking.k8s.io"
    said = "access for HTTPRoutes in frontend to reference any Service in backend; 1 reference loses its permission by that: "
    said += "HTTPRoute frontend/web"
    assert f"  takes:    {said}" in done.out.splitlines()
    api.forbid("customresourcedefinitions")
    unread = cluster("diff", "--delete", deleted("ReferenceGrant"))
    assert (unread.status, f"  takes:    {said}" in unread.out.splitlines()) == (3, True)


@pytest.mark.parametrize("kind", BY_KIND)
def test_the_kind_of_a_definition_that_may_not_be_read_is_known_by_its_name(
    cluster: Program, api: FakeAPI, kind: str
) -> None:
    api.forbid("customresourcedefinitions")
    status, changes = BY_KIND[kind]
    done = cluster("diff", "--delete", deleted(kind), "-o", "json")
    # Whether the definition exists is a gap.
    assert (done.status, told(done)) == (status or 3, changes)
    assert [each["name"] for each in json.loads(done.out)["gaps"]] == [definition(kind)["metadata"]["name"]]


@pytest.mark.parametrize("name", ["deployments.apps", "nobodys.example.org"])
def test_a_definition_that_may_not_be_read_and_has_no_known_kind_takes_nothing(
    cluster: Program, api: FakeAPI, name: str
) -> None:
    api.forbid("customresourcedefinitions")
    done = cluster("diff", "--delete", f"crd/{name}")
    assert (done.status, "no reference is affected in what could be read" in done.out) == (3, True)


def test_what_a_definition_takes_is_not_laid_to_another_deletion(cluster: Program) -> None:
    words = ("--delete", deleted("Gateway"), "--delete", "service/api.backend")
    done = cluster("diff", *words, "-o", "json")
    assert told(done) == [
        "breaks Gateway by ['CustomResourceDefinition']: broken",
        "breaks Service by ['Service']: broken",
    ]


@pytest.mark.parametrize("word", ["gatewayclass/example", deleted("GatewayClass")])
def test_nothing_serves_the_gateways_of_a_class_that_is_deleted(cluster: Program, files: Files, word: str) -> None:
    kind = "GatewayClass" if "example" in word else "CustomResourceDefinition"
    losses = [f"Gateway by ['{kind}']", f"HTTPRoute by ['{kind}']"]
    done = cluster("diff", "--delete", word, "-o", "json")
    assert (done.status, told(done), lost(done)) == (1, [], losses)
    offline = cluster("diff", "--base", files(*OBJECTS), "--delete", word, "-o", "json")
    assert (offline.status, lost(offline)) == (1, losses)


def test_a_class_that_is_left_out_of_the_manifests_is_deleted(refs: Program, files: Files) -> None:
    base = files(*OBJECTS, name="base.json")
    left = files(*(each for each in OBJECTS if each is not CLASS), name="left.json")
    assert lost(refs("diff", "--base", base, "-f", left, "-o", "json")) == [
        "Gateway by ['GatewayClass']",
        "HTTPRoute by ['GatewayClass']",
    ]
    assert refs("diff", "--base", left, "-f", base).status == 0


def reporting(obj: JSON, status: Any) -> JSON:
    return {**obj, "metadata": {**obj["metadata"], "generation": 4}, "status": status}


def test_reports_from_before_the_deletion_of_a_class_do_not_count_after_it(cluster: Program, api: FakeAPI) -> None:
    def condition(type_: str) -> JSON:
        return {
            "type": type_,
            "status": "True",
            "reason": type_,
            "message": "",
            "observedGeneration": 4,
            "lastTransitionTime": "2026-11-01T00:00:00Z",
        }

    programmed = {"conditions": [condition("Accepted"), condition("Programmed")]}
    parent = {"parentRef": {"name": "public"}, "controllerName": "example.com/c", "conditions": [condition("Accepted")]}
    for index, obj in enumerate(api.objects):
        if obj["kind"] == "Gateway":
            api.objects[index] = reporting(obj, programmed)
        elif obj["kind"] == "HTTPRoute":
            api.objects[index] = reporting(obj, {"parents": [parent]})
    assert "not-served" not in cluster("check").out
    words = ("--delete", "gatewayclass/example", "--delete", "service/api.backend")
    done = cluster("diff", *words, "-o", "json")
    assert lost(done) == ["Gateway by ['GatewayClass']", "HTTPRoute by ['GatewayClass']"]
    assert told(done) == ["breaks Service by ['Service']: broken"]


def test_what_is_deleted_with_others_is_no_cause_by_itself(cluster: Program, api: FakeAPI) -> None:
    api.objects.append(gateway_of_class("other"))
    done = cluster("diff", "--delete", "gateway/other", "--delete", "gatewayclass/example", "-o", "json")
    assert lost(done) == ["Gateway by ['GatewayClass']", "HTTPRoute by ['GatewayClass']"]
