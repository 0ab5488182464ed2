"""who-can as its users see it: what is printed, on which stream, with which exit status."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.rbac.grant_writers import VERBS
from kubectl_refs.core.view.catalog import CORE_KINDS
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.fakes.api import Canned, FakeAPI, Request, status
from tests.support.rbac import (
    RBAC_KINDS,
    account,
    aggregating,
    binding,
    group,
    labelled,
    role,
    rule,
    user,
)
from tests.support.running import Done, Program

NAMESPACE: JSON = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shared"}}
OBJECTS = (
    NAMESPACE,
    role("writer", rule("create", "update"), rule("patch", resourceNames=["one"]), namespace="shared"),
    binding("team-writes", "Role/writer", group("team"), account("bot"), namespace="shared"),
    role("everything", rule("*", group="*", resource="*")),
    binding("admins", "ClusterRole/everything", user("root")),
    role("reader", rule("get", "list")),
    binding("readers", "ClusterRole/reader", group("system:authenticated")),
)
REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


@pytest.fixture
def api() -> Iterator[FakeAPI]:
    with FakeAPI(OBJECTS, kinds=(*CORE_KINDS, *GATEWAY_API_KINDS, *RBAC_KINDS)) as server:
        server.fault = may_only("create", "update")
        yield server


def may_only(*verbs: str) -> Any:
    """Answer SelfSubjectAccessReviews; the server itself answers everything else."""

    def answer(request: Request) -> Canned | None:
        if request.path != REVIEW:
            return None
        attributes = json.loads(request.body)["spec"]["resourceAttributes"]
        assert (attributes["group"], attributes["resource"]) == ("gateway.networking.k8s.io", "referencegrants")
        return Canned(201, {"kind": "SelfSubjectAccessReview", "status": {"allowed": attributes["verb"] in verbs}})

    return answer


@pytest.fixture
def live(refs: Program, api: FakeAPI) -> Program:
    """The program with the fake server as its cluster and `shared` as the current namespace."""
    refs.use(api, "shared")
    return refs


def rows(text: str) -> list[tuple[str, ...]]:
    """The table at the start of a text, with cells separated by at least three spaces."""
    lines = text.partition("\n\n")[0].splitlines()
    return [tuple(cell.strip() for cell in line.split("   ") if cell.strip()) for line in lines]


def test_every_subject_is_told_with_what_gives_it(live: Program) -> None:
    done = live("who-can")

    assert (done.status, done.err) == (0, "")
    by_role = "RoleBinding team-writes -> Role writer"
    by_cluster_role = "ClusterRoleBinding admins -> ClusterRole everything"
    assert rows(done.out) == [
        ("SUBJECT", "KIND", "VERBS", "NAMESPACE", "GIVEN BY", "NOTES"),
        ("team", "Group", "create,update,patch", "shared", by_role, "patch only one"),
        ("shared/bot", "ServiceAccount", "create,update,patch", "shared", by_role, "patch only one"),
        ("root", "User", "create,update,patch,delete", "<all>", by_cluster_role, "<none>"),
    ]


def test_who_may_delete_all_at_once_is_told_with_what_that_means(live: Program, api: FakeAPI) -> None:
    api.objects += [
        role("sweeper", rule("deletecollection"), namespace="shared"),
        binding("sweepers", "Role/sweeper", user("cleaner"), namespace="shared"),
    ]
    api.fault = may_only("create", "deletecollection")
    done = live("who-can", "create", "delete")
    (row,) = [row for row in rows(done.out) if row[0] == "cleaner"]
    assert row[2:] == (
        "deletecollection",
        "shared",
        "RoleBinding sweepers -> Role sweeper",
        "deletecollection deletes all at once, or those that a selector picks",
    )
    assert "you:      may create and deletecollection; may not delete (in namespace shared)\n" in done.out


def test_who_needs_no_role_and_what_no_role_tells_is_said_below(live: Program) -> None:
    below = live("who-can").out.partition("\n\n")[2]

    assert "Group system:masters may do everything, whatever RBAC says" in below
    assert "a webhook) cannot be listed" in below
    assert "you:      may create and update; may not patch or delete (in namespace shared)\n" in below


def test_only_verbs_asked_about_are_told_however_they_are_written(live: Program) -> None:
    done = live("who-can", "PATCH,delete", "patch")

    assert [row[0::2][:2] for row in rows(done.out)[1:]] == [
        ("team", "patch"),
        ("shared/bot", "patch"),
        ("root", "patch,delete"),
    ]
    assert "you:      may not patch or delete (in namespace shared)\n" in done.out


@pytest.mark.parametrize(
    "word", ["referencegrants", "referencegrant", "refgrant", "ReferenceGrants.gateway.networking.k8s.io"]
)
def test_grants_may_be_named_behind_the_verbs_as_in_kubectl_auth_can_i(live: Program, word: str) -> None:
    assert live("who-can", "patch", word) == live("who-can", "patch")
    assert live("who-can", word) == live("who-can")


def test_who_may_write_other_kinds_is_no_question_for_it(refs: Program) -> None:
    line = "error: who-can is about ReferenceGrants, not HTTPRoutes\n"
    assert refs("who-can", "create", "httproutes") == Done(2, "", line)


@pytest.mark.parametrize("word", ["get", "create,list", "create,", "*"])
def test_other_verbs_are_a_mistake(refs: Program, word: str) -> None:
    wrong = next(each for each in word.split(",") if each != "create")

    done = refs("who-can", word, "-n", "shared")

    line = f'error: invalid verb "{wrong}", allowed verbs are: create,update,patch,delete\n'
    assert done == Done(2, "", line)


def test_another_namespace_has_the_cluster_wide_writers_alone(live: Program, api: FakeAPI) -> None:
    api.objects.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "empty"}})

    done = live("who-can", "-n", "empty")

    assert [row[0] for row in rows(done.out)] == ["SUBJECT", "root"]
    assert "does not exist" not in done.out
    assert done.status == 0


def test_a_namespace_that_does_not_exist_is_said_so(live: Program) -> None:
    said = "note:     namespace sharde does not exist; this holds once it does\n\nSUBJECT"
    assert live("who-can", "-n", "sharde").out.startswith(said)


def test_the_namespace_is_asked_for_only_where_nothing_proves_it(live: Program, api: FakeAPI) -> None:
    live("who-can")

    assert not [path for path in api.paths if path.startswith("/api/v1/")]


def test_all_namespaces_are_one_table(live: Program, api: FakeAPI) -> None:
    api.objects += [
        role("writer", rule("delete"), namespace="other"),
        binding("b", "Role/writer", group("team"), namespace="other"),
    ]

    done = live("who-can", "-A")

    assert [(row[0], row[2], row[3]) for row in rows(done.out)[1:]] == [
        ("team", "delete", "other"),
        ("team", "create,update,patch", "shared"),
        ("shared/bot", "create,update,patch", "shared"),
        ("root", "create,update,patch,delete", "<all>"),
    ]
    assert "you:      may create and update; may not patch or delete (in all namespaces at once)\n" in done.out


def test_all_namespaces_win_over_one_as_with_kubectl(live: Program) -> None:
    assert live("who-can", "-A", "-n", "elsewhere") == live("who-can", "-A")


@pytest.mark.parametrize(("words", "namespace"), [((), "shared"), (("-n", "other"), "other"), (("-A",), "")])
def test_the_question_whether_the_caller_may_is_about_the_same_place(
    live: Program, api: FakeAPI, words: tuple[str, ...], namespace: str
) -> None:
    live("who-can", *words)

    asked = [json.loads(each.body)["spec"]["resourceAttributes"] for each in api.requests if each.path == REVIEW]
    # Who may not delete may still delete all at once.
    verbs = (*VERBS, "deletecollection")
    assert [(each["verb"], each["namespace"]) for each in asked] == [(verb, namespace) for verb in verbs]


def test_only_what_the_owner_of_a_namespace_may_read_is_read_of_it(live: Program, api: FakeAPI) -> None:
    live("who-can")

    rbac = "/apis/rbac.authorization.k8s.io/v1"
    assert {path for path in api.paths if path.startswith(rbac)} == {
        f"{rbac}/namespaces/shared/roles",
        f"{rbac}/namespaces/shared/rolebindings",
        f"{rbac}/clusterroles",
        f"{rbac}/clusterrolebindings",
    }


def test_a_binding_for_nobody_is_passed_over(live: Program, api: FakeAPI) -> None:
    api.forbid("clusterroles")
    api.objects += [
        binding("for-nobody", "Role/gone", namespace="shared"),
        binding("for-nobody-either", "ClusterRole/admin", namespace="shared"),
    ]

    assert "for-nobody" not in live("who-can").out


def test_nothing_is_written_but_the_question_whether_the_caller_may(live: Program, api: FakeAPI) -> None:
    live("who-can")

    assert {(each.method, each.path) for each in api.requests if each.method != "GET"} == {("POST", REVIEW)}


def test_a_binding_to_a_role_that_is_not_there_gives_nothing_and_is_told(live: Program, api: FakeAPI) -> None:
    api.objects.append(binding("old", "Role/gone", group("ghosts"), namespace="shared"))

    done = live("who-can")

    assert "note:     RoleBinding shared/old gives nothing: Role shared/gone does not exist\n" in done.out
    assert "ghosts" not in done.out
    assert done.status == 0


def test_rules_that_no_controller_has_copied_give_nothing_and_are_told(live: Program, api: FakeAPI) -> None:
    api.objects += [
        aggregating("admin", tier="admin"),
        labelled(role("grants", rule("create")), tier="admin"),
        binding("owners", "ClusterRole/admin", group("owners"), namespace="shared"),
    ]

    done = live("who-can")

    assert (
        "note:     ClusterRole admin aggregates the rules of ClusterRole grants but does not hold them yet, so "
        "RoleBinding shared/owners does not give what they permit\n"
    ) in done.out
    assert "owners" not in [row[0] for row in rows(done.out)]


def test_rules_taken_over_are_told_with_their_origin(live: Program, api: FakeAPI) -> None:
    api.objects += [
        aggregating("admin", rule("create"), tier="admin"),
        labelled(role("grants", rule("create")), tier="admin"),
        binding("owners", "ClusterRole/admin", group("owners"), namespace="shared"),
    ]

    by_subject = {row[0]: row for row in rows(live("who-can").out)}

    given_by, notes = "RoleBinding owners -> ClusterRole admin", "by the rules of ClusterRole grants"
    assert by_subject["owners"][2:] == ("create", "shared", given_by, notes)


def test_creating_by_name_is_told_with_the_one_way_that_it_works(live: Program, api: FakeAPI) -> None:
    api.objects += [
        role("one", rule("create", "patch", resourceNames=["one"]), namespace="shared"),
        binding("one", "Role/one", group("system:serviceaccounts:ci"), namespace="shared"),
    ]

    by_subject = {row[0]: row for row in rows(live("who-can").out)}

    assert by_subject["system:serviceaccounts:ci"][-1] == (
        "create,patch only one; create only by server-side apply, which needs patch as well; "
        "every service account of namespace ci"
    )


def test_nobody_is_said_in_a_sentence(live: Program, api: FakeAPI) -> None:
    api.objects = [NAMESPACE]

    done = live("who-can", "create", "delete")

    assert done.out.startswith("No binding lets anybody create or delete ReferenceGrants in namespace shared.\n\n")
    assert done.status == 0


def test_what_may_not_be_read_is_told_with_what_it_leaves_open(live: Program, api: FakeAPI) -> None:
    api.forbid("clusterroles")
    api.forbid("clusterrolebindings")
    api.objects.append(binding("owners", "ClusterRole/admin", group("owners"), user("kim"), namespace="shared"))

    done = live("who-can")

    assert done.status == 3
    assert [row[0] for row in rows(done.out)] == ["SUBJECT", "team", "shared/bot"]
    incomplete = done.out.partition("The list might not be complete:\n")[2].splitlines()
    assert incomplete == [
        'not read: forbidden: User "jane" cannot list at the cluster scope:',
        "          clusterroles.rbac.authorization.k8s.io, so what bindings give by a ClusterRole is not known",
        "          clusterrolebindings.rbac.authorization.k8s.io, so whom ClusterRoleBindings let write ReferenceGrants in "
        "every namespace is not known",
        "unknown:  RoleBinding shared/owners gives ClusterRole admin to Group owners, User kim",
    ]


def test_without_any_right_nothing_is_claimed(live: Program, api: FakeAPI) -> None:
    for kind in RBAC_KINDS:
        api.forbid(kind.plural)

    done = live("who-can")

    assert done.status == 3
    assert done.out.startswith("No binding that could be read lets anybody create, update, patch or delete")
    assert all(f"          {kind.plural}.rbac.authorization.k8s.io, so " in done.out for kind in RBAC_KINDS)
    assert "does not exist" not in done.out


def test_exit_zero_is_for_scripts_that_want_the_text(live: Program, api: FakeAPI) -> None:
    api.forbid("clusterroles")

    assert live("who-can", "--exit-zero").status == 0


def test_a_question_about_the_caller_that_is_refused_leaves_it_open(live: Program, api: FakeAPI) -> None:
    refusal = Canned(403, status(403, "Forbidden", "no reviews for you"))
    api.fault = lambda request: refusal if request.path == REVIEW else None

    done = live("who-can", "create", "delete")

    assert done.status == 3
    assert "you:      perhaps may create and delete (in namespace shared)\n" in done.out
    assert "          HTTP 403: no reviews for you\n          so whether you may create ReferenceGrants" in done.out


def test_a_server_without_roles_or_without_grants_says_so(live: Program, api: FakeAPI) -> None:
    api.kinds = CORE_KINDS

    done = live("who-can")

    assert done.status == 3
    assert re.findall(r"the server has no kind (\w+)\.rbac\.authorization\.k8s\.io\n", done.out) == [
        *("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding")
    ]
    assert (
        "note:     the server has no kind ReferenceGrant.gateway.networking.k8s.io, so nobody can write one" in done.out
    )


def test_wide_has_a_row_for_each_verb(live: Program) -> None:
    table = rows(live("who-can", "-o", "wide").out)

    assert table[0][2:] == ("VERB", "NAMES", "NAMESPACE", "BINDING", "ROLE", "AGGREGATED FROM", "STANDS FOR")
    assert [row[2:7] for row in table if row[0] == "team"] == [
        ("create", "<all>", "shared", "RoleBinding team-writes", "Role writer"),
        ("update", "<all>", "shared", "RoleBinding team-writes", "Role writer"),
        ("patch", "one", "shared", "RoleBinding team-writes", "Role writer"),
    ]


def test_json_tells_what_the_text_tells(live: Program, api: FakeAPI) -> None:
    api.forbid("clusterrolebindings")

    done = live("who-can", "-o", "json")

    report = json.loads(done.out)
    assert done.status == 3
    assert (report["apiVersion"], report["kind"], report["namespace"]) == ("refs/v1alpha1", "WhoCanReport", "shared")
    assert report["caller"] == {"create": True, "update": True, "patch": False, "delete": False}
    assert report["writers"][0] == {
        "subject": {"kind": "Group", "name": "team", "standsFor": None},
        "namespace": "shared",
        "permissions": [
            {"verb": "create", "names": []},
            {"verb": "update", "names": []},
            {"verb": "patch", "names": ["one"]},
        ],
        "binding": {
            "group": "rbac.authorization.k8s.io",
            "kind": "RoleBinding",
            "namespace": "shared",
            "name": "team-writes",
        },
        "role": {"group": "rbac.authorization.k8s.io", "kind": "Role", "namespace": "shared", "name": "writer"},
        "aggregatedFrom": [],
    }
    bot = {"kind": "ServiceAccount", "namespace": "shared", "name": "bot", "standsFor": None}
    assert report["writers"][1]["subject"] == bot
    assert report["always"] == [{"kind": "Group", "name": "system:masters", "standsFor": None}]
    assert [gap["resource"] for gap in report["gaps"]] == ["clusterrolebindings"]


def test_yaml_and_queries_are_views_of_the_same_data(live: Program) -> None:
    assert yaml.safe_load(live("who-can", "-o", "yaml").out) == json.loads(live("who-can", "-o", "json").out)
    assert json.loads(live("who-can", "--query", "writers[].subject.name").out) == ["team", "bot", "root"]


def test_names_from_the_cluster_cannot_steer_a_terminal(live: Program, api: FakeAPI) -> None:
    api.objects.append(binding("b", "Role/writer", group("\x1b[31mred"), namespace="shared"))

    for format_ in ("text", "wide", "json", "yaml"):
        assert "\x1b" not in live("who-can", "-o", format_).out
