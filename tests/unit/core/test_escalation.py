"""Who can give themselves the right to write ReferenceGrants: only by bind, escalate or impersonate."""

from __future__ import annotations

import pytest

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.rbac.authorizer import RBAC_GROUP
from kubectl_refs.core.rbac.grant_writers import VERBS, find_writers
from tests.support.rbac import Stored, account, binding, group, role, rule, user

EVE = user("eve")
WRITER = (
    role("writer", rule(*VERBS), namespace="shared"),
    binding("writers", "Role/writer", user("root"), account("deployer"), group("team"), namespace="shared"),
)
EVERYTHING = role("everything", rule("*", group="*", resource="*"))


def rbac_rule(*verbs: str, resource: str, **more: object) -> JSON:
    return rule(*verbs, group=RBAC_GROUP, resource=resource, **more)


def core_rule(*verbs: str, resource: str, **more: object) -> JSON:
    return rule(*verbs, group="", resource=resource, **more)


def ways(*objects: JSON) -> list[str]:
    """Each of eve's ways as `verb resource`, with the names that it is limited to."""
    found = find_writers(Stored((*WRITER, *objects)), VERBS, "shared")
    return [
        " ".join((each.verb, each.resource, *each.names)) for each in found.escalations if each.subject.name == "eve"
    ]


def eves(*rules: JSON, namespace: str = "shared") -> tuple[JSON, ...]:
    """Roles and bindings that give the rules to eve, in a namespace or (empty) everywhere."""
    kind = "Role" if namespace else "ClusterRole"
    return (
        role("eves", *rules, namespace=namespace),
        binding("eves", f"{kind}/eves", EVE, namespace=namespace),
    )


BINDINGS = rbac_rule("create", resource="rolebindings")


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param(eves(rbac_rule("bind", resource="roles"), BINDINGS), ["bind roles"], id="binds a role"),
        pytest.param(
            eves(rbac_rule("bind", resource="roles", resourceNames=["writer"]), BINDINGS),
            ["bind roles writer"],
            id="binds the one role that gives it",
        ),
        pytest.param(
            eves(rbac_rule("bind", resource="roles", resourceNames=["other"]), BINDINGS), [], id="binds another role"
        ),
        pytest.param(eves(rbac_rule("bind", resource="roles")), [], id="may write no binding"),
        pytest.param(eves(BINDINGS), [], id="may only give what it holds"),
        pytest.param(
            (
                EVERYTHING,
                *eves(rbac_rule("bind", resource="clusterroles"), rbac_rule("patch", resource="rolebindings")),
            ),
            ["bind clusterroles"],
            id="binds a ClusterRole in the namespace",
        ),
        pytest.param(eves(rbac_rule("bind", resource="clusterroles"), BINDINGS), [], id="no ClusterRole gives it"),
        pytest.param(
            eves(rbac_rule("escalate", "update", resource="roles")), ["escalate roles"], id="extends its own role"
        ),
        pytest.param(eves(rbac_rule("escalate", resource="roles")), [], id="may change no role"),
        pytest.param(
            eves(rbac_rule("escalate", "update", resource="roles", resourceNames=["other"])),
            [],
            id="extends a role that it is not bound to",
        ),
        pytest.param(
            eves(core_rule("impersonate", resource="serviceaccounts")),
            ["impersonate serviceaccounts"],
            id="acts as a service account of the namespace",
        ),
        pytest.param(
            eves(core_rule("impersonate", resource="serviceaccounts", resourceNames=["other"])),
            [],
            id="acts as a service account without the right",
        ),
        pytest.param(eves(core_rule("impersonate", resource="users")), [], id="a user is in no namespace"),
        pytest.param(
            eves(core_rule("impersonate", resource="users"), namespace=""), ["impersonate users"], id="acts as a user"
        ),
        pytest.param(
            eves(core_rule("impersonate", resource="users", resourceNames=["root"]), namespace=""),
            ["impersonate users root"],
            id="acts as the one user",
        ),
        pytest.param(
            eves(core_rule("impersonate", resource="groups"), namespace=""),
            [],
            id="a group is impersonated with a user only",
        ),
        pytest.param(
            eves(
                core_rule("impersonate", resource="groups", resourceNames=["system:masters"]),
                core_rule("impersonate", resource="users", resourceNames=["x"]),
                namespace="",
            ),
            ["impersonate groups system:masters"],
            id="acts as the group that may do everything",
        ),
        pytest.param(eves(rule("*", group="*", resource="*")), [], id="has the right already"),
        pytest.param(eves(rule(*VERBS), rbac_rule("bind", resource="roles"), BINDINGS), [], id="needs no way to it"),
    ],
)
def test_a_way_to_the_right_is_told_where_it_leads_there(objects: tuple[JSON, ...], expected: list[str]) -> None:
    assert ways(*objects) == expected


def test_what_one_binding_lacks_another_may_give() -> None:
    parts = (
        role("binds", rbac_rule("bind", resource="roles"), namespace="shared"),
        binding("binds", "Role/binds", EVE, namespace="shared"),
        role("creates", BINDINGS, namespace="shared"),
        binding("creates", "Role/creates", EVE, namespace="shared"),
    )
    assert ways(*parts) == ["bind roles"]
    assert ways(*parts[:2], parts[2], binding("creates", "Role/creates", user("mallory"), namespace="shared")) == []
