"""Questions about a parent, and about who serves it, are asked once for all routes that are alike. The answer is never
used for a route that differs in something that matters."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.queries.why import evaluate_object, investigate_each
from kubectl_refs.core.view.inquiry import inquire_each
from kubectl_refs.core.view.store import library_of
from kubectl_refs.manifests.source import Manifests
from tests.support.builders import grant, route_to

NAMESPACES = ("infra", "labelled", "bare")
PARENTS = (
    {"name": "edge", "namespace": "infra"},
    {"name": "other", "namespace": "infra"},
    {"name": "absent", "namespace": "infra"},
    {"name": "joined", "namespace": "infra", "kind": "ListenerSet"},
    {"name": "apart", "namespace": "infra", "kind": "ListenerSet"},
    {"name": "web", "namespace": "infra", "group": "", "kind": "Service"},
)
PARTS: tuple[dict[str, Any], ...] = (
    *({"sectionName": name} for name in ("same", "all", "selected", "named", "grpc", "nothing")),
    *({"port": port} for port in (80, 81)),
    {},
    {"sectionName": "all", "port": 81},
)
HOSTNAMES: tuple[list[str], ...] = ([], ["a.example.com"], ["a.example.org"], ["b.example.org", "${HOST}"])
BACKEND = {"name": "web", "namespace": "elsewhere", "port": 80}
CONTROLLERS = ("example.com/one", "networking.gke.io/gateway")
"""The second controller takes no backends in other namespaces."""


def made(kind: str, namespace: str, name: str, spec: JSON, **more: Any) -> JSON:
    metadata = {"name": name, "namespace": namespace, "generation": 2, **more.pop("metadata", {})}
    return {"apiVersion": f"{GATEWAY_GROUP}/v1", "kind": kind, "metadata": metadata, "spec": spec, **more}


def listener(name: str, namespaces: JSON, **more: Any) -> JSON:
    rules = {"namespaces": namespaces, **more.pop("rules", {})}
    return {"name": name, "port": 80, "protocol": "HTTP", "allowedRoutes": rules, **more}


def listeners() -> list[JSON]:
    return [
        listener("same", {"from": "Same"}),
        listener("all", {"from": "All"}, port=81),
        listener("selected", {"from": "Selector", "selector": {"matchLabels": {"routes": "yes"}}}),
        listener("named", {"from": "All"}, hostname="*.example.com"),
        listener("grpc", {"from": "All"}, rules={"kinds": [{"kind": "GRPCRoute"}]}),
    ]


def parents() -> list[JSON]:
    edge = {"gatewayClassName": "one", "listeners": listeners(), "allowedListeners": {"namespaces": {"from": "Same"}}}
    other = {"gatewayClassName": "two", "listeners": listeners()[1:2]}
    set_of = {"group": GATEWAY_GROUP, "kind": "Gateway"}
    gateways = [made("Gateway", "infra", "edge", edge), made("Gateway", "infra", "other", other)]
    sets = [
        made("ListenerSet", "infra", name, {"parentRef": {**set_of, "name": gateway}, "listeners": listeners()})
        for name, gateway in (("joined", "edge"), ("apart", "other"))
    ]
    classes = [
        {**made("GatewayClass", "", name, {"controllerName": by}), "metadata": {"name": name}}
        for name, by in zip(("one", "two"), CONTROLLERS, strict=True)
    ]
    labels = {"labelled": {"routes": "yes"}, "bare": {"routes": "no"}}
    spaces = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels.get(name, {})}}
        for name in NAMESPACES
    ]
    return [*gateways, *sets, *classes, *spaces]


def reported(by: str, status: str, reason: str, ref: JSON, generation: int = 2) -> JSON:
    condition = {"type": "Accepted", "status": status, "reason": reason, "observedGeneration": generation}
    return {"controllerName": by, "parentRef": ref, "conditions": [condition]}


def statuses(ref: JSON) -> list[list[JSON]]:
    one, two = CONTROLLERS
    return [
        [],
        [reported(one, "True", "Accepted", ref)],
        [reported(two, "True", "Accepted", ref)],
        [reported(one, "False", "NotAllowedByListeners", ref)],
        [reported(one, "False", "UnsupportedValue", ref), reported(two, "True", "Accepted", ref)],
        [reported(two, "False", "NotAllowedByListeners", ref, generation=1)],
    ]


def routes() -> list[JSON]:
    """Every seventh possible route, so that each pair of values occurs."""
    refs = [{**parent, **part} for parent in PARENTS for part in PARTS]
    alike = [(*each, 0) for each in product(refs, ("HTTPRoute", "GRPCRoute"), NAMESPACES, HOSTNAMES)]
    reports = [
        (refs[number], "HTTPRoute", "bare", HOSTNAMES[1], told) for number in range(len(refs)) for told in range(6)
    ]
    return [
        made(
            kind,
            namespace,
            f"route-{number}",
            {"parentRefs": [ref], "hostnames": hostnames, "rules": [{"backendRefs": [BACKEND]}]},
            **({"status": {"parents": statuses(ref)[told]}} if told else {}),
        )
        for number, (ref, kind, namespace, hostnames, told) in enumerate([*alike[::7], *reports])
    ]


@pytest.mark.parametrize("whole", [True, False])
def test_of_many_routes_each_is_told_what_it_would_be_told_alone(whole: bool) -> None:
    everything = routes()
    source = Manifests([*parents(), *everything], "default", whole=whole)
    together = investigate_each(source, library_of(source), everything)
    alone = [investigate_each(source, library_of(source), [route]) for route in everything]
    assert together.references == tuple(each for report in alone for each in report.references)
    assert together.conditions == tuple(each for report in alone for each in report.conditions)
    assert together.serving == tuple(each for report in alone for each in report.serving)
    found = {each.verdict for each in together.references if each.is_parent}
    assert found >= {Verdict.ALLOWED, Verdict.REFUSED, Verdict.BROKEN}


def test_the_grants_at_hand_are_those_of_the_namespaces_that_an_object_leads_to() -> None:
    grants = [grant(namespace=name) for name in ("backend", "shared")]
    leading = [["backend"], ["shared"], ["shared", "backend"], ["frontend"], ["backend"]]
    everything = [
        route_to(*((name, "api") for name in to), name=f"route-{number}") for number, to in enumerate(leading)
    ]
    source = Manifests([*grants, *everything], "default", whole=True)
    found, _ = inquire_each(source, library_of(source), everything, evaluate_object)
    names = [[each.namespace for each in of_one.grants] for of_one in found]
    assert [sorted(each) for each in names] == [["backend"], ["shared"], ["backend", "shared"], [], ["backend"]]
