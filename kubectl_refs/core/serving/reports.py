"""Conditions that are reported for an object as it is now."""

from __future__ import annotations

from kubectl_refs.core.model.conditions import Reported, reported_in
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import at, integer


def current_condition(obj: JSON, conditions: object, type_: str) -> Reported | None:
    """A condition that was written for the object's generation, or names none; None if there is no such condition."""
    reported = reported_in(conditions, type_)
    generation = integer(at(obj, "metadata", "generation"))
    if reported is None or reported.observed_generation in (None, generation) or generation is None:
        return reported
    return None


def condition_words(type_: str, reported: Reported) -> str:
    """`Programmed=False (Invalid): "no certificate"`."""
    words = f"{type_}={reported.status} ({reported.reason})"
    return f'{words}: "{reported.message}"' if reported.message else words
