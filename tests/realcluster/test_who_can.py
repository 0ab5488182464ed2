"""who-can compared with the API server's own answers (SubjectAccessReview), for those listed and those not listed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP
from kubectl_refs.core.rbac.grant_writers import VERBS
from tests.support.cluster import access
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.asking import Program
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import from_routes, grant, to_services
from tests.support.cluster.reviewing import Asking, Put, Requester, Reviewer, differences, requests_in
from tests.support.rbac import account, aggregating, binding, group, labelled, role, rule, user

RBAC = "rbac.authorization.k8s.io"
READS_ROLES = access.rule(RBAC, ["roles", "rolebindings"])
READS_CLUSTER_ROLES = access.rule(RBAC, ["clusterroles", "clusterrolebindings"])


@pytest.fixture
def review(cluster: ApiServer) -> Iterator[Reviewer]:
    reviewer = Reviewer(cluster)
    yield reviewer
    reviewer.close()


@pytest.fixture
def put(cluster: ApiServer, review: Reviewer, fresh: Fresh) -> Iterator[Put]:
    doing = Put(cluster, review, fresh(cluster, "suffix").removeprefix("suffix-"))
    yield doing
    doing.clean()


@pytest.fixture
def ask(cluster: ApiServer, refs: Program) -> Asking:
    return Asking(cluster, refs)


@dataclass(frozen=True)
class Company:
    """Two namespaces with every way to give a right, and an empty one in which nobody gets any."""

    own: str
    other: str
    empty: str
    strangers: tuple[Requester, ...]


@pytest.fixture
def company(cluster: ApiServer, fresh: Fresh, put: Put) -> Company:
    own, other, empty = (fresh(cluster, name) for name in ("own", "other", "empty"))
    s = own.removeprefix("own-")
    put(
        role("owner", rule(*VERBS, "get", "list"), namespace=own),
        binding("owners", "Role/owner", group(f"owners-{s}"), account("bot"), account("ci", other), namespace=own),
        # The same name in another namespace is another role.
        role("owner", rule("get"), namespace=other),
        binding("owners", "Role/owner", group(f"readers-{s}"), namespace=other),
        role("creator", rule("create", "get", group="*"), rule("patch", resource="*"), namespace=other),
        binding(
            "creators", "Role/creator", user(f"creator-{s}"), user(f"system:serviceaccount:{own}:odd"), namespace=other
        ),
        role("one", rule("create", "patch", "delete", resourceNames=["one"]), namespace=own),
        binding("one", "Role/one", user(f"one-{s}"), namespace=own),
        role("status", rule("*", resource="referencegrants/status"), rule("deletecollection"), namespace=own),
        binding("status", "Role/status", user(f"status-{s}"), namespace=own),
        role("services", rule("*", group="", resource="*"), namespace=own),
        binding("services", "Role/services", user(f"services-{s}"), namespace=own),
        role(f"all-{s}", rule("*", group="*", resource="*")),
        binding(f"all-{s}", f"ClusterRole/all-{s}", user(f"root-{s}")),
        binding("local-all", f"ClusterRole/all-{s}", group(f"tenant-{s}"), namespace=other),
        binding("accounts", f"ClusterRole/all-{s}", group(f"system:serviceaccounts:{other}"), namespace=own),
        aggregating(f"admin-{s}", rule("update"), tier=f"admin-{s}"),
        labelled(role(f"grants-{s}", rule("update")), tier=f"admin-{s}"),
        binding("admins", f"ClusterRole/admin-{s}", user(f"admin-{s}"), namespace=own),
        aggregating(f"uncopied-{s}", tier=f"admin-{s}"),
        binding("uncopied", f"ClusterRole/uncopied-{s}", user(f"uncopied-{s}"), namespace=own),
        binding("dangling", "Role/nothing", user(f"dangling-{s}"), namespace=own),
        binding(f"dangling-{s}", f"ClusterRole/nothing-{s}", user(f"dangling-{s}")),
    )
    strangers = (
        *map(Requester, (f"status-{s}", f"services-{s}", f"uncopied-{s}", f"dangling-{s}", f"owners-{s}", "nobody")),
        *(
            Requester("somebody", (name,))
            for name in (f"readers-{s}", f"creator-{s}", f"root-{s}", "system:authenticated")
        ),
        *(Requester("somebody", (name,)) for name in ("system:unauthenticated", "system:serviceaccounts", "owner")),
        *(Requester.account(*name) for name in ((own, "ci"), (own, "other"), (empty, "bot"), ("default", "default"))),
        Requester("system:anonymous", ("system:unauthenticated",)),
        Requester("both", (f"readers-{s}", f"tenant-{s}", "system:authenticated")),
    )
    return Company(own, other, empty, strangers)


@pytest.mark.parametrize("place", ["own", "other", "empty"])
def test_the_list_of_a_namespace_is_what_the_server_permits(
    company: Company, ask: Asking, review: Reviewer, place: str
) -> None:
    namespace = getattr(company, place)

    listed = ask("-n", namespace)

    found = [Requester.of(subject) for subject in listed.subjects]
    assert listed.status == 0
    assert len(found) > 2
    assert not differences(listed, review, [*found, *company.strangers], requests_in(namespace))


def test_the_list_of_all_namespaces_is_what_the_server_permits_in_each(
    company: Company, ask: Asking, review: Reviewer
) -> None:
    namespaces = (company.own, company.other, company.empty)

    listed = ask("-A")

    # Other tests have left bindings in their own namespaces, which have no effect here.
    found = [Requester.of(subject) for subject in listed.subjects]
    assert not differences(listed, review, [*found, *company.strangers], requests_in(*namespaces))
    assert {writer["namespace"] for writer in listed.report["writers"]} >= {None, company.own, company.other}
    assert company.empty not in {writer["namespace"] for writer in listed.report["writers"]}


def test_everyone_listed_may_do_something_and_for_one_verb_that_verb(
    company: Company, ask: Asking, review: Reviewer
) -> None:
    for verb in VERBS:
        listed = ask(verb, "-n", company.own)

        assert listed.subjects
        for subject in listed.subjects:
            who = Requester.of(subject)
            asked = (verb, "deletecollection") if verb == "delete" else (verb,)
            assert any(review(who, each, company.own, name) for each in asked for name in ("", "one")), (verb, subject)


def test_who_may_delete_all_at_once_is_listed_and_the_server_permits_it(
    company: Company, ask: Asking, review: Reviewer
) -> None:
    sweeper = Requester(f"status-{company.own.removeprefix('own-')}")
    listed = ask("delete", "-n", company.own)
    assert listed.allows(sweeper, ("deletecollection", company.own, ""))
    assert review(sweeper, "deletecollection", company.own)
    assert not review(sweeper, "delete", company.own, "one")


def test_the_server_itself_always_lets_masters(company: Company, ask: Asking, review: Reviewer) -> None:
    listed = ask("-n", company.empty)

    assert listed.report["always"] == [{"kind": "Group", "name": "system:masters", "standsFor": None}]
    masters = Requester("anybody", ("system:masters",))
    assert all(review(masters, verb, company.empty) for verb in VERBS)


def test_what_gives_nothing_is_told(company: Company, ask: Asking) -> None:
    listed = ask("-n", company.own)

    suffix = company.own.removeprefix("own-")
    assert {
        f"RoleBinding {company.own}/dangling gives nothing: Role {company.own}/nothing does not exist",
        f"ClusterRoleBinding dangling-{suffix} gives nothing: ClusterRole nothing-{suffix} does not exist",
        f"ClusterRole uncopied-{suffix} aggregates the rules of ClusterRole grants-{suffix} but does not hold them "
        f"yet, so RoleBinding {company.own}/uncopied does not give what they permit",
    } <= set(listed.remarks)


def test_aggregated_rules_count_from_when_the_controller_has_copied_them(
    company: Company, cluster: ApiServer, put: Put, ask: Asking, review: Reviewer
) -> None:
    suffix = company.own.removeprefix("own-")
    who = Requester(f"uncopied-{suffix}")
    request = ("update", company.own, "one")
    before = ask("-n", company.own).allows(who, request), review(who, *request)

    put(aggregating(f"uncopied-{suffix}", rule("update"), tier=f"admin-{suffix}"))

    listed = ask("-n", company.own)
    assert before == (False, False)
    assert (listed.allows(who, request), review(who, *request)) == (True, True)
    (writer,) = (each for each in listed.report["writers"] if each["subject"]["name"] == who.user)
    assert writer["aggregatedFrom"] == [f"grants-{suffix}"]


def test_who_may_create_by_name_alone_can_by_server_side_apply_and_not_otherwise(
    company: Company, cluster: ApiServer
) -> None:
    suffix = company.own.removeprefix("own-")
    one, two = (
        json.dumps(grant(company.own, [from_routes("x")], [to_services()], name=name)) for name in ("one", "two")
    )

    def works(*command: str, input: str) -> bool:
        done = cluster.kubectl(*command, "-f", "-", f"--as=one-{suffix}", input=input, check=False)
        assert done.returncode == 0 or "forbidden" in done.stderr
        return done.returncode == 0

    assert not works("create", input=one)
    assert not works("apply", "--server-side", input=two)
    assert works("apply", "--server-side", input=one)


def test_a_rule_for_the_empty_name_permits_creating_by_post_and_nothing_else(
    cluster: ApiServer, fresh: Fresh, put: Put, ask: Asking, review: Reviewer
) -> None:
    namespace = fresh(cluster, "own")
    who = Requester(f"unnamed-{namespace}")
    put(
        role("unnamed", rule("create", "update", "patch", resourceNames=[""]), namespace=namespace),
        binding("unnamed", "Role/unnamed", user(who.user), namespace=namespace),
    )

    (writer,) = (each for each in ask("-n", namespace).report["writers"] if each["subject"]["name"] == who.user)

    assert writer["permissions"] == [{"verb": "create", "names": []}]
    assert review(who, "create", namespace)
    assert not any(review(who, verb, namespace, "one") for verb in VERBS)


def test_an_owner_of_one_namespace_learns_what_that_leaves_open(
    company: Company, cluster: ApiServer, ask: Asking, review: Reviewer, refs: Program
) -> None:
    access.allow_in_namespace(cluster, "app-dev", company.own, [READS_ROLES])

    listed = ask("-n", company.own, user="app-dev")
    text = refs(cluster.kubeconfig("app-dev"), "who-can", "-n", company.own)

    assert (listed.status, text.status) == (3, 3)
    assert [(gap["resource"], gap["namespace"], gap["httpStatus"]) for gap in listed.report["gaps"]] == [
        ("clusterroles", None, 403),
        ("clusterrolebindings", None, 403),
    ]
    assert "The list might not be complete:\n" in text.stdout
    assert {writer["role"]["kind"] for writer in listed.report["writers"]} == {"Role"}
    for writer in listed.report["writers"]:
        who = Requester.of(writer["subject"])
        for each in writer["permissions"]:
            for name in each["names"] or ("",):
                assert review(who, each["verb"], company.own, name)
    # Anyone whom the server allows is at least mentioned: a binding that might allow them is named.
    undecided = [subject for each in listed.report["undecided"] for subject in each["subjects"]]
    suffix = company.own.removeprefix("own-")
    assert f"admin-{suffix}" in [subject["name"] for subject in undecided]
    assert {each["role"]["kind"] for each in listed.report["undecided"]} == {"ClusterRole"}


def test_an_auditor_sees_all_and_writes_nothing(company: Company, cluster: ApiServer, put: Put, ask: Asking) -> None:
    name = f"audits-{company.own}"
    put(role(name, READS_ROLES, READS_CLUSTER_ROLES), binding(name, f"ClusterRole/{name}", user("auditor")))

    with cluster.requests("auditor") as requests:
        listed = ask("-n", company.own, user="auditor")

    assert listed.status == 0
    assert listed.subjects == ask("-n", company.own).subjects
    assert listed.report["caller"] == dict.fromkeys(VERBS, False)
    review = "create /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    lists = [request for request in requests if request.startswith("list ")]
    # Who may not delete may still delete all at once, which is one more question.
    assert requests.count(review) == len(VERBS) + 1
    assert len(lists) == 4
    assert {*requests} == {*lists, review, "get /apis"}


def test_the_caller_is_told_what_they_may(cluster: ApiServer, fresh: Fresh, ask: Asking, refs: Program) -> None:
    namespace = fresh(cluster, "mine")
    rules = [READS_ROLES, access.rule(GATEWAY_GROUP, ["referencegrants"], ["create", "patch"])]
    access.allow_in_namespace(cluster, "grant-owner", namespace, rules)

    listed = ask("-n", namespace, user="grant-owner")
    text = refs(cluster.kubeconfig("grant-owner"), "who-can", "-n", namespace).stdout

    assert listed.report["caller"] == {"create": True, "update": False, "patch": True, "delete": False}
    assert f"you:      may create and patch; may not update or delete (in namespace {namespace})\n" in text
    assert ask("-A", user="grant-owner").report["caller"] == dict.fromkeys(VERBS, False)


def test_a_user_without_rights_learns_that_nothing_is_known(cluster: ApiServer, fresh: Fresh, ask: Asking) -> None:
    listed = ask("-n", fresh(cluster, "foreign"), user="nobody")

    assert (listed.status, listed.report["writers"], listed.remarks) == (3, [], [])
    assert {gap["resource"] for gap in listed.report["gaps"]} == {
        *("roles", "rolebindings", "clusterroles", "clusterrolebindings")
    }
    assert listed.report["caller"] == dict.fromkeys(VERBS, False)


def test_a_namespace_that_does_not_exist_is_told(ask: Asking) -> None:
    assert (
        "namespace no-such-namespace does not exist; this holds once it does" in ask("-n", "no-such-namespace").remarks
    )


def test_the_suggested_role_permits_what_it_says_and_nothing_else(
    cluster: ApiServer, fresh: Fresh, put: Put, refs: Program, ask: Asking, review: Reviewer
) -> None:
    namespace, other = fresh(cluster, "shared"), fresh(cluster, "elsewhere")
    team = f"oidc:Platform Team {namespace}"
    who, similar = Requester("jane", (team, "system:authenticated")), Requester("jane", (team.lower(),))

    done = refs(cluster.kubeconfig("nobody"), "who-can", "-n", namespace, "--suggest", team)
    cluster.kubectl("apply", "-f", "-", input=done.stdout)
    put()

    assert done.status == 0
    listed = ask("-n", namespace)
    assert team in [subject["name"] for subject in listed.subjects]
    assert all(review(who, verb, namespace) for verb in (*VERBS, "get", "list"))
    assert not any(review(who, verb, other) for verb in (*VERBS, "get", "list"))
    assert not any(review(similar, verb, namespace) for verb in VERBS)
    assert not any(review(who, verb, namespace) for verb in ("watch", "deletecollection", "*"))
    assert not any(
        review(who, verb, namespace, group=api_group, resource=resource)
        for verb in (*VERBS, "get", "list")
        for api_group, resource in (
            *((GATEWAY_GROUP, name) for name in ("httproutes", "gateways", "referencegrants/status", "*")),
            *(("", name) for name in ("services", "secrets", "namespaces")),
            *((RBAC, name) for name in ("roles", "rolebindings")),
        )
    )


def test_the_suggested_role_is_enough_to_work_with_kubectl(
    cluster: ApiServer, fresh: Fresh, put: Put, refs: Program
) -> None:
    namespace = fresh(cluster, "shared")
    team = f"team-{namespace}"
    cluster.kubectl(
        *("apply", "-f", "-"),
        input=refs(cluster.kubeconfig("nobody"), "who-can", "-n", namespace, "--suggest", team).stdout,
    )
    put()
    jane = ("-n", namespace, "--as=jane", f"--as-group={team}")
    first, second = (
        json.dumps(grant(namespace, [from_routes("x")], [to_services(name=name)], name="g")) for name in ("a", "b")
    )

    for command, manifest in (("create", first), ("apply", second), ("replace", first), ("apply", second)):
        cluster.kubectl(command, "-f", "-", *jane, input=manifest)
    cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", *jane, input=first)
    listed = cluster.kubectl("get", "referencegrants", "-o", "name", *jane).stdout
    cluster.kubectl("delete", "referencegrant", "g", *jane)

    assert listed == "referencegrant.gateway.networking.k8s.io/g\n"
    assert cluster.kubectl("get", "referencegrants", "-n", namespace, "-o", "name").stdout == ""


def test_a_second_groups_suggestion_leaves_the_first_alone(
    cluster: ApiServer, fresh: Fresh, put: Put, refs: Program, review: Reviewer
) -> None:
    namespace = fresh(cluster, "shared")
    teams = (f"Team {namespace}", f"team-{namespace}")

    for words, team in zip(((), ("create",)), teams, strict=True):
        done = refs(cluster.kubeconfig(), "who-can", *words, "-n", namespace, "--suggest", team)
        cluster.kubectl("apply", "-f", "-", input=done.stdout)
    put()

    may = {team: [verb for verb in VERBS if review(Requester("x", (team,)), verb, namespace)] for team in teams}
    assert may == {teams[0]: list(VERBS), teams[1]: ["create"]}


def test_whoever_is_said_to_have_a_way_to_the_right_can_go_it(
    cluster: ApiServer, ask: Asking, put: Put, fresh: Fresh
) -> None:
    """Take each way on the server: eve binds, escalates or impersonates, and writes a grant. Her neighbour, who has
    only half of the rights, is refused."""
    own = fresh(cluster, "ways")
    s = own.removeprefix("ways-")
    rbac = {"group": RBAC}
    put(
        role("writer", rule(*VERBS), namespace=own),
        binding("writers", "Role/writer", account("deployer"), namespace=own),
        role(
            "binds",
            rule("bind", resource="roles", **rbac),
            rule("create", resource="rolebindings", **rbac),
            namespace=own,
        ),
        binding("binds", "Role/binds", user(f"binds-{s}"), namespace=own),
        role(
            "half",
            rule("create", resource="rolebindings", **rbac),
            rule("update", resource="roles", **rbac),
            namespace=own,
        ),
        binding("half", "Role/half", user(f"half-{s}"), namespace=own),
        role("escalates", rule("get", "escalate", "update", "patch", resource="roles", **rbac), namespace=own),
        binding("escalates", "Role/escalates", user(f"escalates-{s}"), namespace=own),
        role("acts", rule("impersonate", group="", resource="serviceaccounts"), namespace=own),
        binding("acts", "Role/acts", user(f"acts-{s}"), namespace=own),
    )
    found = ask("-n", own).report["escalations"]
    ways = {each["subject"]["name"]: f"{each['verb']} {each['resource']}" for each in found}
    assert {name: way for name, way in ways.items() if name.endswith(s)} == {
        f"binds-{s}": "bind roles",
        f"escalates-{s}": "escalate roles",
        f"acts-{s}": "impersonate serviceaccounts",
    }

    bind = ("create", "rolebinding", "given", "--role=writer", f"--user=binds-{s}", "-n", own)
    assert "forbidden" in cluster.kubectl(*bind, "--as", f"half-{s}", check=False).stderr
    cluster.kubectl(*bind, "--as", f"binds-{s}")
    escalate = json.dumps({"rules": [rule("*", group=RBAC, resource="roles"), rule(*VERBS)]})
    extend = ("patch", "role", "escalates", "-n", own, "--type=merge", "-p", escalate)
    assert "forbidden" in cluster.kubectl(*extend, "--as", f"half-{s}", check=False).stderr
    cluster.kubectl(*extend, "--as", f"escalates-{s}")
    account_name = f"system:serviceaccount:{own}:deployer"
    for who in (f"binds-{s}", f"escalates-{s}", account_name):
        assert cluster.kubectl("auth", "can-i", "create", "referencegrants", "-n", own, "--as", who).stdout == "yes\n"
