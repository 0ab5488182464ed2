"""REF101 for a grant whose `from` and `to` are swapped: the referrer is in `to`, and the target in `from`."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.findings.examined_grant import ExaminedGrant
from kubectl_refs.core.grants.grant import MAX_ENTRIES, FromEntry, ToEntry, shown_kinds
from kubectl_refs.core.grants.needed_pairs import ReferenceIndex, widening
from kubectl_refs.core.grants.usage import WELL_KNOWN_GROUPS
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.objects import GATEWAY_GROUP, GroupKind
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.records import replace
from kubectl_refs.core.text.language import enumerated


def exchanged_from(
    examined: ExaminedGrant, index: int, entry: FromEntry, refused: Sequence[Reference]
) -> Finding | None:
    """The finding on a `from` entry whose kind references nothing, while every kind in `to` references it. `refused`
    are the refused references that the grant may be meant for."""
    grant, table = examined.grant, examined.known.catalog.table
    if not all(_exchanged(table, entry.group_kind, target.group_kind) for target in grant.to):
        return None
    who = shown_kinds(entry.group, entry.kind)
    what = enumerated([*dict.fromkeys(shown_kinds(target.group, target.kind) for target in grant.to)])
    message = f"spec.from[{index}] permits nothing: {who} do not reference {what}, {what} reference {who}; from and to are swapped"
    return examined.finding(Code.NEVER_MATCHES, f"spec.from[{index}]", message, (_swap(examined, refused),))


def _exchanged(table: Table, from_: GroupKind, to: GroupKind) -> bool:
    """Whether the first kind is a well-known one without reference fields, and the second may need a grant to reference
    it."""
    if to.group != GATEWAY_GROUP or from_.group not in WELL_KNOWN_GROUPS or table.fields_of(from_):
        return False
    return any(row.governed_by is Mechanism.REFERENCE_GRANT and row.may_lead_to(from_) for row in table.fields_of(to))


def _swap(examined: ExaminedGrant, refused: Sequence[Reference]) -> Fix:
    """The change that swaps `from` and `to` back; left to the owner if it is not known what should be permitted."""
    grant, name = examined.grant, examined.grant.grant
    froms, targets = {each.group_kind for each in grant.from_}, {each.group_kind for each in grant.to}
    meant = [each for each in refused if each.to.group_kind in froms and each.referrer.group_kind in targets]
    from_ = tuple(dict.fromkeys(FromEntry.of(each.referrer) for each in meant))
    to = tuple(dict.fromkeys(ToEntry.of(each.to) for each in meant))
    if not meant or max(len(from_), len(to)) > MAX_ENTRIES:
        return examined.changes.edit(f"swap from and to in ReferenceGrant {name}, and name what is meant")
    after = replace(grant, from_=from_, to=to)
    operations = [
        {"op": "replace", "path": "/spec/from", "value": [entry.written for entry in from_]},
        {"op": "replace", "path": "/spec/to", "value": [entry.written for entry in to]},
    ]
    widens = widening(grant, after, ReferenceIndex(meant), examined.existing, examined.known.catalog)
    title = f"swap from and to in ReferenceGrant {name}"
    return examined.changes.patch(title, operations, Confidence.LIKELY, widens)
