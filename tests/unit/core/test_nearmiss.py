"""Near misses: each wrong way to write a grant is explained by its field, and following the explanation would help."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_refs.core.grants.differences import differs_only_by_slips
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.objects import GATEWAY_GROUP, ObjectKey
from tests.support.builders import (
    ROUTE,
    from_entry,
    grant,
    reference,
    surroundings,
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
        # the grant's namespace
        (grant(namespace="frontend"), ("metadata.namespace", "frontend", Hint.WRONG_PLACEMENT)),
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
    assert ("is not known" in difference.note) == bool(unreadable)


@pytest.mark.parametrize(
    ("existing", "found", "hint"),
    [
        pytest.param(
            ("team-a", "team-b"), "teamb", Hint.OTHER_NAMESPACE, id="two slips from this one, one from another"
        ),
        pytest.param(("team-a",), "teamb", Hint.TYPO, id="no other is near"),
        pytest.param(("team-a", "team-b"), "team-", Hint.TYPO, id="as near to this one as to another"),
        pytest.param(("team-a", "team-b"), "teama", Hint.TYPO, id="nearer to this one"),
        pytest.param(("team-a", "team-c"), "teamx", Hint.TYPO, id="two slips from both"),
    ],
)
def test_a_namespace_is_a_typo_of_the_one_that_it_is_nearest_to(
    existing: tuple[str, ...], found: str, hint: Hint
) -> None:
    wanted = reference(referrer=ROUTE._replace(namespace="team-a"))
    miss = only(misses(grant([from_entry(namespace=found)]), wanted=wanted, around=surroundings(existing)))
    assert short(miss.differences) == [(FROM_NAMESPACE, found, hint)]
    assert ("is nearer to it" in miss.differences[0].note) is (hint is Hint.OTHER_NAMESPACE)


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


UNRELATED = [("a", "b"), ("qa", "qs"), ("v1", "v2"), ("web", "api"), ("dev", "prd"), ("blue", "red")]


@pytest.mark.parametrize(("wanted", "found"), UNRELATED)
def test_unrelated_short_names_are_no_typos_of_each_other(wanted: str, found: str) -> None:
    assert short_names(wanted, found) == (Hint.OTHER_NAMESPACE, Hint.OTHER_NAME)


@pytest.mark.parametrize("found", ["dve", "edv", "de", "dv", "deev", "dex"])
def test_one_slip_in_a_name_of_three_letters_is_a_typo(found: str) -> None:
    assert short_names("dev", found) == (Hint.TYPO, Hint.TYPO)


def short_names(wanted: str, found: str) -> tuple[Hint, Hint]:
    """The hints for a namespace in from and for a name in to, neither of which exists."""
    to = ObjectKey("", "Service", "backend", wanted)
    named = only(misses(grant(to=[to_entry(name=found)]), wanted=reference(to))).differences
    referrer = ObjectKey(GATEWAY_GROUP, "HTTPRoute", wanted, "web")
    placed = only(misses(grant([from_entry(namespace=found)]), wanted=reference(referrer=referrer))).differences
    return placed[0].hint, named[0].hint


def test_a_kind_that_the_cluster_serves_is_meant_however_close_its_name() -> None:
    served = surroundings(served=["Servicea.example.org", "Service.serving.knative.dev"])
    near = only(misses(grant(to=[to_entry("example.org", "Servicea")]), around=served))
    assert Hint.OTHER_KIND in [each.hint for each in near.differences]
    assert not differs_only_by_slips(near)
    same_kind = only(misses(grant(to=[to_entry("serving.knative.dev")]), around=served))
    assert short(same_kind.differences) == [(TO_GROUP, "serving.knative.dev", Hint.OTHER_KIND)]
    assert same_kind.differences[0].note == "Service.serving.knative.dev is a different kind"


def test_a_core_kind_is_named_without_a_dot() -> None:
    wanted = reference(ObjectKey("example.org", "Service", "backend", "api"))
    assert only(misses(grant(), wanted=wanted)).differences[0].note == "Service is a different kind"


def test_that_the_served_kinds_could_not_be_read_is_told() -> None:
    around = surroundings(unknown=["Service.serving.knative.dev", "Service.core"])
    foreign = only(misses(grant(to=[to_entry("serving.knative.dev")]), around=around))
    assert "is not known" in foreign.differences[0].note
    alias = only(misses(grant(to=[to_entry("core")]), around=around))
    assert alias.differences[0].note == ""


def test_a_policy_holds_the_reference_and_the_grant_names_the_route() -> None:
    policy = ObjectKey("gateway.envoyproxy.io", "SecurityPolicy", "frontend", "auth")
    found = short(only(misses(grant(), wanted=reference(referrer=policy))).differences)
    assert found == [(FROM_GROUP, GATEWAY_GROUP, Hint.WRONG_GROUP), (FROM_KIND, "HTTPRoute", Hint.OTHER_KIND)]


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
    ("first", "last", "pair", "slips"),
    [
        (from_entry(namespace="n0"), from_entry(), (16, 0), []),
        (from_entry(), from_entry(namespace="n0"), (0, 0), []),
        (
            from_entry(namespace="fronted"),
            from_entry(namespace="n0"),
            (0, 0),
            [(FROM_NAMESPACE, "fronted", Hint.TYPO)],
        ),
    ],
)
def test_too_many_entries_are_a_difference_besides_any_slip(
    first: dict[str, Any], last: dict[str, Any], pair: tuple[int, int], slips: list[Short]
) -> None:
    others = [from_entry(namespace=f"other-{number}") for number in range(15)]
    miss = only(misses(grant([first, *others, last])))
    assert (miss.from_, miss.to) == pair
    assert short(miss.differences) == [*slips, ("spec.from", "17", Hint.TOO_MANY)]
    assert str(miss.differences[-1]) == "spec.from has 17 entries, expected 16 at most"
    assert not differs_only_by_slips(miss)


@pytest.mark.parametrize(
    "manifest",
    [
        grant(namespace="other"),
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
            grant([from_entry(namespace="frotned")], name="more-slips"),
            grant([from_entry(kind="httproute")], name="case"),
        )
    ]
    assert names == ["case", "typo", "more-slips", "misplaced", "other-name", "two-others", "far"]
