"""Near misses of whole grants: the conformance fixture, two grants with one half each, and from and to swapped."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_refs.core.grants.differences import differs_only_by_slips
from kubectl_refs.core.grants.grant import permitting
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.objects import GATEWAY_GROUP, ObjectKey
from tests.support.builders import (
    from_entry,
    grant,
    parsed,
    reference,
    to_entry,
)
from tests.support.near_misses import (
    FROM_GROUP,
    FROM_KIND,
    FROM_NAMESPACE,
    TO_GROUP,
    TO_KIND,
    TO_NAME,
    Short,
    misses,
    only,
    short,
)

# The seven wrong grants of the conformance fixture httproute-invalid-reference-grant (docs/rules.md 1.3).

INFRA, TARGET = "gateway-conformance-infra", "gateway-conformance-web-backend"
CONFORMANCE = reference(
    ObjectKey("", "Service", TARGET, "web-backend"), ObjectKey(GATEWAY_GROUP, "HTTPRoute", INFRA, "reference-grant")
)


def conformance(
    wrong: str, place: str = TARGET, to: dict[str, Any] | None = None, namespace: str = INFRA, **from_: str
) -> dict[str, Any]:
    source = from_entry(namespace=namespace, **from_)
    return grant([source], [to or to_entry(name="web-backend")], place, f"reference-grant-wrong-{wrong}")


WRONG, OTHER = "not-the-group-youre-looking-for", "not-the-namespace-youre-looking-for"
SEVEN: dict[str, tuple[dict[str, Any], list[Short]]] = {
    "namespace": (
        conformance("namespace", place=INFRA),
        [("metadata.namespace", INFRA, Hint.WRONG_PLACEMENT)],
    ),
    "from-group": (conformance("from-group", group=WRONG), [(FROM_GROUP, WRONG, Hint.WRONG_GROUP)]),
    "from-kind": (conformance("from-kind", kind="Gateway"), [(FROM_KIND, "Gateway", Hint.OTHER_KIND)]),
    "from-namespace": (
        conformance("from-namespace", namespace=OTHER),
        [(FROM_NAMESPACE, OTHER, Hint.OTHER_NAMESPACE)],
    ),
    "to-group": (
        conformance("to-group", to=to_entry(group=WRONG, name="web-backend")),
        [(TO_GROUP, WRONG, Hint.WRONG_GROUP)],
    ),
    "to-kind": (
        conformance("to-kind", to=to_entry(kind="Secret", name="web-backend")),
        [(TO_KIND, "Secret", Hint.OTHER_KIND)],
    ),
    "to-name": (
        conformance("to-name", to=to_entry(kind="Secret", name="not-the-service-youre-looking-for")),
        [(TO_KIND, "Secret", Hint.OTHER_KIND), (TO_NAME, "not-the-service-youre-looking-for", Hint.OTHER_NAME)],
    ),
}


@pytest.mark.parametrize("name", SEVEN)
def test_each_wrong_grant_of_the_conformance_fixture_is_explained_to_its_field(name: str) -> None:
    manifest, expected = SEVEN[name]
    assert permitting(CONFORMANCE, parsed(manifest)) == ()
    assert short(only(misses(manifest, wanted=CONFORMANCE)).differences) == expected


def test_all_seven_wrong_grants_together_permit_nothing_and_are_each_explained() -> None:
    manifests_ = [manifest for manifest, _ in SEVEN.values()]
    assert permitting(CONFORMANCE, parsed(*manifests_)) == ()
    found = misses(*manifests_, wanted=CONFORMANCE)
    told = {
        miss.grant.name.removeprefix("reference-grant-wrong-"): [
            each for each in short(miss.differences) if each[2] is not Hint.SPLIT
        ]
        for miss in found
    }
    assert told == {name: expected for name, (_, expected) in SEVEN.items()}


def test_halves_in_two_grants_are_called_split_and_each_names_the_other() -> None:
    right_from = grant(to=[to_entry(kind="Secret")], name="a")
    right_to = grant([from_entry(kind="Gateway")], name="b")
    by_name = {miss.grant.name: miss for miss in misses(right_from, right_to)}
    assert short(by_name["a"].differences) == [
        (TO_KIND, "Secret", Hint.OTHER_KIND),
        ("spec.to", "backend/b spec.to[0]", Hint.SPLIT),
    ]
    assert short(by_name["b"].differences) == [
        (FROM_KIND, "Gateway", Hint.OTHER_KIND),
        ("spec.from", "backend/a spec.from[0]", Hint.SPLIT),
    ]


@pytest.mark.parametrize(
    ("right_from", "right_to"),
    [
        pytest.param([to_entry(name="mail")], [from_entry(namespace="shop")], id="another object, another namespace"),
        pytest.param([to_entry(kind="Secret")], [from_entry(namespace="shop")], id="another namespace"),
        pytest.param([to_entry(name="mail")], [from_entry(kind="Gateway")], id="another object"),
        pytest.param(
            [to_entry("multicluster.x-k8s.io", "ServiceImport")],
            [from_entry(kind="GRPCRoute")],
            id="other kinds of use",
        ),
    ],
)
def test_grants_that_are_each_for_something_else_are_not_split(
    right_from: list[dict[str, Any]], right_to: list[dict[str, Any]]
) -> None:
    found = misses(grant(to=right_from, name="a"), grant(right_to, name="b"))
    assert [each for miss in found for each in miss.differences if each.hint is Hint.SPLIT] == []


def test_of_several_other_halves_the_first_by_name_is_named_whatever_their_order() -> None:
    right_from = grant(to=[to_entry(kind="Secret")], name="z")
    right_to = [grant([from_entry(kind="Gateway")], name=name) for name in ("b", "a", "c")]
    for objects in ([right_from, *right_to], [*reversed(right_to), right_from]):
        by_name = {miss.grant.name: miss for miss in misses(*objects)}
        assert by_name["z"].differences[-1].found == "backend/a spec.to[0]"


def test_a_half_that_is_wrong_by_a_slip_is_not_called_split() -> None:
    slip = grant(to=[to_entry(kind="service")], name="a")
    for_another_kind = grant([from_entry(kind="Gateway")], name="b")
    by_name = {miss.grant.name: miss for miss in misses(slip, for_another_kind)}
    assert short(by_name["a"].differences) == [(TO_KIND, "service", Hint.CASE)]
    assert differs_only_by_slips(by_name["a"])


def test_a_half_in_another_namespace_is_no_half() -> None:
    right_from = grant(to=[to_entry(kind="Secret")], name="a")
    right_to = grant([from_entry(kind="Gateway")], namespace="other", name="b")
    assert short(only(misses(right_from, right_to)).differences) == [(TO_KIND, "Secret", Hint.OTHER_KIND)]


SWAPPED_FIELDS: list[Short] = [
    (FROM_GROUP, "", Hint.SWAPPED),
    (FROM_KIND, "Service", Hint.SWAPPED),
    (TO_GROUP, GATEWAY_GROUP, Hint.SWAPPED),
    (TO_KIND, "HTTPRoute", Hint.SWAPPED),
]


@pytest.mark.parametrize(
    ("name", "namespace", "further"),
    [
        pytest.param(None, "frontend", [], id="kinds"),
        pytest.param("api", "frontend", [], id="kinds, the name stayed"),
        pytest.param("web", "frontend", [(TO_NAME, "web", Hint.SWAPPED)], id="kinds and names"),
        pytest.param(None, "backend", [(FROM_NAMESPACE, "backend", Hint.SWAPPED)], id="kinds and namespaces"),
        pytest.param(None, "fronted", [(FROM_NAMESPACE, "fronted", Hint.TYPO)], id="and a typo"),
        pytest.param(None, "shop", [(FROM_NAMESPACE, "shop", Hint.OTHER_NAMESPACE)], id="of another namespace"),
    ],
)
def test_exchanged_from_and_to_are_called_swapped(name: str | None, namespace: str, further: list[Short]) -> None:
    manifest = grant([from_entry("", "Service", namespace)], [to_entry(GATEWAY_GROUP, "HTTPRoute", name)])
    miss = only(misses(manifest))
    assert short(miss.differences) == [*SWAPPED_FIELDS, *further]
    assert not differs_only_by_slips(miss)


def test_a_swapped_grant_in_the_referrers_namespace_is_told_with_its_place() -> None:
    manifest = grant(
        [from_entry("", "Service", "backend")], [to_entry(GATEWAY_GROUP, "HTTPRoute")], namespace="frontend"
    )
    assert short(only(misses(manifest)).differences) == [
        ("metadata.namespace", "frontend", Hint.WRONG_PLACEMENT),
        *SWAPPED_FIELDS,
        (FROM_NAMESPACE, "backend", Hint.SWAPPED),
    ]


def test_exchanged_namespaces_alone_are_swapped() -> None:
    manifest = grant([from_entry(namespace="backend")], namespace="frontend")
    assert short(only(misses(manifest)).differences) == [
        ("metadata.namespace", "frontend", Hint.WRONG_PLACEMENT),
        (FROM_NAMESPACE, "backend", Hint.SWAPPED),
    ]


def test_where_referrer_and_target_are_of_one_kind_nothing_is_swapped() -> None:
    delegated = reference(ObjectKey(GATEWAY_GROUP, "HTTPRoute", "backend", "child"))
    manifest = grant([from_entry(namespace="backend")], [to_entry(GATEWAY_GROUP, "HTTPRoute")])
    found = short(only(misses(manifest, wanted=delegated)).differences)
    assert found == [(FROM_NAMESPACE, "backend", Hint.OTHER_NAMESPACE)]


def test_a_slip_is_nearer_than_a_swapped_pair_of_the_same_grant() -> None:
    manifest = grant(
        [from_entry("", "Service"), from_entry(kind="httproute")], [to_entry(GATEWAY_GROUP, "HTTPRoute"), to_entry()]
    )
    assert short(only(misses(manifest)).differences) == [("spec.from[1].kind", "httproute", Hint.CASE)]
