"""The judgement on `grants -A`: against what kubectl took in the same run, and against a fixed bound of memory."""

from __future__ import annotations

from benchmarks.grants import FINDINGS, GET, GRANTS, MEGABYTES, targets
from benchmarks.measure import Cost, Key


def test_each_form_must_be_faster_than_kubectl_and_small() -> None:
    costs: dict[Key, Cost] = {
        (GRANTS, 10_000): Cost(2.0, MEGABYTES),
        (FINDINGS, 10_000): Cost(4.1, MEGABYTES + 1.0),
        (GET, 10_000): Cost(4.0, 1_000.0),
    }
    assert [target.met for target in targets(costs)] == [True, True, False, False]
