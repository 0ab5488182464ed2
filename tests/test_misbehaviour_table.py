"""The table of a misbehaving cluster: every request of `why`, times everything that can go wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP
from tests.support.every_request import CLUSTER
from tests.support.fakes.api import Canned, FakeAPI, status
from tests.support.faults import FAULTS, Fault, at
from tests.support.running import Done, Program

pytestmark = pytest.mark.usefixtures("hurried")

CROSSING, PARENT, LOCAL = "spec.rules[0].backendRefs[0]", "spec.parentRefs[0]", "spec.rules[1].backendRefs[0]"
ALLOWED = dict.fromkeys((CROSSING, PARENT, LOCAL), "allowed")

REQUESTS: Mapping[str, tuple[str, str]] = {
    "discovery": ("/apis", ""),
    "object": ("/httproutes/web", ""),
    "grants": ("/referencegrants", CROSSING),
    "target": ("/services/api", CROSSING),
    "parent": ("/gateways/public", PARENT),
    "namespace": ("/namespaces/frontend", PARENT),
}
"""Each request: the end of its path, and the reference whose verdict needs it."""

TABLE = """
                    discovery  object  grants   target   parent   namespace
401                 login      login   login    login    login    login
401 from a proxy    login      login   login    login    login    login
403                 error      error   unknown  unknown  unknown  unknown
404 from a proxy    error      error   unknown  unknown  unknown  unknown
410                 error      error   unknown  unknown  unknown  unknown
429 for ever        error      error   unknown  unknown  unknown  unknown
429 once            true       true    true     true     true     true
429 until tomorrow  true       true    true     true     true     true
429 until a date    error      error   unknown  unknown  unknown  unknown
503 for ever        error      error   unknown  unknown  unknown  unknown
503 twice           true       true    true     true     true     true
503 without a word  error      error   unknown  unknown  unknown  unknown
500                 error      error   unknown  unknown  unknown  unknown
502 from a proxy    error      error   unknown  unknown  unknown  unknown
reset               error      error   unknown  unknown  unknown  unknown
reset once          true       true    true     true     true     true
reset in the body   error      error   unknown  unknown  unknown  unknown
no gzip             error      error   unknown  unknown  unknown  unknown
half of a gzip      error      error   unknown  unknown  unknown  unknown
half of HTTP/1.0    error      error   unknown  unknown  unknown  unknown
hanging             error      error   unknown  unknown  unknown  unknown
slow body           error      error   unknown  unknown  unknown  unknown
slow headers        error      error   unknown  unknown  unknown  unknown
half JSON           error      error   unknown  unknown  unknown  unknown
a JSON list         error      error   unknown  unknown  unknown  unknown
nothing             error      error   unknown  unknown  unknown  unknown
HTML                error      error   unknown  unknown  unknown  unknown
binary              error      error   unknown  unknown  unknown  unknown
nested without end  error      error   unknown  unknown  unknown  unknown
a Status            error      error   unknown  unknown  unknown  unknown
an empty PodList    error      error   unknown  unknown  unknown  unknown
a list of others    error      error   unknown  unknown  unknown  unknown
another object      error      error   unknown  unknown  unknown  unknown
redirect            error      error   unknown  unknown  unknown  unknown
"""
"""The result in each cell.

`true`: the usual answer. `unknown`: the one verdict that needs the request is unknown, a gap says why, the status is
3, and the other verdicts stand. `error`: one line on standard error, nothing else, status 2. `login`: the same, and the
line says that the login was refused.
"""


def cells() -> Iterator[tuple[str, str, str]]:
    header, *rows = TABLE.strip("\n").splitlines()
    for row in rows:
        yield from (
            (row[:20].strip(), request, cell) for request, cell in zip(header.split(), row[20:].split(), strict=True)
        )


@pytest.fixture
def api(refs: Program) -> Iterator[FakeAPI]:
    with FakeAPI(CLUSTER) as server:
        refs.use(server, "frontend")
        yield server


def ask(refs: Program, *words: str) -> Done:
    return refs("why", "httproute/web", "-o", "json", *words)


def report(done: Done) -> Any:
    return json.loads(done.out)


def verdicts(done: Done) -> Mapping[str, str]:
    return {each["path"]: each["verdict"] for each in report(done)["references"]}


def test_the_table_names_every_fault_once_and_why_makes_each_of_its_requests(refs: Program, api: FakeAPI) -> None:
    assert [fault for fault, request, _ in cells() if request == "discovery"] == [*FAULTS]
    done = ask(refs)
    assert (done.status, done.err, verdicts(done)) == (0, "", ALLOWED)
    for ending, _ in REQUESTS.values():
        assert [path for path in api.paths if path.endswith(ending)]


@pytest.mark.parametrize(("fault", "request_", "cell"), [*cells()])
def test_a_cell_of_the_table(refs: Program, api: FakeAPI, fault: str, request_: str, cell: str) -> None:
    found = FAULTS[fault]
    ending, needing = REQUESTS[request_]
    api.fault = at(ending, found)
    done = ask(refs, *found.flags)
    (path,) = {path for path in api.paths if path.endswith(ending)}
    if cell == "true":
        assert (done.status, done.err, verdicts(done)) == (0, "", ALLOWED)
    elif cell == "unknown":
        assert (done.status, done.err, verdicts(done)) == (3, "", {**ALLOWED, needing: "unknown"})
        ((gap),) = report(done)["gaps"]
        assert (gap["httpStatus"], gap["message"]) == (found.http_status, found.told("GET", path))
        assert "not known" in gap["effect"]
    elif cell == "login":
        assert done == Done(2, "", f"error: You must be logged in to the server ({found.message})\n")
    else:
        assert cell == "error"
        assert done == Done(2, "", f"{found.line('GET', path)}\n")


# Faults that belong to no single request.


@pytest.mark.parametrize("request_", REQUESTS)
def test_warnings_change_no_answer_and_are_told_once(refs: Program, api: FakeAPI, request_: str) -> None:
    api.warnings = ("deprecated",)
    done = ask(refs)
    assert (done.status, verdicts(done), done.err) == (0, ALLOWED, "Warning: deprecated\n")


PLAIN = Canned(404, "404 page not found\n", {"Content-Type": "text/plain; charset=utf-8"})
GONE = Canned(404, status(404, "NotFound", "the server could not find the requested resource"))


@pytest.mark.parametrize("canned", [PLAIN, GONE])
@pytest.mark.parametrize(
    ("request_", "verdict"),
    [("grants", "unknown"), ("target", "unknown"), ("parent", "unknown"), ("namespace", "unknown")],
)
def test_a_kind_that_goes_away_after_discovery_leaves_unknown_what_needs_it(
    refs: Program, api: FakeAPI, request_: str, verdict: str, canned: Canned
) -> None:
    ending, needing = REQUESTS[request_]
    api.fault = lambda request: canned if request.path.endswith(ending) else None
    done = ask(refs)
    assert verdicts(done) == {**ALLOWED, needing: verdict}
    assert done.status == 3


@pytest.mark.parametrize("discovery", ["v2", "v2beta1", "legacy"])
def test_another_aggregated_api_that_is_broken_changes_nothing(refs: Program, discovery: str) -> None:
    with FakeAPI(CLUSTER, stale=["metrics.k8s.io"], discovery=discovery) as server:
        refs.use(server, "frontend")
        done = ask(refs)
    assert (done.status, done.err, verdicts(done)) == (0, "", ALLOWED)


@pytest.mark.parametrize("fault", ["403", "500", "hanging", "half JSON", "reset", "HTML"])
def test_one_broken_version_of_a_group_is_not_taken_for_the_group(refs: Program, fault: str) -> None:
    with FakeAPI(CLUSTER, discovery="legacy") as server:
        refs.use(server, "frontend")
        server.fault = at(f"/apis/{GATEWAY_GROUP}/v1", FAULTS[fault])
        done = ask(refs, *FAULTS[fault].flags)
    line = f'error: resource type "httproute" is not known: API group {GATEWAY_GROUP} does not answer discovery'
    assert done == Done(2, "", f"{line}\n") or (done.status == 0 and verdicts(done) == ALLOWED)


def test_several_faults_at_once_are_several_gaps(refs: Program, api: FakeAPI) -> None:
    faults: Sequence[tuple[str, Fault]] = (
        ("/referencegrants", FAULTS["403"]),
        ("/gateways/public", FAULTS["hanging"]),
        ("/services/web", FAULTS["reset in the body"]),
    )
    answers = [at(*each) for each in faults]
    api.fault = lambda request: next((found for answer in answers if (found := answer(request))), None)
    done = ask(refs, *FAULTS["hanging"].flags)
    assert (done.status, verdicts(done)) == (3, dict.fromkeys(ALLOWED, "unknown"))
    assert {gap["message"] for gap in report(done)["gaps"]} == {fault.message for _, fault in faults}
