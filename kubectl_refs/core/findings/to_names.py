"""REF104 and REF107: the object named in a `to` entry does not exist, or the entry has no name and permits all."""

from __future__ import annotations

from collections.abc import Sequence, Set

from kubectl_refs.core.findings.examined_grant import ExaminedGrant
from kubectl_refs.core.findings.grant_changes import PairIndex
from kubectl_refs.core.fixes.json_patch import json_pointer
from kubectl_refs.core.grants.grant import MAX_ENTRIES, ToEntry
from kubectl_refs.core.model.codes import Circumstance, Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.kinds import SECRET
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.records import replace
from kubectl_refs.core.text.language import enumerated

MOST_NAMES = 5
"""Names listed in one sentence; the rest are counted."""


def missing_name(
    examined: ExaminedGrant, index: int, target: ToEntry, idle: Set[PairIndex], refused: Sequence[Reference]
) -> Finding | None:
    """REF104: the object does not exist; one with a similar name may be meant. `idle` are permissions that nothing uses
    for another reason, `refused` the refused references that the grant may be meant for.

    A change is offered only if nothing uses the entry: the object may still be created, and its referrers would then be
    refused. The finding remains while any permission names the object, so the change removes all of them together.
    """
    kind, namespace = target.group_kind, examined.namespace
    key = ObjectKey(kind.group, kind.kind, namespace, target.name or "")
    if target.name is None or examined.known.exists(key) is not False:
        return None
    path, pairs = f"spec.to[{index}]", examined.pairs_of("to", index)
    message = f'{path} names {target.kind_shown} "{target.name}", which does not exist in {namespace}'
    unused = pairs <= idle | examined.unused
    if any(examined.pairs[pair].users for pair in pairs):
        message += ", so whatever uses it is broken"
    elif not unused:
        message += "; whether anything uses it is not known"
    near = examined.known.names(kind, namespace).nearest(target.name)
    if near is not None:
        message += f'; "{near}" does'
    fixes: tuple[Fix, ...] = ()
    if unused and near is None:
        fixes = examined.without(pairs)
    elif unused and near is not None:
        sure = examined.confidence("to", index, {"name": near}, refused)
        fixes = (examined.rewritten("to", index, {"name": near}, f"write name {near}", sure),)
    return examined.finding(Code.TO_NAME_MISSING, f"{path}.name", message, fixes)


def any_name(examined: ExaminedGrant, index: int, target: ToEntry, idle: Set[PairIndex]) -> Finding | None:
    """REF107: any object of the kind may be referenced. `idle` are permissions that nothing uses for another reason."""
    if target.name is not None:
        return None
    path = f"spec.to[{index}]"
    users = [user for pair in sorted(examined.pairs_of("to", index)) for user in examined.pairs[pair].users]
    used = dict.fromkeys(user.to for user in users)
    gone = {each.name for each in used if examined.known.missing(each)}
    names = sorted({each.name for each in used} - gone)
    message = f"{path} has no name: it permits every {target.kind_shown} in {examined.namespace}"
    if names:
        message += f"; of these, {enumerated(names, most=MOST_NAMES)} {'is' if len(names) == 1 else 'are'} used"
    if gone:
        one = len(gone) == 1
        listed = enumerated(sorted(gone), most=MOST_NAMES)
        message += f"; {listed} {'is' if one else 'are'} referenced but {'does' if one else 'do'} not exist"
    # A reference to a missing object may still be corrected to name another one.
    fixes = () if gone else _naming(examined, index, target, names, idle)
    finding = examined.finding(Code.ANY_NAME, f"{path}.name", message, fixes)
    if gone:
        broken = next(user for user in users if user.to.name in gone)
        finding = replace(finding, advice=f"look at {broken.referrer} first: {broken.to} does not exist")
    if target.group_kind == SECRET:
        return replace(finding, severity=Code.ANY_NAME.severity_in(Circumstance.SECRETS))
    return finding


def _naming(
    examined: ExaminedGrant, index: int, target: ToEntry, names: Sequence[str], idle: Set[PairIndex]
) -> tuple[Fix, ...]:
    """The change that permits only the names in use; left to the owner if users may be unknown, or names too many."""
    path, grant, pairs = f"spec.to[{index}]", examined.grant, examined.pairs_of("to", index)
    known = all(examined.pairs[pair].known for pair in pairs - idle)
    permitted = {each.name for each in grant.to if each.unnamed == target}
    new = [name for name in names if name not in permitted]
    if not known or not names or len(grant.to) - 1 + len(new) > MAX_ENTRIES:
        unsure = "" if known else "; not every possible user of the entry could be looked at"
        return (examined.changes.edit(f"name each {target.kind_shown} that is meant in spec.to{unsure}"),)
    if not new:
        return examined.without(pairs)
    first, *more = [ToEntry(target.group, target.kind, name).written for name in new]
    operations: list[JSON] = [{"op": "replace", "path": json_pointer(path), "value": first}]
    operations += [{"op": "add", "path": "/spec/to/-", "value": entry} for entry in more]
    title = f"name {enumerated(new, most=MOST_NAMES)} in {path} of ReferenceGrant {grant.grant}"
    return (examined.changes.patch(title, operations, Confidence.LIKELY),)
