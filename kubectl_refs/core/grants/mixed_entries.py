"""Grants whose entries are right but mixed up: `from` and `to` exchanged, or one right half in each of two grants."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.grants.differences import (
    COST,
    Lookups,
    cost_of,
    differs_only_by_slips,
    namespace_hint,
)
from kubectl_refs.core.grants.grant import MAX_ENTRIES, FromEntry, Grant
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.near_misses import Difference, NearMiss
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.records import replace


def exchanged_pairs(reference: Reference, grant: Grant, lookups: Lookups) -> Iterator[NearMiss]:
    """Pairs whose `from` describes the target and whose `to` describes the referrer.

    If both are of one kind, nothing tells them apart, so no pair counts as exchanged.
    """
    referrer, target = reference.referrer, reference.to
    if referrer.group_kind == target.group_kind:
        return
    for from_index, from_entry in enumerate(grant.from_[:MAX_ENTRIES]):
        if (from_entry.group, from_entry.kind) != (target.group, target.kind):
            continue
        namespace = _exchanged_namespace(reference, grant, from_index, from_entry, lookups)
        for to_index, to_entry in enumerate(grant.to[:MAX_ENTRIES]):
            if (to_entry.group, to_entry.kind) != (referrer.group, referrer.kind):
                continue
            if to_entry.name not in (None, referrer.name, target.name):
                continue
            from_path, to_path = f"spec.from[{from_index}]", f"spec.to[{to_index}]"
            exchanged = (
                (f"{from_path}.group", referrer.group, from_entry.group),
                (f"{from_path}.kind", referrer.kind, from_entry.kind),
                (f"{to_path}.group", target.group, to_entry.group),
                (f"{to_path}.kind", target.kind, to_entry.kind),
                (f"{to_path}.name", target.name, to_entry.name or target.name),
            )
            differences = [
                Difference(path, wanted, found, Hint.SWAPPED) for path, wanted, found in exchanged if wanted != found
            ]
            # Exchanging from and to is one slip, however many fields it affects.
            yield NearMiss(
                grant.grant,
                from_index,
                to_index,
                (*differences, *namespace),
                COST[Hint.SWAPPED] + cost_of(namespace),
                grant.source,
            )


def _exchanged_namespace(
    reference: Reference, grant: Grant, index: int, entry: FromEntry, lookups: Lookups
) -> tuple[Difference, ...]:
    wanted = reference.referrer.namespace
    if entry.namespace == wanted:
        return ()
    hint, note = Hint.SWAPPED, ""
    if entry.namespace != reference.to.namespace:
        hint, note = namespace_hint(reference, grant, entry.namespace, lookups)
    return (Difference(f"spec.from[{index}].namespace", wanted, entry.namespace, hint, note),)


def with_splits(reference: Reference, misses: list[NearMiss], lookups: Lookups) -> list[NearMiss]:
    """Mark grants that hold one right half each: a `from` in one and a `to` in another do not combine.

    Grants are marked only if their other half is for another kind, and if at least one of the two is of no use as it
    is: a grant for another namespace or another object does what it was written for. A grant whose other half is wrong
    only by slips needs no other grant to explain it.
    """
    halves = [miss for miss in misses if _matches_one_part(reference, miss)]
    if len(halves) < 2:
        return misses
    halves.sort(key=lambda miss: miss.grant)
    useless = {miss.grant for miss in halves if not _is_of_use(reference, miss, lookups)}
    # In each of them, one part is right and the other is not.
    lacking = {miss.grant: "to" if _part_matches(miss, "from") else "from" for miss in halves}
    marked = []
    for miss in misses:
        part = lacking.get(miss.grant)
        others = [
            each for each in halves if part not in (None, lacking[each.grant]) and useless & {miss.grant, each.grant}
        ]
        marked.append(_with_split(reference, miss, part, others[0]) if part and others else miss)
    return marked


def _with_split(reference: Reference, miss: NearMiss, part: str, other: NearMiss) -> NearMiss:
    """The near miss, marked as lacking a part that another grant has."""
    index, wanted = other.to, str(reference.to)
    if part == "from":
        index, wanted = other.from_, f"{reference.referrer.kind} in {reference.referrer.namespace}"
    found = f"{other.grant} spec.{part}[{index}]"
    split = Difference(f"spec.{part}", wanted, found, Hint.SPLIT, "one grant must hold both")
    return replace(miss, differences=(*miss.differences, split))


def _matches_one_part(reference: Reference, miss: NearMiss) -> bool:
    """Whether one part is right, and the other is for another kind or for the target's own namespace, where nothing
    needs a grant."""
    # Few near misses differ in a kind or in that namespace.
    telling = [
        each
        for each in miss.differences
        if each.path.endswith((".group", ".kind"))
        or (each.found == reference.to.namespace and each.path.endswith(".namespace"))
    ]
    return (
        bool(telling) and _part_matches(miss, "from") != _part_matches(miss, "to") and not differs_only_by_slips(miss)
    )


def _is_of_use(reference: Reference, miss: NearMiss, lookups: Lookups) -> bool:
    """Whether the nearest pair of entries of a grant may permit another reference."""
    own, target = reference.referrer, reference.to
    found = {each.path.rpartition(".")[::2]: each.found for each in miss.differences}
    from_, to = f"spec.from[{miss.from_}]", f"spec.to[{miss.to}]"
    if found.get((from_, "namespace")) == target.namespace:
        return False
    referrer = GroupKind(found.get((from_, "group"), own.group) or "", found.get((from_, "kind"), own.kind) or "")
    leads_to = GroupKind(found.get((to, "group"), target.group) or "", found.get((to, "kind"), target.kind) or "")
    return lookups.may_need_grant(referrer, leads_to)


def _part_matches(miss: NearMiss, part: str) -> bool:
    start = f"spec.{part}["
    return not any(difference.path.startswith(start) for difference in miss.differences)
