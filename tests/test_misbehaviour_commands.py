"""The other commands on a misbehaving cluster: each request they make, broken in turn, and never more said than read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kubectl_refs.core.model import JSON
from tests.fakeapi import FakeAPI
from tests.misbehaving_faults import FAULTS, Fault, at
from tests.running import Done, Program
from tests.test_misbehaviour_table import CLUSTER

COMMANDS: Sequence[Sequence[str]] = (
    ("grants", "-A", "-o", "json"),
    ("grants", "--to", "service/api", "-n", "backend", "-o", "json"),
    ("can-i", "httproute", "-n", "frontend", "service/api.backend", "-o", "json"),
    ("who-can", "-n", "backend", "-o", "json"),
    ("fix", "httproute/web", "-n", "frontend", "-o", "json"),
    ("check", "-A", "-o", "json"),
)
LASTING = [name for name, fault in FAULTS.items() if fault.times is None and not fault.flags]
PASSING = [name for name, fault in FAULTS.items() if fault.times is not None]


@pytest.fixture
def refs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    return Program(capsys, monkeypatch, tmp_path)


def paths_of(api: FakeAPI, refs: Program, words: Sequence[str]) -> tuple[Done, list[str]]:
    """The answer where nothing is wrong, and the path of every GET made for it."""
    api.clear()
    done = refs(*words)
    return done, sorted({request.path for request in api.requests if request.method == "GET"})


def gaps(done: Done) -> Sequence[JSON]:
    """What an answer says it did not read; that of `fix` is no report, and says so on standard error."""
    report = json.loads(done.out) if done.out else {}
    found: Sequence[JSON] = report.get("gaps", ()) if isinstance(report, dict) else ()
    return found


def honest(sound: Done, done: Done, fault: Fault, otherwise: bool) -> bool:
    """Whether an answer either is one clear error, or says what it could not read.

    It may be the same answer if what it needs was found out by asking `otherwise`.
    """
    if done.status == 2:
        return done.out == "" and done.err.count("\n") == 1
    if done == sound:
        return otherwise
    return bool(gaps(done)) or done.status == 3 or fault.message in done.err + done.out


@pytest.mark.parametrize("fault", LASTING)
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_what_was_not_read_is_told_or_ends_the_run(refs: Program, words: Sequence[str], fault: str) -> None:
    with FakeAPI(CLUSTER) as api:
        refs.use(api)
        sound, paths = paths_of(api, refs, words)
        assert sound.status in (0, 3)
        for path in paths:
            api.fault = at(path, FAULTS[fault])
            api.clear()
            done = refs(*words)
            assert honest(sound, done, FAULTS[fault], not set(api.paths) <= set(paths)), path


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_what_passes_changes_nothing(refs: Program, words: Sequence[str], fault: str) -> None:
    with FakeAPI(CLUSTER) as api:
        refs.use(api)
        sound, paths = paths_of(api, refs, words)
        for path in paths:
            api.fault = at(path, FAULTS[fault])
            assert refs(*words) == sound, path
