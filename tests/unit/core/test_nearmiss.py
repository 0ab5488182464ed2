"""Near misses: each way to write a grant wrongly is explained to its field, and doing what is said would help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.grants import permitting
from kubectl_refs.core.model import GATEWAY_GROUP, Difference, Hint, NearMiss, ObjectKey, Reference
from kubectl_refs.core.nearmiss import Surroundings, differs_only_by_slips, near_misses
from tests.unit.core.builders import (
    NAMES,
    NAMESPACES,
    PROPERTY,
    REFERENCES,
    from_entry,
    grant,
    manifests,
    parsed,
    permission_of,
    permissions,
    reference,
    surroundings,
    to_entry,
    with_field,
)

Short = tuple[str, str | None, Hint]
"""A difference as path, found value and hint."""


def short(differences: Sequence[Difference]) -> list[Short]:
    return [(each.path, each.found, each.hint) for each in differences]


def misses(
    *objects: dict[str, Any], wanted: Reference | None = None, around: Surroundings | None = None
) -> tuple[NearMiss, ...]:
    return near_misses(wanted or reference(), parsed(*objects), around or surroundings())


def only(miss: tuple[NearMiss, ...]) -> NearMiss:
    (found,) = miss
    return found


FROM_GROUP, FROM_KIND, FROM_NAMESPACE = (f"spec.from[0].{field}" for field in ("group", "kind", "namespace"))
TO_GROUP, TO_KIND, TO_NAME = (f"spec.to[0].{field}" for field in ("group", "kind", "name"))


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        # group of from
        (
            grant([from_entry(group="networking.gateway.k8s.io")]),
            (FROM_GROUP, "networking.gateway.k8s.io", Hint.WRONG_GROUP),
        ),
        (grant([from_entry(group="networking.k8s.io")]), (FROM_GROUP, "networking.k8s.io", Hint.WRONG_GROUP)),
        (grant([from_entry(group="")]), (FROM_GROUP, "", Hint.WRONG_GROUP)),
        (grant([from_entry(group="apps")]), (FROM_GROUP, "apps", Hint.WRONG_GROUP)),
        (grant([from_entry(group=None)]), (FROM_GROUP, None, Hint.WRONG_GROUP)),
        (
            grant([from_entry(group=f"{GATEWAY_GROUP}/v1")]),
            (FROM_GROUP, f"{GATEWAY_GROUP}/v1", Hint.GROUP_WITH_VERSION),
        ),
        (grant([from_entry(group="v1")]), (FROM_GROUP, "v1", Hint.GROUP_WITH_VERSION)),
        (
            grant([from_entry(group="gateway.networking.x-k8s.io")]),
            (FROM_GROUP, "gateway.networking.x-k8s.io", Hint.OLD_GROUP),
        ),
        (grant([from_entry(group="networking.x-k8s.io")]), (FROM_GROUP, "networking.x-k8s.io", Hint.OLD_GROUP)),
        (grant([from_entry(group="gateway.networkin.k8s.io")]), (FROM_GROUP, "gateway.networkin.k8s.io", Hint.TYPO)),
        (grant([from_entry(group="Gateway.networking.k8s.io")]), (FROM_GROUP, "Gateway.networking.k8s.io", Hint.CASE)),
        # kind of from
        (grant([from_entry(kind="httproute")]), (FROM_KIND, "httproute", Hint.CASE)),
        (grant([from_entry(kind="HttpRoute")]), (FROM_KIND, "HttpRoute", Hint.CASE)),
        (grant([from_entry(kind="httproutes")]), (FROM_KIND, "httproutes", Hint.PLURAL)),
        (grant([from_entry(kind="HTTPRoutes")]), (FROM_KIND, "HTTPRoutes", Hint.PLURAL)),
        (grant([from_entry(kind="HTTPRuote")]), (FROM_KIND, "HTTPRuote", Hint.TYPO)),
        (grant([from_entry(kind="GRPCRoute")]), (FROM_KIND, "GRPCRoute", Hint.OTHER_KIND)),
        (grant([from_entry(kind="TCPRoute")]), (FROM_KIND, "TCPRoute", Hint.OTHER_KIND)),
        (grant([from_entry(kind="Gateway")]), (FROM_KIND, "Gateway", Hint.OTHER_KIND)),
        (grant([from_entry(kind=None)]), (FROM_KIND, None, Hint.OTHER_KIND)),
        # namespace of from
        (grant([from_entry(namespace="fronted")]), (FROM_NAMESPACE, "fronted", Hint.TYPO)),
        (grant([from_entry(namespace="Frontend")]), (FROM_NAMESPACE, "Frontend", Hint.CASE)),
        (grant([from_entry(namespace="backend")]), (FROM_NAMESPACE, "backend", Hint.OTHER_NAMESPACE)),
        (grant([from_entry(namespace="shop")]), (FROM_NAMESPACE, "shop", Hint.OTHER_NAMESPACE)),
        (grant([from_entry(namespace="*")]), (FROM_NAMESPACE, "*", Hint.OTHER_NAMESPACE)),
        (grant([from_entry(namespace="")]), (FROM_NAMESPACE, "", Hint.OTHER_NAMESPACE)),
        (grant([from_entry(namespace=None)]), (FROM_NAMESPACE, None, Hint.OTHER_NAMESPACE)),
        # to
        (grant(to=[to_entry(group="core")]), (TO_GROUP, "core", Hint.CORE_ALIAS)),
        (grant(to=[to_entry(group="Core")]), (TO_GROUP, "Core", Hint.CORE_ALIAS)),
        (grant(to=[to_entry(group="core/v1")]), (TO_GROUP, "core/v1", Hint.CORE_ALIAS)),
        (grant(to=[to_entry(group="v1")]), (TO_GROUP, "v1", Hint.GROUP_WITH_VERSION)),
        (grant(to=[to_entry(group=GATEWAY_GROUP)]), (TO_GROUP, GATEWAY_GROUP, Hint.WRONG_GROUP)),
        (grant(to=[to_entry(group=None)]), (TO_GROUP, None, Hint.WRONG_GROUP)),
        (grant(to=[to_entry(kind="service")]), (TO_KIND, "service", Hint.CASE)),
        (grant(to=[to_entry(kind="services")]), (TO_KIND, "services", Hint.PLURAL)),
        (grant(to=[to_entry(kind="Services")]), (TO_KIND, "Services", Hint.PLURAL)),
        (grant(to=[to_entry(kind="Servcie")]), (TO_KIND, "Servcie", Hint.TYPO)),
        (grant(to=[to_entry(kind="Secret")]), (TO_KIND, "Secret", Hint.OTHER_KIND)),
        (grant(to=[to_entry(name="shop")]), (TO_NAME, "shop", Hint.OTHER_NAME)),
        (grant(to=[to_entry(name="API")]), (TO_NAME, "API", Hint.CASE)),
        (grant(to=[to_entry(name="*")]), (TO_NAME, "*", Hint.OTHER_NAME)),
        (grant(to=[to_entry(name="")]), (TO_NAME, "", Hint.OTHER_NAME)),
        # where it stands
        (grant(namespace="frontend"), ("metadata.namespace", "frontend", Hint.WRONG_PLACEMENT)),
        (grant(namespace="other"), ("metadata.namespace", "other", Hint.WRONG_PLACEMENT)),
        (grant(namespace="other", to=[to_entry(name="api")]), ("metadata.namespace", "other", Hint.WRONG_PLACEMENT)),
    ],
)
def test_one_wrong_field_is_named_with_the_reason(manifest: dict[str, Any], expected: Short) -> None:
    assert short(only(misses(manifest)).differences) == [expected]


def test_what_is_wanted_is_the_value_that_the_reference_needs() -> None:
    everything_wrong = grant(
        [from_entry("apps", "Gateway", "shop")], [to_entry("example.org", "Secret", "other")], namespace="backend"
    )
    wanted = {each.path: each.wanted for each in only(misses(everything_wrong)).differences}
    assert wanted == {
        FROM_GROUP: GATEWAY_GROUP,
        FROM_KIND: "HTTPRoute",
        FROM_NAMESPACE: "frontend",
        TO_GROUP: "",
        TO_KIND: "Service",
        TO_NAME: "api",
    }


@pytest.mark.parametrize(
    ("existing", "unreadable", "found", "hint", "slip"),
    [
        pytest.param((), (), "fronted", Hint.TYPO, True, id="no such namespace"),
        pytest.param(("fronted",), (), "fronted", Hint.OTHER_NAMESPACE, False, id="a namespace of that name exists"),
        pytest.param((), ("fronted",), "fronted", Hint.TYPO, True, id="not readable, looks like a slip"),
        pytest.param((), ("frontent2",), "frontent2", Hint.TYPO, True, id="not readable, two slips"),
        pytest.param(
            (), ("frontend2",), "frontend2", Hint.OTHER_NAMESPACE, False, id="not readable, numbered on purpose"
        ),
    ],
)
def test_a_close_namespace_is_a_typo_unless_it_exists_or_looks_meant(
    existing: tuple[str, ...], unreadable: tuple[str, ...], found: str, hint: Hint, slip: bool
) -> None:
    miss = only(misses(grant([from_entry(namespace=found)]), around=surroundings(existing, unreadable)))
    assert short(miss.differences) == [(FROM_NAMESPACE, found, hint)]
    assert differs_only_by_slips(miss) is slip
    (difference,) = miss.differences
    assert found in difference.note
    assert ("could not be read" in difference.note) == bool(unreadable)


@pytest.mark.parametrize(
    ("existing", "unreadable", "hint"),
    [((), (), Hint.TYPO), (("orders",), (), Hint.OTHER_NAME), ((), ("orders",), Hint.TYPO)],
)
def test_a_close_name_is_a_typo_unless_an_object_has_it(
    existing: tuple[str, ...], unreadable: tuple[str, ...], hint: Hint
) -> None:
    wanted = reference(ObjectKey("", "Service", "backend", "order"))
    around = surroundings(existing, unreadable)
    miss = only(misses(grant(to=[to_entry(name="orders")]), wanted=wanted, around=around))
    assert short(miss.differences) == [(TO_NAME, "orders", hint)]


@pytest.mark.parametrize(("wanted", "found"), [("a", "b"), ("api", "apl"), ("dev", "dve"), ("web", "we"), ("qa", "qs")])
def test_words_of_three_letters_and_fewer_are_never_typos_of_each_other(wanted: str, found: str) -> None:
    to = ObjectKey("", "Service", "backend", wanted)
    assert only(misses(grant(to=[to_entry(name=found)]), wanted=reference(to))).differences[0].hint is Hint.OTHER_NAME
    referrer = ObjectKey(GATEWAY_GROUP, "HTTPRoute", wanted, "web")
    miss = only(misses(grant([from_entry(namespace=found)]), wanted=reference(referrer=referrer)))
    assert miss.differences[0].hint is Hint.OTHER_NAMESPACE


def test_a_kind_that_the_cluster_serves_is_meant_however_close_its_name() -> None:
    served = surroundings(served=["Servicea.example.org", "Service.serving.knative.dev"])
    near = only(misses(grant(to=[to_entry("example.org", "Servicea")]), around=served))
    assert Hint.OTHER_KIND in [each.hint for each in near.differences]
    assert not differs_only_by_slips(near)
    same_kind = only(misses(grant(to=[to_entry("serving.knative.dev")]), around=served))
    assert short(same_kind.differences) == [(TO_GROUP, "serving.knative.dev", Hint.OTHER_KIND)]
    assert same_kind.differences[0].note == "Service.serving.knative.dev is a kind of its own here"


def test_a_core_kind_is_named_without_a_dot() -> None:
    wanted = reference(ObjectKey("example.org", "Service", "backend", "api"))
    assert only(misses(grant(), wanted=wanted)).differences[0].note == "Service is a kind of its own here"


def test_that_the_served_kinds_could_not_be_read_is_told() -> None:
    around = surroundings(unknown=["Service.serving.knative.dev", "Service.core"])
    foreign = only(misses(grant(to=[to_entry("serving.knative.dev")]), around=around))
    assert "could not be read" in foreign.differences[0].note
    alias = only(misses(grant(to=[to_entry("core")]), around=around))
    assert alias.differences[0].note == ""


def test_a_policy_holds_the_reference_and_the_grant_names_the_route() -> None:
    policy = ObjectKey("gateway.envoyproxy.io", "SecurityPolicy", "frontend", "auth")
    found = short(only(misses(grant(), wanted=reference(referrer=policy))).differences)
    assert found == [(FROM_GROUP, GATEWAY_GROUP, Hint.WRONG_GROUP), (FROM_KIND, "HTTPRoute", Hint.OTHER_KIND)]


# The seven wrong grants of the conformance fixture httproute-invalid-reference-grant (spec.md 1.3).

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


# Two halves in two grants.


def test_halves_in_two_grants_are_called_split_and_each_names_the_other() -> None:
    right_from = grant(to=[to_entry(kind="Secret")], name="a")
    right_to = grant([from_entry(namespace="shop")], name="b")
    by_name = {miss.grant.name: miss for miss in misses(right_from, right_to)}
    assert short(by_name["a"].differences) == [
        (TO_KIND, "Secret", Hint.OTHER_KIND),
        ("spec.to", "backend/b spec.to[0]", Hint.SPLIT),
    ]
    assert short(by_name["b"].differences) == [
        (FROM_NAMESPACE, "shop", Hint.OTHER_NAMESPACE),
        ("spec.from", "backend/a spec.from[0]", Hint.SPLIT),
    ]


def test_of_several_other_halves_the_first_by_name_is_named_whatever_their_order() -> None:
    right_from = grant(to=[to_entry(kind="Secret")], name="z")
    right_to = [grant([from_entry(namespace=f"n{name}")], name=name) for name in ("b", "a", "c")]
    for objects in ([right_from, *right_to], [*reversed(right_to), right_from]):
        by_name = {miss.grant.name: miss for miss in misses(*objects)}
        assert by_name["z"].differences[-1].found == "backend/a spec.to[0]"


def test_a_half_that_is_wrong_by_a_slip_is_not_called_split() -> None:
    slip = grant(to=[to_entry(kind="service")], name="a")
    for_another_namespace = grant([from_entry(namespace="shop")], name="b")
    by_name = {miss.grant.name: miss for miss in misses(slip, for_another_namespace)}
    assert short(by_name["a"].differences) == [(TO_KIND, "service", Hint.CASE)]
    assert differs_only_by_slips(by_name["a"])


def test_a_half_in_another_namespace_is_no_half() -> None:
    right_from = grant(to=[to_entry(kind="Secret")], name="a")
    right_to = grant([from_entry(namespace="shop")], namespace="other", name="b")
    assert short(only(misses(right_from, right_to)).differences) == [(TO_KIND, "Secret", Hint.OTHER_KIND)]


# From and to exchanged.

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


# Which pair of entries, and which grants.


def test_the_nearest_entries_of_a_grant_are_chosen_whatever_their_place() -> None:
    far = from_entry("apps", "Gateway", "shop")
    sixteen = grant(
        [*[far] * 14, from_entry(), far], [to_entry(kind="Secret"), to_entry(name="shop"), to_entry("core")]
    )
    miss = only(misses(sixteen))
    assert (miss.from_, miss.to) == (14, 2)
    assert short(miss.differences) == [("spec.to[2].group", "core", Hint.CORE_ALIAS)]


def test_a_from_entry_that_fits_is_kept_where_every_to_entry_differs() -> None:
    manifest = grant(
        [from_entry(), from_entry(kind="httproute")], [to_entry(kind="Secret"), to_entry(name="shop", kind="Secret")]
    )
    miss = only(misses(manifest))
    assert (miss.from_, miss.to) == (0, 0)
    assert short(miss.differences) == [(TO_KIND, "Secret", Hint.OTHER_KIND)]


def test_grants_without_entries_are_not_told() -> None:
    assert misses(grant(from_=[]), grant(to=[], name="h")) == ()


@pytest.mark.parametrize(
    "manifest",
    [
        grant([from_entry(namespace="shop")], namespace="other"),
        grant([from_entry(kind="GRPCRoute")], namespace="frontend"),
        grant(to=[to_entry(name="shop")], namespace="frontend"),
        grant([from_entry(namespace="backend")], namespace="other"),
    ],
)
def test_a_grant_elsewhere_that_was_hardly_meant_is_not_told(manifest: dict[str, Any]) -> None:
    assert misses(manifest) == ()


def test_a_misplaced_grant_with_a_slip_is_told_with_both() -> None:
    found = only(misses(grant(to=[to_entry("core")], namespace="frontend")))
    assert short(found.differences) == [
        ("metadata.namespace", "frontend", Hint.WRONG_PLACEMENT),
        (TO_GROUP, "core", Hint.CORE_ALIAS),
    ]
    assert not differs_only_by_slips(found)


def test_a_grant_that_permits_is_no_near_miss_even_if_another_pair_of_it_is_swapped() -> None:
    manifest = grant([from_entry("", "Service"), from_entry()], [to_entry(GATEWAY_GROUP, "HTTPRoute"), to_entry()])
    assert misses(manifest) == ()


def test_the_nearest_grant_comes_first() -> None:
    names = [
        miss.grant.name
        for miss in misses(
            grant([from_entry("apps", "Gateway", "shop")], name="far"),
            grant([from_entry(namespace="shop")], [to_entry(name="shop")], name="two-others"),
            grant(namespace="frontend", name="misplaced"),
            grant(to=[to_entry(name="shop")], name="other-name"),
            grant([from_entry(namespace="fronted")], name="typo"),
            grant([from_entry(kind="httproute")], name="case"),
        )
    ]
    assert names == ["case", "typo", "misplaced", "other-name", "two-others", "far"]


# Properties.


@st.composite
def worlds(draw: st.DrawFn) -> Surroundings:
    """Anything about any name or kind: it exists, it does not, or that could not be read."""
    answers = st.sampled_from((True, False, None))
    exists = {name: draw(answers) for name in (*NAMES, *NAMESPACES)}
    served = draw(answers)
    return Surroundings(lambda key: exists.get(key.name), lambda kind: served and kind.group != "core")


def repaired(manifest: dict[str, Any], miss: NearMiss) -> dict[str, Any]:
    """The grant with everything done that a near miss says; a split names entries, so it asks for no field."""
    for each in miss.differences:
        if each.hint is not Hint.SPLIT:
            manifest = with_field(manifest, each.path, each.wanted)
    return manifest


@PROPERTY
@given(REFERENCES, manifests(), worlds())
def test_doing_what_a_near_miss_says_makes_its_grant_permit(
    wanted: Reference, objects: list[dict[str, Any]], around: Surroundings
) -> None:
    by_name = {obj["metadata"]["name"]: obj for obj in objects}
    for miss in near_misses(wanted, parsed(*objects), around):
        manifest = by_name[miss.grant.name]
        after = repaired(manifest, miss)
        assert permission_of(wanted) in permissions(after)
        spec = after["spec"]
        pair = grant([spec["from"][miss.from_]], [spec["to"][miss.to]], after["metadata"]["namespace"])
        assert permission_of(wanted) in permissions(pair)
        for each in miss.differences:
            if each.hint is not Hint.SPLIT:
                assert each.wanted != each.found
                left_out = repaired(manifest, replace_differences(miss, without=each))
                spec = left_out["spec"]
                pair = grant([spec["from"][miss.from_]], [spec["to"][miss.to]], left_out["metadata"]["namespace"])
                assert permission_of(wanted) not in permissions(pair)


def replace_differences(miss: NearMiss, without: Difference) -> NearMiss:
    kept = tuple(each for each in miss.differences if each is not without)
    return NearMiss(miss.grant, miss.from_, miss.to, kept, miss.distance)


@PROPERTY
@given(REFERENCES, manifests(("backend",)), worlds())
def test_the_entry_that_a_split_names_is_the_missing_half(
    wanted: Reference, objects: list[dict[str, Any]], around: Surroundings
) -> None:
    by_path = {f"backend/{obj['metadata']['name']}": obj for obj in objects}
    for miss in near_misses(wanted, parsed(*objects), around):
        for each in miss.differences:
            if each.hint is Hint.SPLIT:
                assert each.found is not None
                other, entry = each.found.split(" ")
                half, index = entry.removeprefix("spec.").removesuffix("]").split("[")
                combined = by_path[str(miss.grant)]["spec"] | {half: [by_path[other]["spec"][half][int(index)]]}
                assert each.path == f"spec.{half}"
                assert permission_of(wanted) in permissions(grant(combined["from"], combined["to"]))


@PROPERTY
@given(REFERENCES, manifests(), worlds())
def test_every_grant_of_the_targets_namespace_either_permits_or_is_a_near_miss(
    wanted: Reference, objects: list[dict[str, Any]], around: Surroundings
) -> None:
    grants = parsed(*objects)
    found = near_misses(wanted, grants, around)
    assert all(miss.differences for miss in found)
    told = [miss.grant for miss in found]
    assert len(told) == len(set(told))
    permitted = {match.grant for match in permitting(wanted, grants)}
    placed = {each.grant for each in grants if each.grant.namespace == wanted.to.namespace}
    assert {name for name in told if name.namespace == wanted.to.namespace} == placed - permitted


@PROPERTY
@given(REFERENCES, manifests(), worlds(), st.randoms(use_true_random=False))
def test_near_misses_are_sorted_and_do_not_depend_on_the_order_of_grants(
    wanted: Reference, objects: list[dict[str, Any]], around: Surroundings, random: Any
) -> None:
    found = near_misses(wanted, parsed(*objects), around)
    assert [miss.distance for miss in found] == sorted(miss.distance for miss in found)
    assert near_misses(wanted, parsed(*random.sample(objects, len(objects))), around) == found
