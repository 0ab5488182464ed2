"""The judgement on `check -A`: against what kubectl took in the same run, in memory, and in growth."""

from __future__ import annotations

from benchmarks.check import CHECK, DATA, GET, MEGABYTES, targets
from benchmarks.measure import IMPORT, Cost, Key


def judged(few: float, many: float, megabytes: float = MEGABYTES) -> dict[str, bool]:
    costs: dict[Key, Cost] = {
        (IMPORT, None): Cost(0.2, 30.0),
        (CHECK, 1_000): Cost(few, 50.0),
        (DATA, 1_000): Cost(few, 50.0),
        (GET, 1_000): Cost(0.1, 100.0),
        (CHECK, 10_000): Cost(many, megabytes),
        (DATA, 10_000): Cost(many, megabytes),
        (GET, 10_000): Cost(5.0, 650.0),
    }
    return {target.title: target.met for target in targets(costs)}


def test_six_tenths_of_kubectls_time_at_the_largest_size_are_allowed() -> None:
    title = "check -A, seconds against kubectl's, 10000 routes"
    assert judged(0.5, 3.0)[title]
    assert not judged(0.5, 3.1)[title]


def test_memory_is_bounded_at_every_size() -> None:
    assert all(judged(0.5, 3.0).values())
    above = judged(0.5, 3.0, MEGABYTES + 1)
    assert not above["check -A, MB, 10000 routes"]
    assert not above["check -A -o json, MB, 10000 routes"]


def test_the_time_above_starting_may_grow_in_proportion() -> None:
    title = "check -A, times the seconds above starting, 10000 against 1000 routes"
    assert judged(0.5, 3.0)[title]
    assert not judged(0.4, 3.0)[title]
