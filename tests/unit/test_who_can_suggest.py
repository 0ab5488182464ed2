"""The output of `who-can --suggest`: a Role and a RoleBinding to apply, and on standard error what they do."""

from __future__ import annotations

import pytest
import yaml

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.rbac.grant_writers import VERBS, find_writers
from tests.support.fakes.api import FakeAPI
from tests.support.rbac import Stored, group
from tests.support.running import Done, Program


def suggested(done: Done) -> tuple[JSON, JSON]:
    made, bound = yaml.safe_load_all(done.out)
    return made, bound


def test_a_suggestion_is_the_least_role_and_its_binding(refs: Program) -> None:
    done = refs("who-can", "-n", "shared", "--suggest", "platform-team")

    made, bound = suggested(done)
    assert done.status == 0
    assert made["rules"] == [
        {
            "apiGroups": ["gateway.networking.k8s.io"],
            "resources": ["referencegrants"],
            "verbs": ["create", "delete", "get", "list", "patch", "update"],
        }
    ]
    assert (
        made["metadata"] == bound["metadata"] == {"name": "referencegrant-writer-platform-team", "namespace": "shared"}
    )
    assert bound["roleRef"] == {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "Role",
        "name": made["metadata"]["name"],
    }
    assert bound["subjects"] == [group("platform-team")]
    assert done.err == (
        "Applied with kubectl apply -f -, this lets group platform-team read, create, update, patch and delete "
        "ReferenceGrants in namespace shared, and nothing else. The namespace must exist.\n"
    )


def test_a_suggestion_for_some_verbs_permits_no_others(refs: Program) -> None:
    done = refs("who-can", "create", "-n", "shared", "--suggest", "platform-team")

    assert suggested(done)[0]["rules"][0]["verbs"] == ["create", "get", "list"]
    assert "lets group platform-team read and create ReferenceGrants in namespace shared" in done.err


def test_a_suggestion_does_what_it_says_by_our_own_reading(refs: Program) -> None:
    done = refs("who-can", "-n", "shared", "--suggest", "oidc:Team A")

    (writer,) = find_writers(Stored(suggested(done)), VERBS, "shared").writers
    assert (str(writer.subject), [each.verb for each in writer.permissions]) == ("oidc:Team A", list(VERBS))


@pytest.mark.parametrize(
    "name", ["oidc:Team", "OIDC:team", "team", "Team", "team-", "a" * 300, "группа", "/..%", "null"]
)
def test_groups_of_every_spelling_get_valid_names_of_their_own(refs: Program, name: str) -> None:
    others = {
        suggested(refs("who-can", "-n", "shared", "--suggest", other))[0]["metadata"]["name"]
        for other in ("oidc-team", "tEAM", "a" * 299, "-", "true")
    }

    made, bound = suggested(refs("who-can", "-n", "shared", "--suggest", name))

    own = made["metadata"]["name"]
    assert bound["subjects"] == [group(name)]
    assert own not in others
    assert len(own) <= 63
    assert all(char.isascii() and (char.islower() or char.isdigit() or char == "-") for char in own)
    assert not own.endswith("-")


def test_a_suggestion_is_for_the_current_namespace_where_none_is_named(refs: Program) -> None:
    with FakeAPI() as api:
        refs.use(api, "shared")
        made, _ = suggested(refs("who-can", "--suggest", "team"))

    assert made["metadata"]["namespace"] == "shared"
    assert api.requests == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-A"], "--suggest cannot be used with -A: it is for one namespace"),
        (["-o", "json"], "--suggest prints YAML: it cannot be used with another -o or with --query"),
        (["--query", "x"], "--suggest prints YAML: it cannot be used with another -o or with --query"),
        (["list"], 'invalid verb "list", allowed verbs are: create,update,patch,delete'),
    ],
)
def test_what_does_not_go_with_a_suggestion_is_refused(refs: Program, words: list[str], message: str) -> None:
    assert refs("who-can", "-n", "shared", "--suggest", "team", *words) == Done(2, "", f"error: {message}\n")


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "--suggest needs the name of a group"), ("system:masters", "group system:masters may do everything already")],
)
def test_no_role_is_suggested_for_nobody_or_for_those_who_need_none(refs: Program, name: str, message: str) -> None:
    assert refs("who-can", "-n", "shared", "--suggest", name) == Done(2, "", f"error: {message}\n")


def test_a_service_account_is_bound_as_one(refs: Program) -> None:
    done = refs("who-can", "create", "-n", "shared", "--suggest", "system:serviceaccount:ci:deployer")

    assert suggested(done)[1]["subjects"] == [{"kind": "ServiceAccount", "name": "deployer", "namespace": "ci"}]
    assert "lets service account ci/deployer read and create ReferenceGrants in namespace shared" in done.err
    wrong = refs("who-can", "-n", "shared", "--suggest", "system:serviceaccount:ci")
    assert (wrong.status, wrong.out) == (2, "")
