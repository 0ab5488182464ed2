"""The permissions that references need, and what a grant gives beyond them: every `from` combines with every `to`
(docs/rules.md 1.7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from kubectl_refs.core.grants.grant import FromEntry, Grant, Pair, ToEntry
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.view.catalog import Catalog


class ReferenceIndex(tuple[Reference, ...]):
    """References whose permission is wanted or must be kept, indexed by it, for comparing many grants with them."""

    @cached_property
    def _pairs(self) -> Mapping[str, frozenset[Pair]]:
        found: dict[str, set[Pair]] = defaultdict(set)
        for reference in self:
            found[reference.to.namespace].add(needed_pair(reference))
        return {namespace: frozenset(pairs) for namespace, pairs in found.items()}

    def pairs(self, namespace: str) -> frozenset[Pair]:
        """The permissions that the references into a namespace need."""
        return self._pairs.get(namespace, frozenset())

    @cached_property
    def _wider(self) -> Mapping[str, frozenset[Pair]]:
        return {namespace: frozenset(pair.wider for pair in pairs) for namespace, pairs in self._pairs.items()}

    def uses(self, namespace: str, pair: Pair) -> bool:
        """Whether a pair of entries in a namespace permits any of the references into it."""
        pairs = self._wider if pair.to.name is None else self._pairs
        return pair in pairs.get(namespace, ())


def needed_pair(reference: Reference) -> Pair:
    """The narrowest permission that a reference needs."""
    return Pair(FromEntry.of(reference.referrer), ToEntry.of(reference.to))


def widening(
    before: Grant | None, after: Grant, wanted: ReferenceIndex, existing: Grants, catalog: Catalog
) -> tuple[str, ...]:
    """What a grant permits that it did not `before` (None: it is new) and that none of the `wanted` references needs.

    References within the grant's own namespace, and those that another of the `existing` grants there permits, are
    permitted anyway, so they do not count; neither do entries that never match.
    """
    return phrases(unneeded(pairs_given(before, after, existing, catalog), wanted.pairs(after.grant.namespace)))


def pairs_given(before: Grant | None, after: Grant, existing: Grants, catalog: Catalog) -> tuple[Pair, ...]:
    """The permissions that a grant gives and that neither it `before` nor another `existing` grant gave."""
    # Imported here: few grants are changed.
    from kubectl_refs.core.grants.entry_mistakes import with_effective_entries

    old = {*permissions(before.from_, before.to)} if before else frozenset[Pair]()
    effective = with_effective_entries(after, catalog)
    crossing = [entry for entry in effective.from_ if entry.namespace != after.grant.namespace]
    new = [pair for pair in permissions(crossing, effective.to) if not pair.within(old)]
    return tuple([pair for pair in new if not existing.permit(pair, after.grant)])


def unneeded(given: tuple[Pair, ...], needed: Collection[Pair]) -> tuple[Pair, ...]:
    """The permissions given that no reference needs."""
    # A needed permission always names its target, so equality is enough: none is wider than another.
    return tuple([pair for pair in given if pair not in needed])


def phrases(given: Iterable[Pair]) -> tuple[str, ...]:
    """The permissions in words, each once."""
    return tuple(dict.fromkeys(map(str, given)))


def permissions(from_: Iterable[FromEntry], to: Sequence[ToEntry]) -> list[Pair]:
    """Every pair that can permit something: a pair that lacks a required field, or has an empty name, never does."""
    return [
        Pair(entry, target)
        for entry in from_
        for target in to
        if None not in (entry.group, entry.kind, entry.namespace, target.group, target.kind) and target.name != ""
    ]
