"""Who uses a grant, who else could, and what depends on it."""

from __future__ import annotations

import pytest

from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.grants.digest import Digest
from kubectl_refs.core.model.objects import GATEWAY_GROUP, ObjectKey
from kubectl_refs.core.view.holders import references_in, references_uncached
from kubectl_refs.core.view.view import View
from tests.support.builders import from_entry, grant, route_to, route_with, service, to_entry
from tests.support.surveying import Cluster, described, report_on, surveyed

GATEWAY_PARENT = {"name": "public"}
SERVICE_PARENT = {"group": "", "kind": "Service", "name": "web"}


def test_users_are_told_pair_by_pair_with_exact_paths() -> None:
    objects = [
        grant([from_entry(), from_entry(kind="GRPCRoute")], [to_entry(name="api"), to_entry(name="b")]),
        route_to(("frontend", "own"), ("backend", "b"), ("backend", "api")),
        route_to(("backend", "b"), kind="GRPCRoute", name="calls"),
    ]

    usage = described(report_on(*objects)).usage

    assert [
        (pair.from_index, pair.to_index, [(user.referrer.name, user.path) for user in pair.users])
        for pair in usage.pairs
    ] == [
        (0, 0, [("web", "spec.rules[2].backendRefs[0]")]),
        (0, 1, [("web", "spec.rules[1].backendRefs[0]")]),
        (1, 0, []),
        (1, 1, [("calls", "spec.rules[0].backendRefs[0]")]),
    ]


def test_a_reference_that_another_grant_permits_too_does_not_hang_on_one() -> None:
    objects = [
        grant([from_entry()], [to_entry()]),
        grant([from_entry()], [to_entry(name="api")], name="h"),
        route_to(("backend", "api"), ("backend", "b")),
    ]

    report = report_on(*objects)

    assert [user.to.name for user in described(report).usage.sole] == ["b"]
    assert described(report, "h").usage.sole == ()


def test_a_route_of_a_gateway_and_of_a_mesh_hangs_on_its_grant() -> None:
    both = route_to(("backend", "api"), parents=[GATEWAY_PARENT, SERVICE_PARENT])
    usage = described(report_on(grant([from_entry()], [to_entry()]), both)).usage
    assert (len(usage.sole), usage.mesh) == (1, frozenset())


def test_what_passes_by_default_uses_its_grant_and_does_not_hang_on_it() -> None:
    policy = {
        "apiVersion": "gateway.kgateway.dev/v1alpha1",
        "kind": "TrafficPolicy",
        "metadata": {"name": "auth", "namespace": "frontend"},
        "spec": {"extAuth": {"extensionRef": {"name": "ext", "namespace": "backend"}}},
    }
    delegating = route_to(("backend", "child"), target={"group": GATEWAY_GROUP, "kind": "HTTPRoute"})
    kinds = [("gateway.kgateway.dev", "TrafficPolicy"), (GATEWAY_GROUP, "HTTPRoute")]
    targets = [("gateway.kgateway.dev", "GatewayExtension"), (GATEWAY_GROUP, "HTTPRoute")]
    permitting = grant([from_entry(*kind) for kind in kinds], [to_entry(*target) for target in targets])

    usage = described(report_on(permitting, policy, delegating)).usage

    assert [user.to.name for user in usage.users] == ["ext", "child"]
    assert usage.sole == ()
    assert usage.optional == set(usage.users)


@pytest.mark.parametrize(
    ("listener", "users"),
    [
        pytest.param({"protocol": "HTTPS"}, 1, id="used"),
        pytest.param({"protocol": "TLS", "mode": "Passthrough"}, 0, id="passed through"),
        pytest.param({"protocol": "TCP"}, 0, id="without TLS"),
    ],
)
@pytest.mark.parametrize("kind", ["Gateway", "ListenerSet"])
def test_a_certificate_uses_a_grant_where_its_listener_ends_tls(
    kind: str, listener: dict[str, str], users: int
) -> None:
    mode = {"mode": listener["mode"]} if "mode" in listener else {}
    tls = {"certificateRefs": [{"name": "cert", "namespace": "backend"}], **mode}
    holder = route_with({"listeners": [{"name": "l", "port": 443, "protocol": listener["protocol"], "tls": tls}]}, kind)

    usage = described(report_on(grant([from_entry(kind=kind)], [to_entry(kind="Secret")]), holder)).usage

    assert (len(usage.users), len(usage.sole)) == (users, users)


def test_everybody_of_the_kind_and_namespace_could_use_it() -> None:
    objects = [
        grant([from_entry()], [to_entry(name="api")]),
        route_to(("backend", "api")),
        route_to(("frontend", "own"), name="idle"),
        route_to(("backend", "api"), name="elsewhere", namespace="other"),
        route_to(("backend", "api"), name="calls", kind="GRPCRoute"),
    ]
    ((_, able),) = described(report_on(*objects)).usage.possible_referrers.items()
    assert able is not None
    assert [key.name for key in able] == ["web", "idle"]


def test_who_is_there_of_a_kind_beyond_the_table_is_asked_for_where_one_grant_is_described() -> None:
    widget = {
        "apiVersion": "example.org/v1",
        "kind": "Widget",
        "metadata": {"name": "w", "namespace": "frontend"},
        "spec": {"secret": "of no concern"},
    }
    objects = [grant([from_entry("example.org", "Widget")], [to_entry(name="api")]), widget, service()]

    usage = described(report_on(*objects, namespace="backend", everywhere=True)).usage

    assert list(usage.possible_referrers.values()) == [(ObjectKey("example.org", "Widget", "frontend", "w"),)]
    assert not usage.known
    assert list(described(report_on(*objects)).usage.possible_referrers.values()) == [None]


def test_an_unread_namespace_leaves_the_others_known() -> None:
    objects = [
        grant([from_entry(), from_entry(namespace="other")], [to_entry(name="api")]),
        route_to(("backend", "api")),
        route_to(("backend", "api"), namespace="other"),
    ]

    source = Cluster(
        objects, refuses=lambda read: getattr(read, "namespace", "") == "other" and read.group_kind.kind == "HTTPRoute"
    )
    usage = described(surveyed(source, "backend")).usage

    assert [(pair.known, len(pair.users)) for pair in usage.pairs] == [(True, 1), (False, 0)]
    assert [able is None for able in usage.possible_referrers.values()] == [False, True]
    assert not usage.known


def test_of_a_route_that_stays_in_its_namespace_nothing_but_its_name_is_kept() -> None:
    digest = Digest(TABLE)
    kept = digest(route_to(("frontend", "own"), parents=[{"name": "public", "namespace": "infra"}]))
    assert kept == {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "web", "namespace": "frontend"},
    }
    assert "spec" in digest(route_to(("backend", "api")))
    assert "spec" in Digest(TABLE, ObjectKey("", "Service", "frontend", "own"))(route_to(("frontend", "own")))


def test_of_a_route_whose_annotation_leads_elsewhere_what_refers_is_kept() -> None:
    route = route_to(("frontend", "own"))
    plugins = {"konghq.com/plugins": "backend:limit"}
    kept = Digest(TABLE)({**route, "metadata": {**route["metadata"], "annotations": {**plugins, "note": "long"}}})
    assert kept["metadata"] == {"name": "web", "namespace": "frontend", "annotations": plugins}
    found, _ = references_of(kept, TABLE)
    assert [each.reference.to.path for each in found if each.reference.crosses] == ["backend/limit"]


def test_references_that_are_looked_through_once_are_those_that_are_kept_and_are_not_kept_for_it() -> None:
    route = route_to(("backend", "api"))
    view = View(Cluster([]).catalog, {})

    found = references_uncached(view, route)

    assert view.kept_for("references in", route) is None
    assert references_in(view, route) == found
    assert references_uncached(view, route) is references_in(view, route)
