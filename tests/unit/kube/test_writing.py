"""A grant is written in one request under our own name, and never over somebody else's."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.fixes.change import Change
from kubectl_refs.core.model.objects import GATEWAY_GROUP, ObjectKey
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.kube.http.client import Client
from kubectl_refs.kube.http.response import Response
from kubectl_refs.kube.writing import AlreadyCreated, Applier, Conflict, Result, UnknownOutcome, Written
from tests.support.builders import from_entry, grant, to_entry
from tests.support.connecting import connect_to
from tests.support.fakes.api import Canned, FakeAPI, status
from tests.support.fakes.writing import Writing

PATH = "/apis/gateway.networking.k8s.io/v1beta1/namespaces/backend/referencegrants/g"

G = ObjectKey(GATEWAY_GROUP, "ReferenceGrant", "backend", "g")
NEW = Change(G, grant(to=[to_entry(name="api")]), "", ())
TYPO = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
REPAIR = Change(
    G,
    grant(to=[to_entry(name="api")]),
    "",
    (),
    TYPO,
    (
        {"op": "test", "path": "/spec", "value": TYPO["spec"]},
        {"op": "replace", "path": "/spec/from/0/namespace", "value": "frontend"},
    ),
)


@pytest.fixture
def writing(api: FakeAPI) -> Writing:
    return Writing(api)


def write(api: FakeAPI, folder: Path, change: Change, *, dry_run: bool = False) -> Result:
    return Applier(Client(connect_to(api, folder)), dry_run=dry_run).apply(change)


def test_a_new_grant_is_created_under_our_name(api: FakeAPI, writing: Writing, tmp_path: Path) -> None:
    assert write(api, tmp_path, NEW) == Written(NEW.after)
    (request,) = writing.writes
    assert (request.method, request.path) == ("POST", PATH.removesuffix("/g"))
    assert request.query == {"fieldManager": "kubectl-refs"}
    assert writing.grants() == [NEW.after]


def test_a_repair_is_a_json_patch_under_our_name(api: FakeAPI, writing: Writing, tmp_path: Path) -> None:
    api.objects = [TYPO]
    assert write(api, tmp_path, REPAIR) == Written(REPAIR.after)
    (request,) = writing.writes
    assert (request.method, request.path) == ("PATCH", PATH)
    assert request.query == {"fieldManager": "kubectl-refs"}
    assert request.header("Content-Type") == ["application/json-patch+json"]
    assert writing.grants() == [REPAIR.after]


@pytest.mark.parametrize(("change", "objects"), [(NEW, []), (REPAIR, [TYPO])])
def test_a_dry_run_is_the_same_request_that_the_server_does_not_keep(
    api: FakeAPI, writing: Writing, tmp_path: Path, change: Change, objects: list[dict[str, Any]]
) -> None:
    api.objects = copy.deepcopy(list(objects))
    assert write(api, tmp_path, change, dry_run=True) == Written(change.after)
    (request,) = writing.writes
    assert request.query["dryRun"] == "All"
    assert writing.grants() == objects


def test_the_same_grant_that_somebody_else_has_made_is_as_good(api: FakeAPI, writing: Writing, tmp_path: Path) -> None:
    api.objects = [NEW.after]
    assert write(api, tmp_path, NEW) == AlreadyCreated(NEW.after)
    assert writing.grants() == [NEW.after]


def test_another_grant_of_that_name_made_in_the_very_moment_is_left_alone(
    api: FakeAPI, writing: Writing, tmp_path: Path
) -> None:
    writing.before_write = lambda: api.objects.append(TYPO)
    assert write(api, tmp_path, NEW) == Conflict("ReferenceGrant backend/g exists by now, and it is another one")
    assert writing.grants() == [TYPO]


@pytest.mark.parametrize(
    ("now", "message"),
    [
        pytest.param([], "ReferenceGrant backend/g was deleted in between", id="deleted"),
        pytest.param([grant()], "ReferenceGrant backend/g was changed in between", id="changed"),
    ],
)
def test_a_grant_changed_in_between_is_not_patched(
    api: FakeAPI, writing: Writing, tmp_path: Path, now: list[dict[str, Any]], message: str
) -> None:
    api.objects = list(now)
    assert write(api, tmp_path, REPAIR) == Conflict(message)
    assert writing.grants() == now


@pytest.mark.parametrize(("code", "reason"), [(403, "Forbidden"), (422, "Invalid"), (409, "Conflict")])
@pytest.mark.parametrize("change", [NEW, REPAIR], ids=["new", "repair"])
def test_any_other_refusal_is_in_the_servers_words(
    api: FakeAPI, writing: Writing, tmp_path: Path, code: int, reason: str, change: Change
) -> None:
    if change is REPAIR:
        api.objects = [TYPO]
    writing.refuse = lambda request: Canned(code, status(code, reason, "no, because"))
    result = write(api, tmp_path, change)
    assert result == Failure(code, "no, because")


def test_a_write_without_an_answer_is_not_repeated(api: FakeAPI, writing: Writing, tmp_path: Path) -> None:
    writing.refuse = lambda request: Canned(reset=True)
    client = Client(connect_to(api, tmp_path))
    assert isinstance(client.get("/apis"), Response)
    assert Applier(client).apply(NEW) == UnknownOutcome("EOF")
    assert len(writing.writes) == 1


HTML = {"Content-Type": "text/html"}
OTHER = grant(to=[to_entry(name="api")], name="other")
NOT_THE_OBJECT = "the server's answer is not the object that was asked for"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Canned(200, "<html>log in", HTML), "the server's answer is not a JSON object"),
        (Canned(200, ""), "the server's answer is not a JSON object"),
        (Canned(200, {"kind": "Status", "apiVersion": "v1", "status": "Success"}), NOT_THE_OBJECT),
        (Canned(200, OTHER), NOT_THE_OBJECT),
        (Canned(502, "<html>bad gateway", HTML), "the server answered with status 502"),
        (Canned(504, status(504, "Timeout", "it took too long")), "it took too long"),
    ],
)
@pytest.mark.parametrize("change", [NEW, REPAIR], ids=["new", "repair"])
def test_an_answer_that_does_not_tell_what_came_of_a_write_leaves_it_open(
    api: FakeAPI, writing: Writing, tmp_path: Path, change: Change, answer: Canned, message: str
) -> None:
    api.objects = [TYPO] if change is REPAIR else []
    writing.refuse = lambda request: answer
    assert write(api, tmp_path, change) == UnknownOutcome(message)


@pytest.mark.parametrize(
    "there",
    [
        Canned(200, {"kind": "Status", "apiVersion": "v1"}),
        Canned(200, OTHER),
        Canned(404, "<html>", HTML),
        Canned(reset=True),
    ],
)
def test_a_name_that_is_taken_is_told_in_the_servers_words_where_the_grant_was_not_seen(
    api: FakeAPI, writing: Writing, tmp_path: Path, there: Canned
) -> None:
    refused = Canned(409, status(409, "AlreadyExists", "already exists"))
    api.fault = lambda request: refused if request.method == "POST" else there if request.path == PATH else None
    client = Client(connect_to(api, tmp_path))
    assert Applier(client).apply(NEW) == Failure(409, "already exists")


@pytest.mark.parametrize("there", [Canned(404, "<html>", HTML), Canned(200, OTHER), Canned(500, "oops")])
def test_a_refused_patch_is_not_said_to_be_overtaken_where_that_was_not_seen(
    api: FakeAPI, writing: Writing, tmp_path: Path, there: Canned
) -> None:
    refused = Canned(422, status(422, "Invalid", "no, because"))
    api.fault = lambda request: there if request.method == "GET" else refused
    assert write(api, tmp_path, REPAIR) == Failure(422, "no, because")
