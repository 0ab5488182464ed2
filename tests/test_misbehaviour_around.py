"""Faults that belong to no single request: lists in pages, warnings, stale discovery, tokens that expire."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from kubectl_refs.cli.completion import candidates
from kubectl_refs.cli.main import refs as command_line
from kubectl_refs.core.model.objects import GATEWAY_GROUP
from tests.support.claims import claims
from tests.support.fakes.api import TLS, TLS_NAME, Canned, FakeAPI, Request, status
from tests.support.fakes.writing import Writing
from tests.support.faults import FAULTS, Fault, at, in_place_of
from tests.support.faulty_runs import CASES, KINDS, PERMITTED, ROUTE, Run, run_of
from tests.support.running import Program

pytestmark = pytest.mark.usefixtures("hurried")

BY_CASE = pytest.mark.parametrize("run", CASES, indirect=True)

run = pytest.fixture(run_of)

# Lists in pages.

MANY = tuple(
    {**obj, "metadata": {**obj["metadata"], "name": f"{obj['metadata']['name']}-{number}"}}
    for obj in PERMITTED
    if obj["kind"] in ("ReferenceGrant", "HTTPRoute", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
    for number in range(2)
)
"""Two more copies of each object, so that every list has several pages of one object."""
PAGED: Mapping[str, Sequence[str]] = {
    "check": ("check", "-A", "-o", "json"),
    "grants": ("grants", "-A", "-o", "json"),
    "grants --to": ("grants", "--to", "service/api", "-n", "backend", "-o", "json"),
    "why": ("why", *ROUTE, "-o", "json"),
    "can-i": ("can-i", "httproute", "-n", "frontend", "service/api.backend", "-o", "json"),
    "who-can": ("who-can", "-A", "-o", "json"),
}
LATER: Mapping[str, Canned] = {
    "410": Canned(410, status(410, "Expired", "The provided continue parameter is too old")),
    "500": FAULTS["500"].canned,
    "reset": Canned(reset=True),
    "reset in the body": FAULTS["reset in the body"].canned,
    "half JSON": FAULTS["half JSON"].canned,
    "a Status": FAULTS["a Status"].canned,
    "another list": FAULTS["an empty PodList"].canned,
}
"""Possible answers for the second page of a list."""


@pytest.mark.parametrize("fault", LATER)
@pytest.mark.parametrize("command", PAGED)
def test_part_of_a_list_is_never_taken_for_the_whole(refs: Program, command: str, fault: str) -> None:
    words = (*PAGED[command], "--chunk-size=1")
    with FakeAPI((*PERMITTED, *MANY), kinds=KINDS) as api:
        refs.use(api)
        Writing(api)
        sound = api.fault
        answer = refs(*words)
        said = claims(words[0], answer)
        assert answer.status in (0, 3)
        paths = {request.path for request in api.requests if "continue" in request.query}
        assert paths
        for path in paths:
            api.fault = in_place_of(_later(path), Fault(LATER[fault], ""), sound)
            done = refs(*words)
            assert "Traceback" not in done.err
            if done != answer:
                assert done.status in (2, 3), path
                assert claims(words[0], done) < said or json.loads(done.out)["gaps"], path
                assert claims(words[0], done) <= said, path
            if fault == "410":
                api.fault = in_place_of(_later(path), Fault(LATER[fault], "", times=1), sound)
                assert refs(*words) == answer, path


def _later(path: str) -> Callable[[Request], bool]:
    return lambda request: request.path == path and "continue" in request.query


def test_a_list_without_end_ends(refs: Program) -> None:
    with FakeAPI((*PERMITTED, *MANY)) as api:
        refs.use(api)
        api.change = lambda request, canned: (
            canned
            if not isinstance(canned.body, dict) or "items" not in canned.body or request.path == "/apis"
            else Canned(200, {**canned.body, "metadata": {"continue": "MQ=="}})
        )
        done = refs("check", "-A", "-o", "json")
    assert done.status == 3
    assert {gap["message"] for gap in json.loads(done.out)["gaps"]} == {
        "the server's list has no end: it continues where it was before"
    }


# The cluster as a whole.


@BY_CASE
def test_warnings_change_no_answer_and_are_told_once(run: Run, refs: Program) -> None:
    run.api.warnings = ("deprecated",)
    done = run(run.sound)
    assert (done.status, done.out) == (run.answer.status, run.answer.out)
    assert done.err.replace("Warning: deprecated\n", "", 1) == run.answer.err


@pytest.mark.parametrize("discovery", ["v2", "v2beta1", "legacy"])
@BY_CASE
def test_another_aggregated_api_that_is_broken_changes_nothing(run: Run, discovery: str) -> None:
    run.api.discovery, run.api.stale = discovery, ("metrics.k8s.io",)
    done = run(run.sound)
    said = claims(run.command, done)
    if discovery == "legacy":
        # Such a server does not list these kinds, so the program cannot report on them.
        assert said <= run.claims
    else:
        assert done == run.answer


@BY_CASE
def test_stale_discovery_of_the_group_that_matters_is_no_proof_of_absence(run: Run) -> None:
    run.api.stale = (GATEWAY_GROUP,)
    done = run(run.sound)
    assert "Traceback" not in done.err
    assert claims(run.command, done) <= run.claims
    if run.command == "who-can":
        # This command only asks about RBAC.
        assert done == run.answer
    elif run.command == "kinds":
        assert done.status == 0
    elif run.command == "version":
        assert done.status == 3
    else:
        assert done.status in (2, 3)
        assert re.search("does not answer discovery|its discovery is incomplete|not known", done.out + done.err)


@BY_CASE
def test_a_token_that_expires_at_any_request_is_renewed_by_the_plugin(run: Run, refs: Program, tmp_path: Path) -> None:
    """Each run of the plugin yields a new token, and each request in turn finds its token expired."""
    v1 = "client.authentication.k8s.io/v1"
    script = (
        f"import json; open({str(tmp_path / 'runs')!r}, 'a').write('x'); n = len(open({str(tmp_path / 'runs')!r}).read());"
        f"print(json.dumps({{'apiVersion': {v1!r}, 'kind': 'ExecCredential', 'status': {{'token': f't{{n}}'}}}}))"
    )
    plugin = {"apiVersion": v1, "command": sys.executable, "args": ["-c", script], "interactiveMode": "Never"}
    with FakeAPI(run.case.objects, kinds=KINDS, tls=TLS) as api:
        secure = Run(refs, api, next(name for name, case in CASES.items() if case is run.case))
        refs.use(api, exec=plugin)
        assert api.kubeconfig()["clusters"][0]["cluster"]["tls-server-name"] == TLS_NAME
        for number in range(0, len(run.requests), 3):
            (tmp_path / "runs").unlink(missing_ok=True)
            count = iter(range(1_000_000))
            # Several requests at once may be refused while the first of them has the token renewed.
            expired: set[str] = set()

            def answer(
                request: Request, number: int = number, count: Iterator[int] = count, expired: set[str] = expired
            ) -> Canned | None:
                (token,) = request.header("authorization")
                if next(count) == number:
                    expired.add(token)
                if token in expired:
                    return Canned(401, status(401, "Unauthorized", "Unauthorized"))
                return secure.sound(request)

            assert secure(answer) == run.answer, number
            assert (tmp_path / "runs").read_text() == "xx"


def test_completion_is_silent_whatever_happens(refs: Program, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("why", "-n", "frontend", "httproute/")
    with FakeAPI(PERMITTED) as api:
        refs.use(api)
        sound = candidates(command_line, words[:-1], words[-1])
        paths = set(api.paths)
        assert sound == ["httproute/web", ":4"]
        for path in paths:
            for name, fault in FAULTS.items():
                if fault.flags:
                    continue
                api.fault = at(path, fault)
                found = candidates(command_line, words[:-1], words[-1])
                assert found == (sound if fault.times else [":4"]), (path, name)
    assert capsys.readouterr() == ("", "")
