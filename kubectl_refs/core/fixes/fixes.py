"""The fixes of each explained reference, worked out over all references of an object, the recommended one first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from kubectl_refs.core.fixes.by_hand import by_hand
from kubectl_refs.core.fixes.deletion import lasting_fixes
from kubectl_refs.core.fixes.grant_remedies import (
    GrantRemedy,
    by_target_namespace,
    grant_fixes,
    grant_remedies,
    wants_grant,
)
from kubectl_refs.core.fixes.json_patch import applied
from kubectl_refs.core.fixes.object_changes import leave_out_port
from kubectl_refs.core.fixes.parent_fixes import parent_fixes
from kubectl_refs.core.fixes.parent_refs import is_already_named
from kubectl_refs.core.fixes.reference_fixes import fitting_targets, meaning_fix, only_near_target
from kubectl_refs.core.fixes.remedies import ReferenceIndex, needed_pair, new_grants
from kubectl_refs.core.fixes.trial import tried_on_referrer, verdict_after, with_remains
from kubectl_refs.core.grants.near_miss_search import known_grants
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import NO_REMEDY, Fix, Remedy, alternatives
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.near_targets import NearTarget
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import replace
from kubectl_refs.core.targets.near_targets import with_near_target
from kubectl_refs.core.targets.ports import superfluous_port_check
from kubectl_refs.core.view.existence import deletion_sentence
from kubectl_refs.core.view.view import View


def with_fixes(view: View, references: Sequence[EvaluatedReference], obj: JSON) -> list[EvaluatedReference]:
    """The references of an object with their fixes."""
    remedies = remedies_of(view, references, obj)
    return [replace(each, remedy=remedies.get(id(each), NO_REMEDY)) for each in references]


def remedies_of(view: View, references: Sequence[EvaluatedReference], obj: JSON) -> Mapping[int, Remedy]:
    """The remedy for each reference of an object, by the reference's id; none for a reference that is in order."""
    ending = deletion_sentence(key_of(obj), obj)
    if ending:
        none = Remedy(notes=(f"{ending}: no change is offered for it",))
        return {id(each): none for each in references if not each.in_order}
    # Without its CRD, no ReferenceGrant can be created.
    possible = not view.catalog.live or view.catalog.served(REFERENCE_GRANT) is not None
    crossing = [each for each in references if possible and wants_grant(each)]
    by_grants = grant_remedies(view, references, crossing)
    found = {}
    for each in references:
        if each.in_order:
            continue
        fixes: tuple[Fix, ...] = ()
        by_grant = by_grants.get(id(each))
        if each.fault is Code.MALFORMED:
            # No server holds the object as it is written, so there is nothing to patch.
            fixes = () if by_grant is None else by_grant.fixes
        elif each.is_parent:
            # Imported here: most routes are admitted by their parents.
            from kubectl_refs.core.fixes.dropping import without_parent

            fixes = parent_fixes(view, each, obj)
            if fixes or not _has_listener(view, each, obj):
                fixes += without_parent(each, references, fixes)
        elif by_grant is not None and each.slip_among_manifests is not None:
            fixes = (*_for_near_targets(view, each, obj, references, by_grants.values()), *by_grant.fixes)
        elif by_grant is not None:
            besides = _fixes_of_other_faults(view, each, obj, references, by_grants.values())
            if not besides and not each.target_failures:
                found[id(each)] = by_grant.remedy
                continue
            first, *others = by_grant.fixes
            fixes = (first, *besides, *others)
        else:
            fixes = (*_for_near_targets(view, each, obj, references, by_grants.values()), *_without_port(each))
        if by_grant is not None and each.target_failures:
            fixes = tuple(_grants_with_remains(each, fixes))
        fixes, notes = lasting_fixes(view, each.reference, fixes)
        step = "" if fixes or notes else by_hand(view, each, obj, references)
        found[id(each)] = Remedy(fixes, notes, step)
    return found


def _has_listener(view: View, evaluated: EvaluatedReference, obj: JSON) -> bool:
    """Whether a parentRef names a listener of its parent with the port of another, and may have the right port."""
    # Imported here: most routes are admitted by their parents.
    from kubectl_refs.core.fixes.parents_by_hand import port_of_listener

    return evaluated.fault is Code.NO_MATCHING_PARENT and bool(port_of_listener(view, evaluated, obj))


def _fixes_of_other_faults(
    view: View,
    evaluated: EvaluatedReference,
    obj: JSON,
    references: Sequence[EvaluatedReference],
    by_grants: Collection[GrantRemedy],
) -> list[Fix]:
    """The fixes of a reference's other faults, which a grant for its present target does not repair: first those that
    follow such a grant, then those that make the reference name another target."""
    besides, instead = [*_without_port(evaluated)], list[Fix]()
    for near in fitting_targets(evaluated):
        if near.object == evaluated.reference.to:
            besides.append(meaning_fix(evaluated, near))
        else:
            instead += _for_near_target(view, evaluated, near, obj, references, by_grants)
    return [*(replace(fix, follows=True) for fix in besides), *instead]


def _grants_with_remains(evaluated: EvaluatedReference, fixes: Iterable[Fix]) -> Iterator[Fix]:
    """The changes for a reference whose target has a fault; those of grants alone say that the fault remains."""
    because = evaluated.of_maker or "; ".join(each.message for each in evaluated.target_failures)
    for first, *others in alternatives(fixes):
        of_grants = all(each.object.group_kind == REFERENCE_GRANT for each in (first, *others))
        yield replace(first, remains=f"this alone is not enough: {because}") if of_grants else first
        yield from others


def _without_port(evaluated: EvaluatedReference) -> tuple[Fix, ...]:
    """The change that leaves out a port which the reference must not name."""
    is_superfluous = evaluated.fault is Code.PORT_NOT_FOUND and superfluous_port_check(evaluated.reference) is not None
    is_refused = evaluated.code is Code.NEWLY_INVALID and evaluated.reference.port is not None
    return (leave_out_port(evaluated.found),) if is_superfluous or is_refused else ()


def _for_near_targets(
    view: View,
    evaluated: EvaluatedReference,
    obj: JSON,
    references: Sequence[EvaluatedReference],
    by_grants: Collection[GrantRemedy],
) -> tuple[Fix, ...]:
    """The fixes that make the reference name an object that exists, each with the grant that it then needs, if any.
    `references` are all of the object's, and `by_grants` is what grants can do for them."""
    fixes: list[Fix] = []
    for near in fitting_targets(evaluated):
        if evaluated.field.role is Role.POLICY_TARGET and is_already_named(
            view, with_near_target(evaluated.found, near), obj
        ):
            continue
        fixes += _for_near_target(view, evaluated, near, obj, references, by_grants)
    return tuple(fixes) or _first_step(view, evaluated, obj)


def _for_near_target(
    view: View,
    evaluated: EvaluatedReference,
    near: NearTarget,
    obj: JSON,
    references: Sequence[EvaluatedReference],
    by_grants: Collection[GrantRemedy],
) -> Sequence[Fix]:
    """The same for one such object; nothing if the reference would still fail for another reason."""
    edit = tried_on_referrer(view, evaluated.found, obj, meaning_fix(evaluated, near))
    if edit is None:
        return ()
    meant = verdict_after(view, evaluated.found, applied(obj, edit.patch)) if near.needs_grant else None
    if meant is None or meant.verdict is not Verdict.REFUSED:
        return (edit,)
    grant = _grant_after_correction(view, meant, references, by_grants)
    return (edit, replace(grant, confidence=edit.confidence, follows=True))


def _grant_after_correction(
    view: View, meant: EvaluatedReference, references: Sequence[EvaluatedReference], by_grants: Collection[GrantRemedy]
) -> Fix:
    """The recommended change to a grant for a reference as its own fix will leave it."""
    # Another reference of the object may need a grant for the same target: one change serves both.
    same = next((each.fixes[0] for each in by_grants if each.target == meant.reference.to), None)
    if same is not None:
        return same
    namespace = meant.reference.to.namespace
    names = known_grants(view, namespace).own_names.union(each.create.object.name for each in by_grants)
    (create,) = new_grants([meant.reference], names, view.catalog)
    others = by_target_namespace(references).get(namespace, ())
    wanted = {needed_pair(each.reference) for each in (meant, *others) if each.verdict is Verdict.REFUSED}
    permitted = ReferenceIndex(each.reference for each in others if each.grants)
    return grant_fixes(view, meant, wanted, permitted, create)[0]


def _first_step(view: View, evaluated: EvaluatedReference, obj: JSON) -> tuple[Fix, ...]:
    """The correction of a slip after which something else is still wrong, with what that is."""
    near = only_near_target(evaluated)
    if near is None or not near.surely_meant:
        return ()
    fix = meaning_fix(evaluated, near)
    return (with_remains(fix, verdict_after(view, evaluated.found, applied(obj, fix.patch))),)
