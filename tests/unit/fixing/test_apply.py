"""--apply writes exactly what was shown and agreed to, and leaves the rest to whoever may write it."""

from __future__ import annotations

import copy
import io
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.builders import from_entry, grant, namespaces, service, to_entry
from tests.support.fakes.api import Canned, FakeAPI, status
from tests.support.fakes.writing import Writing
from tests.support.fixing import NEW, ROUTE, TYPO, Answer, attached_route, documents
from tests.support.running import Program

# --apply


def test_apply_asks_for_rights_shows_a_diff_and_writes(
    program: Program, api: FakeAPI, writing: Writing, type_in: Answer
) -> None:
    type_in("y\n")
    done = program("fix", *ROUTE, "--apply", "--color=never")
    assert (done.status, done.out, writing.grants()) == (0, "", [NEW])
    assert "--- /dev/null\n+++ backend/httproute-frontend-to-api (as it will be)\n" in done.err
    assert '+  - group: ""\n+    kind: Service\n+    name: api\n' in done.err
    assert done.err.endswith(
        f"Write ReferenceGrant backend/httproute-frontend-to-api to context fake,\nhttp://{api.address}? [y/N] "
        "created ReferenceGrant backend/httproute-frontend-to-api\n"
    )
    assert [(each["verb"], each["namespace"], each.get("name", "")) for each in writing.reviews] == [
        ("create", "backend", "")
    ]


def test_a_second_run_finds_nothing_to_do(program: Program, writing: Writing) -> None:
    assert program("fix", *ROUTE, "--apply", "--yes").status == 0
    again = program("fix", *ROUTE, "--apply", "--yes")
    assert (again.status, again.out, again.err) == (0, "", "nothing to fix\n")
    assert len(writing.writes) == 1


def test_the_diff_of_a_repair_shows_the_line_that_changes(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects.append(TYPO)
    done = program("fix", *ROUTE, "--apply", "--yes")
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
    assert done.err == (
        "error: --apply asks for confirmation, and there is no terminal to ask on: use --yes to write grants, --yes=all "
        "to write all but best guesses\n"
    )
    assert api.requests == []


def test_a_grant_that_changes_while_the_question_stands_is_not_overwritten(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    api.objects.append(TYPO)
    edited = grant([from_entry(namespace="fronted"), from_entry(namespace="shop")], [to_entry(name="api")])
    writing.before_write = lambda: api.objects.__setitem__(-1, edited)
    done = program("fix", *ROUTE, "--apply", "--yes")
    assert done.status == 1
    assert done.err.splitlines()[-1] == (
        "error: ReferenceGrant backend/g was changed in between: nothing was written to it; run the command again"
    )
    assert writing.grants() == [edited]


def test_partial_success_is_told_exactly(program: Program, api: FakeAPI, writing: Writing) -> None:
    api.objects += [
        attached_route("backend", "other", "third"),
        service("other"),
        service("third"),
        *namespaces("other", "third"),
    ]
    api.objects.remove(attached_route("backend"))

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


@pytest.mark.parametrize(
    "answer",
    [Canned(201, {"kind": "Status"}), Canned(201, {"status": {}}), Canned(201, {"status": {"allowed": "yes"}})],
)
def test_an_answer_without_a_yes_or_no_is_no_right_and_no_refusal(
    program: Program, api: FakeAPI, writing: Writing, answer: Canned
) -> None:
    api.fault = lambda request: answer if request.method == "POST" else None
    line = "Error from server (Unknown): the server's answer does not say whether it is allowed\n"
    done = program("fix", *ROUTE, "--apply", "--yes")
    assert (done.status, done.out, done.err.endswith(line)) == (2, "", True)
    printed = program("fix", *ROUTE)
    assert "unable to check whether you can write ReferenceGrant backend/" in printed.err
    assert "send the YAML" not in printed.err


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
    assert done.out.splitlines()[:7] == [
        "# Needed in namespace backend: a new ReferenceGrant in backend: HTTPRoutes in",
        "# frontend may reference Service api, nothing else.",
        "# Why:",
        "# - HTTPRoute frontend/web references Service backend/api:80 at",
        "#   spec.rules[0].backendRefs[0], but there is no ReferenceGrant in namespace",
        "#   backend.",
        "# To apply it, pipe this text to: kubectl apply -f -",
    ]
    assert (
        "forbidden: you cannot create referencegrants in namespace backend: send the YAML of ReferenceGrant "
        "httproute-frontend-to-api to someone who may\n"
    ) in done.err
    assert done.status == (1 if words else 0)
    assert writing.writes == []


def test_the_owner_of_a_grant_to_repair_is_told_that_kubectl_replaces_its_lists(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    api.objects.append(TYPO)
    writing.allowed = {"create"}
    comments = [line[2:] for line in program("fix", *ROUTE).out.splitlines() if line.startswith("#")]
    told = "That replaces spec.from and spec.to with these lists, even if somebody has changed them meanwhile."
    assert " ".join(comments).endswith(told)


@pytest.mark.parametrize("words", [[], ["--apply", "--yes"]])
def test_who_may_not_read_the_grants_does_not_say_that_one_is_needed(
    program: Program, api: FakeAPI, writing: Writing, words: list[str]
) -> None:
    writing.allowed = set()
    api.forbid("referencegrants", "backend")
    done = program("fix", *ROUTE, *words)
    assert done.out.startswith("# Needed in namespace backend, if nothing there permits it yet: a new")


def test_what_is_said_to_who_may_not_write_fits_a_terminal(program: Program, writing: Writing, type_in: Answer) -> None:
    writing.allowed = {"patch"}
    type_in("")
    done = program("fix", *ROUTE)
    assert "forbidden: you cannot create referencegrants" in done.err
    comments = [line for line in done.out.splitlines() if line.startswith("#")]
    assert max(map(len, [*done.err.splitlines(), *comments])) <= 80


def test_what_may_be_written_is_written_and_the_rest_is_for_its_owner(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    api.objects += [attached_route("backend", "other"), service("other"), *namespaces("other")]
    api.objects.remove(attached_route("backend"))
    writing.closed = {"backend"}
    done = program("fix", *ROUTE, "--apply", "--yes")
    assert done.status == 1
    assert [each["metadata"]["namespace"] for each in documents(done.out)] == ["backend"]
    assert [each["metadata"]["namespace"] for each in writing.grants()] == ["other"]


def test_a_line_break_in_a_name_does_not_leave_the_comment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, api: FakeAPI, writing: Writing
) -> None:
    hostile = copy.deepcopy(attached_route("backend"))
    hostile["spec"]["rules"][0]["backendRefs"][0]["name"] = "api\nkind: Secret"
    api.objects[-1] = hostile
    api.objects.append({**service("backend"), "metadata": {"namespace": "backend", "name": "api\nkind: Secret"}})
    writing.allowed = set()
    program = Program(capsys, monkeypatch, tmp_path)
    program.use(api)
    (printed,) = documents(program("fix", *ROUTE).out)
    assert printed["kind"] == "ReferenceGrant"
