"""The grants that would make refused references work: a new minimal one, or the repair of a near miss.

A new grant names one referrer kind and namespace and each target by name, so it permits what is wanted and nothing
else. A near miss is repaired in place only if all its differences are slips. Every `from` combines with every `to`, so
a fix lists what its repair would permit beyond the references at hand (docs/rules.md 1.7).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from kubectl_refs.core.fixes.grant_names import describing
from kubectl_refs.core.fixes.json_patch import json_pointer
from kubectl_refs.core.grants.differences import differs_only_by_slips, is_doubtful
from kubectl_refs.core.grants.grant import MAX_ENTRIES, FromEntry, Grant, Pair, ToEntry, grant_manifest
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.near_misses import Difference, GrantName, NearMiss
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import is_being_deleted
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.text.language import enumerated, several
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


def new_grants(
    references: Sequence[Reference], existing: Collection[str], catalog: Catalog, *, broad: bool = False
) -> tuple[Fix, ...]:
    """The minimal grants for refused references of one kind and namespace into one namespace: one per 16 targets.

    None for references that stay in their own namespace. `existing` are the names of the namespace's grants, which a
    new grant must not have. A `broad` grant permits all objects of the targets' kinds.
    """
    taken: set[str] = set()
    crossing = [reference.to for reference in references if reference.crosses]
    targets = sorted({target._replace(name="") if broad else target for target in crossing})
    fixes = []
    for start in range(0, len(targets), MAX_ENTRIES):
        chunk = targets[start : start + MAX_ENTRIES]
        referrer = references[0].referrer
        name = describing(referrer, chunk, existing, taken)
        taken.add(name)
        to = [ToEntry(target.group, target.kind, target.name or None) for target in chunk]
        spec = {"from": [FromEntry.of(referrer).written], "to": [entry.written for entry in to]}
        grant = GrantName(chunk[0].namespace, name)
        manifest = grant_manifest(catalog.grant_version, grant, spec)
        what = ", ".join([f"{target.kind} {target.name}" if target.name else f"any {target.kind}" for target in chunk])
        fixes.append(
            Fix(
                action="create",
                object=grant.key,
                title=f"a new ReferenceGrant in {chunk[0].namespace}: {several(referrer.kind)} in {referrer.namespace} may reference "
                f"{what}{'' if broad else ', nothing else'}",
                confidence=Confidence.CERTAIN,
                manifest=manifest,
                # A grant that names its targets permits only what is needed.
                widens=widening(None, Grant.parse(manifest), ReferenceIndex(references), Grants(), catalog)
                if broad
                else (),
            )
        )
    return tuple(fixes)


@dataclass(frozen=True, slots=True)
class Repair:
    """The change, in place, of the fields in which a near miss differs: the same for all references that the grant was
    meant for."""

    fix: Fix
    """Its `widens` is written as if no reference needed any of it."""
    namespace: str
    taken: tuple[Pair, ...]
    """The permissions that the grant gives now and would no longer give."""
    given: tuple[Pair, ...]
    """The permissions that nothing gives now and the grant would."""

    @classmethod
    def of(cls, miss: NearMiss, grant: Grant, existing: Grants, catalog: Catalog) -> Repair | None:
        """The repair; None if not all differences are slips, no API server takes the grant, or it is being deleted.
        `existing` are all grants of the namespace."""
        if (
            not miss.differences
            or not differs_only_by_slips(miss)
            or not grant.admissible
            or is_being_deleted(grant.source)
        ):
            return None
        repaired = _repaired(miss, grant)
        kept = frozenset(permissions(repaired.from_, repaired.to))
        taken = tuple([pair for pair in permissions(grant.from_, grant.to) if not pair.within(kept)])
        given = _given(grant, repaired, existing, catalog)
        # Entries are found by index alone, and what the repair widens depends on all of them.
        unchanged = {"op": "test", "path": "/spec", "value": grant.spec}
        shown = enumerated([difference.path for difference in miss.differences])
        fix = Fix(
            action="patch",
            object=grant.key,
            title=f"repair {shown} of ReferenceGrant {grant.grant}",
            confidence=Confidence.GUESS if any(map(is_doubtful, miss.differences)) else Confidence.LIKELY,
            patch=(unchanged, *map(_change, miss.differences)),
            widens=_phrases(given),
        )
        return cls(fix, grant.grant.namespace, taken, given)

    def offered(self, wanted: Collection[Pair], permitted: ReferenceIndex) -> Fix | None:
        """The repair for an object that needs the `wanted` permissions in the namespace; None if one of the `permitted`
        references would lose its permission."""
        if any(permitted.uses(self.namespace, pair) for pair in self.taken):
            return None
        widening = _unneeded(self.given, wanted)
        return self.fix if len(widening) == len(self.given) else replace(self.fix, widens=_phrases(widening))


def repair(
    miss: NearMiss,
    grant: Grant,
    wanted: ReferenceIndex,
    permitted: ReferenceIndex,
    existing: Grants,
    catalog: Catalog,
) -> Fix | None:
    """The repair of a near miss for one of the `wanted` references; None if there is none that leaves the `permitted`
    references their permission."""
    made = Repair.of(miss, grant, existing, catalog)
    return None if made is None else made.offered(wanted.pairs(grant.grant.namespace), permitted)


def _change(difference: Difference) -> JSON:
    op = "add" if difference.found is None else "replace"
    return {"op": op, "path": json_pointer(difference.path), "value": difference.wanted}


def _repaired(miss: NearMiss, grant: Grant) -> Grant:
    """A grant with the differing fields of a near miss changed to what the reference needs."""
    from_, to = list(grant.from_), list(grant.to)
    mended = {difference.path: difference.wanted for difference in miss.differences}
    entry, target = from_[miss.from_], to[miss.to]
    path = f"spec.from[{miss.from_}]"
    from_[miss.from_] = FromEntry(
        mended.get(f"{path}.group", entry.group),
        mended.get(f"{path}.kind", entry.kind),
        mended.get(f"{path}.namespace", entry.namespace),
    )
    path = f"spec.to[{miss.to}]"
    to[miss.to] = ToEntry(
        mended.get(f"{path}.group", target.group),
        mended.get(f"{path}.kind", target.kind),
        mended.get(f"{path}.name", target.name),
    )
    return replace(grant, from_=tuple(from_), to=tuple(to))


def widening(
    before: Grant | None, after: Grant, wanted: ReferenceIndex, existing: Grants, catalog: Catalog
) -> tuple[str, ...]:
    """What a grant permits that it did not `before` (None: it is new) and that none of the `wanted` references needs.

    References within the grant's own namespace, and those that another of the `existing` grants there permits, are
    permitted anyway, so they do not count; neither do entries that never match.
    """
    return _phrases(_unneeded(_given(before, after, existing, catalog), wanted.pairs(after.grant.namespace)))


def _given(before: Grant | None, after: Grant, existing: Grants, catalog: Catalog) -> tuple[Pair, ...]:
    """The permissions that a grant gives and that neither it `before` nor another `existing` grant gave."""
    # Imported here: few grants are changed.
    from kubectl_refs.core.grants.entry_mistakes import with_effective_entries

    old = {*permissions(before.from_, before.to)} if before else frozenset[Pair]()
    effective = with_effective_entries(after, catalog)
    crossing = [entry for entry in effective.from_ if entry.namespace != after.grant.namespace]
    new = [pair for pair in permissions(crossing, effective.to) if not pair.within(old)]
    return tuple([pair for pair in new if not existing.permit(pair, after.grant)])


def _unneeded(given: tuple[Pair, ...], needed: Collection[Pair]) -> tuple[Pair, ...]:
    # A needed permission always names its target, so equality is enough: none is wider than another.
    return tuple([pair for pair in given if pair not in needed])


def _phrases(given: Iterable[Pair]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(str, given)))


def permissions(from_: Iterable[FromEntry], to: Sequence[ToEntry]) -> list[Pair]:
    """Every pair that can permit something: a pair that lacks a required field, or has an empty name, never does."""
    return [
        Pair(entry, target)
        for entry in from_
        for target in to
        if None not in (entry.group, entry.kind, entry.namespace, target.group, target.kind) and target.name != ""
    ]


def needed_pair(reference: Reference) -> Pair:
    """The narrowest permission that a reference needs."""
    return Pair(FromEntry.of(reference.referrer), ToEntry.of(reference.to))
