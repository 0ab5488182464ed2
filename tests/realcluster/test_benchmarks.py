"""The benchmarks' judgement: a command that failed yields no figure, and targets are judged at their limits."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.measure import EMPTY, HELP, IMPORT, WHY, Command, CommandFailedError, Cost, Job, interleaved, run
from benchmarks.targets import targets


def python(program: str, says: str = "", status: int = 0) -> Job:
    return Job(Command("tried", (sys.executable, "-c", program), says, status), None, {})


@pytest.mark.parametrize(
    "job",
    [
        pytest.param(python("print('done')", says="done", status=1), id="another exit status"),
        pytest.param(python("print('sorry')", says="done"), id="another output"),
        pytest.param(Job(Command("tried", ("/no/such/program",)), None, {}), id="no such program"),
    ],
)
def test_a_command_that_did_not_do_its_work_yields_no_figure(job: Job, tmp_path: Path) -> None:
    with pytest.raises(CommandFailedError, match=r"^tried: "):
        run(job, tmp_path)


def test_a_commands_own_memory_is_measured(tmp_path: Path) -> None:
    small = run(python("print('done')", says="done"), tmp_path)
    large = run(python("kept = b'x' * (100 << 20)"), tmp_path)

    assert 95 < large.megabytes - small.megabytes < 110
    assert small.seconds > 0


def test_every_round_runs_every_command_and_the_first_only_fills_caches(tmp_path: Path) -> None:
    log = tmp_path / "log"

    costs = interleaved([python(f"open({str(log)!r}, 'a').write('.')")], 3, tmp_path)

    assert set(costs) == {("tried", None)}
    assert log.read_text() == "...."


def judged(seconds: dict[tuple[str, int | None], float], requests: dict[int, int]) -> dict[str, bool]:
    costs = {key: Cost(value, 1.0) for key, value in seconds.items()}
    return {target.title: target.met for target in targets(costs, requests)}


STARTING: dict[tuple[str, int | None], float] = {(IMPORT, None): 0.25, (HELP, None): 0.5, (EMPTY, None): 0.25}


def test_targets_are_met_at_their_limits() -> None:
    seconds = STARTING | {(WHY, 10): 0.375, (WHY, 1_000): 0.375, (WHY, 10_000): 0.375}

    verdicts = judged(seconds, {10: 6, 1_000: 6, 10_000: 6})

    assert len(verdicts) == 8
    assert [title for title, met in verdicts.items() if not met] == [
        "why, seconds against a fifth of gwctl's, 1000 routes"  # 0.372 s
    ]


def test_growth_with_the_cluster_misses_targets() -> None:
    verdicts = judged(STARTING | {(WHY, 10): 0.3, (WHY, 10_000): 0.39}, {10: 6, 10_000: 7})

    assert [title for title, met in verdicts.items() if not met] == [
        "why, requests, 10000 against 10 routes",
        "why, times the seconds, 10000 against 10 routes",
    ]


def test_one_size_is_not_compared_with_itself() -> None:
    assert not [title for title in judged(STARTING | {(WHY, 10): 0.3}, {10: 6}) if "against 10" in title]
