"""The near miss: which grant almost permits a reference, and which of its fields keep it from doing so.

Every grant is compared entry by entry; of each, the nearest pair of entries is told with every field that differs,
what the reference needs there, and why the two differ. Grants outside the target's namespace are told only where
nothing but slips separates them from the reference: they would permit it if they stood in the right place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kubectl_refs.core.grants.differences import (
    Lookups,
    cost_of,
    to_differences,
)
from kubectl_refs.core.grants.from_comparisons import MEANT, ComparedFrom, FromComparisons
from kubectl_refs.core.grants.grant import MAX_ENTRIES, Grant
from kubectl_refs.core.grants.mixed_entries import exchanged_pairs, with_splits
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.near_misses import Difference, GrantName, NearMiss
from kubectl_refs.core.model.references import Reference


def near_misses(
    reference: Reference, grants: Iterable[Grant], lookups: Lookups, comparisons: FromComparisons | None = None
) -> tuple[NearMiss, ...]:
    """The near misses of a reference, nearest first.

    `grants` may stand anywhere. Those in the target's namespace are all told, save those that permit the reference and
    those without entries. `comparisons` are those already made for other references.
    """
    comparison = (comparisons or FromComparisons()).of(reference, lookups)
    placed: list[NearMiss] = []
    misplaced: list[NearMiss] = []
    for grant in grants:
        if not grant.from_ or not grant.to:
            continue
        third = grant.grant.namespace not in (reference.to.namespace, reference.referrer.namespace)
        if third and not any(entry.matches(reference) for entry in grant.from_):
            # Only an exact match counts there, so whether the names it has instead exist need not be looked up.
            continue
        compared = comparison.compared(grant)
        exchanged = (
            tuple(exchanged_pairs(reference, grant, lookups))
            if compared.may_be_exchanged(reference.to.group_kind)
            else ()
        )
        if grant.grant.namespace != reference.to.namespace and not (compared.perhaps_meant or exchanged):
            # Few can be meant for it by their `from` alone: their `to` need not be compared.
            continue
        miss = _nearest_pair(reference, grant, compared, lookups)
        if exchanged:
            miss = min((miss, *exchanged), key=lambda each: each.distance)
        if grant.grant.namespace == reference.to.namespace:
            if miss.differences:
                placed.append(miss)
        elif _is_misplaced(reference, grant, miss, lookups):
            misplaced.append(_with_placement(reference, miss))
    return tuple(sorted((*with_splits(reference, placed), *misplaced), key=nearness))


def nearness(miss: NearMiss) -> tuple[float, GrantName]:
    """The order of near misses: the nearest first, equally near ones by name."""
    return miss.distance, miss.grant


def _is_misplaced(reference: Reference, grant: Grant, miss: NearMiss, lookups: Lookups) -> bool:
    """Whether a grant outside the target's namespace was meant for the reference and is of no use where it stands.

    In the referrer's own namespace it permits nothing, so slips beside its place are told as well. In a third one it
    may do its work for other references: only if it names a target that does not exist there is it surely misplaced.
    """
    if grant.grant.namespace == reference.referrer.namespace:
        return MEANT.issuperset([each.hint for each in miss.differences])
    if miss.differences or grant.to[miss.to].name is None:
        return False
    return lookups.exists(reference.to._replace(namespace=grant.grant.namespace)) is False


def _nearest_pair(reference: Reference, grant: Grant, compared: ComparedFrom, lookups: Lookups) -> NearMiss:
    wrong = [to_differences(reference, index, entry, lookups) for index, entry in enumerate(grant.to[:MAX_ENTRIES])]
    costs = [*map(cost_of, wrong)]
    to = costs.index(min(costs))
    differences = (*compared.differences, *wrong[to])
    return NearMiss(grant.grant, compared.nearest, to, differences, cost_of(differences), grant.source)


def is_misplaced(miss: NearMiss) -> bool:
    """Whether the grant is in another namespace than the one that it was meant for."""
    return any(each.hint is Hint.WRONG_PLACEMENT for each in miss.differences)


def misplaced_miss(reference: Reference, grant: Grant) -> NearMiss:
    """A grant of another namespace that permits the reference in all but its place."""
    from_ = next(index for index, entry in enumerate(grant.from_) if entry.matches(reference))
    to = next(index for index, entry in enumerate(grant.to) if entry.matches(reference))
    return _with_placement(reference, NearMiss(grant.grant, from_, to, (), 0.0, grant.source))


def _with_placement(reference: Reference, miss: NearMiss) -> NearMiss:
    placement = Difference(
        "metadata.namespace",
        reference.to.namespace,
        miss.grant.namespace,
        Hint.WRONG_PLACEMENT,
        f"it can only permit references into its own, {miss.grant.namespace}",
    )
    return replace(miss, differences=(placement, *miss.differences), distance=cost_of((placement,)) + miss.distance)
