"""fix as its users meet it: manifests on one stream, words on the other, and nothing written that was not asked for."""

from __future__ import annotations

import copy
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_refs.core.model import GATEWAY_GROUP, JSON
from kubectl_refs.core.plan import Wishes
from kubectl_refs.fix import Doing, fix
from kubectl_refs.fixing.waiting import Clock
from kubectl_refs.place import Place
from tests.fakeapi import Canned, FakeAPI, status
from tests.running import REFUSED, WORKING, Program
from tests.unit.core.builders import from_entry, grant, to_entry
from tests.writing import Writing

GATEWAY: JSON = {
    "apiVersion": f"{GATEWAY_GROUP}/v1",
    "kind": "Gateway",
    "metadata": {"name": "public", "namespace": "frontend"},
    "spec": {"gatewayClassName": "example", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]},
}
TYPO = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
NEW = grant(to=[to_entry(name="api")], name="httproute-frontend-to-api")
ROUTE = ("httproute/web", "-n", "frontend")


def service(namespace: str, name: str = "api") -> JSON:
    spec = {"ports": [{"port": 80}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def route(*namespaces: str, name: str = "web", generation: int = 1, **spec: Any) -> JSON:
    backends = [{"name": "api", "namespace": namespace, "port": 80} for namespace in namespaces]
    return {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": name, "namespace": "frontend", "generation": generation},
        "spec": {"parentRefs": [{"name": "public"}], "rules": [{"backendRefs": backends}], **spec},
    }


def resolved(refs: str, reason: str, when: str = "2026-01-01T00:00:00Z", by: str = "example.com/gateway") -> JSON:
    """The status that a controller writes about the route's parent."""
    conditions = [
        {
            "type": type_,
            "status": value,
            "reason": why,
            "message": "",
            "observedGeneration": 1,
            "lastTransitionTime": when,
        }
        for type_, value, why in (("Accepted", "True", "Accepted"), ("ResolvedRefs", refs, reason))
    ]
    return {"parents": [{"parentRef": {"name": "public"}, "controllerName": by, "conditions": conditions}]}


def namespaces(*names: str) -> list[JSON]:
    return [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in names]


@pytest.fixture
def api() -> Iterator[FakeAPI]:
    objects = [*namespaces("frontend", "backend"), GATEWAY, service("backend"), route("backend")]
    with FakeAPI(objects) as server:
        yield server


@pytest.fixture
def writing(api: FakeAPI) -> Writing:
    return Writing(api)


@pytest.fixture
def program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, api: FakeAPI
) -> Program:
    found = Program(capsys, monkeypatch, tmp_path)
    found.use(api)
    return found


class Keyboard(io.StringIO):
    """A terminal at which the answer has been typed already."""

    def isatty(self) -> bool:
        return True


Answer = Callable[[str], None]


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Makes the program believe that it talks to a terminal, where this is typed."""

    def answer(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", Keyboard(text))
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    return answer


def documents(text: str) -> list[JSON]:
    return list(yaml.safe_load_all(text))


# Printing.


def test_standard_output_is_the_grant_and_standard_error_says_what_it_is_for(
    program: Program, writing: Writing
) -> None:
    done = program("fix", *ROUTE)
    assert documents(done.out) == [NEW]
    assert done.status == 0
    assert done.err.splitlines() == [
        "create: backend/httproute-frontend-to-api",
        "  what:     a new ReferenceGrant in backend: HTTPRoutes of frontend may refer to Service api, nothing else",
        "  for:      HTTPRoute frontend/web -> Service backend/api:80 at spec.rules[0].backendRefs[0]",
    ]


def test_json_is_a_list_of_the_same_objects(program: Program, writing: Writing) -> None:
    done = program("fix", *ROUTE, "-o", "json")
    assert json.loads(done.out) == {"apiVersion": "v1", "kind": "List", "metadata": {}, "items": [NEW]}


@pytest.mark.parametrize("words", [[], ["-o", "json"], ["--apply", "--yes"], ["--dry-run=server"]])
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
    for words in ([], ["--patch"], ["--into", "g"], ["--broad"], ["--dry-run=client"], ["-o", "json"]):
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
    done = program("fix", *ROUTE, "--patch")
    (printed,) = documents(done.out)
    assert printed["metadata"] == {"name": "g", "namespace": "backend", "labels": {"team": "a"}}
    assert printed["spec"] == grant(to=[to_entry(name="api")])["spec"]
    assert done.err.startswith(
        "change: backend/g\n  what:     repair spec.from[0].namespace of ReferenceGrant backend/g\n"
    )


def test_that_a_repair_would_do_is_told_where_a_new_grant_is_printed(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    api.objects.append(TYPO)
    done = program("fix", *ROUTE)
    assert documents(done.out) == [NEW]
    assert "or:       repair spec.from[0].namespace of ReferenceGrant backend/g, with --patch" in done.err


def test_what_else_a_change_permits_is_a_warning(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects.append(grant([from_entry(namespace="shop")], [to_entry(name="web")]))
    assert (
        'warning:  it also permits HTTPRoutes of shop to refer to Service "api"'
        in program("fix", *ROUTE, "--into=g").err
    )
    assert (
        "warning:  it also permits HTTPRoutes of frontend to refer to any Service"
        in program("fix", *ROUTE, "--broad").err
    )


def test_all_routes_of_a_namespace_are_fixed_together(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects += [route("backend", "other", name="two"), service("other"), *namespaces("other")]
    done = program("fix", "-n", "frontend")
    assert {(each["metadata"]["namespace"], len(each["spec"]["to"])) for each in documents(done.out)} == {
        ("backend", 1),
        ("other", 1),
    }
    assert done.err.count("  for: ") == 3


def test_a_kind_that_may_not_be_listed_leaves_the_answer_open(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects.append(NEW)
    api.forbid("grpcroutes")
    done = program("fix", "-n", "frontend")
    assert done.status == 3
    assert "Error from server (Forbidden): grpcroutes" in done.err


def test_without_a_name_and_without_a_namespace_the_question_is_refused(program: Program) -> None:
    done = program("fix")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: You must specify what to explain")


def test_manifests_are_fixed_without_a_server(program: Program) -> None:
    done = program("fix", "-f", REFUSED)
    (printed,) = documents(done.out)
    assert (done.status, printed["metadata"]["name"]) == (0, "httproute-frontend-to-auth-service")
    again = program("fix", "-f", WORKING)
    assert (again.status, again.out, again.err) == (0, "", "nothing to fix\n")


def test_several_grants_are_one_stream_of_documents(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects += [route("backend", "other"), service("other"), *namespaces("other")]
    api.objects.remove(route("backend"))
    done = program("fix", *ROUTE)
    assert done.out.count("\n---\n") == 1
    assert [each["metadata"]["namespace"] for each in documents(done.out)] == ["backend", "other"]


# What is left.


def test_fixes_that_are_no_grant_are_told_and_not_applied(program: Program, api: FakeAPI, writing: Writing) -> None:
    elsewhere = {**GATEWAY, "metadata": {"name": "public", "namespace": "infra"}}
    api.objects = [*namespaces("frontend", "backend", "infra"), elsewhere, service("backend")]
    api.objects.append(route("backend", parentRefs=[{"name": "public", "namespace": "infra"}]))
    done = program("fix", *ROUTE, "--apply", "--yes")
    assert done.status == 1
    assert "not applied by fix: admit namespace frontend in allowedRoutes" in done.err
    assert "\nkubectl patch gateway public -n infra --type=json -p '[" in done.err
    assert [request.path.split("/")[-1] for request in writing.writes] == ["httproute-frontend-to-api"]


def test_a_namespace_left_out_is_told_with_what_comes_after(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects.remove(route("backend"))
    local = copy.deepcopy(route("backend"))
    del local["spec"]["rules"][0]["backendRefs"][0]["namespace"]
    api.objects.append(local)
    done = program("fix", *ROUTE)
    assert (done.status, done.out) == (1, "")
    assert "not applied by fix: write namespace: backend" in done.err
    assert "then:     ask again" in done.err
    assert "nothing to fix" not in done.err


def test_a_target_that_is_missing_too_keeps_the_status_at_one(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects.remove(service("backend"))
    done = program("fix", *ROUTE)
    assert (done.status, documents(done.out)) == (1, [NEW])
    assert "besides:  you can see that Service backend/api does not exist" in done.err
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
    assert (done.status, documents(done.out)) == (1, [NEW])
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


# --apply


def test_apply_asks_for_rights_shows_a_diff_and_writes(program: Program, writing: Writing, type_in: Answer) -> None:
    type_in("y\n")
    done = program("fix", *ROUTE, "--apply", "--color=never")
    assert (done.status, done.out, writing.grants()) == (0, "", [NEW])
    assert "--- /dev/null\n+++ backend/httproute-frontend-to-api (as it will be)\n" in done.err
    assert "+  - group: ''\n+    kind: Service\n+    name: api\n" in done.err
    assert done.err.endswith(
        "Apply 1 change to the cluster? [y/N] created ReferenceGrant backend/httproute-frontend-to-api\n"
    )
    assert [(each["verb"], each["namespace"], each["name"]) for each in writing.reviews] == [
        ("create", "backend", "httproute-frontend-to-api"),
        ("patch", "backend", "httproute-frontend-to-api"),
    ]


def test_a_second_run_finds_nothing_to_do(program: Program, writing: Writing) -> None:
    assert program("fix", *ROUTE, "--apply", "--yes").status == 0
    again = program("fix", *ROUTE, "--apply", "--yes")
    assert (again.status, again.out, again.err) == (0, "", "nothing to fix\n")
    assert len(writing.writes) == 1


def test_the_diff_of_a_repair_shows_the_line_that_changes(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects.append(TYPO)
    done = program("fix", *ROUTE, "--patch", "--apply", "--yes")
    assert "-    namespace: fronted\n+    namespace: frontend\n" in done.err
    assert done.err.endswith("changed ReferenceGrant backend/g\n")
    assert [each["verb"] for each in writing.reviews] == ["patch"]
    assert writing.grants() == [grant(to=[to_entry(name="api")])]


def test_entries_are_added_to_the_grant_named(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects.append(grant([from_entry(namespace="shop")], [to_entry(name="api")]))
    assert program("fix", *ROUTE, "--into", "g", "--apply", "--yes").status == 0
    assert writing.grants() == [grant([from_entry(namespace="shop"), from_entry()], [to_entry(name="api")])]


@pytest.mark.parametrize("typed", ["n\n", "\n", "", "yeah\n"])
def test_anything_but_a_yes_writes_nothing(program: Program, writing: Writing, type_in: Answer, typed: str) -> None:
    type_in(typed)
    done = program("fix", *ROUTE, "--apply")
    assert done.status == 1
    assert done.err.endswith("nothing was applied\n")
    assert writing.writes == []


def test_without_a_terminal_apply_needs_yes(program: Program, api: FakeAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    done = program("fix", *ROUTE, "--apply")
    assert (done.status, done.out) == (2, "")
    assert done.err == "error: --apply asks before it writes, and there is no terminal to ask on: say --yes\n"
    assert api.requests == []


def test_a_grant_that_changes_while_the_question_stands_is_not_overwritten(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    api.objects.append(TYPO)
    edited = grant([from_entry(namespace="fronted"), from_entry(namespace="shop")], [to_entry(name="api")])
    writing.before_write = lambda: api.objects.__setitem__(-1, edited)
    done = program("fix", *ROUTE, "--patch", "--apply", "--yes")
    assert done.status == 1
    assert done.err.splitlines()[-1] == (
        "error: ReferenceGrant backend/g was changed in between: nothing was written to it, ask again what is missing now"
    )
    assert writing.grants() == [edited]


def test_partial_success_is_told_exactly(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects += [
        route("backend", "other", "third"),
        service("other"),
        service("third"),
        *namespaces("other", "third"),
    ]
    api.objects.remove(route("backend"))

    def refuse_the_second(request: Any) -> Canned | None:
        return Canned(403, status(403, "Forbidden", "no")) if "/namespaces/other/" in request.path else None

    writing.refuse = refuse_the_second
    done = program("fix", *ROUTE, "--apply", "--yes")
    assert done.status == 1
    assert done.err.splitlines()[-3:] == [
        "created ReferenceGrant backend/httproute-frontend-to-api",
        "Error from server (Forbidden): no",
        "1 of 3 changes were made; not tried: ReferenceGrant third/httproute-frontend-to-api",
    ]
    assert [each["metadata"]["namespace"] for each in writing.grants()] == ["backend"]


def test_a_write_whose_answer_is_lost_is_told_as_unknown(program: Program, writing: Writing) -> None:
    writing.refuse = lambda request: Canned(reset=True)
    done = program("fix", *ROUTE, "--apply", "--yes")
    assert done.status == 1
    assert "whether ReferenceGrant backend/httproute-frontend-to-api was written is not known" in done.err


def test_a_server_that_does_not_tell_rights_ends_apply_before_it_writes(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    api.fault = lambda request: (
        Canned(403, status(403, "Forbidden", "no reviews")) if request.method == "POST" else None
    )
    done = program("fix", *ROUTE, "--apply", "--yes")
    assert (done.status, done.out) == (2, "")
    assert done.err.endswith("Error from server (Forbidden): no reviews\n")
    assert {request.method for request in api.requests} == {"GET", "POST"}


# Without the right.


@pytest.mark.parametrize("words", [[], ["--apply", "--yes"]])
def test_who_may_not_write_gets_one_block_for_who_may(program: Program, writing: Writing, words: list[str]) -> None:
    writing.allowed = {"patch"}
    done = program("fix", *ROUTE, *words)
    assert documents(done.out) == [NEW]
    assert done.out.splitlines()[:4] == [
        "# Needed in namespace backend: a new ReferenceGrant in backend: HTTPRoutes of frontend may refer to Service api, "
        "nothing else.",
        "# Why:",
        "# - HTTPRoute frontend/web refers to Service backend/api:80 at spec.rules[0].backendRefs[0], but no "
        "ReferenceGrant exists in backend.",
        "# To apply it, pipe this text to: kubectl apply -f -",
    ]
    assert "you may not create referencegrants in namespace backend: send the YAML" in done.err
    assert done.status == (1 if words else 0)
    assert writing.writes == []


def test_the_block_does_not_say_whether_the_target_exists(program: Program, api: FakeAPI, writing: Writing) -> None:
    writing.allowed = set()
    there = program("fix", *ROUTE, "--apply", "--yes").out
    api.objects.remove(service("backend"))
    assert program("fix", *ROUTE, "--apply", "--yes").out == there


def test_what_may_be_written_is_written_and_the_rest_is_for_its_owner(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    api.objects += [route("backend", "other"), service("other"), *namespaces("other")]
    api.objects.remove(route("backend"))
    writing.closed = {"backend"}
    done = program("fix", *ROUTE, "--apply", "--yes")
    assert done.status == 1
    assert [each["metadata"]["namespace"] for each in documents(done.out)] == ["backend"]
    assert [each["metadata"]["namespace"] for each in writing.grants()] == ["other"]


def test_a_line_break_in_a_name_does_not_leave_the_comment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, api: FakeAPI, writing: Writing
) -> None:
    hostile = copy.deepcopy(route("backend"))
    hostile["spec"]["rules"][0]["backendRefs"][0]["name"] = "api\nkind: Secret"
    api.objects[-1] = hostile
    writing.allowed = set()
    program = Program(capsys, monkeypatch, tmp_path)
    program.use(api)
    (printed,) = documents(program("fix", *ROUTE).out)
    assert printed["kind"] == "ReferenceGrant"


# What does not go together.


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["-o", "wide"], 'unable to match a printer suitable for the output format "wide"'),
        (["--into", "g", "--patch"], "--into adds to the grant it names"),
        (["--into", "g", "--name", "h"], "--into adds to the grant it names"),
        (["--name", "Not_Valid"], 'invalid --name "Not_Valid"'),
        (["--name", "x" * 254], "invalid --name"),
        (["--wait"], "--yes and --wait need --apply"),
        (["--yes"], "--yes and --wait need --apply"),
        (["--apply", "--yes", "--dry-run=server"], "--apply and --dry-run exclude each other"),
        (["--apply", "--yes", "-o", "json"], "-o is about manifests to print"),
        (["--apply", "--yes", "-f", REFUSED], "manifests given with -f are taken as the whole cluster"),
        (["--dry-run=server", "-f", REFUSED], "manifests given with -f are taken as the whole cluster"),
        (["--apply", "--yes", "--wait=soon"], 'invalid argument for "--wait" flag: time: invalid duration "soon"'),
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


# --wait


class FakeClock:
    """A clock that only sleeping moves; after each sleep something may happen."""

    def __init__(self, *happenings: Callable[[], None]) -> None:
        self.time = 0.0
        self._happenings = list(happenings)

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        if self._happenings:
            self._happenings.pop(0)()

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep)


def apply_and_wait(api: FakeAPI, folder: Path, clock: FakeClock, seconds: float = 30) -> int:
    place = Place("frontend", kubeconfig=str(api.write_kubeconfig(folder / "config")))
    doing = Doing(apply=True, yes=True, wait=seconds, clock=clock.clock)
    return fix(place, ["httproute/web"], Wishes(), doing, None, color="auto", exit_zero=False)


def set_status(api: FakeAPI, written: JSON | None) -> None:
    (number,) = (index for index, obj in enumerate(api.objects) if obj["kind"] == "HTTPRoute")
    obj = {key: value for key, value in api.objects[number].items() if key != "status"}
    api.objects[number] = obj if written is None else {**obj, "status": written}


def nothing() -> None: ...


def test_waiting_ends_when_the_controller_agrees(
    api: FakeAPI, writing: Writing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_status(api, resolved("False", "RefNotPermitted"))
    clock = FakeClock(nothing, nothing, lambda: set_status(api, resolved("True", "ResolvedRefs")))
    assert apply_and_wait(api, tmp_path, clock) == 0
    assert clock.time == 3
    assert capsys.readouterr().err.endswith("every controller agrees: ResolvedRefs of 1 parent\n")


@pytest.mark.parametrize(
    ("written", "generation", "said"),
    [
        pytest.param(None, 1, "no controller has written about this parent", id="absent"),
        pytest.param(
            resolved("False", "RefNotPermitted"),
            1,
            "the controller may not support the target's kind",
            id="contradicts",
        ),
        pytest.param(
            resolved("False", "RefNotPermitted"), 2, "a controller that stays behind may not be running", id="stale"
        ),
    ],
)
def test_waiting_ends_with_the_time_and_says_who_does_not_agree_and_why_that_may_be(
    api: FakeAPI,
    writing: Writing,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    written: JSON | None,
    generation: int,
    said: str,
) -> None:
    api.objects[-1] = route("backend", generation=generation)
    set_status(api, written)
    clock = FakeClock()
    assert apply_and_wait(api, tmp_path, clock, 5) == 1
    assert clock.time == 5
    told = " ".join(capsys.readouterr().err.split())
    assert "after 5 seconds not every controller agrees: HTTPRoute frontend/web" in told
    assert said in told
    assert ("by example.com/gateway" in told) == (written is not None)


def test_waiting_for_a_route_without_parents_says_that_nobody_will_answer(
    api: FakeAPI, writing: Writing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    api.objects[-1] = route("backend", parentRefs=[])
    assert apply_and_wait(api, tmp_path, FakeClock()) == 0
    assert "there are no parents whose controllers could say anything" in capsys.readouterr().err


def test_a_route_deleted_while_waiting_is_told(
    api: FakeAPI, writing: Writing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = FakeClock(lambda: api.objects.__delitem__(-2))
    assert apply_and_wait(api, tmp_path, clock, 3) == 1
    assert "HTTPRoute frontend/web could not be read again: it does not exist any more" in capsys.readouterr().err


def test_progress_is_told_on_a_terminal_only(
    api: FakeAPI,
    writing: Writing,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apply_and_wait(api, tmp_path, FakeClock(), 3)
    assert "waiting" not in capsys.readouterr().err
    api.objects.remove(NEW)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    apply_and_wait(api, tmp_path, FakeClock(), 3)
    assert capsys.readouterr().err.count("waiting for the controllers: 0 of 1 agree\n") == 1


@pytest.mark.parametrize(
    ("words", "seconds"), [(["--wait"], 30), (["--wait=2s"], 2), (["--wait=1m30s"], 90), (["--wait=500ms"], 0.5)]
)
def test_wait_takes_a_duration_after_an_equals_sign_or_none(
    monkeypatch: pytest.MonkeyPatch, program: Program, words: Sequence[str], seconds: float
) -> None:
    seen: list[Doing] = []

    def record(place: Place, arguments: Sequence[str], wishes: Wishes, doing: Doing, *more: Any, **options: Any) -> int:
        assert arguments == ("httproute/web",)
        seen.append(doing)
        return 0

    monkeypatch.setattr("kubectl_refs.fix.fix", record)
    assert program("fix", "--apply", "--yes", *words, "httproute/web").status == 0
    assert [doing.wait for doing in seen] == [seconds]
