"""The benchmarks' judgement: a failed command yields no figure, and targets are judged at their limits."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.commands import (
    CHECK,
    CHECK_DATA,
    COMPLETE,
    DOWNLOAD,
    EMPTY,
    GRANTS,
    GWCTL,
    HELP,
    IMPORT,
    KUBECTL_LISTS,
    WHY,
)
from benchmarks.measure import Command, CommandFailedError, Cost, Job, Key, interleaved, run
from benchmarks.targets import MEGABYTES, check_targets, floor, starting_targets


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


def judged(seconds: dict[Key, float], requests: dict[int, int]) -> dict[str, bool]:
    costs = {key: Cost(value, 1.0) for key, value in seconds.items()}
    return {target.title: target.met for target in starting_targets(costs, requests)}


STARTING: dict[Key, float] = {(IMPORT, None): 0.2, (HELP, None): 0.075, (EMPTY, None): 0.05}


def asked(routes: int, why: float, complete: float = 0.15) -> dict[Key, float]:
    return {(WHY, routes): why, (COMPLETE, routes): complete}


def test_targets_are_met_at_their_limits() -> None:
    verdicts = judged(
        STARTING | asked(10, 0.15) | asked(1_000, 0.15) | asked(10_000, 0.15), {10: 6, 1_000: 6, 10_000: 6}
    )
    assert len(verdicts) == 11
    assert all(verdicts.values())


def test_targets_are_missed_beyond_them() -> None:
    slow = {(HELP, None): 0.076}
    verdicts = judged(STARTING | slow | asked(10, 0.151, 0.151) | asked(10_000, 0.17), {10: 6, 10_000: 7})
    assert [title for title, met in verdicts.items() if met] == [
        "completion, times an empty program, 10000 routes",
        "why, times gwctl, 10000 routes",
    ]


def test_a_gwctl_that_is_there_is_compared_with_and_not_what_was_recorded() -> None:
    there = STARTING | asked(1_000, 0.15)
    assert judged(there, {1_000: 6})["why, times gwctl, 1000 routes"]
    assert not judged(there | {(GWCTL, 1_000): 0.7}, {1_000: 6})["why, times gwctl, 1000 routes"]
    assert judged(there | {(GWCTL, 1_000): 0.75}, {1_000: 6})["why, times gwctl, 1000 routes"]


def test_one_size_is_not_compared_with_itself() -> None:
    assert not [title for title in judged(STARTING | asked(10, 0.1), {10: 6}) if "against 10" in title]


def listed(few: float, many: float, megabytes: float = MEGABYTES) -> dict[Key, Cost]:
    own = (CHECK, CHECK_DATA, GRANTS)
    return {
        (IMPORT, None): Cost(0.2, 30.0),
        **{(title, 1_000): Cost(few, 50.0) for title in own},
        **{(title, 10_000): Cost(many, megabytes) for title in own},
        (KUBECTL_LISTS, 1_000): Cost(0.1, 100.0),
        (KUBECTL_LISTS, 10_000): Cost(5.0, 650.0),
        (DOWNLOAD, 1_000): Cost(0.1, 20.0),
        (DOWNLOAD, 10_000): Cost(1.0, 20.0),
    }


def all_judged(load: str, few: float, many: float, megabytes: float = MEGABYTES) -> dict[str, bool]:
    return {target.title: target.met for target in check_targets(load, listed(few, many, megabytes))}


@pytest.mark.parametrize(("load", "limit"), [("calm", 3.0), ("outage", 4.0)])
def test_a_share_of_kubectls_time_at_the_largest_size_is_allowed(load: str, limit: float) -> None:
    for command in ("check -A", "check -A -o json", "grants -A"):
        title = f"{command}, times kubectl, {load}, 10000 routes"
        assert all_judged(load, 0.6, limit)[title]
        assert not all_judged(load, 0.6, limit + 0.1)[title]


def test_memory_is_bounded_at_every_size() -> None:
    assert all(all_judged("calm", 0.5, 3.0).values())
    above = all_judged("calm", 0.5, 3.0, MEGABYTES + 1)
    assert [title for title, met in above.items() if not met] == [
        "check -A, MB, calm, 10000 routes",
        "check -A -o json, MB, calm, 10000 routes",
        "grants -A, MB, calm, 10000 routes",
    ]


def test_the_time_above_starting_may_grow_in_proportion() -> None:
    title = "check -A, times the seconds above starting, calm, 10000 against 1000 routes"
    assert all_judged("calm", 0.5, 3.0)[title]
    assert not all_judged("calm", 0.4, 3.0)[title]


def test_few_objects_say_nothing_about_reading_all() -> None:
    assert list(check_targets("calm", {(IMPORT, None): Cost(0.2, 30.0)})) == []


def test_the_floor_is_the_bare_download() -> None:
    assert (CHECK, 10_000, 3.0) in floor(listed(0.5, 3.0))
    assert (KUBECTL_LISTS, 10_000, 5.0) in floor(listed(0.5, 3.0))
