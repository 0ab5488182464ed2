"""A grant is written in one request under our own name, never over what somebody else wrote."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.changes import Change
from kubectl_refs.core.model import GrantName
from kubectl_refs.core.snapshot import Failure
from kubectl_refs.kube.http import Client
from kubectl_refs.kube.writer import Overtaken, Result, Writer, Written
from tests.fakeapi import Canned, FakeAPI, status
from tests.unit.core.builders import from_entry, grant, to_entry
from tests.unit.kube.connecting import connect_to
from tests.writing import Writing

PATH = "/apis/gateway.networking.k8s.io/v1beta1/namespaces/backend/referencegrants/g"

NEW = Change(GrantName("backend", "g"), grant(to=[to_entry(name="api")]), "", ())
TYPO = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
REPAIR = Change(
    GrantName("backend", "g"),
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
    return Writer(Client(connect_to(api, folder)), dry_run=dry_run).write(change)


def test_a_new_grant_is_applied_by_the_server_under_our_name_and_without_force(
    api: FakeAPI, writing: Writing, tmp_path: Path
) -> None:
    assert write(api, tmp_path, NEW) == Written(NEW.after)
    (request,) = writing.writes
    assert (request.method, request.path) == ("PATCH", PATH)
    assert request.query == {"fieldManager": "kubectl-refs", "force": "false"}
    assert request.header("Content-Type") == ["application/apply-patch+yaml"]
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


def test_a_grant_of_that_name_is_left_alone_even_if_it_says_the_same(
    api: FakeAPI, writing: Writing, tmp_path: Path
) -> None:
    api.objects = [NEW.after]
    result = write(api, tmp_path, NEW)
    assert result == Overtaken("ReferenceGrant backend/g exists by now, made by somebody else")
    assert writing.writes == []


def test_a_grant_made_in_the_very_moment_is_a_conflict(api: FakeAPI, writing: Writing, tmp_path: Path) -> None:
    writing.before_write = lambda: api.objects.append(TYPO)
    result = write(api, tmp_path, NEW)
    assert isinstance(result, Overtaken)
    assert result.message.startswith("ReferenceGrant backend/g was made by somebody else at the same time")
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
    assert write(api, tmp_path, REPAIR) == Overtaken(message)
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
    if (change, code) == (NEW, 409):
        assert isinstance(result, Overtaken)
        assert "no, because" in result.message
    else:
        assert result == Failure(code, "no, because")


def test_a_new_grant_is_not_written_where_its_absence_could_not_be_told(
    api: FakeAPI, writing: Writing, tmp_path: Path
) -> None:
    api.forbid("referencegrants")
    result = write(api, tmp_path, NEW)
    assert isinstance(result, Failure)
    assert result.http_status == 403
    assert writing.writes == []


def test_a_write_without_an_answer_is_not_repeated(api: FakeAPI, writing: Writing, tmp_path: Path) -> None:
    writing.refuse = lambda request: Canned(reset=True)
    result = write(api, tmp_path, NEW)
    assert isinstance(result, Failure)
    assert result.http_status is None
    assert len(writing.writes) == 1
