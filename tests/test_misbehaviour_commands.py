"""The table of a misbehaving cluster for the other commands: every request of each, times everything that can go wrong.

The table for `why` is in test_misbehaviour_table.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pytest

from tests.support.claims import claims
from tests.support.faults import FAULTS, Fault
from tests.support.faulty_runs import CASES, Run, run_of

pytestmark = pytest.mark.usefixtures("hurried")

TABLE = """
check                GET    /apis                                   error
check                GET    /api/v1/namespaces                      unknown
check                GET    /api/v1/services                        true
check                GET    *                                       unknown
check -n             GET    /apis                                   error
check -n             GET    *                                       unknown
check refused        GET    /apis                                   error
check refused        GET    /api/v1/namespaces                      true
check refused        GET    /api/v1/services                        true
check refused        GET    /v1beta1/referencegrants                true
check refused        GET    /v1/httproutes                          unknown
check refused        GET    *                                       told
grants               GET    /apis                                   error
grants               GET    /v1beta1/referencegrants                error
grants               GET    /namespaces/backend/referencegrants     true
grants               GET    *                                       unknown
grants NAME          GET    /apis                                   error
grants NAME          GET    /v1beta1/namespaces/backend/referencegrants  error
grants NAME          GET    *                                       unknown
grants --to          GET    /apis                                   error
grants --to          GET    *                                       unknown
can-i yes            GET    /apis                                   error
can-i yes            GET    /backend/referencegrants                unknown
can-i yes            GET    /api/v1/namespaces/frontend             true
can-i yes            GET    /backend/services/api                   true
can-i no             GET    /apis                                   error
can-i no             GET    /backend/referencegrants                unknown
can-i no             GET    /frontend/referencegrants               told
can-i no             GET    /namespaces/fronted                     told
can-i no             GET    /namespaces/backend                     told
can-i no             GET    /api/v1/namespaces/frontend             true
can-i no             GET    /backend/services/api                   true
can-i no             GET    /api/v1/namespaces                      true
fix nothing          GET    /apis                                   error
fix nothing          GET    /httproutes/web                         error
fix nothing          GET    *                                       unknown
fix                  GET    /apis                                   error
fix                  GET    /httproutes/web                         error
fix                  GET    /backend/referencegrants                unknown
fix                  GET    /gateways/public                        unknown
fix                  GET    /namespaces/frontend                    unknown
fix                  GET    /services/web                           unknown
fix                  GET    /services/api                           told
fix                  GET    /namespaces/backend                     true
fix                  GET    /frontend/referencegrants               told
fix                  GET    /v1beta1/referencegrants                true
fix                  POST   /selfsubjectaccessreviews               told
fix repair           GET    /apis                                   error
fix repair           GET    /httproutes/web                         error
fix repair           GET    /backend/referencegrants                unknown
fix repair           GET    /gateways/public                        unknown
fix repair           GET    /api/v1/namespaces/frontend             unknown
fix repair           GET    /services/web                           unknown
fix repair           GET    /namespaces/fronted                     told
fix repair           GET    /services/api                           told
fix repair           GET    /namespaces/backend                     true
fix repair           GET    /frontend/referencegrants               told
fix repair           POST   /selfsubjectaccessreviews               told
fix --dry-run        GET    /apis                                   error
fix --dry-run        GET    /httproutes/web                         error
fix --dry-run        GET    /backend/referencegrants                unknown
fix --dry-run        GET    /gateways/public                        unknown
fix --dry-run        GET    /api/v1/namespaces/frontend             unknown
fix --dry-run        GET    /services/web                           unknown
fix --dry-run        GET    /v1beta1/referencegrants                true
fix --dry-run        GET    /namespaces/backend                     true
fix --dry-run        GET    *                                       told
fix --dry-run        POST   /selfsubjectaccessreviews               told
fix --dry-run        POST   /backend/referencegrants               told
fix --apply          GET    /apis                                   error
fix --apply          GET    /httproutes/web                         error
fix --apply          GET    /gateways/public                        unknown
fix --apply          GET    /api/v1/namespaces/frontend             unknown
fix --apply          GET    /services/web                           unknown
fix --apply          GET    /v1beta1/referencegrants                true
fix --apply          GET    /namespaces/backend                     true
fix --apply          GET    /backend/referencegrants                unknown
fix --apply          GET    *                                       told
fix --apply          POST   /selfsubjectaccessreviews               stops
fix --apply          POST   /backend/referencegrants               told
fix repair --apply   GET    /apis                                   error
fix repair --apply   GET    /httproutes/web                         error
fix repair --apply   GET    /namespaces/backend                     true
fix repair --apply   GET    /backend/referencegrants                unknown
fix repair --apply   GET    *                                       told
fix repair --apply   POST   /selfsubjectaccessreviews               stops
fix repair --apply   PATCH  /typo                                   told
who-can              GET    /apis                                   error
who-can              GET    *                                       unknown
who-can              POST   /selfsubjectaccessreviews               unknown
kinds                GET    /apis                                   rest
version              GET    /apis                                   rest
version              GET    *                                       unknown
"""
"""The result in each cell for any lasting fault; `*` stands for the command's requests that have no row of their own.

`true`: the usual answer, because narrower requests found out the same, or because the request was only for a remark.
`unknown`: whatever needs the request is unknown, a gap says why, the status is 3. `told`: the claims still hold, and
a gap says what else is not known; the status is that of the claims, or of a change not made. `error`: one line on
standard error, nothing else, status 2. `stops`: an error, nothing written. `rest`: what needs no server, then an error.

A refused login ends every run with status 2, and faults that pass change nothing.
"""

LASTING = [name for name, fault in FAULTS.items() if fault.times is None and not fault.flags and not fault.login]
SLOW = [name for name, fault in FAULTS.items() if fault.flags]
PASSING = [name for name, fault in FAULTS.items() if fault.times is not None]
LOGIN = [name for name, fault in FAULTS.items() if fault.login]
TURNS = 6
"""Each request meets every sixth lasting fault, and the next request starts one further: six requests meet them all.

test_misbehaviour_table.py tests that each fault, on any request, becomes the right gap or complaint.
"""


run = pytest.fixture(run_of)


def rows() -> Iterator[tuple[str, str, str, str]]:
    for line in TABLE.strip("\n").splitlines():
        method, ending, cell = line[21:].split()
        yield line[:21].strip(), method, ending, cell


def meant(name: str, method: str, ending: str, requests: Sequence[tuple[str, str]]) -> list[str]:
    """The paths of the requests that a row covers."""
    paths = [path for each, path in requests if each == method]
    if ending != "*":
        return [path for path in paths if path.endswith(ending)]
    named = tuple(other for each, by, other, _ in rows() if (each, by) == (name, method) and other != "*")
    return [path for path in paths if not path.endswith(named)]


ROWS = [*rows()]
BY_ROW = pytest.mark.parametrize(
    ("run", "row"), [(row[0], row) for row in ROWS], indirect=["run"], ids=[" ".join(row[:3]) for row in ROWS]
)
BY_CASE = pytest.mark.parametrize("run", CASES, indirect=True)


@BY_CASE
def test_the_table_has_every_request_that_a_command_makes_once(run: Run, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.params["run"]
    assert run.answer.status in (0, 1)
    assert run.claims
    found = [
        (method, path)
        for each, method, ending, _ in ROWS
        if each == name
        for path in meant(name, method, ending, run.requests)
    ]
    assert sorted(found) == sorted(run.requests)


def as_the_table_says(run: Run, cell: str, fault: Fault, method: str, path: str) -> None:
    done = run.with_fault(fault, method, path)
    where = (path, done)
    said, message = claims(run.command, done), fault.told(method, path)
    assert "Traceback" not in done.err, where
    if cell == "true":
        assert done == run.answer, where
        return
    assert message in done.out + done.err, where
    if cell in ("error", "stops", "rest"):
        assert done.status == 2, where
        assert done.err.splitlines()[-1] == fault.line(method, path), where
        assert (done.out == "" and done.err.count("\n") == 1) or cell != "error", where
        assert run.writing.grants() == [each for each in run.case.objects if each["kind"] == "ReferenceGrant"], where
        assert said <= run.claims, where
        return
    assert done.status == 3 if cell == "unknown" else done.status in (run.answer.status, 1), where
    if run.command != "fix":
        assert said <= run.claims, where
        assert message in {gap["message"] for gap in json.loads(done.out)["gaps"]}, where
    elif done.status == 0 or "nothing to fix" in done.err:
        # A new grant permits what a repaired one would permit.
        assert {each[0] for each in said} <= {each[0] for each in run.claims}, where  # type: ignore[index]


@BY_ROW
def test_what_lasts_gives_what_the_table_says(run: Run, row: tuple[str, str, str, str]) -> None:
    name, method, ending, cell = row
    for number, path in enumerate(meant(name, method, ending, run.requests), ROWS.index(row)):
        for fault in LASTING[number % TURNS :: TURNS]:
            as_the_table_says(run, cell, FAULTS[fault], method, path)


SINGLE = [row for row in ROWS if row[2] in ("/apis", "/selfsubjectaccessreviews") or row[1] == "PATCH"]
"""Rows for a single request, which are tried with slow faults."""


@pytest.mark.parametrize(
    ("run", "row", "fault"),
    [(row[0], row, SLOW[number % len(SLOW)]) for number, row in enumerate(SINGLE)],
    indirect=["run"],
    ids=[" ".join(row[:3]) for row in SINGLE],
)
def test_what_takes_too_long_gives_the_same(run: Run, row: tuple[str, str, str, str], fault: str) -> None:
    name, method, ending, cell = row
    (path,) = meant(name, method, ending, run.requests)
    as_the_table_says(run, cell, FAULTS[fault], method, path)


@BY_CASE
def test_a_refused_login_ends_every_run(run: Run) -> None:
    for number, (method, path) in enumerate(run.requests):
        fault = FAULTS[LOGIN[number % len(LOGIN)]]
        done = run.with_fault(fault, method, path)
        line = f"error: You must be logged in to the server ({fault.message})"
        assert (done.status, done.err.splitlines()[-1]) == (2, line), path
        assert claims(run.command, done) <= run.claims, path


@BY_CASE
def test_what_passes_changes_nothing(run: Run) -> None:
    for number, (method, path) in enumerate(run.requests):
        # A failed write is never repeated, whatever became of it.
        if method == "GET":
            name = PASSING[number % len(PASSING)]
            assert run.with_fault(FAULTS[name], method, path) == run.answer, (path, name)
