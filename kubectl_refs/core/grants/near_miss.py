"""The near miss: which grant almost permits a reference, and which of its fields keep it from doing so.

Every grant is compared entry by entry. Its nearest pair of entries is reported with every field that differs, what the
reference needs there, and why the two differ. Grants outside the target's namespace are reported only where nothing
but slips separates them from the reference: they would permit it if they were in the right place.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest
from typing import NamedTuple

from kubectl_refs.core.grants.differences import COST, Lookups, cost_of, to_differences
from kubectl_refs.core.grants.from_comparisons import HINTS_OF_INTENT, Memo, WeighedFrom, weighed_from
from kubectl_refs.core.grants.grant import MAX_ENTRIES, Grant
from kubectl_refs.core.grants.mixed_entries import exchanged_pairs, with_splits
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.near_misses import Difference, GrantName, NearMiss
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.records import replace

LEAST_COST = min(cost for hint, cost in COST.items() if hint is not Hint.SPLIT)
"""The cost of the cheapest difference."""


class NearMisses(NamedTuple):
    """Near misses, nearest first, and how many further ones were left out because enough are nearer."""

    nearest: tuple[NearMiss, ...]
    beyond: int = 0


def nearest_of(
    reference: Reference,
    grants: Iterable[Grant],
    lookups: Lookups,
    once: Memo,
    most: int | None = None,
) -> NearMisses:
    """The near misses of a reference.

    `grants` may be in any namespace. All of those in the target's namespace are reported, except grants that permit the
    reference and grants without entries. If only the nearest `most` matter, further ones may be left out if they were
    surely not meant for the reference, or are right except that they name a third namespace. `once` keeps results that
    other references share with this one.
    """
    kind, own, beside = reference.to.group_kind, reference.to.namespace, reference.referrer.namespace
    placed: list[NearMiss] = []
    misplaced: list[NearMiss] = []
    unlikely: list[tuple[Grant, WeighedFrom]] = []
    of_others: list[tuple[Grant, WeighedFrom, int]] = []
    surplus: dict[GrantName, tuple[Difference, ...]] = {}
    for grant in grants:
        if not grant.from_ or not grant.to:
            continue
        namespace = grant.grant.namespace
        here = namespace == own
        if here and not grant.admissible:
            surplus[grant.grant] = _surplus(grant)
            pair = _matching_pair(reference, grant)
            if pair is not None:
                placed.append(NearMiss(grant.grant, *pair, (), 0.0, grant.source))
                continue
        third = not here and namespace != beside
        if third and not any(entry.matches(reference) for entry in grant.from_):
            # Only an exact match counts there, so there is no need to look up whether the names it has instead exist.
            continue
        froms = weighed_from(reference, grant, once)
        exchanged = tuple(exchanged_pairs(reference, grant, lookups)) if kind in froms.kinds else ()
        if not (here or froms.perhaps_meant or exchanged):
            # The `from` of most grants elsewhere rules them out: their `to` need not be compared.
            continue
        fitting = _first_matching_to(grant, reference)
        if here and most is not None and fitting is not None and froms.for_another_namespace and not exchanged:
            of_others.append((grant, froms, fitting))
            continue
        likely = froms.perhaps_meant or exchanged or fitting is not None
        if here and most is not None and not likely:
            unlikely.append((grant, froms))
            continue
        miss = (
            _nearest_pair(reference, grant, froms, lookups) if fitting is None else _miss_by_from(grant, froms, fitting)
        )
        if exchanged:
            miss = min((miss, *exchanged), key=lambda each: each.distance)
        if here:
            if miss.differences:
                placed.append(miss)
        elif _is_misplaced(reference, grant, miss, lookups):
            misplaced.append(_with_placement(reference, miss))
    kept = nsmallest(most or 0, of_others, key=lambda each: (each[1].cost, each[0].grant))
    placed += [_miss_by_from(*each) for each in kept]
    distances = sorted(each.distance for each in (*placed, *misplaced))
    bound = float("inf") if most is None or len(distances) < most else distances[most - 1]
    nearer = [(grant, froms) for grant, froms in unlikely if froms.cost + LEAST_COST <= bound]
    placed += [_nearest_pair(reference, grant, froms, lookups) for grant, froms in nearer]
    told = with_splits(reference, placed, lookups)
    if surplus:
        told = [_with_surplus(each, surplus.get(each.grant, ())) for each in told]
    nearest = sorted((*told, *misplaced), key=nearness)
    return NearMisses(tuple(nearest), len(unlikely) - len(nearer) + len(of_others) - len(kept))


def _first_matching_to(grant: Grant, reference: Reference) -> int | None:
    """The index of the first `to` entry for the target: with it, only `from` keeps the grant from permitting."""
    group, kind, _, name = reference.to
    for index, entry in enumerate(grant.to[:MAX_ENTRIES]):
        if entry.kind == kind and entry.group == group and (entry.name is None or entry.name == name):
            return index
    return None


def _matching_pair(reference: Reference, grant: Grant) -> tuple[int, int] | None:
    """The indices of the first entries that match; None if there are none. Also beyond MAX_ENTRIES."""
    from_ = next((index for index, entry in enumerate(grant.from_) if entry.matches(reference)), None)
    to = next((index for index, entry in enumerate(grant.to) if entry.matches(reference)), None)
    return None if from_ is None or to is None else (from_, to)


def _surplus(grant: Grant) -> tuple[Difference, ...]:
    """The lists of a grant that have more entries than an API server admits."""
    counts = (("from", len(grant.from_)), ("to", len(grant.to)))
    return tuple(
        Difference(f"spec.{part}", str(MAX_ENTRIES), str(count), Hint.TOO_MANY)
        for part, count in counts
        if count > MAX_ENTRIES
    )


def _with_surplus(miss: NearMiss, surplus: tuple[Difference, ...]) -> NearMiss:
    return replace(miss, differences=(*miss.differences, *surplus), distance=miss.distance + cost_of(surplus))


def nearness(miss: NearMiss) -> tuple[float, GrantName]:
    """The order of near misses: the nearest first, equally near ones by name."""
    return miss.distance, miss.grant


def _is_misplaced(reference: Reference, grant: Grant, miss: NearMiss, lookups: Lookups) -> bool:
    """Whether a grant outside the target's namespace was meant for the reference and is of no use where it stands.

    In the referrer's own namespace it permits nothing, so it may have slips besides its place. In a third namespace it
    may serve other references: it is surely misplaced only if it names a target that does not exist there.
    """
    if grant.grant.namespace == reference.referrer.namespace:
        return HINTS_OF_INTENT.issuperset([each.hint for each in miss.differences])
    if miss.differences or grant.to[miss.to].name is None:
        return False
    return lookups.exists(reference.to._replace(namespace=grant.grant.namespace)) is False


def _nearest_pair(reference: Reference, grant: Grant, froms: WeighedFrom, lookups: Lookups) -> NearMiss:
    wrong = [to_differences(reference, index, entry, lookups) for index, entry in enumerate(grant.to[:MAX_ENTRIES])]
    costs = [*map(cost_of, wrong)]
    to = costs.index(min(costs))
    differences = (*froms.differences, *wrong[to])
    return NearMiss(grant.grant, froms.nearest, to, differences, cost_of(differences), grant.source)


def _miss_by_from(grant: Grant, froms: WeighedFrom, to: int) -> NearMiss:
    """The near miss of a grant whose `to` entry is right."""
    return NearMiss(grant.grant, froms.nearest, to, froms.differences, froms.cost, grant.source)


def is_misplaced(miss: NearMiss) -> bool:
    """Whether the grant is in a namespace other than the one it was meant for."""
    return any(each.hint is Hint.WRONG_PLACEMENT for each in miss.differences)


def misplaced_miss(reference: Reference, grant: Grant) -> NearMiss:
    """The near miss of a grant in another namespace that is right except for its place."""
    pair = _matching_pair(reference, grant)
    assert pair is not None
    return _with_placement(reference, NearMiss(grant.grant, *pair, (), 0.0, grant.source))


def _with_placement(reference: Reference, miss: NearMiss) -> NearMiss:
    placement = Difference(
        "metadata.namespace",
        reference.to.namespace,
        miss.grant.namespace,
        Hint.WRONG_PLACEMENT,
        f"it can only permit references into its own, {miss.grant.namespace}",
    )
    return replace(miss, differences=(placement, *miss.differences), distance=cost_of((placement,)) + miss.distance)
