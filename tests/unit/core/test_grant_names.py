"""Names of suggested grants: different referrers or targets give different names, whatever objects are called."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.fixes.grant_names import describing, part_of
from kubectl_refs.core.model.objects import GATEWAY_GROUP, ObjectKey
from tests.support.builders import PROPERTY

Grant = tuple[str, str, str, tuple[ObjectKey, ...]]
"""Group, kind and namespace of the referrers, and the targets in order."""

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
SUBDOMAIN = re.compile(rf"{LABEL.pattern}(\.{LABEL.pattern})*")

PIECES = (
    "a",
    "b",
    "to",
    "and",
    "-to-",
    "-and-",
    "-",
    ".",
    "any",
    "service",
    "secret",
    "configmap",
    "-0a1b2c3d",
    "A",
    "",
)
names = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)
"""Names made of the pieces that grants' names are made of, so that different parts may look the same."""
targets = st.builds(
    lambda kind, name: ObjectKey(kind[0], kind[1], "backend", name),
    st.sampled_from(
        [("", "Service"), ("", "Service"), ("", "Secret"), ("", "ConfigMap"), ("", "service"), ("x", "Secret")]
    ),
    names,
)
grants = st.builds(
    lambda group, kind, namespace, to: (group, kind, namespace, tuple(sorted(to))),
    st.sampled_from([GATEWAY_GROUP, GATEWAY_GROUP, "", "example.org"]),
    st.sampled_from(["HTTPRoute", "HTTPRoute", "httproute", "HttpRoute", "HTTPRoute-a", "Gateway"]),
    names.filter(bool),
    st.sets(targets, min_size=1, max_size=3),
)


def name_of(grant: Grant, *taken: str) -> str:
    group, kind, namespace, to = grant
    return describing(ObjectKey(group, kind, namespace, "web"), to, taken)


def to_services(namespace: str, *services: str) -> Grant:
    to = tuple(ObjectKey("", "Service", "backend", name) for name in services)
    return (GATEWAY_GROUP, "HTTPRoute", namespace, to)


@PROPERTY
@given(st.sets(grants, min_size=2, max_size=30))
def test_different_grants_have_different_names(wanted: set[Grant]) -> None:
    found = {name_of(grant) for grant in wanted}
    assert len(found) == len(wanted)
    assert all(LABEL.fullmatch(name) for name in found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (to_services("frontend", "shop.example.com"), to_services("frontend", "shop-example-com")),
        (to_services("frontend", "a", "b"), to_services("frontend", "a-and-b")),
        (to_services("a-to-b", "c"), to_services("a", "b-to-c")),
        (to_services("frontend", ""), to_services("frontend", "any-service")),
        (
            (*to_services("frontend")[:3], (ObjectKey("", "Secret", "backend", "x"),)),
            to_services("frontend", "secret-x"),
        ),
        (("example.org", *to_services("frontend", "x")[1:]), to_services("frontend", "x")),
    ],
)
def test_what_spells_alike_is_told_apart(one: Grant, other: Grant) -> None:
    assert name_of(one) != name_of(other)


@PROPERTY
@given(grants, grants)
def test_no_name_of_one_grant_is_a_later_name_of_another(one: Grant, other: Grant) -> None:
    """If the first name is taken, the second must not be the name of another grant."""
    later = name_of(one, name_of(one))
    assert later != name_of(one)
    assert later != name_of(other)
    assert one == other or later != name_of(other, name_of(other))


@PROPERTY
@given(
    st.text("ab.-", min_size=1, max_size=253).filter(SUBDOMAIN.fullmatch) | st.just("a." * 126 + "a"),
    st.sets(st.text(), min_size=2, max_size=9),
)
def test_parts_of_one_grant_are_named_by_what_they_hold(whole: str, kinds: set[str]) -> None:
    parts = [part_of(whole, {"from": [], "to": [{"kind": kind}]}, [whole]) for kind in sorted(kinds)]
    assert len({*parts}) == len(kinds)
    assert all(len(name) <= 253 and SUBDOMAIN.fullmatch(name) for name in parts)


def test_a_usual_name_has_no_digest() -> None:
    assert name_of(to_services("frontend", "api", "web")) == "httproute-frontend-to-api-and-web"
    assert re.fullmatch("httproute-frontend-to-0a1b2c3d-[0-9a-f]{8}", name_of(to_services("frontend", "0a1b2c3d")))
