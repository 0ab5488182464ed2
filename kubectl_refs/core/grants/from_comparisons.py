"""The `from` entries of a grant, weighed for a reference.

Their differences depend only on the referrer's kind and namespace and on the target's namespace. Thousands of refused
references share a few such combinations, and are compared with the same grants.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, Protocol, TypeVar

from kubectl_refs.core.grants.differences import Lookups, cost_of, from_differences
from kubectl_refs.core.grants.grant import MAX_ENTRIES, FromEntry, Grant
from kubectl_refs.core.model.hints import SLIPS, Hint
from kubectl_refs.core.model.near_misses import Difference
from kubectl_refs.core.model.references import Reference

T = TypeVar("T")

HINTS_OF_INTENT = SLIPS | {Hint.SWAPPED}
"""Hints of what somebody who meant the reference may have written."""


class WeighedFrom(NamedTuple):
    """The `from` entries of a grant, compared as far as the API admits them: the index of the nearest (the first of
    several), its differences and their cost; whether any entry has only differences in
    HINTS_OF_INTENT; whether the nearest is right except that it names a third namespace; and the kinds of all entries."""

    nearest: int
    differences: tuple[Difference, ...]
    cost: float
    perhaps_meant: bool
    for_another_namespace: bool
    kinds: frozenset[tuple[str | None, str | None]]


class Memo(Protocol):
    """Makes a value that depends only on a key and on lookups, or returns the one made before."""

    def __call__(self, key: Hashable, make: Callable[[Lookups], T], /) -> T: ...


def weighed_from(reference: Reference, grant: Grant, once: Memo) -> WeighedFrom:
    """Weigh the `from` entries of a grant that has any. Results are kept by their content: many grants say the same."""
    froms = grant.from_[:MAX_ENTRIES]
    own = reference.to.namespace

    def weigh(lookups: Lookups) -> WeighedFrom:
        weighed = [_weighed_entry(reference, grant, *each, lookups) for each in enumerate(froms)]
        return min(weighed, key=_cost)._replace(
            perhaps_meant=any(each.perhaps_meant for each in weighed),
            kinds=frozenset(kind for each in weighed for kind in each.kinds),
        )

    # Where the grant is matters only for an entry that names the target's own namespace.
    of_place = own in [entry.namespace for entry in froms]
    place = (own, grant.grant.namespace == reference.referrer.namespace) if of_place else None
    return once(("from entries", reference.referrer[:3], place, froms), weigh)


def _cost(weighed: WeighedFrom) -> float:
    return weighed.cost


def _weighed_entry(reference: Reference, grant: Grant, index: int, entry: FromEntry, lookups: Lookups) -> WeighedFrom:
    differences = from_differences(reference, grant, index, entry, lookups)
    hints = [each.hint for each in differences]
    another = hints == [Hint.OTHER_NAMESPACE] and entry.namespace != reference.to.namespace
    return WeighedFrom(
        index,
        differences,
        cost_of(differences),
        HINTS_OF_INTENT.issuperset(hints),
        another,
        frozenset({(entry.group, entry.kind)}),
    )


class LookupMemo:
    """A `Memo` for lookups whose answers stay the same."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self._made: dict[Hashable, Any] = {}

    def __call__(self, key: Hashable, make: Callable[[Lookups], T], /) -> T:
        if key not in self._made:
            self._made[key] = make(self._lookups)
        found: T = self._made[key]
        return found
