"""An index of many grants: thousands of references are compared with the same ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from heapq import nsmallest
from itertools import islice
from typing import TypeVar

from kubectl_refs.core.grants.differences import names_another
from kubectl_refs.core.grants.from_comparisons import Memo
from kubectl_refs.core.grants.grant import MAX_ENTRIES, Grant, Pair, ToEntry
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import unsubstituted
from kubectl_refs.core.text.similarity import letters

COMPARED = 100
"""The most grants of one namespace that a reference is compared with field by field."""

_SHORTLISTED = 10 * COMPARED
"""The most grants among which the ones to compare are chosen, by the letters of their namespaces and target names."""

_Words = tuple[str | None, ...]
"""The fields of an entry of a grant."""

K = TypeVar("K")


class Grants(tuple[Grant, ...]):
    """Grants in their order, indexed by name, by the referrers they permit and by the targets they name."""

    @cached_property
    def by_name(self) -> dict[GrantName, Grant]:
        return {grant.grant: grant for grant in self}

    @cached_property
    def own_names(self) -> frozenset[str]:
        """The names of the grants, for use where all are of one namespace."""
        return frozenset(grant.grant.name for grant in self)

    @cached_property
    def without_entries(self) -> Sequence[Grant]:
        """Grants that permit nothing at all, because `from` or `to` has no entries."""
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
        """The letters of the namespaces and of the target names in each grant."""
        return [
            (
                tuple({letters((entry.namespace or "").lower()) for entry in grant.from_[:MAX_ENTRIES]}),
                tuple({letters((entry.name or "").lower()) for entry in grant.to[:MAX_ENTRIES]}),
            )
            for grant in self
        ]

    def matching(self, reference: Reference, *, by_name: bool = False) -> Sequence[Grant]:
        """Grants with a `from` entry for the referrer and a `to` entry for the target, with its name if `by_name`."""
        group, kind, _, name = reference.to
        # Entries are tuples, so plain tuples find them.
        referring = self._by_referrer.get(reference.referrer[:3])
        if not referring:
            return ()
        named = self._by_entry.get((group, kind, name))
        found = referring.keys() & named.keys() if named else set()
        unnamed = None if by_name else self._by_entry.get((group, kind, None))
        if unnamed:
            found |= referring.keys() & unnamed.keys()
        return [self[place] for place in sorted(found)]

    def permit(self, pair: Pair, excluded: GrantName) -> bool:
        """Whether a grant other than the `excluded` one gives a permission. All grants here must be of one
        namespace."""
        referring = self._by_referrer.get(pair.from_, {})
        found = (referring.keys() & self._by_entry.get(entry, {}).keys() for entry in (pair.to, pair.to.unnamed))
        others = (self[place] for places in found for place in places)
        return any(other.grant != excluded for other in others)

    def names(self, name: str) -> bool:
        """Whether any grant has a `to` entry with this name."""
        return self.name_targets and name in self._by_target

    @cached_property
    def name_targets(self) -> bool:
        """Whether any grant has a `to` entry with a name."""
        return any(entry.name is not None for grant in self for entry in grant.to)

    @cached_property
    def hold_placeholders(self) -> bool:
        """Whether anything in an entry is not substituted yet."""
        values = (value for grant in self for entry in (*grant.from_, *grant.to) for value in entry)
        return any(value is not None and unsubstituted(value) for value in values)

    def worth_comparing(self, reference: Reference, most: int, once: Memo) -> Sequence[Grant]:
        """The grants worth comparing, where no more than `most` near misses are reported."""
        if len(self) > COMPARED:
            return self._likeliest(reference)
        return self._without_other_namespaces(reference, most, once)

    def _without_other_namespaces(self, reference: Reference, most: int, once: Memo) -> Sequence[Grant]:
        """Drop grants that fit the target and a referrer of this kind, but name only other namespaces (ones that exist,
        or are spelt quite differently). They are all equally far off, so keeping the first `most` by name is enough."""
        others = self._for_kinds(reference.referrer.group_kind, reference.to.group_kind)
        if len(others) <= most:
            return self
        namespaces = {reference.to.namespace, *self._plausible_namespaces(reference.referrer.namespace, once)}
        near = {place for namespace in namespaces for place in self._by_namespace.get(namespace, ())}
        left_out = {*[place for place in others if place not in near][most:]}
        return [grant for place, grant in enumerate(self) if place not in left_out]

    def _plausible_namespaces(self, wanted: str, once: Memo) -> Collection[str | None]:
        """The namespaces in `from` entries that may be a slip of the wanted one. Many target namespaces hold grants for the
        same namespaces, so the answer is kept by their names."""
        named = self._from_namespaces
        return once(
            ("perhaps meant", wanted, named),
            lambda lookups: [each for each in named if not names_another(wanted, each, lookups)],
        )

    @cached_property
    def _from_namespaces(self) -> frozenset[str | None]:
        return frozenset(self._by_namespace)

    def _for_kinds(self, referrer: GroupKind, target: GroupKind) -> Sequence[int]:
        """The places, ordered by grant name, of grants with an entry for referrers of a kind and one for all targets of
        a kind. Grants whose entries may be exchanged are left out."""
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
        """Out of very many, the grants that name the referrer's namespace and the target, or names spelt alike."""
        near = self._by_namespace.get(reference.referrer.namespace, {})
        named = self._by_target.get(reference.to.name, {})
        glanced: dict[int, None] = {}
        for places in (sorted(near.keys() & named.keys()), named, near, range(len(self))):
            glanced.update(dict.fromkeys(islice(places, _SHORTLISTED)))
        return [
            self[place] for place in nsmallest(COMPARED, islice(glanced, _SHORTLISTED), key=self._unlikeness(reference))
        ]

    def _unlikeness(self, reference: Reference) -> Callable[[int], int]:
        """A function that counts the letters by which a grant's namespace and target name are off."""
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
