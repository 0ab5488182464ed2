"""Who uses the grants: every reference that one permits, and what would break without it (spec.md 9, step 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kubectl_refs.core.extract import held_by
from kubectl_refs.core.grants import FromEntry, Grant, Pair
from kubectl_refs.core.kinds import REFERENCE_FIELDS, Role
from kubectl_refs.core.model import JSON, GrantName, GroupKind, Mechanism, ObjectKey, Reference
from kubectl_refs.core.objects import key_of
from kubectl_refs.core.permission import Binding

REFERRERS = tuple(
    dict.fromkeys(
        referrer
        for row in REFERENCE_FIELDS
        if row.governed_by is Mechanism.REFERENCE_GRANT
        for referrer in row.referrers
    )
)
"""The kinds that may use a grant, as far as the table of reference fields knows."""


def crossings(obj: JSON) -> tuple[Reference, ...]:
    """The references of an object into other namespaces that only a grant can permit."""
    held, _ = held_by(obj)
    if Binding.of([each.reference for each in held if each.field.role is Role.PARENT]) is Binding.MESH:
        return ()
    return tuple(
        each.reference
        for each in held
        if each.field.governed_by is Mechanism.REFERENCE_GRANT and each.reference.crosses
    )


def digest(obj: JSON) -> JSON:
    """What the question needs of a referrer: its identity, and its spec only where it crosses into another namespace."""
    key = key_of(obj)
    slim = {
        "apiVersion": obj.get("apiVersion"),
        "kind": obj.get("kind"),
        "metadata": {"namespace": key.namespace, "name": key.name},
    }
    return {**slim, "spec": obj.get("spec")} if crossings(obj) else slim


@dataclass(frozen=True, slots=True)
class UsedPair:
    """A permission of a grant with the references that use it.

    `known` is False where the users could not be told: their kind is not in the table, or could not be read.
    """

    from_index: int
    to_index: int
    pair: Pair
    users: tuple[Reference, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """A grant and its users. `sole` are the references that no other grant permits; `able` the objects that its
    `from` entries let refer, whether they do or not, since `from` has no name."""

    grant: Grant
    pairs: tuple[UsedPair, ...]
    sole: tuple[Reference, ...]
    able: Mapping[FromEntry, tuple[ObjectKey, ...]]

    @property
    def users(self) -> tuple[Reference, ...]:
        return tuple(dict.fromkeys(user for pair in self.pairs for user in pair.users))

    @property
    def known(self) -> bool:
        """Whether every possible user of the grant could be looked at."""
        return all(pair.known for pair in self.pairs)


class Referrers:
    """The objects that may use grants, indexed by what they refer to. `unread` says where there may be more."""

    def __init__(self, objects: Iterable[JSON], unread: Iterable[tuple[GroupKind, str | None]] = ()) -> None:
        self._by_target: dict[tuple[str, str, str, str, str, str], list[Reference]] = defaultdict(list)
        self._by_kind: dict[tuple[str, str, str], list[ObjectKey]] = defaultdict(list)
        self.references: list[Reference] = []
        self._unread = frozenset(unread)
        for obj in objects:
            key = key_of(obj)
            self._by_kind[key.group, key.kind, key.namespace].append(key)
            for reference in crossings(obj):
                to = reference.to
                self.references.append(reference)
                self._by_target[key.group, key.kind, key.namespace, to.group, to.kind, to.namespace].append(reference)

    def known(self, entry: FromEntry) -> bool:
        """Whether every object that an entry speaks of was read."""
        kind = GroupKind(entry.group or "", entry.kind or "")
        return kind in REFERRERS and not self._unread & {(kind, None), (kind, entry.namespace)}

    def able(self, entry: FromEntry) -> tuple[ObjectKey, ...]:
        """The objects that an entry lets refer."""
        return tuple(self._by_kind.get((entry.group or "", entry.kind or "", entry.namespace or ""), ()))

    def users(self, pair: Pair, namespace: str) -> tuple[Reference, ...]:
        """The references into a namespace that a permission there permits."""
        from_, to = pair.from_, pair.to
        key = (from_.group or "", from_.kind or "", from_.namespace or "", to.group or "", to.kind or "", namespace)
        return tuple(each for each in self._by_target.get(key, ()) if to.name in (None, each.to.name))


def usages(grants: Sequence[Grant], referrers: Referrers) -> tuple[Usage, ...]:
    """The usage of each grant, in order. Grants of a namespace are weighed against each other, so all must be given."""
    permitted: dict[Reference, set[GrantName]] = defaultdict(set)
    pairs_of: list[tuple[UsedPair, ...]] = []
    for grant in grants:
        pairs = tuple(
            UsedPair(from_index, to_index, pair, referrers.users(pair, grant.grant.namespace), referrers.known(entry))
            for from_index, entry in enumerate(grant.from_)
            for to_index, target in enumerate(grant.to)
            for pair in (Pair(entry, target),)
        )
        pairs_of.append(pairs)
        for each in pairs:
            for user in each.users:
                permitted[user].add(grant.grant)
    return tuple(
        Usage(
            grant,
            pairs,
            tuple(user for user in dict.fromkeys(u for pair in pairs for u in pair.users) if len(permitted[user]) == 1),
            {entry: referrers.able(entry) for entry in grant.from_},
        )
        for grant, pairs in zip(grants, pairs_of, strict=True)
    )
