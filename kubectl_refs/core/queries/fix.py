"""The changes that `fix` makes: the fewest ReferenceGrants that permit everything refused in a report, and the patches
of other objects that make the rest of it work.

References of all objects are handled together. A near miss that differs only by slips is repaired if that permits
nothing else. All other references get one new grant for each kind and namespace of referrers and each namespace of
targets, or on request more entries in an existing grant (docs/rules.md 1.7). Nothing here reads or writes; a change has
the object as it should be and the patch that leads there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kubectl_refs.core.fixes.change import Change
from kubectl_refs.core.fixes.drafts import Drafts
from kubectl_refs.core.fixes.edits import (
    Edit,
    begins_with_own_fix,
    edits_for,
    edits_for_serving,
    without_unneeded_grant_fixes,
)
from kubectl_refs.core.fixes.grant_remedies import recommended, wants_grant
from kubectl_refs.core.fixes.new_grants import new_grants
from kubectl_refs.core.fixes.repair import repair
from kubectl_refs.core.grants.grant import MAX_ENTRIES, FromEntry, Grant, ToEntry, permitting
from kubectl_refs.core.grants.needed_pairs import ReferenceIndex, needed_pair, permissions
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.near_misses import GrantName, NearMiss
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.model.unknown_fields import UnknownField
from kubectl_refs.core.model.values import is_being_deleted
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.view.catalog import Catalog

if TYPE_CHECKING:
    from kubectl_refs.core.model.unknown_kinds import UnknownKind


class PlanError(Exception):
    """A requested option cannot be fulfilled; the message is a sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class FixOptions:
    """How to permit the references; by default with repairs and new grants that permit nothing else.

    `new` asks for new grants only; `into` names the one grant to add entries to; `broad` leaves out the names of
    targets; `name` is the name of the one new grant.
    """

    new: bool = False
    into: str | None = None
    broad: bool = False
    name: str | None = None

    @property
    def repairs(self) -> bool:
        """Whether near misses are repaired; every option rules that out."""
        return not (self.new or self.into or self.broad or self.name)


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a fix: `changes` to grants and `edits` to other objects. `left` are the references that are not
    allowed and that no grant helps. `broken` are those that will be permitted but still fail, as far as the caller can
    see the target. `misspelt` are fields and kinds in manifests that must be corrected by hand."""

    changes: tuple[Change, ...] = ()
    edits: tuple[Edit, ...] = ()
    left: tuple[EvaluatedReference, ...] = ()
    broken: tuple[EvaluatedReference, ...] = ()
    misspelt: tuple[UnknownField | UnknownKind, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.changes or self.edits or self.left or self.misspelt)


def plan(report: Report, options: FixOptions, catalog: Catalog) -> Plan:
    """The plan for everything in a report that is, or may be, refused for lack of a grant, and for the edits it offers.

    Raises PlanError if an option cannot be fulfilled.
    """
    served = not catalog.live or catalog.served(REFERENCE_GRANT) is not None
    # No fixes means that none would last: the namespace is being deleted.
    wanting = [
        each
        for each in report.references
        if served and wants_grant(each) and each.fixes and not (options.repairs and begins_with_own_fix(each))
    ]
    refused = [each for each in wanting if each.verdict is Verdict.REFUSED]
    drafts = Drafts(report.grants, [each.reference for each in wanting], catalog)
    if options.into is not None:
        _add_all(drafts, options.into, wanting, broad=options.broad)
    elif options.repairs:
        _repair_all(drafts, refused, ReferenceIndex(each.reference for each in report.references if each.grants))
    changed = tuple(drafts.changes(refused))
    asked = {id(each) for each in wanting}
    helped = {id(each) for change in changed for each in change.evaluated}
    created = _create_all([each for each in wanting if id(each) not in helped], report.grants, options, catalog)
    after = [Grant.parse(change.after) for change in (*changed, *created)]
    references = [
        without_unneeded_grant_fixes(each, report.objects, after, catalog.table) for each in report.references
    ]
    return Plan(
        (*changed, *created),
        () if options.new else _edits(report, references, catalog),
        tuple(each for each in references if id(each) not in asked and each.verdict is not Verdict.ALLOWED),
        tuple(each for each in wanting if each.target_failures),
        report.misspelt,
    )


def _edits(report: Report, references: Sequence[EvaluatedReference], catalog: Catalog) -> tuple[Edit, ...]:
    return (
        *edits_for(references, report.objects, catalog.table),
        *edits_for_serving((*report.unserved, *report.perhaps_wrong)),
    )


def _repair_all(drafts: Drafts, refused: Sequence[EvaluatedReference], permitted: ReferenceIndex) -> None:
    """Repair the near misses that differ only by slips and would then permit nothing else; the other references get a
    new grant."""
    done: list[Reference] = []
    wanted = ReferenceIndex(each.reference for each in refused)
    repairs: dict[int, Fix | None] = {}
    """By id of the near miss, since thousands of references share one."""

    def repair_of(miss: NearMiss) -> Fix | None:
        grant = drafts.grants.get(miss.grant)
        if grant is None:
            return None
        fix = repair(miss, grant, wanted, permitted, drafts.existing(miss.grant.namespace), drafts.catalog)
        return fix if fix is not None and recommended(fix) else None

    for each in refused:
        for miss in each.near_misses:
            if drafts.permits(each.reference):
                done.append(each.reference)
                break
            if id(miss) not in repairs:
                repairs[id(miss)] = repair_of(miss)
            fix = repairs[id(miss)]
            if fix is None:
                continue
            # A repair that was not offered might take access from somebody.
            if each.fixes and fix.object not in {offered.object for offered in each.fixes}:
                continue
            operations = fix.patch[1:]
            repaired = drafts.trial(miss.grant, operations)
            mine = [each for each in done if drafts.permits(each) == miss.grant] if miss.grant in drafts else []
            # Two references may need different values in one field: the first one wins.
            if all(permitting(reference, [repaired]) for reference in (*mine, each.reference)):
                drafts.add(miss.grant, operations)
                done.append(each.reference)
                break


def _add_all(drafts: Drafts, into: str, wanting: Sequence[EvaluatedReference], *, broad: bool) -> None:
    """Add the missing entries to one existing grant."""
    namespaces = sorted({each.reference.to.namespace for each in wanting})
    if not namespaces:
        return
    if len(namespaces) > 1:
        raise PlanError(
            f"--into adds to one grant, and the references lead to {len(namespaces)} namespaces: {', '.join(namespaces)}"
        )
    name = GrantName(namespaces[0], into)
    if any(each.verdict is Verdict.UNKNOWN for each in wanting):
        raise PlanError(f"nothing can be added to {name}: the ReferenceGrants in {name.namespace} could not be read")
    if name not in drafts.grants:
        raise PlanError(f'there is no ReferenceGrant "{into}" in namespace {name.namespace}')
    grant = drafts.grants[name]
    if is_being_deleted(grant.source):
        raise PlanError(f"nothing can be added to ReferenceGrant {name}: it is being deleted")
    from_, to, operations = [*grant.from_], [*grant.to], []
    for each in wanting:
        if not any(entry.matches(each.reference) for entry in from_):
            from_.append(FromEntry.of(each.reference.referrer))
            operations.append({"op": "add", "path": "/spec/from/-", "value": from_[-1].written})
        covered = [entry for entry in to if entry.matches(each.reference)]
        if not covered or (broad and all(entry.name is not None for entry in covered)):
            target = ToEntry.of(each.reference.to)
            to.append(target.unnamed if broad else target)
            operations.append({"op": "add", "path": "/spec/to/-", "value": to[-1].written})
    for field, count in (("from", len(from_)), ("to", len(to))):
        if count > MAX_ENTRIES:
            raise PlanError(
                f"ReferenceGrant {name} would have {count} entries in spec.{field}, and {MAX_ENTRIES} are allowed: "
                "leave --into out for a grant of its own"
            )
    drafts.add(name, operations)


def _create_all(
    wanting: Sequence[EvaluatedReference], existing: Iterable[GrantName], options: FixOptions, catalog: Catalog
) -> tuple[Change, ...]:
    groups: dict[tuple[str, str, str, str], list[EvaluatedReference]] = {}
    for each in wanting:
        referrer = each.reference.referrer
        groups.setdefault((referrer.group, referrer.kind, referrer.namespace, each.reference.to.namespace), []).append(
            each
        )
    taken = set(existing)
    changes: list[Change] = []
    for (*_, namespace), group in groups.items():
        names = [name.name for name in taken if name.namespace == namespace]
        for fix in new_grants([each.reference for each in group], names, catalog, broad=options.broad):
            name = GrantName.of(fix.object)
            taken.add(name)
            manifest = fix.manifest or {}
            grant = Grant.parse(manifest)
            pairs = frozenset(permissions(grant.from_, grant.to))
            permitted = [each for each in group if needed_pair(each.reference).within(pairs)]
            manifest = {**manifest, "metadata": {**manifest["metadata"], "annotations": _purpose(permitted)}}
            changes.append(Change(fix.object, manifest, fix.title, tuple(permitted), widens=fix.widens))
    return tuple(changes) if options.name is None else _named(changes, options.name, existing)


PURPOSE = "kubectl-refs/for"
"""The annotation with the references that a new grant was written for, so that others can tell if it is still needed."""


def _purpose(evaluated: Sequence[EvaluatedReference]) -> dict[str, str]:
    """The annotation with the references that a grant is written for; only the first if there are many."""
    users = dict.fromkeys(
        f"{each.reference.referrer} references {each.reference.to.kind} {each.reference.to.name}" for each in evaluated
    )
    return {PURPOSE: listing(tuple(users), "; ")}


def _named(changes: Sequence[Change], name: str, existing: Iterable[GrantName]) -> tuple[Change, ...]:
    if len(changes) > 1:
        raise PlanError(f"--name names one new grant, and {len(changes)} are needed: leave it out, or ask for less")
    found = []
    for change in changes:
        named = GrantName(change.object.namespace, name)
        if named in existing:
            raise PlanError(f"ReferenceGrant {named} exists already: --into {name} adds to it")
        metadata = {**change.after["metadata"], "name": name}
        found.append(replace(change, object=named.key, after={**change.after, "metadata": metadata}))
    return tuple(found)
