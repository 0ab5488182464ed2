"""The refused references that a grant is meant for. References that no grant tells apart are examined together."""

from __future__ import annotations

import pytest

from kubectl_refs.core.model.fixes import Confidence
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.surveying import described, findings_on, report_on

AROUND = (*namespaces("frontend", "backend"), service())
SLIP = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
MESH = route_to(("backend", "api"), name="in-mesh", parents=[{"group": "", "kind": "Service", "name": "web"}])
BOUND = route_to(("backend", "api"), name="bound")


@pytest.mark.parametrize(
    ("routes", "confidence"),
    [
        ((MESH, BOUND), Confidence.LIKELY),
        ((BOUND, MESH), Confidence.LIKELY),
        ((MESH,), Confidence.GUESS),
    ],
)
def test_a_grant_is_meant_for_the_route_of_a_gateway_and_not_for_the_like_one_of_a_mesh(
    routes: tuple[JSON, ...], confidence: Confidence
) -> None:
    (slip, *_) = findings_on(SLIP, *AROUND, *routes)
    assert slip.fixes[0].confidence is confidence


def test_of_like_references_a_swapped_grant_is_meant_for_the_one_whose_referrer_it_names() -> None:
    swapped = grant([from_entry("", "Service")], [to_entry(GATEWAY_GROUP, "HTTPRoute", "named")])
    named = route_to(("backend", "api"), name="named")
    other = route_to(("backend", "api"), name="other")

    for routes, action in (((other, named), "patch"), ((other,), "edit")):
        (finding,) = described(report_on(swapped, *AROUND, *routes, everywhere=True)).findings
        assert finding.fixes[0].action == action


def test_of_references_near_to_the_same_grants_one_may_lead_to_what_does_not_exist() -> None:
    """Both have the same near grants, since none names a target. One is itself wrong: its target is beside it."""
    misplaced = grant([from_entry()], [to_entry()], namespace="frontend")
    beside = service(name="gone", namespace="frontend")
    gone, there = (route_to(("backend", name), name=f"to-{name}") for name in ("gone", "api"))

    for routes in ((gone, there), (there, gone)):
        report = report_on(misplaced, beside, *AROUND, *routes, namespace="frontend", everywhere=True)
        assert [str(reference.to) for reference, _ in described(report).meant_but_refused] == ["Service backend/api"]


def test_what_a_grant_is_plainly_meant_for_is_told_in_the_order_of_the_referrers() -> None:
    useless = grant([from_entry(namespace="*")], [to_entry()])
    routes = [route_to(("backend", "b"), ("backend", "api"), name=name) for name in ("one", "two")]

    report = report_on(useless, *AROUND, service(name="b"), *routes, namespace="backend", everywhere=True)

    told = [(reference.referrer.name, reference.to.name) for reference, _ in described(report).meant_but_refused]
    assert told == [("one", "b"), ("one", "api"), ("two", "b"), ("two", "api")]
