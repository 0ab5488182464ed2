"""Conditions of an object: as the specification requires them, and as controllers report them."""

from __future__ import annotations

from collections.abc import Hashable
from enum import StrEnum

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import at, entries, integer, mapping, text
from kubectl_refs.core.records import dataclass


class Agreement(StrEnum):
    AGREES = "agrees"
    STALE = "stale"
    CONTRADICTS = "contradicts"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Computed:
    """A condition as the specification requires it. `status` is "True", "False" or "Unknown"."""

    status: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A condition as a controller wrote it."""

    status: str
    reason: str
    message: str
    observed_generation: int | None
    last_transition_time: str | None

    def words(self, type_: str) -> str:
        """The condition as it reads in the status: `ResolvedRefs=False (RefNotPermitted)`."""
        return f"{type_}={self.status} ({self.reason})"

    def quoted(self, type_: str) -> str:
        """The same with the message: `Programmed=False (Invalid): "no certificate"`."""
        return f'{self.words(type_)}: "{self.message}"' if self.message else self.words(type_)

    def is_older_than(self, generation: int | None) -> bool:
        """Whether it is known to be written before the object, now at `generation`, was last changed. 0 says no more than
        no generation."""
        return bool(self.observed_generation and generation and self.observed_generation < generation)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether two conditions agree, why they may not, and what to do next (both sentences without full stop).

    `code` is None if they agree, or if no fault is known.
    """

    agreement: Agreement
    why: str = ""
    code: Code | None = None
    advice: str = ""


READ_MESSAGE = "see the controller's message and log"
"""The advice where nothing more is known."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of one object, computed and as reported by one controller.

    It is about a parent of a route, a listener of a Gateway or ListenerSet, or an ancestor of a policy; with none of
    these set, it is about the object itself.
    """

    object: ObjectKey
    type: str
    computed: Computed
    agreement: Agreement
    why: str
    reported: Reported | None = None
    parent_ref: JSON | None = None
    controller_name: str | None = None
    listener: str | None = None
    ancestor_ref: JSON | None = None
    code: Code | None = None
    """What is wrong between the two; None if they agree, or if no fault is known."""
    advice: str = ""
    """What to do next, a sentence without its full stop; empty if there is no code."""

    @property
    def identity(self) -> Hashable:
        """What identifies a condition: its object, type and writer, and what it is about."""
        parts: tuple[JSON | None, ...] = (self.parent_ref, self.ancestor_ref)
        written = tuple(None if part is None else tuple(sorted(map(str, part.items()))) for part in parts)
        return self.object, self.type, self.controller_name, self.listener, written

    @property
    def is_stray(self) -> bool:
        """Whether another controller wrote it than the one that handles the Gateway."""
        return self.code is Code.OTHER_CONTROLLER

    @property
    def is_reported(self) -> bool:
        """Whether a controller that decides about the object has written it, for whatever generation."""
        return self.reported is not None and not self.is_stray

    @property
    def is_current(self) -> bool:
        """Whether it is reported for the object as it is now. A condition of an older generation is about an earlier
        state."""
        return self.is_reported and self.code is not Code.STALE_GENERATION

    @property
    def fails(self) -> bool:
        """Whether a controller reports the object, as it is now, as not accepted or not resolved."""
        return (
            self.reported is not None
            and self.reported.status == "False"
            and self.type in REPORTED_FAILURES
            and self.is_current
        )

    @property
    def without_status(self) -> bool:
        """Whether there is nothing to compare with: a manifest that no controller has seen."""
        return self.agreement is Agreement.ABSENT and self.code is None


REPORTED_FAILURES = ("Accepted", "ResolvedRefs")
"""The condition types whose status False means that a reference, or the object that holds it, does not work."""

_EPOCH = "1970-01-01T00:00:00Z"
"""The timestamp of conditions that the CRDs fill in by default, before any controller has written."""


def reported_in(conditions: object, type_: str) -> Reported | None:
    """The condition of this type in a list of conditions; None if it is absent, or only the CRD's default."""
    for condition in map(mapping, entries(conditions)):
        if condition.get("type") == type_ and condition.get("lastTransitionTime") != _EPOCH:
            return Reported(
                text(condition.get("status")) or "",
                text(condition.get("reason")) or "",
                text(condition.get("message")) or "",
                integer(condition.get("observedGeneration")),
                text(condition.get("lastTransitionTime")),
            )
    return None


def current_condition(obj: JSON, conditions: object, type_: str) -> Reported | None:
    """The same, of an object's status; None if it is about an older generation than the object has."""
    reported = reported_in(conditions, type_)
    if reported is None or reported.is_older_than(integer(at(obj, "metadata", "generation"))):
        return None
    return reported


def keeps_last_valid_state(conditions: object) -> bool:
    """Whether a controller deliberately keeps the last valid state of a route. `Accepted` then has an older generation
    without being stale. The specification fixes the prefix of the message (`RouteConditionPartiallyInvalid`)."""
    partly = reported_in(conditions, "PartiallyInvalid")
    return partly is not None and partly.status == "True" and partly.message.startswith("Fall Back")
