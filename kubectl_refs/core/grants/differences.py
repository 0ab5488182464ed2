"""The fields in which an entry of a grant differs from what a reference needs, and why each may differ."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from functools import lru_cache

from kubectl_refs.core.grants.grant import FromEntry, Grant, ToEntry
from kubectl_refs.core.model.hints import KNOWN_WRONG_GROUPS, SLIPS, Hint, group_hint, kind_hint
from kubectl_refs.core.model.kinds import NAMESPACE, SERVICE
from kubectl_refs.core.model.near_misses import Difference, NearMiss
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import unsubstituted
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.similarity import count_slips, is_close, looks_deliberate

COST = {
    Hint.CASE: 0.5,
    Hint.PLURAL: 0.5,
    Hint.SHORT_NAME: 0.5,
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
    Hint.TOO_MANY: 0.5,
    Hint.NAME_FORM: 0.5,
    Hint.TARGET_PORT: 0.5,
    Hint.WRONG_TYPE: 0.5,
    Hint.OTHER_PORT: 2.0,
}


@dataclass(frozen=True, slots=True)
class Lookups:
    """Lookups in the surroundings of a reference; an answer is None where it could not be read.

    `exists` says whether an object exists, `served` whether the cluster has a kind, `may_need_grant` whether an object
    of one kind may need a grant to reference another (Table.may_need_grant). `short_names` are kubectl's for a kind;
    `like` is the name nearest to a key's among existing objects of its kind and namespace, None if none is near.
    """

    exists: Callable[[ObjectKey], bool | None]
    served: Callable[[GroupKind], bool | None]
    may_need_grant: Callable[[GroupKind, GroupKind], bool]
    short_names: Callable[[GroupKind], Container[str]]
    like: Callable[[ObjectKey], str | None]


def differs_only_by_slips(miss: NearMiss) -> bool:
    """Whether the grant is in the right namespace and only slips keep it from permitting the reference."""
    return SLIPS.issuperset([difference.hint for difference in miss.differences])


def is_doubtful(difference: Difference) -> bool:
    """Whether the found value may be meant after all, so that replacing it takes a permission from somebody."""
    wanted, found = difference.wanted, difference.found or ""
    if difference.hint is Hint.TYPO:
        return "is not known" in difference.note or looks_deliberate(wanted, found)
    return difference.hint is Hint.WRONG_GROUP and found not in KNOWN_WRONG_GROUPS


NO_NAMESPACES = ("", "*")
"""What people write in `from` when they mean all namespaces."""

FURTHER_SLIP = 0.05
"""The cost of each slip of a typo after the first: so low that a typo stays nearer than any costlier mistake."""

MOST_FURTHER_SLIPS = 3
"""The most further slips that count; a word with more, such as a shortened one, is no further off."""


def cost_of(differences: Iterable[Difference]) -> float:
    """How unlikely it is that somebody wrote the found values but meant the wanted ones."""
    return sum([_cost(each) if each.hint is Hint.TYPO else COST[each.hint] for each in differences])


def _cost(typo: Difference) -> float:
    further = count_slips(typo.wanted, typo.found or "") - 1
    return COST[Hint.TYPO] + FURTHER_SLIP * min(further, MOST_FURTHER_SLIPS)


def from_differences(
    reference: Reference, grant: Grant, index: int, entry: FromEntry, lookups: Lookups
) -> tuple[Difference, ...]:
    referrer = reference.referrer
    path = f"spec.from[{index}]"
    kind = _kind_differences(path, referrer, entry.group, entry.kind, lookups)
    if entry.namespace == referrer.namespace:
        return kind
    hint, note = namespace_hint(reference, grant, entry.namespace, lookups)
    return (*kind, Difference(f"{path}.namespace", referrer.namespace, entry.namespace, hint, note))


def _names_no_other(wanted: str, found: str) -> bool:
    """Whether an entry names no namespace, or the wanted one in any letter case."""
    return found in (wanted, *NO_NAMESPACES) or found.lower() == wanted


def names_another(wanted: str, found: str | None, lookups: Lookups) -> bool:
    """Whether an entry surely names a namespace other than the wanted one: it is spelt quite differently or exists."""
    if found is None or _names_no_other(wanted, found):
        return False
    return not is_close(wanted, found) or bool(lookups.exists(_namespace(found)))


@lru_cache(2**12)
def _namespace(name: str) -> ObjectKey:
    """The key of a Namespace. The same few are looked for again and again."""
    return ObjectKey(*NAMESPACE, "", name)


def namespace_hint(reference: Reference, grant: Grant, found: str | None, lookups: Lookups) -> tuple[Hint, str]:
    wanted = reference.referrer.namespace
    if found is None:
        return Hint.OTHER_NAMESPACE, "the field is required"
    if found != reference.to.namespace and not (_names_no_other(wanted, found) or is_close(wanted, found)):
        return Hint.OTHER_NAMESPACE, ""
    if found in NO_NAMESPACES:
        return Hint.OTHER_NAMESPACE, "there are no wildcards: an entry names one namespace"
    if found.lower() == wanted:
        return Hint.CASE, ""
    if found == reference.to.namespace:
        if grant.grant.namespace == wanted:
            return Hint.SWAPPED, "the two namespaces are swapped"
        return Hint.OTHER_NAMESPACE, "this is the target's namespace; from needs that of the referencing object"
    return _slip_or_other(Hint.OTHER_NAMESPACE, wanted, _namespace(found), lookups)


def to_differences(reference: Reference, index: int, entry: ToEntry, lookups: Lookups) -> tuple[Difference, ...]:
    target = reference.to
    path = f"spec.to[{index}]"
    kind = _kind_differences(path, target, entry.group, entry.kind, lookups)
    if entry.name is None or entry.name == target.name:
        return kind
    hint, note = Hint.OTHER_NAME, ""
    if entry.name in ("", "*"):
        note = f"only an entry without a name matches every {target.kind}"
    elif entry.name.lower() == target.name:
        hint = Hint.CASE
    elif entry.name in _other_forms(target):
        hint = Hint.NAME_FORM
    elif is_close(target.name, entry.name):
        hint, note = _slip_or_other(Hint.OTHER_NAME, target.name, target._replace(name=entry.name), lookups)
    return (*kind, Difference(f"{path}.name", target.name, entry.name, hint, note))


def _other_forms(target: ObjectKey) -> tuple[str, ...]:
    """The target's name with its namespace, as written elsewhere: no name has a slash, and no Service name a dot."""
    with_slash = f"{target.namespace}/{target.name}"
    if target.group_kind != SERVICE:
        return (with_slash,)
    dotted = f"{target.name}.{target.namespace}"
    return with_slash, dotted, f"{dotted}.svc", f"{dotted}.svc.cluster.local"


def _slip_or_other(other: Hint, wanted: str, named: ObjectKey, lookups: Lookups) -> tuple[Hint, str]:
    """Call a close word a typo if nothing has that name and no other existing name is nearer to it; where that could
    not be read, its looks decide."""
    found, exists = named.name, lookups.exists(named)
    what = "namespace" if named.group_kind == NAMESPACE else named.kind
    if exists:
        return other, f'a {what} "{found}" exists'
    if exists is None:
        looks_meant = looks_deliberate(wanted, found)
        return (other if looks_meant else Hint.TYPO), f'whether a {what} "{found}" exists is not known'
    meant = _nearer(wanted, named, lookups)
    if meant is not None:
        return other, f'no {what} "{found}" exists; "{meant}" is nearer to it'
    return Hint.TYPO, f'no {what} "{found}" exists'


def _nearer(wanted: str, named: ObjectKey, lookups: Lookups) -> str | None:
    """The existing name that `named` is a slip of, rather than of the wanted one: where teams have similar names, the
    grant for one is not repaired for another. Nothing is nearer than one slip, so that needs no lookup."""
    apart = count_slips(wanted, named.name)
    like = lookups.like(named) if apart > 1 else None
    return like if like is not None and count_slips(like, named.name) < apart else None


def _kind_differences(
    path: str, wanted: ObjectKey, group: str | None, kind: str | None, lookups: Lookups
) -> tuple[Difference, ...]:
    """How an entry's kind differs from an object's: usually not at all, for most grants are for the kinds at hand."""
    if kind == wanted.kind and group == wanted.group:
        return ()
    return tuple(_of_other_kind(path, wanted.group_kind, group, kind, lookups))


def _of_other_kind(
    path: str, wanted: GroupKind, group: str | None, kind: str | None, lookups: Lookups
) -> Iterator[Difference]:
    named = GroupKind(group or "", kind or "")
    real = group is not None and kind is not None and lookups.served(named)
    if group != wanted.group:
        note = "the field is required" if group is None else ""
        hint = group_hint(wanted.group, group)
        if real and kind == wanted.kind:
            hint, note = Hint.OTHER_KIND, f"{named} is a different kind"
        elif unsubstituted(group or ""):
            hint, note = Hint.OTHER_KIND, _OPEN
        elif group == "":
            note = '"" is the core group'
        elif real is None and hint in (Hint.TYPO, Hint.WRONG_GROUP) and group not in KNOWN_WRONG_GROUPS:
            note = f"whether {named} is a different kind is not known"
        yield Difference(f"{path}.group", wanted.group, group, hint, note)
    if kind != wanted.kind:
        note = "the field is required" if kind is None else ""
        hint = Hint.OTHER_KIND if real else kind_hint(wanted.kind, kind, lookups.short_names(wanted))
        if unsubstituted(kind or ""):
            hint, note = Hint.OTHER_KIND, _OPEN
        elif real is None and hint is Hint.TYPO:
            note = f"whether {named} is a different kind is not known"
        yield Difference(f"{path}.kind", wanted.kind, kind, hint, note)


_OPEN = "it is not substituted yet"
