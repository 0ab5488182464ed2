"""--wait: until the controllers agree, or which of them do not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.app.applying.options import ApplyOptions
from kubectl_refs.app.applying.waiting import Clock
from kubectl_refs.app.fix import fix
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.queries.fix import FixOptions
from kubectl_refs.render.formats import Shape
from tests.support.fakes.api import FakeAPI
from tests.support.fakes.writing import Writing
from tests.support.fixing import (
    NEW,
    attached_route,
    resolved,
)
from tests.support.running import Program


class FakeClock:
    """A clock that only sleeping advances; an event may follow each sleep."""

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
    place = Inputs("frontend", kubeconfig=str(api.write_kubeconfig(folder / "config")))
    apply_options = ApplyOptions(apply=True, yes="grants", wait=seconds, clock=clock.clock)
    return fix(
        place, ["httproute/web"], FixOptions(), apply_options, Output.parse(None, [Shape.MANIFESTS]), exit_zero=False
    )


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


def test_a_status_from_before_the_write_is_not_taken_for_the_answer_to_it(
    api: FakeAPI, writing: Writing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_status(api, resolved("True", "ResolvedRefs"))
    assert apply_and_wait(api, tmp_path, FakeClock()) == 0
    told = capsys.readouterr().err
    assert "every controller agrees" not in told
    assert "as before the change: Gateway " in told
    assert told.endswith("by example.com/gateway, which does not show whether the change was seen\n")


@pytest.mark.parametrize(
    ("written", "generation", "said"),
    [
        pytest.param(None, 1, "no controller has reported on this parent", id="absent"),
        pytest.param(
            resolved("False", "RefNotPermitted"),
            1,
            "the controller may not support the target's kind",
            id="contradicts",
        ),
        pytest.param(
            resolved("False", "RefNotPermitted"), 2, "a controller that still disagrees may not be running", id="stale"
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
    api.objects[-1] = attached_route("backend", generation=generation)
    set_status(api, written)
    clock = FakeClock()
    assert apply_and_wait(api, tmp_path, clock, 5) == 1
    assert clock.time == 5
    told = " ".join(capsys.readouterr().err.split())
    assert "after 5s not every controller agrees: HTTPRoute frontend/web" in told
    assert said in told
    assert ("by example.com/gateway" in told) == (written is not None)


def test_waiting_for_a_route_without_parents_says_that_nobody_will_answer(
    api: FakeAPI, writing: Writing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    api.objects[-1] = attached_route("backend", parentRefs=[])
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
    seen: list[ApplyOptions] = []

    def record(
        place: Inputs,
        arguments: Sequence[str],
        wishes: FixOptions,
        apply_options: ApplyOptions,
        *more: Any,
        **options: Any,
    ) -> int:
        assert arguments == ("httproute/web",)
        seen.append(apply_options)
        return 0

    monkeypatch.setattr("kubectl_refs.app.fix.fix", record)
    assert program("fix", "--apply", "--yes", *words, "httproute/web").status == 0
    assert [apply_options.wait for apply_options in seen] == [seconds]
