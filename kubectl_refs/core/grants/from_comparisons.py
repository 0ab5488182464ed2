"""The `from` entries of a grant, weighed for a reference.

What they differ in depends on the referrer's kind and namespace and on the target's namespace: thousands of refused
references are of a few such, and are held against the same grants.
"""

from __future__ import annotations

from typing import NamedTuple

from kubectl_refs.core.grants.differences import Lookups, cost_of, from_differences
from kubectl_refs.core.grants.grant import MAX_ENTRIES, Grant
from kubectl_refs.core.model.hints import SLIPS, Hint
from kubectl_refs.core.model.near_misses import Difference
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.references import Reference

MEANT = SLIPS | {Hint.SWAPPED}
"""Hints of what somebody may have written who meant the reference."""


class WeighedFrom(NamedTuple):
    """The `from` entries of a grant, of which no more are compared than the API admits: which differs least, the first of
    several, in what, and what that costs; whether any differs by slips alone; and the kinds that they name."""

    grant: Grant
    nearest: int
    differences: tuple[Difference, ...]
    cost: float
    perhaps_meant: bool
    kinds: frozenset[tuple[str | None, str | None]]

    def may_be_exchanged(self, target: GroupKind) -> bool:
        """Whether an entry names the kind of a target, as only one does that has changed places with a `to` entry."""
        return target in self.kinds


def question_of(reference: Reference, grant: Grant) -> tuple[str | int, ...]:
    """What the answer of `weighed_from` depends on. It has the grant, so that no other one gets its id while it is kept."""
    referrer = reference.referrer
    return "from", referrer.group, referrer.kind, referrer.namespace, reference.to.namespace, id(grant)


def weighed_from(reference: Reference, grant: Grant, lookups: Lookups) -> WeighedFrom:
    """The `from` entries of a grant that has any."""
    entries = grant.from_[:MAX_ENTRIES]
    differing = [from_differences(reference, grant, *each, lookups) for each in enumerate(entries)]
    costs = [*map(cost_of, differing)]
    nearest = costs.index(min(costs))
    return WeighedFrom(
        grant,
        nearest,
        differing[nearest],
        costs[nearest],
        any(MEANT.issuperset([each.hint for each in differences]) for differences in differing),
        frozenset((entry.group, entry.kind) for entry in entries),
    )


class FromComparisons:
    """Answers that are kept, where what is looked up stays the same."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self._made: dict[tuple[str | int, ...], WeighedFrom] = {}

    def weighed(self, reference: Reference, grant: Grant) -> WeighedFrom:
        asked = question_of(reference, grant)
        if asked not in self._made:
            self._made[asked] = weighed_from(reference, grant, self._lookups)
        return self._made[asked]
