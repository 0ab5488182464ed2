"""New grants permit what is asked and nothing else, under a valid and free name (repairs: test_repairs.py)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.fixes.new_grants import new_grants
from kubectl_refs.core.grants.grant import MAX_ENTRIES
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.objects import GATEWAY_GROUP, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from tests.support.builders import (
    CATALOG,
    NAMES,
    PROPERTY,
    from_entry,
    permission_of,
    permissions,
    reference,
    to_entry,
)

VALID_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


def services(*names: str) -> list[Reference]:
    return [reference(ObjectKey("", "Service", "backend", name)) for name in names]


def manifest_of(fix: Fix) -> dict[str, Any]:
    assert fix.manifest is not None
    return dict(fix.manifest)


def test_a_new_grant_names_the_referrer_and_the_target_and_stands_with_the_target() -> None:
    (fix,) = new_grants([reference()], (), CATALOG)
    assert fix.manifest == {
        "apiVersion": f"{GATEWAY_GROUP}/v1beta1",
        "kind": "ReferenceGrant",
        "metadata": {"name": "httproute-frontend-to-api", "namespace": "backend"},
        "spec": {"from": [from_entry()], "to": [to_entry(name="api")]},
    }
    assert fix.action == "create"
    assert fix.object == ObjectKey(GATEWAY_GROUP, "ReferenceGrant", "backend", "httproute-frontend-to-api")
    assert fix.confidence is Confidence.CERTAIN
    assert fix.widens == ()


@pytest.mark.parametrize(
    ("versions", "chosen"), [(("v1", "v1beta1"), "v1"), (("v1beta1", "v1"), "v1"), (("v1beta1",), "v1beta1")]
)
def test_a_new_grant_is_written_in_a_version_that_is_served(versions: tuple[str, ...], chosen: str) -> None:
    served = Catalog([ServedKind(GATEWAY_GROUP, "ReferenceGrant", "referencegrants", versions)])
    (fix,) = new_grants([reference()], (), served)
    assert manifest_of(fix)["apiVersion"] == f"{GATEWAY_GROUP}/{chosen}"


def test_one_target_referred_to_twice_is_named_once() -> None:
    twice = [reference(), reference(path="spec.rules[1].backendRefs[0]", port=8080)]
    (fix,) = new_grants(twice, (), CATALOG)
    assert manifest_of(fix)["spec"]["to"] == [to_entry(name="api")]


@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (16, [16]), (17, [16, 1]), (33, [16, 16, 1])])
def test_more_targets_than_a_grant_holds_are_split(count: int, sizes: list[int]) -> None:
    wanted = services(*(f"s{index:02}" for index in range(count)))
    fixes = new_grants(wanted, (), CATALOG)
    assert [len(manifest_of(fix)["spec"]["to"]) for fix in fixes] == sizes
    assert max(sizes) <= MAX_ENTRIES
    assert len({fix.object for fix in fixes}) == len(fixes)
    named = {entry["name"] for fix in fixes for entry in manifest_of(fix)["spec"]["to"]}
    assert named == {each.to.name for each in wanted}


def test_names_of_one_answer_differ_even_where_targets_spell_alike() -> None:
    (short,) = new_grants(services("a-x"), (), CATALOG)
    (dotted,) = new_grants(services("a.x"), (), CATALOG)
    assert short.object.name == "httproute-frontend-to-a-x"
    assert re.fullmatch("httproute-frontend-to-a-x-[0-9a-f]{8}", dotted.object.name)


def test_a_grant_to_two_targets_is_named_after_both() -> None:
    (fix,) = new_grants(services("web", "api"), (), CATALOG)
    assert fix.object.name == "httproute-frontend-to-api-and-web"


def test_a_name_too_long_for_all_targets_counts_them_and_ends_in_a_digest_of_all() -> None:
    (fix,) = new_grants(services("auth", *(f"service-number-{index}" for index in range(9))), (), CATALOG)
    assert re.fullmatch("httproute-frontend-to-auth-and-9-more-[0-9a-f]{8}", fix.object.name)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("a", "b"), ("a", "c")),
        (("a",), ("a", "b")),
        (("auth", *(f"service-number-{index}" for index in range(9))), ("auth", *(f"service-{i}" for i in range(9)))),
        (("s" * 60 + "-one",), ("s" * 60 + "-two",)),
    ],
)
def test_what_is_suggested_for_one_object_does_not_stand_in_the_way_of_another(
    one: tuple[str, ...], two: tuple[str, ...]
) -> None:
    """Each is asked about by itself, and `kubectl create` refuses a name that is taken."""
    first, second = (new_grants(services(*targets), (), CATALOG) for targets in (one, two))
    assert not {fix.object for fix in first} & {fix.object for fix in second}


def test_targets_of_one_name_and_two_kinds_are_told_apart() -> None:
    kinds = [ObjectKey("", "Service", "backend", "ca"), ObjectKey("", "Secret", "backend", "ca")]
    names = [fix.object.name for each in kinds for fix in new_grants([reference(each)], (), CATALOG)]
    assert names == ["httproute-frontend-to-ca", "httproute-frontend-to-secret-ca"]


def test_the_name_does_not_depend_on_the_order_of_the_references() -> None:
    wanted = services("web", "api", "db")
    assert new_grants(wanted, (), CATALOG) == new_grants(wanted[::-1], (), CATALOG)


def test_no_references_want_no_grant() -> None:
    assert new_grants([], (), CATALOG) == ()


def test_a_reference_within_its_own_namespace_wants_no_grant() -> None:
    within = reference(
        ObjectKey("", "Service", "frontend", "api"), ObjectKey(GATEWAY_GROUP, "HTTPRoute", "frontend", "web")
    )
    assert new_grants([within], (), CATALOG) == ()
    (fix,) = new_grants([within, *services("api")], (), CATALOG)
    assert fix.object.namespace == "backend"


def test_the_title_says_who_may_refer_to_what() -> None:
    (fix,) = new_grants(services("api", "web"), (), CATALOG)
    assert fix.title == (
        "a new ReferenceGrant in backend: HTTPRoutes in frontend may reference Service api, Service web, nothing else"
    )


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("api", "httproute-frontend-to-api"),
        ("api-v1", "httproute-frontend-to-api-v1"),
        ("tls.example.org", "httproute-frontend-to-tls-example-org-[0-9a-f]{8}"),
        ("My_Svc", "httproute-frontend-to-my-svc-[0-9a-f]{8}"),
        ("api-", "httproute-frontend-to-api-[0-9a-f]{8}"),
        ("a-and-b", "httproute-frontend-to-a-and-b-[0-9a-f]{8}"),
    ],
)
def test_the_name_of_a_new_grant_tells_what_it_is_for(target: str, name: str) -> None:
    (fix,) = new_grants(services(target), (), CATALOG)
    assert re.fullmatch(name, fix.object.name)
    assert manifest_of(fix)["spec"]["to"][0]["name"] == target


def test_a_name_that_is_taken_ends_in_a_digest() -> None:
    taken = ["httproute-frontend-to-api"]
    for _ in range(2):
        (fix,) = new_grants([reference()], taken, CATALOG)
        assert re.fullmatch("httproute-frontend-to-api-[0-9a-f]{8}", fix.object.name)
        assert fix.object.name not in taken
        taken.append(fix.object.name)


@PROPERTY
@given(
    st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=63),
    st.lists(st.text("abcxyzABC.-_*é", min_size=1, max_size=253), min_size=1, max_size=20, unique=True),
    st.integers(0, 12),
)
def test_names_are_valid_and_free_whatever_the_targets_are_called(
    namespace: str, targets: list[str], rounds: int
) -> None:
    referrer = ObjectKey(GATEWAY_GROUP, "HTTPRoute", namespace, "web")
    wanted = [reference(ObjectKey("", "Service", "backend", name), referrer) for name in targets]
    taken: list[str] = []
    for _ in range(rounds + 1):
        names = [fix.object.name for fix in new_grants(wanted, taken, CATALOG)]
        assert all(VALID_NAME.fullmatch(name) for name in names)
        assert not set(names) & set(taken)
        assert len(set(names)) == len(names)
        taken += names


@PROPERTY
@given(st.lists(st.tuples(st.sampled_from(("Service", "Secret")), st.sampled_from(NAMES)), min_size=1, max_size=6))
def test_new_grants_permit_exactly_the_references_given(targets: list[tuple[str, str]]) -> None:
    wanted = [reference(ObjectKey("", kind, "backend", name)) for kind, name in targets]
    created = [manifest_of(fix) for fix in new_grants(wanted, (), CATALOG)]
    assert permissions(*created) == {permission_of(each) for each in wanted}
