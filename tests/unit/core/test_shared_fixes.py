"""Fixes are made once for all objects that need the same grants, and equal those made for each object alone."""

from __future__ import annotations

from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.queries.check import check
from kubectl_refs.core.view.store import Library
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.surveying import Cluster

THERE = [*namespaces("frontend", "backend"), service(), service("backend", "web"), service("backend", "db")]
NEAR = grant([from_entry(namespace="fronted")], [to_entry(name="api"), to_entry(name="web")], name="near")


def gateway(name: str, controller: str) -> list[JSON]:
    """A Gateway with a class of its own."""
    api = f"{GATEWAY_GROUP}/v1"
    return [
        {
            "apiVersion": api,
            "kind": "Gateway",
            "metadata": {"name": name, "namespace": "frontend"},
            "spec": {"gatewayClassName": name, "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]},
        },
        {"apiVersion": api, "kind": "GatewayClass", "metadata": {"name": name}, "spec": {"controllerName": controller}},
    ]


def fixes(*routes: JSON, grants: tuple[JSON, ...] = (NEAR,)) -> dict[tuple[str, str], tuple[Fix, ...]]:
    """The fixes offered for the references of routes that are checked together, by route and target."""
    report = check(Cluster([*routes, *grants, *THERE]), Library(), routes)
    return {
        (each.reference.referrer.name, each.reference.to.name): each.fixes
        for checked in report.objects
        for each in checked.references
    }


def test_a_change_that_several_objects_want_is_one() -> None:
    found = fixes(*(route_to(("backend", "api"), name=name) for name in ("one", "other")))
    assert found["one", "api"]
    assert all(one is other for one, other in zip(found["one", "api"], found["other", "api"], strict=True))


def test_a_repair_is_one_for_all_targets_that_it_permits() -> None:
    near = grant([from_entry(namespace="fronted")], [to_entry()], name="near")
    routes = [route_to(("backend", name), name=name) for name in ("api", "web")]
    (api, *_), (web, *_) = (
        [fix for fix in each if fix.action == "patch"] for each in fixes(*routes, grants=(near,)).values()
    )
    assert api is web


def test_what_one_object_needs_besides_is_no_need_of_another() -> None:
    both, alone = (
        route_to(("backend", "api"), ("backend", "web"), name="both"),
        route_to(("backend", "api"), name="alone"),
    )
    for routes in ((both, alone), (alone, both)):
        found = fixes(*routes)
        assert [fix.widens for fix in found["both", "api"] if fix.action == "patch"] == [()]
        assert [fix.widens for fix in found["alone", "api"] if fix.action == "patch"] == [
            ('HTTPRoutes in frontend to reference Service "web"',)
        ]
        assert [len((fix.manifest or {})["spec"]["to"]) for fix in found["both", "api"] if fix.manifest] == [2]
        assert [len((fix.manifest or {})["spec"]["to"]) for fix in found["alone", "api"] if fix.manifest] == [1]


def test_who_enforces_grants_is_told_by_the_gateways_of_each_route() -> None:
    gateways = [*gateway("strict", "example.com/any"), *gateway("lax", "stunner.l7mp.io/gateway-operator")]
    parents = (("strict",), ("lax",), ("strict", "lax"))
    routes = [
        route_to(("backend", "api"), name="-".join(names), parents=[{"name": name} for name in names])
        for names in parents
    ]
    for order in (routes, routes[::-1]):
        report = check(Cluster([*order, *gateways, *THERE]), Library(), order)
        effects = {
            each.reference.referrer.name: (each.effect, each.notes)
            for checked in report.objects
            for each in checked.references
            if not each.is_parent
        }
        refused = "all requests of spec.rules[0] get HTTP 500"
        told = (f"where ReferenceGrants are enforced, {refused}", effects["lax"][1])
        assert any("STUNner asks for no grant" in note for note in told[1])
        assert effects == {"strict": (refused, ()), "lax": told, "strict-lax": told}
