"""The near miss: which grant almost permits a reference, and which of its fields keep it from doing so.

Every grant is compared entry by entry; of each, the nearest pair of entries is told with every field that differs,
what the reference needs there, and why the two differ. Grants outside the target's namespace are told only where
nothing but slips separates them from the reference: they would permit it if they stood in the right place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from kubectl_refs.core.grants.grant import MAX_ENTRIES, FromEntry, Grant, ToEntry
from kubectl_refs.core.model.hints import KNOWN_WRONG_GROUPS, Hint, group_hint, kind_hint
from kubectl_refs.core.model.near_misses import Difference, GrantName, NearMiss
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.text.similarity import close, deliberate

SLIPS = frozenset(
    {
        Hint.TYPO,
        Hint.CASE,
        Hint.PLURAL,
        Hint.CORE_ALIAS,
        Hint.GROUP_WITH_VERSION,
        Hint.OLD_GROUP,
        Hint.WRONG_GROUP,
    }
)
"""Hints of values that hardly anybody means: repairing them is what the grant's author wanted all along."""

_COST = {
    Hint.CASE: 0.5,
    Hint.PLURAL: 0.5,
    Hint.CORE_ALIAS: 0.5,
    Hint.GROUP_WITH_VERSION: 0.5,
    Hint.OLD_GROUP: 0.8,
    Hint.TYPO: 1.0,
    Hint.WRONG_GROUP: 1.2,
    Hint.WRONG_PLACEMENT: 1.5,
    Hint.SWAPPED: 0.8,
    Hint.OTHER_NAME: 3.0,
    Hint.OTHER_NAMESPACE: 4.0,
    Hint.OTHER_KIND: 4.0,
    Hint.SPLIT: 0.0,
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around a reference; each answer is None where it could not be read.

    `exists` says whether an object exists, `served` whether the cluster has such a kind.
    """

    exists: Callable[[ObjectKey], bool | None]
    served: Callable[[GroupKind], bool | None]


def near_misses(reference: Reference, grants: Iterable[Grant], around: Surroundings) -> tuple[NearMiss, ...]:
    """The near misses of a reference, nearest first.

    `grants` may stand anywhere. Those in the target's namespace are all told, save those that permit the reference and
    those without entries.
    """
    placed: list[NearMiss] = []
    misplaced: list[NearMiss] = []
    for grant in grants:
        if not grant.from_ or not grant.to:
            continue
        third = grant.grant.namespace not in (reference.to.namespace, reference.referrer.namespace)
        if third and not any(entry.matches(reference) for entry in grant.from_):
            # Only an exact match counts there, so whether the names it has instead exist need not be looked up.
            continue
        miss = _nearest_pair(reference, grant, around)
        if grant.grant.namespace == reference.to.namespace:
            if miss.differences:
                placed.append(miss)
        elif _is_misplaced(reference, grant, miss, around):
            misplaced.append(_with_placement(reference, miss))
    return tuple(sorted((*_with_splits(reference, placed), *misplaced), key=nearness))


def nearness(miss: NearMiss) -> tuple[float, GrantName]:
    """The order of near misses: the nearest first, equally near ones by name."""
    return miss.distance, miss.grant


def differs_only_by_slips(miss: NearMiss) -> bool:
    """Whether the grant stands in the right namespace and nothing but slips keeps it from permitting."""
    return all(difference.hint in SLIPS for difference in miss.differences)


def _is_misplaced(reference: Reference, grant: Grant, miss: NearMiss, around: Surroundings) -> bool:
    """Whether a grant outside the target's namespace was meant for the reference and is of no use where it stands.

    In the referrer's own namespace it permits nothing, so slips beside its place are told as well. In a third one it
    may do its work for other references: only if it names a target that does not exist there is it surely misplaced.
    """
    if grant.grant.namespace == reference.referrer.namespace:
        return all(difference.hint in SLIPS or difference.hint is Hint.SWAPPED for difference in miss.differences)
    if miss.differences or grant.to[miss.to].name is None:
        return False
    return around.exists(replace(reference.to, namespace=grant.grant.namespace)) is False


def _nearest_pair(reference: Reference, grant: Grant, around: Surroundings) -> NearMiss:
    from_index, from_differences = _nearest(
        _from_differences(reference, grant, index, entry, around) for index, entry in enumerate(grant.from_)
    )
    to_index, to_differences = _nearest(
        _to_differences(reference, index, entry, around) for index, entry in enumerate(grant.to)
    )
    differences = (*from_differences, *to_differences)
    plain = NearMiss(grant.grant, from_index, to_index, differences, _cost(differences), grant.source)
    return min((plain, *_swapped_pairs(reference, grant, around)), key=lambda miss: miss.distance)


def _nearest(entries: Iterable[tuple[Difference, ...]]) -> tuple[int, tuple[Difference, ...]]:
    """Which entry differs least, the first of several, and in what; no more are compared than the API admits."""
    compared = list(islice(entries, MAX_ENTRIES))
    costs = [*map(_cost, compared)]
    index = costs.index(min(costs))
    return index, compared[index]


def _cost(differences: Iterable[Difference]) -> float:
    return sum(_COST[difference.hint] for difference in differences)


def _from_differences(
    reference: Reference, grant: Grant, index: int, entry: FromEntry, around: Surroundings
) -> tuple[Difference, ...]:
    referrer = reference.referrer
    path = f"spec.from[{index}]"
    found = list(_kind_differences(path, referrer.group_kind, entry.group, entry.kind, around))
    if entry.namespace != referrer.namespace:
        hint, note = _namespace_hint(reference, grant, entry.namespace, around)
        found.append(Difference(f"{path}.namespace", referrer.namespace, entry.namespace, hint, note))
    return tuple(found)


def _namespace_hint(reference: Reference, grant: Grant, found: str | None, around: Surroundings) -> tuple[Hint, str]:
    wanted = reference.referrer.namespace
    if found is None:
        return Hint.OTHER_NAMESPACE, "the field is required"
    if found in ("", "*"):
        return Hint.OTHER_NAMESPACE, "there is no way to name all namespaces: an entry names one"
    if found.lower() == wanted:
        return Hint.CASE, ""
    if found == reference.to.namespace:
        if grant.grant.namespace == wanted:
            return Hint.SWAPPED, "the two namespaces are exchanged"
        return Hint.OTHER_NAMESPACE, "that is the target's own namespace; from names where the referrer lives"
    if not close(wanted, found):
        return Hint.OTHER_NAMESPACE, ""
    return _slip_or_other(
        Hint.OTHER_NAMESPACE, wanted, found, around.exists(ObjectKey("", "Namespace", "", found)), "namespace"
    )


def _to_differences(reference: Reference, index: int, entry: ToEntry, around: Surroundings) -> tuple[Difference, ...]:
    target = reference.to
    path = f"spec.to[{index}]"
    found = list(_kind_differences(path, target.group_kind, entry.group, entry.kind, around))
    if entry.name not in (None, target.name):
        assert entry.name is not None
        hint, note = Hint.OTHER_NAME, ""
        if entry.name in ("", "*"):
            note = f"only an entry without a name stands for every {target.kind}"
        elif entry.name.lower() == target.name:
            hint = Hint.CASE
        elif close(target.name, entry.name):
            named = replace(target, name=entry.name)
            hint, note = _slip_or_other(Hint.OTHER_NAME, target.name, entry.name, around.exists(named), target.kind)
        found.append(Difference(f"{path}.name", target.name, entry.name, hint, note))
    return tuple(found)


def _slip_or_other(other: Hint, wanted: str, found: str, exists: bool | None, what: str) -> tuple[Hint, str]:
    """A close word is a typo if nothing has that name; where that could not be read, its looks decide."""
    if exists:
        return other, f'a {what} "{found}" exists'
    if exists is False:
        return Hint.TYPO, f'no {what} "{found}" exists'
    return (other if deliberate(wanted, found) else Hint.TYPO), f'whether a {what} "{found}" exists could not be read'


def _kind_differences(
    path: str, wanted: GroupKind, group: str | None, kind: str | None, around: Surroundings
) -> Iterable[Difference]:
    if (group, kind) == (wanted.group, wanted.kind):
        return
    named = GroupKind(group or "", kind or "")
    real = group is not None and kind is not None and around.served(named)
    if group != wanted.group:
        note = "the field is required" if group is None else ""
        hint = group_hint(wanted.group, group)
        if real and kind == wanted.kind:
            hint, note = Hint.OTHER_KIND, f"{named} is a kind of its own here"
        elif group == "":
            note = '"" is the core group'
        elif real is None and hint in (Hint.TYPO, Hint.WRONG_GROUP) and group not in KNOWN_WRONG_GROUPS:
            note = f"whether {named} is a kind of its own could not be read"
        yield Difference(f"{path}.group", wanted.group, group, hint, note)
    if kind != wanted.kind:
        note = "the field is required" if kind is None else ""
        hint = Hint.OTHER_KIND if real else kind_hint(wanted.kind, kind)
        if real is None and hint is Hint.TYPO:
            note = f"whether {named} is a kind of its own could not be read"
        yield Difference(f"{path}.kind", wanted.kind, kind, hint, note)


def _swapped_pairs(reference: Reference, grant: Grant, around: Surroundings) -> Iterator[NearMiss]:
    """Pairs whose `from` describes the target and whose `to` describes the referrer.

    Where both are of one kind nothing tells them apart, so none is swapped.
    """
    referrer, target = reference.referrer, reference.to
    if referrer.group_kind == target.group_kind:
        return
    for from_index, from_entry in enumerate(grant.from_[:MAX_ENTRIES]):
        if (from_entry.group, from_entry.kind) != (target.group, target.kind):
            continue
        namespace = _swapped_namespace(reference, grant, from_index, from_entry, around)
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
                _COST[Hint.SWAPPED] + _cost(namespace),
                grant.source,
            )


def _swapped_namespace(
    reference: Reference, grant: Grant, index: int, entry: FromEntry, around: Surroundings
) -> tuple[Difference, ...]:
    wanted = reference.referrer.namespace
    if entry.namespace == wanted:
        return ()
    hint, note = Hint.SWAPPED, ""
    if entry.namespace != reference.to.namespace:
        hint, note = _namespace_hint(reference, grant, entry.namespace, around)
    return (Difference(f"spec.from[{index}].namespace", wanted, entry.namespace, hint, note),)


def _with_placement(reference: Reference, miss: NearMiss) -> NearMiss:
    placement = Difference(
        "metadata.namespace",
        reference.to.namespace,
        miss.grant.namespace,
        Hint.WRONG_PLACEMENT,
        f"where it stands, it can only permit references into {miss.grant.namespace}",
    )
    return replace(miss, differences=(placement, *miss.differences), distance=_cost((placement,)) + miss.distance)


def _with_splits(reference: Reference, misses: list[NearMiss]) -> list[NearMiss]:
    """Mark grants that hold one right half each: a `from` in one and a `to` in another do not combine.

    One whose other half is wrong by slips alone is not marked: it needs no other grant to explain it.
    """
    misses = sorted(misses, key=lambda miss: miss.grant)
    right_from = [miss for miss in misses if _right(miss, "from")]
    right_to = [miss for miss in misses if _right(miss, "to")]
    if not right_from or not right_to:
        return misses
    marked = []
    for miss in misses:
        if differs_only_by_slips(miss):
            marked.append(miss)
            continue
        if _right(miss, "from"):
            other, entry, part = right_to[0], f"spec.to[{right_to[0].to}]", "to"
            wanted = str(reference.to)
        elif _right(miss, "to"):
            other, entry, part = right_from[0], f"spec.from[{right_from[0].from_}]", "from"
            wanted = f"{reference.referrer.kind} in {reference.referrer.namespace}"
        else:
            marked.append(miss)
            continue
        split = Difference(
            f"spec.{part}",
            wanted,
            f"{other.grant} {entry}",
            Hint.SPLIT,
            "one grant must hold both",
        )
        marked.append(replace(miss, differences=(*miss.differences, split)))
    return marked


def _right(miss: NearMiss, part: str) -> bool:
    return not any(difference.path.startswith(f"spec.{part}[") for difference in miss.differences)
