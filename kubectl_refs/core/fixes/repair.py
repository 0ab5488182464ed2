"""The repair of a grant that nearly permits a reference.

A near miss is repaired in place only if all its differences are slips, and only if no permitted reference loses its
permission by it.
"""

from __future__ import annotations

from collections.abc import Collection

from kubectl_refs.core.fixes.json_patch import json_pointer
from kubectl_refs.core.grants.differences import differs_only_by_slips, is_doubtful
from kubectl_refs.core.grants.grant import FromEntry, Grant, Pair, ToEntry
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.needed_pairs import ReferenceIndex, pairs_given, permissions, phrases, unneeded
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.near_misses import Difference, NearMiss
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import is_being_deleted
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.text.language import enumerated
from kubectl_refs.core.view.catalog import Catalog


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
        given = pairs_given(grant, repaired, existing, catalog)
        # Entries are found by index alone, and what the repair widens depends on all of them.
        unchanged = {"op": "test", "path": "/spec", "value": grant.spec}
        shown = enumerated([difference.path for difference in miss.differences])
        fix = Fix(
            action="patch",
            object=grant.key,
            title=f"repair {shown} of ReferenceGrant {grant.grant}",
            confidence=Confidence.GUESS if any(map(is_doubtful, miss.differences)) else Confidence.LIKELY,
            patch=(unchanged, *map(_change, miss.differences)),
            widens=phrases(given),
        )
        return cls(fix, grant.grant.namespace, taken, given)

    def offered(self, wanted: Collection[Pair], permitted: ReferenceIndex) -> Fix | None:
        """The repair for an object that needs the `wanted` permissions in the namespace; None if one of the `permitted`
        references would lose its permission."""
        if any(permitted.uses(self.namespace, pair) for pair in self.taken):
            return None
        unasked = unneeded(self.given, wanted)
        return self.fix if len(unasked) == len(self.given) else replace(self.fix, widens=phrases(unasked))


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
