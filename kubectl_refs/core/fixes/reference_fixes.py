"""The patches of a referrer by which its reference means an object that exists."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.fixes.object_changes import write_fields
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.near_misses import Difference
from kubectl_refs.core.model.near_targets import NearTarget
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.records import replace

_MOST = 3
"""Near targets up to which each is offered: among more, a guess would seldom be right."""


def fitting_targets(evaluated: EvaluatedReference) -> Sequence[NearTarget]:
    """The near targets that the reference works with, at most with a new grant, once it means them."""
    fitting = [
        near
        for near in evaluated.near_targets
        if (not near.needs or near.needs_grant)
        and not any(map(_is_no_remedy, near.differences))
        # What stands in an annotation is one text, of which a patch would have to write all.
        and not evaluated.field.annotation
    ]
    return fitting if len(fitting) <= _MOST else ()


def meaning_fix(evaluated: EvaluatedReference, near: NearTarget) -> Fix:
    """The patch that makes the reference mean a near target; likely only where nothing else may be meant, and what is
    written is not assumed to be elsewhere."""
    sure = evaluated.verdict is not Verdict.ALLOWED and near.surely_meant and len(fitting_targets(evaluated)) == 1
    fix = write_fields(evaluated.found, near.differences)
    return fix if sure else replace(fix, confidence=Confidence.GUESS)


def _is_no_remedy(difference: Difference) -> bool:
    """Whether a field cannot be written so: the field has no namespace, or the change would drop or add TLS silently."""
    if difference.hint is Hint.WRONG_PLACEMENT:
        return True
    return difference.hint is Hint.OTHER_PORT and {difference.found, difference.wanted} == {"80", "443"}
