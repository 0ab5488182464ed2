"""Which fixes each explained reference gets, gathered over all references of an object, the recommended one first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from kubectl_refs.core.fixes.access import takes_access
from kubectl_refs.core.fixes.by_hand import by_hand, place_of_targets
from kubectl_refs.core.fixes.deletion import lasting
from kubectl_refs.core.fixes.dropping import without_parent
from kubectl_refs.core.fixes.object_changes import leave_out_port
from kubectl_refs.core.fixes.parent_fixes import named_already, parent_fixes
from kubectl_refs.core.fixes.reference_fixes import fitting_targets, meaning_fix
from kubectl_refs.core.fixes.remedies import ReferenceIndex, new_grants, repair
from kubectl_refs.core.fixes.trial import of_referrer
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.near_miss import is_misplaced
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference, Reference, Verdict
from kubectl_refs.core.records import replace
from kubectl_refs.core.references.permission import grants_in
from kubectl_refs.core.targets.near_targets import meaning
from kubectl_refs.core.targets.ports import superfluous_port_check
from kubectl_refs.core.view.catalog import REFERENCE_GRANT
from kubectl_refs.core.view.view import View

GrantsOf = Callable[[Reference], Grants | None]
"""The grants of the namespace a reference leads to, None if they could not be read."""


def with_fixes(view: View, references: Sequence[EvaluatedReference], obj: JSON) -> list[EvaluatedReference]:
    """The references of an object with their fixes."""

    def grants_of(reference: Reference) -> Grants | None:
        return grants_in(view, reference)

    # Without the CRD of ReferenceGrant none can be created.
    possible = not view.catalog.live or view.catalog.served(REFERENCE_GRANT) is not None
    crossing = [each for each in references if possible and wants_grant(each)]
    wanting = {*map(id, crossing)}
    refused = ReferenceIndex(each.reference for each in crossing if each.verdict is Verdict.REFUSED)
    permitted = ReferenceIndex(each.reference for each in references if each.grants)
    created = _created(view, [each.reference for each in crossing])
    place = place_of_targets(references)
    result = []
    for each in references:
        fixes: tuple[Fix, ...] = ()
        if each.is_parent:
            fixes = parent_fixes(view, each, obj)
            fixes += without_parent(each, references, fixes)
        elif id(each) in wanting:
            first, *others = _for_crossing(view, each, refused, permitted, created[each.reference])
            # What is wrong with the reference besides stays wrong with a grant, which is for this target alone.
            besides = [
                replace(meaning_fix(each, near), follows=near.object == each.reference.to)
                for near in fitting_targets(each)
            ]
            fixes = (first, *besides, *(replace(fix, follows=True) for fix in _without_port(each)), *others)
        else:
            fixes = (*_for_near_targets(view, each, obj, created, grants_of), *_without_port(each))
        fixes, notes = lasting(view, each.reference, fixes)
        step = "" if fixes or notes else by_hand(view, each, obj, place)
        changed = fixes or notes or step
        result.append(replace(each, fixes=fixes, notes=(*each.notes, *notes), by_hand=step) if changed else each)
    return result


def _without_port(evaluated: EvaluatedReference) -> tuple[Fix, ...]:
    """The change of a reference whose only fault is that it names a port."""
    names_one = evaluated.fault is Code.PORT_NOT_FOUND and superfluous_port_check(evaluated.reference) is not None
    return (leave_out_port(evaluated.found),) if names_one else ()


def wants_grant(evaluated: EvaluatedReference) -> bool:
    """A grant can help where one decides, and the target is not known to be missing."""
    decided = evaluated.mechanism is Mechanism.REFERENCE_GRANT
    undecided = evaluated.verdict in (Verdict.REFUSED, Verdict.UNKNOWN) and not evaluated.grants
    if evaluated.reference.unsubstituted or evaluated.unsupported:
        return False
    if evaluated.reported_verdict is Verdict.BROKEN:
        # Whether it is permitted is decided first: the controller has found it so.
        return False
    return decided and undecided and not evaluated.target_missing


def _created(view: View, references: Sequence[Reference]) -> dict[Reference, Fix]:
    """The new grant for each reference of one object. Objects of a kind and namespace often want the same."""
    by_namespace: dict[str, list[Reference]] = defaultdict(list)
    for reference in references:
        by_namespace[reference.to.namespace].append(reference)
    found = {}
    for group in by_namespace.values():
        referrer = group[0].referrer
        asked = "new grants", referrer.group_kind, referrer.namespace, tuple(each.to for each in group)
        created = view.once(asked, partial(_new_grants, group))
        found.update({each: created[each.to] for each in group})
    return found


def _new_grants(references: Sequence[Reference], view: View) -> Mapping[ObjectKey, Fix]:
    """The new grant for each target of references into one namespace."""
    existing = (grants_in(view, references[0]) or Grants()).own_names
    by_target = {
        (entry["group"], entry["kind"], entry["name"]): fix
        for fix in new_grants(references, existing, view.catalog.grant_version)
        for entry in (fix.manifest or {})["spec"]["to"]
    }
    return {each.to: by_target[each.to.group, each.to.kind, each.to.name] for each in references}


def _for_crossing(
    view: View, evaluated: EvaluatedReference, refused: ReferenceIndex, permitted: ReferenceIndex, create: Fix
) -> tuple[Fix, ...]:
    """The changes of grants that permit a reference: the same for all that are alike, from objects that are."""
    if evaluated.verdict is Verdict.UNKNOWN:
        return (
            replace(
                create,
                title=f"for the owner, if nothing permits it yet: {create.title}",
                confidence=Confidence.GUESS,
                for_owner=True,
            ),
        )

    def find(apart: View) -> tuple[EvaluatedReference, tuple[Fix, ...]]:
        # With the reference, so that nothing else gets the id of its near misses.
        return evaluated, _mending(apart, evaluated, refused, permitted, create)

    referrer, to = evaluated.reference.referrer, evaluated.reference.to
    beside = refused.pairs(to.namespace), permitted.pairs(to.namespace)
    asked = "mending", referrer.group_kind, referrer.namespace, to, id(evaluated.near_misses), id(create), *beside
    return view.once(asked, find)[1]


def _mending(
    view: View, evaluated: EvaluatedReference, refused: ReferenceIndex, permitted: ReferenceIndex, create: Fix
) -> tuple[Fix, ...]:
    standing = grants_in(view, evaluated.reference) or Grants()
    grants = standing.by_name
    misses = (
        miss
        for miss in evaluated.near_misses
        if miss.grant in grants and not takes_access(view, miss, grants[miss.grant], standing)
    )
    repairs = (repair(miss, grants[miss.grant], refused, permitted, standing) for miss in misses)
    mend = next((fix for fix in repairs if fix is not None), None)
    if mend is None:
        return (create, *_moving(view, evaluated, create, standing))
    return (mend, create) if recommended(mend) else (create, mend)


def _moving(view: View, evaluated: EvaluatedReference, create: Fix, standing: Grants) -> tuple[Fix, ...]:
    """What brings a misplaced grant where it was meant to be, besides a new grant for the reference alone. Nothing where it
    differs in more than its place, or something may use it where it is."""
    miss = next((each for each in evaluated.near_misses if is_misplaced(each)), None)
    if miss is None or len(miss.differences) != 1:
        return ()
    # Imported here: few grants are misplaced.
    from kubectl_refs.core.fixes.moving import moved
    from kubectl_refs.core.grants.usage import usage_of

    grant = Grant.parse(miss.source)
    return moved(
        grant,
        evaluated.reference.to.namespace,
        view.without_gaps(lambda apart: usage_of(apart, grant)),
        standing,
        ReferenceIndex([evaluated.reference]),
        view.catalog.grant_version,
        create,
    )


def recommended(repair: Fix) -> bool:
    """Whether a repair comes before a new grant: it permits nothing unasked for, and leaves one grant where there would
    be two."""
    return not repair.widens and repair.confidence is not Confidence.GUESS


def _for_near_targets(
    view: View, evaluated: EvaluatedReference, obj: JSON, created: Mapping[Reference, Fix], grants_of: GrantsOf
) -> tuple[Fix, ...]:
    """What makes the reference mean an object that exists; where that makes it cross, with the grant that it takes."""
    fixes: list[Fix] = []
    for near in fitting_targets(evaluated):
        if evaluated.field.role is Role.POLICY_TARGET and named_already(view, meaning(evaluated.found, near), obj):
            continue
        edit = of_referrer(view, evaluated.found, obj, meaning_fix(evaluated, near))
        if edit is None:
            continue
        fixes.append(edit)
        crossing = meaning(evaluated.found, near).reference
        grants = grants_of(crossing) if near.needs_grant else None
        if grants is None:
            continue
        # Another reference of the object may want the same target: one grant serves both.
        same = next((fix for reference, fix in created.items() if reference.to == crossing.to), None)
        names = grants.own_names.union(fix.object.name for fix in created.values())
        fixes += [
            replace(fix, confidence=edit.confidence, follows=True)
            for fix in ((same,) if same else new_grants([crossing], names, view.catalog.grant_version))
        ]
    return tuple(fixes)
