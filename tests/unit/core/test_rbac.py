"""Evaluation of RBAC: what rules permit, who subjects are, what roles take over from others."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, ObjectKey
from kubectl_refs.core.rbac.authorizer import (
    MASTERS,
    RBAC_GROUP,
    Actions,
    PermittedByRole,
    PermittedVerb,
    Subject,
    members_of,
    permissions,
    permitted_by_role,
    role_of,
    subjects_of,
)
from kubectl_refs.core.rbac.grant_writers import VERBS
from tests.support.rbac import account, aggregating, binding, group, labelled, role, rule, user

ACTIONS = Actions(GATEWAY_GROUP, "referencegrants", VERBS)
CREATE, PATCH, COLLECTION = (PermittedVerb(verb) for verb in ("create", "patch", "deletecollection"))
ALL = tuple(map(PermittedVerb, VERBS))


@pytest.mark.parametrize(
    ("rules", "permitted"),
    [
        ([rule("create")], (CREATE,)),
        ([rule("patch", "create", "get")], (CREATE, PATCH)),
        ([rule("create"), rule("patch")], (CREATE, PATCH)),
        ([rule("*")], ALL),
        ([rule("*", group="*", resource="*")], ALL),
        ([rule("create", group="*")], (CREATE,)),
        ([rule("create", resource="*")], (CREATE,)),
        ([], ()),
        ([rule("get", "list", "watch")], ()),
        ([rule("create", group="")], ()),
        ([rule("create", group="gateway.networking")], ()),
        ([rule("create", resource="services")], ()),
        ([rule("create", resource="ReferenceGrants")], ()),
        ([rule("create", resource="referencegrant")], ()),
        ([rule("create", resource="referencegrants/status")], ()),
        ([rule("create", resource="*/status")], ()),
        ([rule("create", resource="referencegrants/*")], ()),
        ([rule("deletecollection")], (COLLECTION,)),
        ([rule("delete", "deletecollection")], (PermittedVerb("delete"),)),
        (
            [rule("delete", resourceNames=["a"]), rule("deletecollection")],
            (PermittedVerb("delete", ("a",)), COLLECTION),
        ),
        # Nor has a request to delete a collection.
        ([rule("deletecollection", resourceNames=["a"])], ()),
        ([rule("deletecollection", resourceNames=["a", ""])], (COLLECTION,)),
        ([{"nonResourceURLs": ["*"], "verbs": ["*"]}], ()),
        # The verb of one rule and the resource of another do not combine.
        ([rule("get"), rule("create", resource="services")], ()),
        ([rule("patch", resourceNames=["b", "a"])], (PermittedVerb("patch", ("a", "b")),)),
        (
            [rule("patch", resourceNames=["b"]), rule("patch", resourceNames=["a"])],
            (PermittedVerb("patch", ("a", "b")),),
        ),
        ([rule("patch", resourceNames=["b"]), rule("patch")], (PATCH,)),
        ([rule("patch"), rule("patch", resourceNames=["b"])], (PATCH,)),
        ([rule("patch", resourceNames=[])], (PATCH,)),
        ([rule("patch", resourceNames=["*"])], (PermittedVerb("patch", ("*",)),)),
        (
            [rule("create", "patch", resourceNames=["a"])],
            (PermittedVerb("create", ("a",)), PermittedVerb("patch", ("a",))),
        ),
        # A create by POST has no name, which the empty name matches.
        ([rule("create", "patch", resourceNames=[""])], (CREATE,)),
        ([rule("create", resourceNames=["a", ""])], (CREATE,)),
        ([rule("patch", resourceNames=["", "a"])], (PermittedVerb("patch", ("a",)),)),
        ([rule("patch", resourceNames=[7])], ()),
        (["create", None, {"verbs": "create"}], ()),
        (None, ()),
    ],
)
def test_rules_permit_what_the_authorizer_says(rules: Any, permitted: tuple[PermittedVerb, ...]) -> None:
    assert permissions(rules, ACTIONS) == permitted


def test_only_the_verbs_asked_about_are_told() -> None:
    assert permissions([rule("*")], Actions(GATEWAY_GROUP, "referencegrants", ("patch",))) == (PATCH,)


@pytest.mark.parametrize(
    ("subject", "meant"),
    [
        (user("jane"), Subject("User", "jane")),
        (group("team"), Subject("Group", "team")),
        (account("bot", "ci"), Subject("ServiceAccount", "bot", "ci")),
        (account("bot"), Subject("ServiceAccount", "bot", "own")),
        (user("system:serviceaccount:ci:bot"), Subject("ServiceAccount", "bot", "ci")),
        (user("system:serviceaccount:ci"), Subject("User", "system:serviceaccount:ci")),
        (group("system:serviceaccount:ci:bot"), Subject("Group", "system:serviceaccount:ci:bot")),
        (user("system:serviceaccount:ci:bot:two"), Subject("User", "system:serviceaccount:ci:bot:two")),
    ],
)
def test_a_subject_is_who_the_request_comes_from(subject: JSON, meant: Subject) -> None:
    assert subjects_of(binding("b", "Role/r", subject, namespace="own")) == (meant,)


@pytest.mark.parametrize("subject", [account("bot"), {"kind": "Robot", "name": "x"}, {"kind": "User"}, "jane", None])
def test_what_is_no_subject_gets_nothing(subject: Any) -> None:
    assert subjects_of(binding("b", "ClusterRole/r", subject)) == ()


def test_a_subject_named_twice_is_one() -> None:
    twice = binding("b", "ClusterRole/r", account("bot", "ci"), user("system:serviceaccount:ci:bot"))

    assert subjects_of(twice) == (Subject("ServiceAccount", "bot", "ci"),)


def test_a_role_is_one_of_the_bindings_own_namespace_and_a_cluster_role_of_none() -> None:
    assert role_of(binding("b", "Role/r", namespace="a")) == ObjectKey(RBAC_GROUP, "Role", "a", "r")
    assert role_of(binding("b", "ClusterRole/r", namespace="a")) == ObjectKey(RBAC_GROUP, "ClusterRole", "", "r")


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (Subject("Group", "system:authenticated"), "everyone who is logged in, and every service account"),
        (Subject("Group", "system:serviceaccounts:ci"), "every service account of namespace ci"),
        (Subject("User", "system:anonymous"), "everyone who is not logged in"),
        (Subject("User", "system:authenticated"), ""),
        (Subject("Group", "team"), ""),
        (MASTERS, ""),
    ],
)
def test_the_servers_own_groups_are_told_in_words(subject: Subject, words: str) -> None:
    assert members_of(subject) == words


def held_by(name: str, *roles: JSON, settled: bool = False) -> PermittedByRole:
    by_name = {each["metadata"]["name"]: each for each in roles}
    return permitted_by_role(by_name[name], by_name, ACTIONS, settled=settled)


def test_a_role_takes_over_the_rules_of_those_that_it_selects() -> None:
    roles = aggregating("admin", tier="admin"), labelled(role("grants", rule("create")), tier="admin")

    assert held_by("admin", *roles) == PermittedByRole((CREATE,), ("grants",))
    assert held_by("admin", aggregating("admin", tier="admin"), role("grants", rule("create"))) == PermittedByRole(())


def test_aggregation_goes_on_through_roles_that_aggregate_and_ends_in_a_circle() -> None:
    admin, edit = aggregating("admin", tier="edit", labels={"tier": "view"}), aggregating("edit", tier="view")
    roles = admin, labelled(edit, tier="edit"), labelled(role("grants", rule("patch")), tier="view")

    assert held_by("admin", *roles) == PermittedByRole((PATCH,), ("grants",))


def test_a_role_that_selects_everything_does_not_name_itself() -> None:
    everything = {**role("all", rule("patch")), "aggregationRule": {"clusterRoleSelectors": [{}]}}

    assert held_by("all", everything, role("grants", rule("create"))) == PermittedByRole((CREATE, PATCH), ("grants",))


def test_on_a_cluster_only_rules_that_have_been_copied_count() -> None:
    grants = labelled(role("grants", rule("create")), tier="admin")

    before = held_by("admin", aggregating("admin", tier="admin"), grants, settled=True)
    after = held_by("admin", aggregating("admin", rule("create"), tier="admin"), grants, settled=True)

    assert before == PermittedByRole((), (), ("grants",))
    assert after == PermittedByRole((CREATE,), ("grants",))


def test_a_role_of_a_namespace_aggregates_nothing() -> None:
    local = {**role("r", namespace="a"), "aggregationRule": {"clusterRoleSelectors": [{}]}}

    assert permitted_by_role(
        local, {"grants": role("grants", rule("create"))}, ACTIONS, settled=False
    ) == PermittedByRole(())
