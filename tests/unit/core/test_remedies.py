"""New grants permit what is asked and nothing else, under a name that is valid and free (repairs: test_repairs.py)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.catalog import Catalog, ServedKind
from kubectl_refs.core.commands import Kubectl
from kubectl_refs.core.model import GATEWAY_GROUP, Confidence, Fix, ObjectKey, Reference
from kubectl_refs.core.remedies import MAX_ENTRIES, new_grants
from tests.unit.core.builders import (
    CATALOG,
    NAMES,
    PROPERTY,
    from_entry,
    permission_of,
    permissions,
    reference,
    to_entry,
)

KUBECTL = Kubectl(CATALOG, ("--context", "prod"))
VALID_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


def services(*names: str) -> list[Reference]:
    return [reference(ObjectKey("", "Service", "backend", name)) for name in names]


def manifest_of(fix: Fix) -> dict[str, Any]:
    assert fix.manifest is not None
    return dict(fix.manifest)


def test_a_new_grant_names_the_referrer_and_the_target_and_stands_with_the_target() -> None:
    (fix,) = new_grants([reference()], (), KUBECTL)
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
    assert fix.command.startswith("kubectl create -f - --context prod <<'EOF'\n")


@pytest.mark.parametrize(
    ("versions", "chosen"), [(("v1", "v1beta1"), "v1"), (("v1beta1", "v1"), "v1"), (("v1beta1",), "v1beta1")]
)
def test_a_new_grant_is_written_in_a_version_that_is_served(versions: tuple[str, ...], chosen: str) -> None:
    served = Catalog([ServedKind(GATEWAY_GROUP, "ReferenceGrant", "referencegrants", versions)])
    (fix,) = new_grants([reference()], (), Kubectl(served))
    assert manifest_of(fix)["apiVersion"] == f"{GATEWAY_GROUP}/{chosen}"


def test_one_target_referred_to_twice_is_named_once() -> None:
    twice = [reference(), reference(path="spec.rules[1].backendRefs[0]", port=8080)]
    (fix,) = new_grants(twice, (), KUBECTL)
    assert manifest_of(fix)["spec"]["to"] == [to_entry(name="api")]


@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (16, [16]), (17, [16, 1]), (33, [16, 16, 1])])
def test_more_targets_than_a_grant_holds_are_split(count: int, sizes: list[int]) -> None:
    wanted = services(*(f"s{index:02}" for index in range(count)))
    fixes = new_grants(wanted, (), KUBECTL)
    assert [len(manifest_of(fix)["spec"]["to"]) for fix in fixes] == sizes
    assert max(sizes) <= MAX_ENTRIES
    assert len({fix.object for fix in fixes}) == len(fixes)
    named = {entry["name"] for fix in fixes for entry in manifest_of(fix)["spec"]["to"]}
    assert named == {each.to.name for each in wanted}


def test_names_of_one_answer_differ_even_where_targets_spell_alike() -> None:
    spelled_alike = [f"a{mark}x{end}" for mark in "-." for end in ("", *"abcdefghijklmno")]
    names = [fix.object.name for fix in new_grants(services(*spelled_alike), (), KUBECTL)]
    assert names == ["httproute-frontend-to-a-x-and-15-more", "httproute-frontend-to-a-x-and-15-more-2"]


def test_no_references_want_no_grant() -> None:
    assert new_grants([], (), KUBECTL) == ()


def test_the_title_says_who_may_refer_to_what() -> None:
    (fix,) = new_grants(services("api", "web"), (), KUBECTL)
    assert fix.title == (
        "a new ReferenceGrant in backend: HTTPRoutes of frontend may refer to Service api, Service web, nothing else"
    )


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("api", "httproute-frontend-to-api"),
        ("tls.example.org", "httproute-frontend-to-tls-example-org"),
        ("My_Svc", "httproute-frontend-to-my-svc"),
        ("api-", "httproute-frontend-to-api"),
    ],
)
def test_the_name_of_a_new_grant_tells_what_it_is_for(target: str, name: str) -> None:
    (fix,) = new_grants(services(target), (), KUBECTL)
    assert fix.object.name == name
    assert manifest_of(fix)["spec"]["to"][0]["name"] == target


def test_a_name_that_is_taken_is_numbered() -> None:
    base = "httproute-frontend-to-api"
    assert [fix.object.name for fix in new_grants([reference()], [base], KUBECTL)] == [f"{base}-2"]
    assert [fix.object.name for fix in new_grants([reference()], [base, f"{base}-2"], KUBECTL)] == [f"{base}-3"]


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
        names = [fix.object.name for fix in new_grants(wanted, taken, KUBECTL)]
        assert all(VALID_NAME.fullmatch(name) for name in names)
        assert not set(names) & set(taken)
        assert len(set(names)) == len(names)
        taken += names


@PROPERTY
@given(st.lists(st.tuples(st.sampled_from(("Service", "Secret")), st.sampled_from(NAMES)), min_size=1, max_size=6))
def test_new_grants_permit_exactly_the_references_given(targets: list[tuple[str, str]]) -> None:
    wanted = [reference(ObjectKey("", kind, "backend", name)) for kind, name in targets]
    created = [manifest_of(fix) for fix in new_grants(wanted, (), KUBECTL)]
    assert permissions(*created) == {permission_of(each) for each in wanted}
