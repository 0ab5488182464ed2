"""The exit status that an answer of verdicts ends with."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.unknown_fields import UnknownField
from kubectl_refs.process.errors import FOUND, OK, UNKNOWN


def exit_status(
    references: Iterable[EvaluatedReference],
    conditions: Iterable[Condition] = (),
    misspelt: Collection[UnknownField] = (),
) -> int:
    """0 all allowed, 1 something refused or broken, here or as a controller reports it, or a field misspelt that is to hold
    a reference, 3 nothing of that but something unknown."""
    listed = list(references)
    verdicts = {evaluated.verdict for evaluated in listed}
    failing = {Verdict.REFUSED, Verdict.BROKEN}
    reported = any(evaluated.reported_verdict in failing for evaluated in listed)
    if verdicts & failing or misspelt or reported or any(condition.fails for condition in conditions):
        return FOUND
    return UNKNOWN if Verdict.UNKNOWN in verdicts else OK
