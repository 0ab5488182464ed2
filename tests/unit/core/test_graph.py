"""The graph of references: its nodes and edges, which of them are drawn, and when they are summarised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import GATEWAY, HTTP_ROUTE
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.check import check
from kubectl_refs.core.queries.drawn_graph import Graph, Grouping, Only, merge_alike, permits
from kubectl_refs.core.queries.graph import MOST, GraphOptions, graph
from kubectl_refs.core.view.store import Library
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.surveying import Cluster

PUBLIC: JSON = {
    "apiVersion": f"{GATEWAY_GROUP}/v1",
    "kind": "Gateway",
    "metadata": {"name": "public", "namespace": "infra"},
    "spec": {
        "gatewayClassName": "example",
        "listeners": [
            {
                "name": "https",
                "port": 443,
                "protocol": "HTTPS",
                "allowedRoutes": {"namespaces": {"from": "All"}},
                "tls": {"certificateRefs": [{"name": "cert", "namespace": "certs"}]},
            }
        ],
    },
}
OBJECTS = (
    *namespaces("frontend", "backend", "infra", "certs"),
    service(),
    service("frontend", "own"),
    PUBLIC,
    grant([from_entry()], [to_entry(name="api")]),
    route_to(
        ("backend", "api"), ("backend", "api"), ("frontend", "own"), parents=[{"name": "public", "namespace": "infra"}]
    ),
    route_to(("backend", "api"), namespace="team", name="other"),
)
WEB = ObjectKey(GATEWAY_GROUP, "HTTPRoute", "frontend", "web")
OTHER = ObjectKey(GATEWAY_GROUP, "HTTPRoute", "team", "other")
API = ObjectKey("", "Service", "backend", "api")
GATE = ObjectKey(GATEWAY_GROUP, "Gateway", "infra", "public")
CERT = ObjectKey("", "Secret", "certs", "cert")


def drawn(objects: Iterable[JSON] = OBJECTS, absent: Iterable[ObjectKey] = (), **wishes: Any) -> Graph:
    held = tuple(objects)
    referring = [obj for obj in held if key_of(obj).group_kind in (HTTP_ROUTE, GATEWAY)]
    report = check(Cluster(held), Library(), referring)
    return graph(report, GraphOptions(**wishes), lambda key: key in set(absent))


def ends(found: Graph) -> Counter[tuple[str, str]]:
    return Counter((edge.source.name, edge.target.name) for edge in found.edges)


def test_an_edge_is_one_reference_with_its_role_verdict_and_grants() -> None:
    found = {(edge.source, edge.target, edge.role): edge for edge in drawn().edges}
    assert found[WEB, API, Role.BACKEND].verdict is Verdict.ALLOWED
    assert [str(each) for each in found[WEB, API, Role.BACKEND].grants] == ["backend/g"]
    assert found[OTHER, API, Role.BACKEND].verdict is Verdict.REFUSED
    assert found[WEB, GATE, Role.PARENT].mechanism is Mechanism.ALLOWED_ROUTES
    assert found[GATE, CERT, Role.CERTIFICATE].verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ({}, {("web", "api"): 2, ("web", "public"): 1, ("other", "api"): 1, ("public", "cert"): 1}),
        ({"only": Only.REFUSED}, {("other", "api"): 1, ("public", "cert"): 1}),
        ({"from_namespace": "team"}, {("other", "api"): 1}),
        ({"to_namespace": "infra"}, {("web", "public"): 1}),
        ({"namespace": "infra"}, {("web", "public"): 1, ("public", "cert"): 1}),
        ({"namespace": "infra", "to_namespace": "certs"}, {("public", "cert"): 1}),
        ({"from_namespace": "nowhere"}, {}),
        ({"starts": (GATE,)}, {("web", "public"): 1, ("public", "cert"): 1}),
        ({"starts": (CERT,)}, {("web", "public"): 1, ("public", "cert"): 1}),
        ({"starts": (CERT,), "depth": 1}, {("public", "cert"): 1}),
        ({"starts": (WEB,), "depth": 1}, {("web", "api"): 2, ("web", "public"): 1}),
        ({"starts": (API,)}, {("web", "api"): 2, ("other", "api"): 1}),
    ],
)
def test_what_is_drawn(wishes: dict[str, Any], expected: dict[tuple[str, str], int]) -> None:
    assert ends(drawn(**wishes)) == expected


def test_what_is_left_out_for_leading_into_no_other_namespace_is_counted() -> None:
    assert drawn().hidden == 1
    assert drawn(only=Only.ALL).hidden == 0
    assert ends(drawn(only=Only.ALL))["web", "own"] == 1


def test_a_node_counts_its_references_and_is_missing_only_where_that_is_known() -> None:
    found = {node.key: node for node in drawn(absent=[CERT]).nodes}
    assert (found[WEB].references, found[API].references, found[CERT].references) == (3, 3, 1)
    assert [key for key, node in found.items() if node.missing] == [CERT]


def test_an_object_without_references_is_drawn_where_it_was_asked_for() -> None:
    lonely = ObjectKey("", "Service", "backend", "lonely")
    found = drawn(starts=(lonely,))
    assert [node.key for node in found.nodes] == [lonely]
    assert found.edges == ()


def test_a_circle_of_references_ends() -> None:
    circle = [
        route_to(("b", "own"), namespace="a", name="x", parents=[{"name": "y", "namespace": "b", "kind": "HTTPRoute"}]),
        route_to(("a", "own"), namespace="b", name="y", parents=[{"name": "x", "namespace": "a", "kind": "HTTPRoute"}]),
    ]
    found = drawn(circle, starts=(ObjectKey(GATEWAY_GROUP, "HTTPRoute", "a", "x"),))
    assert ends(found) == {("x", "y"): 1, ("y", "x"): 1, ("x", "own"): 1, ("y", "own"): 1}


def test_by_namespace_what_is_alike_is_summed() -> None:
    found = drawn(by=Grouping.NAMESPACE, only=Only.ALL)
    counts = {(edge.source.name, edge.target.name, edge.verdict): edge.count for edge in found.edges}
    assert counts["frontend", "backend", Verdict.ALLOWED] == 2
    assert counts["frontend", "frontend", Verdict.ALLOWED] == 1
    assert counts["team", "backend", Verdict.REFUSED] == 1
    assert sum(counts.values()) == sum(edge.count for edge in drawn(only=Only.ALL).edges)
    assert {node.key.kind for node in found.nodes} == {"Namespace"}


def test_too_many_objects_are_summed_unless_asked_otherwise() -> None:
    many = [route_to(("backend", "api"), name=f"r{number}") for number in range(MOST)]
    assert drawn(many[:-1]).by is Grouping.OBJECT
    found = drawn(many)
    assert (found.by, found.summed) == (Grouping.NAMESPACE, MOST + 1)
    assert [edge.count for edge in found.edges] == [MOST]
    asked = drawn(many, by=Grouping.OBJECT)
    assert (len(asked.edges), asked.summed) == (MOST, 0)


def test_what_permits_a_crossing_is_a_grant_or_the_target_itself() -> None:
    found = [(each.by.kind, each.by.name, each.mechanism, each.allows) for each in permits(drawn())]
    assert found == [
        ("ReferenceGrant", "g", Mechanism.REFERENCE_GRANT, (WEB,)),
        ("Gateway", "public", Mechanism.ALLOWED_ROUTES, (WEB,)),
    ]


def test_edges_that_differ_in_their_path_alone_are_one_in_a_picture() -> None:
    counts = {(edge.source.name, edge.target.name): edge.count for edge in merge_alike(drawn().edges)}
    assert counts["web", "api"] == 2
    assert sum(counts.values()) == len(drawn().edges)
