"""The exit status that results from verdicts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kubectl_refs.app.exit_status import exit_status
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.unknown_fields import UnknownField
from tests.support.reports import ALLOWED, changed

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
    assert exit_status(changed(ALLOWED, verdict=each) for each in verdicts) == status


def test_a_field_misspelt_that_is_to_hold_a_reference_fails_alone() -> None:
    field = UnknownField(ALLOWED.reference.referrer, "spec.rules[0].backendRef", "backendRef", "backendRefs")
    assert exit_status((), (), (field,)) == 1
