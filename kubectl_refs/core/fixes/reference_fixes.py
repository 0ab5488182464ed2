"""Patches of a referrer that make its reference name an object that exists."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.fixes.referrer_patches import write_fields
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.near_misses import Difference
from kubectl_refs.core.model.near_targets import NearTarget
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.records import replace

_MOST = 3
"""The most near targets that are offered: with more, a guess would seldom be right."""


def fitting_targets(evaluated: EvaluatedReference) -> Sequence[NearTarget]:
    """The near targets with which the reference would work once it names them, needing at most a new grant. If it would
    work with one alone, without any grant, that one is meant."""
    fitting = [
        near for near in evaluated.near_targets if (not near.needs or near.needs_grant) and _nameable(evaluated, near)
    ]
    at_once = [near for near in fitting if not near.needs and near.surely_meant]
    if len(at_once) == 1:
        return at_once
    return fitting if len(fitting) <= _MOST else ()


def only_near_target(evaluated: EvaluatedReference) -> NearTarget | None:
    """The near target, if there is only one and the reference would not work with it alone; otherwise None. To name
    it mends one of two mistakes."""
    if len(evaluated.near_targets) != 1 or fitting_targets(evaluated):
        return None
    (near,) = evaluated.near_targets
    return near if _nameable(evaluated, near) else None


def _nameable(evaluated: EvaluatedReference, near: NearTarget) -> bool:
    """Whether a patch can make the reference name a near target."""
    # Nobody should be led to what will be gone. An annotation is one text, so a patch would have to write all of it.
    return not (evaluated.field.annotation or near.being_deleted) and not any(map(_is_no_remedy, near.differences))


def meaning_fix(evaluated: EvaluatedReference, near: NearTarget) -> Fix:
    """The patch that makes the reference name a near target. It is likely only if nothing else may be meant, otherwise a
    guess. Where the present target is assumed to exist elsewhere, it is likely only if the near one is permitted and
    the present one is not known to be."""
    alone = len(fitting_targets(evaluated)) == 1 or near == only_near_target(evaluated)
    instead = evaluated.fault is not None or (evaluated.verdict is not Verdict.ALLOWED and not near.needs)
    sure = instead and near.surely_meant and alone
    fix = write_fields(evaluated.found, near.differences)
    return fix if sure else replace(fix, confidence=Confidence.GUESS)


def _is_no_remedy(difference: Difference) -> bool:
    """Whether a difference must not be patched: the field has no namespace, or TLS would be dropped or added silently."""
    if difference.hint is Hint.WRONG_PLACEMENT:
        return True
    return difference.hint is Hint.OTHER_PORT and {difference.found, difference.wanted} == {"80", "443"}
