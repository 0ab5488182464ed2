"""REF101: a grant or entry that permits nothing that works: it matches nothing, or only references that are broken."""

from __future__ import annotations

from kubectl_refs.core.findings.examined_grant import ExaminedGrant, Part
from kubectl_refs.core.grants.entry_mistakes import IN_VAIN, NEVER, Mistake, from_mistake, to_mistake
from kubectl_refs.core.grants.grant import MAX_ENTRIES, FromEntry, ToEntry
from kubectl_refs.core.grants.unknown_fields import unknown_fields
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.fixes import Confidence, Fix


def without_permissions(examined: ExaminedGrant) -> Finding | None:
    """The finding on a grant without permissions: it is outdated, lacks entries, or has more than an API server takes."""
    grant = examined.grant
    if grant.outdated:
        return examined.finding(Code.NEVER_MATCHES, "apiVersion", *examined.changes.renewed())
    if not grant.admissible:
        part, count = max((("from", len(grant.from_)), ("to", len(grant.to))), key=lambda each: each[1])
        message = f"spec.{part} has {count} entries: an API server takes {MAX_ENTRIES} at most, and refuses the grant"
        fix = examined.changes.edit(f"spread the entries of spec.{part} over several grants")
        return examined.finding(Code.NEVER_MATCHES, f"spec.{part}", message, (fix,))
    if not examined.pairs:
        part = "to" if grant.from_ else "from"
        # The missing list may be in a misspelt field.
        fixes = () if any(unknown_fields(grant)) else (examined.changes.delete(Confidence.GUESS),)
        return examined.finding(Code.NEVER_MATCHES, f"spec.{part}", grant.what_is_lacking, fixes)
    return None


def never_matching_from(examined: ExaminedGrant, index: int, entry: FromEntry) -> Finding | None:
    """The finding on a `from` entry that no referrer matches."""
    return _never_matching(
        examined, "from", index, from_mistake(f"spec.from[{index}]", entry, examined.grant, examined.known.catalog)
    )


def never_matching_to(examined: ExaminedGrant, index: int, target: ToEntry) -> Finding | None:
    """The finding on a `to` entry that no working target matches."""
    used = any(examined.pairs[pair].users for pair in examined.pairs_of("to", index))
    mistake = to_mistake(
        f"spec.to[{index}]", target, examined.grant, examined.known.catalog, IN_VAIN if used else NEVER
    )
    return _never_matching(examined, "to", index, mistake)


def _never_matching(examined: ExaminedGrant, part: Part, index: int, mistake: Mistake | None) -> Finding | None:
    if mistake is None:
        return None
    if mistake.differences:
        values = {each.path.rpartition(".")[2]: each.wanted for each in mistake.differences}
        title = "write " + " and ".join(f'{field} "{value}"' for field, value in values.items())
        confidence = Confidence.LIKELY if mistake.sure else Confidence.GUESS
        fixes: tuple[Fix, ...] = (examined.rewritten(part, index, values, title, confidence, ("group", "kind")),)
    else:
        fixes = examined.without(examined.pairs_of(part, index))
    return examined.finding(Code.NEVER_MATCHES, f"spec.{part}[{index}]", mistake.message, fixes, mistake.differences)
