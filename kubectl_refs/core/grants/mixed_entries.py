"""Grants whose entries are right but mixed up: `from` and `to` exchanged, or one right half in each of two grants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.records import replace


def exchanged_pairs(reference: Reference, grant: Grant, lookups: Lookups) -> Iterator[NearMiss]:
    """Pairs whose `from` describes the target and whose `to` describes the referrer.

    Where both are of one kind nothing tells them apart, so none is swapped.
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
            # However many fields it shows in, exchanging from and to is one slip.
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


def with_splits(reference: Reference, misses: list[NearMiss]) -> list[NearMiss]:
    """Mark grants that hold one right half each: a `from` in one and a `to` in another do not combine.

    One whose other half is wrong by slips alone is not marked: it needs no other grant to explain it.
    """
    right_from, right_to = _first_right(misses, "from"), _first_right(misses, "to")
    if right_from is None or right_to is None:
        return misses
    marked = []
    for miss in misses:
        from_ = _right(miss, "from")
        if not (from_ or _right(miss, "to")) or differs_only_by_slips(miss):
            marked.append(miss)
            continue
        if from_:
            other, entry, part = right_to, f"spec.to[{right_to.to}]", "to"
            wanted = str(reference.to)
        else:
            other, entry, part = right_from, f"spec.from[{right_from.from_}]", "from"
            wanted = f"{reference.referrer.kind} in {reference.referrer.namespace}"
        split = Difference(
            f"spec.{part}",
            wanted,
            f"{other.grant} {entry}",
            Hint.SPLIT,
            "one grant must hold both",
        )
        marked.append(replace(miss, differences=(*miss.differences, split)))
    return marked


def _first_right(misses: Iterable[NearMiss], part: str) -> NearMiss | None:
    """The first by name of those of which a half is right."""
    return min((miss for miss in misses if _right(miss, part)), key=lambda miss: miss.grant, default=None)


def _right(miss: NearMiss, part: str) -> bool:
    start = f"spec.{part}["
    return not any(difference.path.startswith(start) for difference in miss.differences)
