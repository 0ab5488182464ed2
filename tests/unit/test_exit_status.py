"""What verdicts make of the exit status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from kubectl_refs.app.exit_status import exit_status
from kubectl_refs.core.model.references import Verdict
from tests.support.reports import ALLOWED

A, R, B, U = Verdict.ALLOWED, Verdict.REFUSED, Verdict.BROKEN, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ([], 0),
        ([A, A], 0),
        ([A, R], 1),
        ([B], 1),
        ([R, B, U, A], 1),
        ([U, R], 1),
        ([U, A], 3),
        ([U], 3),
    ],
)
def test_the_exit_status_follows_from_the_verdicts(verdicts: Sequence[Verdict], status: int) -> None:
    assert exit_status(replace(ALLOWED, verdict=each) for each in verdicts) == status
