"""The exit status of an answer made of verdicts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.unknown_fields import UnknownField
from kubectl_refs.process.errors import FOUND, OK, UNKNOWN

if TYPE_CHECKING:
    from kubectl_refs.core.model.unknown_kinds import UnknownKind


def exit_status(
    references: Iterable[EvaluatedReference],
    conditions: Iterable[Condition] = (),
    misspelt: Collection[UnknownField | UnknownKind] = (),
) -> int:
    """0 if all is allowed; 1 if something is refused or broken, by our verdict or a controller's report, or if a field
    for a reference is misspelt; 3 if nothing fails but something is unknown."""
    listed = list(references)
    verdicts = {evaluated.verdict for evaluated in listed}
    reported = {each for evaluated in listed if (each := evaluated.reported_verdict)}
    failing = any(verdict.fails for verdict in verdicts | reported)
    if failing or misspelt or any(condition.fails for condition in conditions):
        return FOUND
    return UNKNOWN if Verdict.UNKNOWN in verdicts else OK
