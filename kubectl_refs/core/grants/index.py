"""Many grants, indexed: thousands of references are held against the same ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from heapq import nsmallest
from itertools import islice
from typing import TypeVar

from kubectl_refs.core.grants.differences import names_another
from kubectl_refs.core.grants.from_comparisons import Once
from kubectl_refs.core.grants.grant import MAX_ENTRIES, Grant, Pair, ToEntry
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.text.similarity import letters

COMPARED = 100
"""Grants of one namespace that a reference is compared with field by field."""

_GLANCED = 10 * COMPARED
"""Grants among which those are found, by the letters of two names each."""

_Words = tuple[str | None, ...]
"""What an entry of a grant says."""

K = TypeVar("K")


class Grants(tuple[Grant, ...]):
    """Grants in their order, found by name, by whom they let refer and by what they name."""

    @cached_property
    def by_name(self) -> dict[GrantName, Grant]:
        return {grant.grant: grant for grant in self}

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Their names, where they are of one namespace."""
        return frozenset(grant.grant.name for grant in self)

    @cached_property
    def oversized(self) -> Sequence[Grant]:
        """Those that no API server takes, so that they permit nothing."""
        return [grant for grant in self if not grant.admissible]

    @cached_property
    def without_entries(self) -> Sequence[Grant]:
        """Those that permit nothing at all, for they lack a list."""
        return [grant for grant in self if grant.lacking]

    @cached_property
    def _by_referrer(self) -> Mapping[_Words, Mapping[int, None]]:
        return _places(grant.from_ if grant.admissible else () for grant in self)

    @cached_property
    def _by_namespace(self) -> Mapping[str | None, Mapping[int, None]]:
        return _places((entry.namespace for entry in grant.from_) for grant in self)

    @cached_property
    def _by_entry(self) -> Mapping[_Words, Mapping[int, None]]:
        return _places(grant.to for grant in self)

    @cached_property
    def _by_target(self) -> Mapping[str | None, Mapping[int, None]]:
        return _places((entry.name for entry in grant.to) for grant in self)

    @cached_property
    def _letters(self) -> Sequence[tuple[tuple[int, ...], tuple[int, ...]]]:
        """The letters of the namespaces and of the targets that each grant names."""
        return [
            (
                tuple({letters((entry.namespace or "").lower()) for entry in grant.from_[:MAX_ENTRIES]}),
                tuple({letters((entry.name or "").lower()) for entry in grant.to[:MAX_ENTRIES]}),
            )
            for grant in self
        ]

    def matching(self, reference: Reference, *, by_name: bool = False) -> Sequence[Grant]:
        """Those with a `from` entry for the referrer and a `to` entry for the target, or one that also names it."""
        group, kind, _, name = reference.to
        # Entries are tuples, and are found by plain ones.
        referring = self._by_referrer.get(reference.referrer[:3])
        if not referring:
            return ()
        named = self._by_entry.get((group, kind, name))
        found = referring.keys() & named.keys() if named else set()
        unnamed = None if by_name else self._by_entry.get((group, kind, None))
        if unnamed:
            found |= referring.keys() & unnamed.keys()
        return [self[place] for place in sorted(found)]

    def permit(self, pair: Pair, apart: GrantName) -> bool:
        """Whether any but one of these, which are of one namespace, gives a permission."""
        referring = self._by_referrer.get(pair.from_, {})
        found = (referring.keys() & self._by_entry.get(entry, {}).keys() for entry in (pair.to, pair.to.unnamed))
        others = (self[place] for places in found for place in places)
        return any(other.grant != apart for other in others)

    def names(self, name: str) -> bool:
        """Whether any has a `to` entry of this name."""
        return self.name_targets and name in self._by_target

    @cached_property
    def name_targets(self) -> bool:
        """Whether any has a `to` entry with a name."""
        return any(entry.name is not None for grant in self for entry in grant.to)

    def foremost(self, reference: Reference, most: int, once: Once) -> Sequence[Grant]:
        """Those that are worth comparing, where no more than `most` are told."""
        if len(self) > COMPARED:
            return self._likeliest(reference)
        return self._without_those_of_others(reference, most, once)

    def _without_those_of_others(self, reference: Reference, most: int, once: Once) -> Sequence[Grant]:
        """Without those that are right for the target and for referrers of its kind in other namespaces alone, of which each
        exists or is not like the referrer's: what they differ in costs the same, so that the first by name are the nearest."""
        others = self._for_kinds(reference.referrer.group_kind, reference.to.group_kind)
        if len(others) <= most:
            return self
        namespaces = {reference.to.namespace, *self._perhaps_meant(reference.referrer.namespace, once)}
        near = {place for namespace in namespaces for place in self._by_namespace.get(namespace, ())}
        left_out = {*[place for place in others if place not in near][most:]}
        return [grant for place, grant in enumerate(self) if place not in left_out]

    def _perhaps_meant(self, wanted: str, once: Once) -> Collection[str | None]:
        """The namespaces in `from` entries by which another one may be meant. Grants of many namespaces name the same."""
        named = self._from_namespaces
        return once(
            ("perhaps meant", wanted, named),
            lambda lookups: [each for each in named if not names_another(wanted, each, lookups)],
        )

    @cached_property
    def _from_namespaces(self) -> frozenset[str | None]:
        return frozenset(self._by_namespace)

    def _for_kinds(self, referrer: GroupKind, target: GroupKind) -> Sequence[int]:
        """Where those are, by name, that have an entry for referrers of a kind and one for all targets of a kind, and none
        that can have changed places."""
        if (referrer, target) not in self._by_kinds:
            unnamed = ToEntry(*target, None)
            self._by_kinds[referrer, target] = sorted(
                [place for place, grant in enumerate(self) if _is_for_kinds(grant, referrer, target, unnamed)],
                key=lambda place: self[place].grant,
            )
        return self._by_kinds[referrer, target]

    @cached_property
    def _by_kinds(self) -> dict[tuple[GroupKind, GroupKind], Sequence[int]]:
        return {}

    def _likeliest(self, reference: Reference) -> Sequence[Grant]:
        """Of very many: they name the referrer's namespace and the target, or what is spelt with nearly the same letters."""
        near = self._by_namespace.get(reference.referrer.namespace, {})
        named = self._by_target.get(reference.to.name, {})
        glanced: dict[int, None] = {}
        for places in (sorted(near.keys() & named.keys()), named, near, range(len(self))):
            glanced.update(dict.fromkeys(islice(places, _GLANCED)))
        return [
            self[place] for place in nsmallest(COMPARED, islice(glanced, _GLANCED), key=self._unlikeness(reference))
        ]

    def _unlikeness(self, reference: Reference) -> Callable[[int], int]:
        """How many letters a grant lacks or has besides those of the two names."""
        namespace, target = letters(reference.referrer.namespace), letters(reference.to.name)
        every = self._letters
        # Many grants are for the same namespaces.
        of_namespaces: dict[tuple[int, ...], int] = {}

        def unlikeness(place: int) -> int:
            namespaces, targets = every[place]
            if namespaces not in of_namespaces:
                of_namespaces[namespaces] = min([(each ^ namespace).bit_count() for each in namespaces], default=0)
            of_targets = [(each ^ target).bit_count() if each else 0 for each in targets]
            return of_namespaces[namespaces] + min(of_targets, default=0)

        return unlikeness


def _is_for_kinds(grant: Grant, referrer: GroupKind, target: GroupKind, unnamed: ToEntry) -> bool:
    referring = [(entry.group, entry.kind) for entry in grant.from_[:MAX_ENTRIES]]
    return referrer in referring and target not in referring and unnamed in grant.to[:MAX_ENTRIES]


def _places(keys: Iterable[Iterable[K]]) -> Mapping[K, Mapping[int, None]]:
    """Where in a sequence each key occurs, in order."""
    found: dict[K, dict[int, None]] = defaultdict(dict)
    for place, several in enumerate(keys):
        for key in several:
            found[key][place] = None
    return found
