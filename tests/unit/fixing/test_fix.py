"""fix as its users see it: manifests on one stream, words on the other, and nothing written without being asked for."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP
from tests.support.builders import from_entry, grant, namespaces, service, to_entry
from tests.support.fakes.api import Canned, FakeAPI, status
from tests.support.fakes.writing import Writing
from tests.support.fixing import NEW, ROUTE, TYPO, attached_route, documents
from tests.support.running import REFUSED, WORKING, Program, written

# Printing.


def test_standard_output_is_the_grant_and_standard_error_says_what_it_is_for(
    program: Program, writing: Writing
) -> None:
    done = program("fix", *ROUTE)
    assert documents(done.out) == [NEW]
    assert done.status == 0
    assert done.err.splitlines() == [
        "create: backend/httproute-frontend-to-api",
        "  what:     a new ReferenceGrant in backend: HTTPRoutes in frontend may reference Service api, nothing else",
        "  for:      HTTPRoute frontend/web -> Service backend/api:80 at spec.rules[0].backendRefs[0]",
    ]


def test_a_misspelt_field_of_a_manifest_is_mended_by_hand(program: Program, tmp_path: Path) -> None:
    route = {**attached_route("backend"), "spec": {"rules": [{"backendRef": {"name": "api", "port": 8080}}]}}
    done = program("fix", *ROUTE, "-f", written(tmp_path / "all.json", [route]))
    assert (done.status, done.out) == (1, "")
    advice = "in the manifest, write backendRefs in place of backendRef, as a list"
    assert advice in done.err


def test_what_may_keep_a_new_grant_from_helping_is_noted(program: Program) -> None:
    scenario = Path(__file__).parents[2] / "scenarios/why/a-new-grant-that-envoy-gateway-may-not-choose/input.yaml"
    done = program("fix", "httproute/site", "-n", "frontend", "--whole", "-f", str(scenario))
    assert "  note:     a new ReferenceGrant may not be enough: Envoy Gateway, " in done.err


@pytest.mark.parametrize(
    ("port", "advice"),
    [("8080", "write port 8080"), (0, "write the port of Service frontend/api as a number from 1 to 65535")],
)
def test_a_port_that_no_server_holds_is_mended_by_hand(
    program: Program, tmp_path: Path, port: object, advice: str
) -> None:
    rules = [{"backendRefs": [{"name": "api", "port": port}]}]
    manifest = written(tmp_path / "all.json", [{**attached_route("backend"), "spec": {"rules": rules}}])
    done = program("fix", *ROUTE, "-f", manifest)
    assert (done.status, done.out) == (1, "")
    assert f"  fix:      in the manifest, {advice}" in done.err.splitlines()


def test_json_is_a_list_of_the_same_objects(program: Program, writing: Writing) -> None:
    done = program("fix", *ROUTE, "-o", "json")
    assert json.loads(done.out) == {"apiVersion": "v1", "kind": "List", "metadata": {}, "items": [NEW]}


def test_a_list_in_json_has_no_items_where_nothing_is_refused(program: Program, api: FakeAPI) -> None:
    api.objects.append(NEW)
    done = program("fix", *ROUTE, "-o", "json")
    assert (done.status, json.loads(done.out)["items"], done.err) == (0, [], "nothing to fix\n")


@pytest.mark.parametrize("words", [[], ["--apply", "--yes"], ["--dry-run=server"]])
def test_where_nothing_is_refused_there_is_nothing_to_fix(
    program: Program, api: FakeAPI, writing: Writing, words: list[str]
) -> None:
    api.objects.append(NEW)
    done = program("fix", *ROUTE, *words)
    assert (done.status, done.out, done.err) == (0, "", "nothing to fix\n")
    assert writing.writes == []


def test_without_apply_nothing_is_sent_but_reads_and_questions_about_rights(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    api.objects.append(TYPO)
    for words in (
        [],
        ["--new"],
        ["--into", "g"],
        ["--broad"],
        ["--dry-run=client"],
        ["--dry-run"],
        ["--dry-run=none"],
        ["--dry-run", "none"],
        ["-o", "json"],
    ):
        assert program("fix", *ROUTE, *words).status == 0
    assert writing.writes == []
    assert {request.method for request in api.requests} == {"GET", "POST"}
    assert {each["verb"] for each in writing.reviews} == {"create", "patch"}


def test_without_apply_a_server_that_does_not_tell_rights_is_no_obstacle(program: Program) -> None:
    done = program("fix", *ROUTE)
    assert (done.status, documents(done.out)) == (0, [NEW])
    assert "may not" not in done.err


def test_a_repaired_grant_is_printed_whole(program: Program, api: FakeAPI, writing: Writing) -> None:
    stored = copy.deepcopy(TYPO)
    stored["metadata"] |= {"uid": "1", "resourceVersion": "7", "managedFields": [{}], "labels": {"team": "a"}}
    api.objects.append(stored)
    done = program("fix", *ROUTE)
    (printed,) = documents(done.out)
    # kubectl would record a resourceVersion, and refuse what the owner applies later.
    assert printed["metadata"] == {"name": "g", "namespace": "backend", "labels": {"team": "a"}}
    assert printed["spec"] == grant(to=[to_entry(name="api")])["spec"]
    assert done.err.startswith(
        "change: backend/g\n  what:     repair spec.from[0].namespace of ReferenceGrant backend/g\n"
    )


def test_that_a_repair_would_do_is_told_where_a_new_grant_is_printed(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    api.objects.append(TYPO)
    done = program("fix", *ROUTE, "--new")
    assert documents(done.out) == [NEW]
    assert "or:       repair spec.from[0].namespace of ReferenceGrant backend/g, without --new" in done.err


def test_new_grants_come_without_changes_of_other_objects(program: Program, api: FakeAPI, writing: Writing) -> None:
    """`why` prints a command with --new on a line that only announces a new grant."""
    api.objects.append(TYPO)
    (web,) = (each for each in api.objects if each["kind"] == "HTTPRoute")
    web["spec"]["rules"].append({"backendRefs": [{"name": "api", "namespace": "backend", "port": 81}]})
    told = program("fix", *ROUTE).err
    assert "write port 80 at spec.rules[1].backendRefs[0]" in told
    assert "  also wrong: Service backend/api has no port 81; it has 80; a grant does not change that\n" in told
    done = program("fix", *ROUTE, "--new", "--apply", "--yes=all")
    assert "write port" not in done.err
    assert [each.method for each in writing.writes] == ["POST"]


def test_what_else_a_change_permits_is_a_warning(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects.append(grant([from_entry(namespace="shop")], [to_entry(name="web")]))
    assert (
        'warning:  it also permits HTTPRoutes in shop to reference Service "api"'
        in program("fix", *ROUTE, "--into=g").err
    )
    assert (
        "  what:     a new ReferenceGrant in backend: HTTPRoutes in frontend may reference any Service\n"
        "  for:      HTTPRoute frontend/web -> Service backend/api:80 at spec.rules[0].backendRefs[0]\n"
        "  warning:  it permits every Service, not only api\n"
    ) in program("fix", *ROUTE, "--broad").err


def test_all_routes_of_a_namespace_are_fixed_together(program: Program, api: FakeAPI, writing: Writing) -> None:
    controller = {"controllerName": "example.com/gateway"}
    named = {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": "GatewayClass",
        "metadata": {"name": "example"},
        "spec": controller,
    }
    api.objects += [attached_route("backend", "other", name="two"), service("other"), *namespaces("other"), named]
    done = program("fix", "-n", "frontend")
    assert {(each["metadata"]["namespace"], len(each["spec"]["to"])) for each in documents(done.out)} == {
        ("backend", 1),
        ("other", 1),
    }
    assert done.err.count("  for: ") == 3
    assert not [path for path in api.paths if path.endswith("/gatewayclasses")]


def test_a_kind_that_may_not_be_listed_leaves_the_answer_open(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects.append(NEW)
    api.forbid("grpcroutes")
    done = program("fix", "-n", "frontend")
    assert done.status == 3
    assert "cannot list grpcroutes.gateway.networking.k8s.io in namespace frontend" in done.err


def test_a_namespace_that_does_not_exist_is_told_instead_of_nothing_to_fix(program: Program, api: FakeAPI) -> None:
    done = program("fix", "-n", "nope")
    assert (done.status, done.out) == (2, "")
    assert done.err.endswith('Error from server (NotFound): namespaces "nope" not found\n')


def test_manifests_without_any_object_are_refused_in_fix_s_name(program: Program, tmp_path: Path) -> None:
    empty = tmp_path / "empty.yaml"
    empty.write_text("---\n")
    done = program("fix", "-f", str(empty))
    assert (done.status, done.out, done.err) == (2, "", "error: no objects passed to fix\n")


def test_manifests_are_fixed_without_a_server(program: Program) -> None:
    done = program("fix", "-f", REFUSED, "--whole")
    (printed,) = documents(done.out)
    assert (done.status, printed["metadata"]["name"]) == (0, "allow-app-routes")
    assert [each["namespace"] for each in printed["spec"]["from"]] == ["frontend", "api-backend"]
    again = program("fix", "-f", WORKING)
    assert (again.status, again.out, again.err) == (0, "", "nothing to fix\n")


def test_several_grants_are_one_stream_of_documents(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects += [attached_route("backend", "other"), service("other"), *namespaces("other")]
    api.objects.remove(attached_route("backend"))
    done = program("fix", *ROUTE)
    assert done.out.count("\n---\n") == 1
    assert [each["metadata"]["namespace"] for each in documents(done.out)] == ["backend", "other"]


# What remains.


def test_a_namespace_left_out_is_told_with_what_comes_after(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects.remove(attached_route("backend"))
    local = copy.deepcopy(attached_route("backend"))
    del local["spec"]["rules"][0]["backendRefs"][0]["namespace"]
    api.objects.append(local)
    done = program("fix", *ROUTE)
    assert (done.status, done.out) == (1, "")
    assert "  what:     write namespace backend" in done.err
    assert "then:     run fix again: the reference will need a grant in backend\n" in done.err
    assert done.err.count("write namespace backend") == 1
    assert "nothing to fix" not in done.err


def test_for_a_target_that_is_missing_no_grant_is_written(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects.remove(service("backend"))
    done = program("fix", *ROUTE)
    assert (done.status, done.out) == (1, "")
    after = "then run 'fix': a reference to backend needs a ReferenceGrant too"
    assert f"fix:      create Service backend/api, or correct the reference; {after}" in done.err
    assert "a grant does not help" not in done.err
    assert program("fix", *ROUTE, "--exit-zero").status == 0


# Unknown.


def test_where_grants_cannot_be_read_the_manifest_is_for_their_owner(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    api.forbid("referencegrants")
    done = program("fix", *ROUTE)
    assert (done.status, documents(done.out)) == (3, [NEW])
    assert "unknown:  it may be permitted already: the ReferenceGrants in backend could not be read" in done.err


def test_what_may_be_permitted_already_is_not_applied(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.forbid("referencegrants")
    done = program("fix", *ROUTE, "--apply", "--yes")
    assert (done.status, documents(done.out)) == (3, [NEW])
    assert (
        "not applied: ReferenceGrant backend/httproute-frontend-to-api: the grants of backend could not be read"
        in done.err
    )
    assert writing.writes == []


# --dry-run=server


def test_a_server_dry_run_tells_the_servers_answer_and_keeps_nothing(program: Program, writing: Writing) -> None:
    done = program("fix", *ROUTE, "--dry-run=server")
    assert (done.status, documents(done.out)) == (0, [NEW])
    assert done.err.endswith("created ReferenceGrant backend/httproute-frontend-to-api (server dry run)\n")
    assert [request.query["dryRun"] for request in writing.writes] == ["All"]
    assert writing.grants() == []


def test_a_server_dry_run_that_is_refused_is_status_one(program: Program, writing: Writing) -> None:
    writing.refuse = lambda request: Canned(403, status(403, "Forbidden", "a policy forbids it"))
    done = program("fix", *ROUTE, "--dry-run=server")
    assert done.status == 1
    assert "Error from server (Forbidden): a policy forbids it" in done.err


# Flags that exclude each other.


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["-o", "wide"], 'unable to match a printer suitable for the output format "wide"'),
        (["--into", "g", "--new"], "--into cannot be used with --new or --name"),
        (["--into", "g", "--name", "h"], "--into cannot be used with --new or --name"),
        (["--name", "Not_Valid"], 'invalid --name "Not_Valid"'),
        (["--name", "x" * 254], "invalid --name"),
        (["--wait"], "--yes and --wait need --apply"),
        (["--yes"], "--yes and --wait need --apply"),
        (["--apply", "--yes", "--dry-run=server"], "--apply and --dry-run are mutually exclusive"),
        (["--apply", "--yes", "-o", "json"], "-o cannot be used with --apply"),
        (["--apply", "--yes", "-f", REFUSED], "-f cannot be used with --apply or --dry-run=server"),
        (["--dry-run=server", "-f", REFUSED], "-f cannot be used with --apply or --dry-run=server"),
        (
            ["--apply", "--yes", "--wait=soon"],
            'invalid argument "soon" for "--wait" flag: time: invalid duration "soon"',
        ),
        (["--dry-run=maybe"], 'invalid argument for "--dry-run" flag'),
        (["--into", "absent"], 'there is no ReferenceGrant "absent" in namespace backend'),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    program: Program, writing: Writing, words: list[str], complaint: str
) -> None:
    done = program("fix", *ROUTE, *words)
    assert (done.status, done.out) == (2, "")
    assert complaint in done.err
    assert done.err.startswith("error: ")
    assert writing.writes == []


def test_an_object_that_is_not_there_is_status_two(program: Program) -> None:
    done = program("fix", "httproute/absent", "-n", "frontend")
    assert (done.status, done.out) == (2, "")
    assert done.err == 'Error from server (NotFound): httproutes.gateway.networking.k8s.io "absent" not found\n'


# Objects that are being deleted.


def test_nothing_is_written_into_a_namespace_that_is_being_deleted(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    (namespace,) = (
        each for each in api.objects if each["metadata"]["name"] == "backend" and each["kind"] == "Namespace"
    )
    namespace["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    done = program("fix", *ROUTE, "--apply", "--yes=all")
    assert (done.status, done.out) == (1, "")
    assert (
        "note:     namespace backend is being deleted: no change is offered there; reference something that stays, or create the namespace again once it is gone\n"
        in done.err
    )
    assert writing.writes == []


def test_a_grant_that_is_being_deleted_takes_no_entry(program: Program, api: FakeAPI, writing: Writing) -> None:
    ending = copy.deepcopy(TYPO)
    ending["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    api.objects.append(ending)
    assert documents(program("fix", *ROUTE).out) == [NEW]
    done = program("fix", *ROUTE, "--into", "g")
    assert (done.status, done.err) == (
        2,
        "error: nothing can be added to ReferenceGrant backend/g: it is being deleted\n",
    )


@pytest.mark.parametrize("words", [ROUTE, ("-n", "frontend"), ("-A",)])
def test_a_repaired_grant_is_printed_whole_and_without_what_the_server_fills_in(
    program: Program, api: FakeAPI, writing: Writing, words: tuple[str, ...]
) -> None:
    """kubectl apply would record a resourceVersion, and take away an annotation that the owner has applied."""
    stored = copy.deepcopy(TYPO)
    applied = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}
    stored["metadata"] |= {"resourceVersion": "7", "annotations": {"owner": "team-a", **applied}}
    api.objects.append(stored)
    (printed,) = documents(program("fix", *words).out)
    assert printed["metadata"] == {"name": "g", "namespace": "backend", "annotations": {"owner": "team-a"}}
