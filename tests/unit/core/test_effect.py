"""The effect of a failing reference on traffic, as the specification defines it (docs/rules.md 7.1)."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.references.impact import Impact
from tests.support.builders import route_with


def effects(spec: dict[str, Any], kind: str = "HTTPRoute") -> dict[str, str]:
    obj = route_with(spec, kind)
    held, _ = references_of(obj, TABLE)
    impact = Impact(obj)
    return {each.reference.path: impact.of(each) for each in held}


def rule(*weights: Any, **fields: Any) -> dict[str, Any]:
    """A rule with one backend for each weight; None leaves the weight out."""
    refs = [{"name": "s"} if weight is None else {"name": "s", "weight": weight} for weight in weights]
    return {"rules": [{"backendRefs": refs, **fields}]}


@pytest.mark.parametrize(
    ("kind", "effect"),
    [
        ("HTTPRoute", "all requests of spec.rules[0] get HTTP 500"),
        ("GRPCRoute", "all calls of spec.rules[0] fail with UNAVAILABLE"),
        ("TLSRoute", "all connections of spec.rules[0] are rejected"),
        ("TCPRoute", "all connections of spec.rules[0] are rejected"),
        ("UDPRoute", "all packets of spec.rules[0] are dropped"),
    ],
)
def test_the_only_backend_of_a_rule_fails_all_its_traffic(kind: str, effect: str) -> None:
    assert effects(rule(None), kind) == {"spec.rules[0].backendRefs[0]": effect}


@pytest.mark.parametrize(
    ("weights", "share"),
    [
        ((None, None), "50% of the requests"),
        ((1, None, None), "33% of the requests"),
        ((9, 1), "90% of the requests"),
        ((1, 0), "all requests"),
        ((1, 99), "1% of the requests"),
        ((1, 199), "less than 1% of the requests"),
        ((99, 1), "99% of the requests"),
        ((999, 1), "more than 99% of the requests"),
        ((1_000_000, 1), "more than 99% of the requests"),
        (("5", 1), "50% of the requests"),
    ],
)
def test_the_share_of_a_backend_follows_from_the_weights(weights: tuple[Any, ...], share: str) -> None:
    found = effects(rule(*weights))["spec.rules[0].backendRefs[0]"]
    assert found == f"{share} of spec.rules[0] get HTTP 500"


@pytest.mark.parametrize("weights", [(0, 1), (0, 0), (0,)])
def test_a_backend_of_weight_zero_affects_no_requests(weights: tuple[Any, ...]) -> None:
    found = effects(rule(*weights))["spec.rules[0].backendRefs[0]"]
    assert found == "no requests of spec.rules[0] are affected: the weight is 0"


@pytest.mark.parametrize("weights", [(-3, 1), (1, -3), (1_000_001,)])
def test_a_weight_that_no_api_server_takes(weights: tuple[Any, ...]) -> None:
    assert set(effects(rule(*weights)).values()) == {"an API server refuses the object as it is written"}


def test_each_rule_is_weighed_by_itself() -> None:
    spec = {"rules": [{"backendRefs": [{"name": "a"}]}, {"backendRefs": [{"name": "b"}, {"name": "c", "weight": 3}]}]}
    assert effects(spec) == {
        "spec.rules[0].backendRefs[0]": "all requests of spec.rules[0] get HTTP 500",
        "spec.rules[1].backendRefs[0]": "25% of the requests of spec.rules[1] get HTTP 500",
        "spec.rules[1].backendRefs[1]": "75% of the requests of spec.rules[1] get HTTP 500",
    }


def test_a_malformed_backend_beside_it_does_not_matter() -> None:
    spec = {"rules": [{"backendRefs": [{"name": "a"}, "b"]}]}
    assert list(effects(spec)) == ["spec.rules[0].backendRefs[0]"]


FILTERS = [
    {"requestMirror": {"backendRef": {"name": "m"}}},
    {"externalAuth": {"backendRef": {"name": "a"}}},
    {"extensionRef": {"group": "example.org", "kind": "Filter", "name": "f"}},
]


@pytest.mark.parametrize("nested", [False, True])
def test_filters_have_effects_of_their_own(nested: bool) -> None:
    spec = {"rules": [{}, {"backendRefs": [{"name": "s", "filters": FILTERS}]} if nested else {"filters": FILTERS}]}
    place = "spec.rules[1].backendRefs[0].filters" if nested else "spec.rules[1].filters"
    found = effects(spec)
    assert found[f"{place}[0].requestMirror.backendRef"] == (
        "no copies are mirrored from spec.rules[1]; its answers to clients are not affected"
    )
    assert found[f"{place}[1].externalAuth.backendRef"] == (
        "requests of spec.rules[1] cannot be authorized and must be denied"
    )
    assert found[f"{place}[2].extensionRef"] == (
        "requests of spec.rules[1] get an HTTP error: an unresolved filter must not be skipped"
    )


def test_a_parent_that_fails_cuts_the_route_off_from_it() -> None:
    assert effects({"parentRefs": [{"name": "g"}]}) == {
        "spec.parentRefs[0]": "no requests reach this route through this parent"
    }
    assert effects({"parentRefs": [{"name": "g"}]}, "TCPRoute") == {
        "spec.parentRefs[0]": "no connections reach this route through this parent"
    }


@pytest.mark.parametrize(
    ("kind", "fields", "where"),
    [
        ("HTTPRoute", {"name": "checkout"}, 'spec.rules[0] ("checkout")'),
        ("HTTPRoute", {"matches": [{"path": {"value": "/a"}}]}, "spec.rules[0] (path /a)"),
        ("HTTPRoute", {"matches": [{"path": {"value": "/a"}}, {}, {}]}, "spec.rules[0] (path /a, and 2 more)"),
        ("HTTPRoute", {"name": "n", "matches": [{"path": {"value": "/a"}}]}, 'spec.rules[0] ("n")'),
        ("HTTPRoute", {"matches": [{"headers": [{"name": "x"}]}]}, "spec.rules[0]"),
        (
            "GRPCRoute",
            {"matches": [{"method": {"service": "shop.Cart", "method": "Add"}}]},
            "spec.rules[0] (method shop.Cart/Add)",
        ),
        ("GRPCRoute", {"matches": [{"method": {"service": "shop.Cart"}}]}, "spec.rules[0] (method shop.Cart)"),
        ("GRPCRoute", {"matches": [{"headers": []}]}, "spec.rules[0]"),
        ("HTTPRoute", {"matches": ["x"]}, "spec.rules[0]"),
        ("HTTPRoute", {"name": 3, "matches": {"path": "/a"}}, "spec.rules[0]"),
    ],
)
def test_a_rule_is_told_by_its_place_and_its_name_or_match(kind: str, fields: dict[str, Any], where: str) -> None:
    (found,) = effects(rule(None, **fields), kind).values()
    assert f" of {where} " in found


def effects_of_all(spec: dict[str, Any], kind: str = "HTTPRoute", *, when: str = "") -> list[str]:
    """The effects of the backends of a route, all of which fail but those called sound."""
    obj = route_with(spec, kind)
    held, _ = references_of(obj, TABLE)
    failing = [each for each in held if each.reference.to.name != "sound"]
    impact = Impact(obj, failing, when=when)
    return [impact.of(each) for each in failing]


@pytest.mark.parametrize(
    ("backends", "share", "because"),
    [
        ([{"name": "a"}, {"name": "b"}], "all", ": its 2 backendRefs fail"),
        ([{"name": "a", "weight": 3}, {"name": "b"}, {"name": "sound"}], "80% of the", ": 2 of its 3 backendRefs fail"),
        ([{"name": "a"}, {"name": "sound"}], "50% of the", ""),
        ([{"name": "a"}, {"name": "b", "weight": 0}], "all", ""),
        ([{"name": "a"}, {"name": "b", "weight": 0}, {"name": "sound"}], "50% of the", ""),
    ],
)
def test_failing_backends_of_a_rule_have_one_effect_together(
    backends: list[dict[str, Any]], share: str, because: str
) -> None:
    found = effects_of_all({"rules": [{"backendRefs": backends}]})
    harmless = "no requests of spec.rules[0] are affected: the weight is 0"
    assert set(found) - {harmless} == {f"{share} requests of spec.rules[0] get HTTP 500{because}"}


def test_what_a_rule_does_is_for_later_while_no_parent_admits_the_route() -> None:
    filters = [{"requestMirror": {"backendRef": {"name": "m"}}}]
    backends = [{"name": "a"}, {"name": "b", "weight": 0}, {"name": "c", "port": "x"}]
    spec = {"parentRefs": [{"name": "g"}], "rules": [{"backendRefs": backends, "filters": filters}]}
    assert sorted(effects_of_all(spec, when="once a parent admits the route")) == [
        "an API server refuses the object as it is written",
        "no requests of spec.rules[0] are affected: the weight is 0",
        "no requests reach this route through this parent",
        "once a parent admits the route, all requests of spec.rules[0] get HTTP 500: its 3 backendRefs fail",
        "once a parent admits the route, no copies are mirrored from spec.rules[0]; its answers to clients are not affected",
    ]
