"""The `from` entries of grants, compared once for many references.

What they differ in depends on the referrer's kind and namespace and on the target's namespace: thousands of refused
references are of a few such, and are held against the same grants.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from kubectl_refs.core.grants.differences import Lookups, cost_of, from_differences
from kubectl_refs.core.grants.grant import MAX_ENTRIES, Grant
from kubectl_refs.core.model.hints import SLIPS, Hint
from kubectl_refs.core.model.near_misses import Difference
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.model.references import Reference

MEANT = SLIPS | {Hint.SWAPPED}
"""Hints of what somebody may have written who meant the reference."""


class ComparedFrom(NamedTuple):
    """The `from` entries of a grant, of which no more are compared than the API admits: which differs least, the first of
    several, and in what; whether any differs by slips alone; and the kinds that they name."""

    nearest: int
    differences: tuple[Difference, ...]
    perhaps_meant: bool
    kinds: frozenset[tuple[str | None, str | None]]

    def may_be_exchanged(self, target: GroupKind) -> bool:
        """Whether an entry names the kind of a target, as only one does that has changed places with a `to` entry."""
        return target in self.kinds


class FromComparisons:
    """Comparisons by what they depend on. One is used again only where what was looked up for it is still answered the
    same, so that who uses it notes what could not be read as if it had compared by itself."""

    def __init__(self) -> None:
        # With each grant, so that no other one gets its id.
        self._made: dict[tuple[str, ...], dict[int, tuple[Grant, ComparedFrom, dict[ObjectKey, bool | None]]]]
        self._made = defaultdict(dict)

    def of(self, reference: Reference, lookups: Lookups) -> ReferenceComparisons:
        """Those of one reference, and of all others like it."""
        referrer = reference.referrer
        made = self._made[referrer.group, referrer.kind, referrer.namespace, reference.to.namespace]
        return ReferenceComparisons(reference, lookups, made)


class ReferenceComparisons:
    """Comparisons of grants with one reference, or with others that are the same to `from` entries."""

    def __init__(
        self,
        reference: Reference,
        lookups: Lookups,
        made: dict[int, tuple[Grant, ComparedFrom, dict[ObjectKey, bool | None]]],
    ) -> None:
        self._reference = reference
        self._lookups = lookups
        self._made = made

    def compared(self, grant: Grant) -> ComparedFrom:
        """A grant with entries, compared."""
        made = self._made.get(id(grant))
        if made is not None:
            _, compared, answers = made
            if not answers or all(self._lookups.exists(asked) is answer for asked, answer in answers.items()):
                return compared
        answers = {}

        def exists(asked: ObjectKey) -> bool | None:
            answers[asked] = self._lookups.exists(asked)
            return answers[asked]

        noting = Lookups(exists, self._lookups.served)
        entries = grant.from_[:MAX_ENTRIES]
        differing = [from_differences(self._reference, grant, *each, noting) for each in enumerate(entries)]
        costs = [*map(cost_of, differing)]
        nearest = costs.index(min(costs))
        compared = ComparedFrom(
            nearest,
            differing[nearest],
            any(MEANT.issuperset([each.hint for each in differences]) for differences in differing),
            frozenset((entry.group, entry.kind) for entry in entries),
        )
        self._made[id(grant)] = grant, compared, answers
        return compared
