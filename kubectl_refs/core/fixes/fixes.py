"""The fixes of each explained reference, worked out over all references of an object, the recommended one first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from kubectl_refs.core.fixes.access import loses_access
from kubectl_refs.core.fixes.by_hand import by_hand
from kubectl_refs.core.fixes.deletion import lasting_fixes
from kubectl_refs.core.fixes.json_patch import applied
from kubectl_refs.core.fixes.object_changes import leave_out_port
from kubectl_refs.core.fixes.parent_fixes import parent_fixes
from kubectl_refs.core.fixes.parent_refs import is_already_named
from kubectl_refs.core.fixes.reference_fixes import fitting_targets, meaning_fix, only_near_target
from kubectl_refs.core.fixes.remedies import ReferenceIndex, Repair, needed_pair, new_grants
from kubectl_refs.core.fixes.trial import tried_on_referrer, verdict_after, with_remains
from kubectl_refs.core.grants.grant import Grant, Pair
from kubectl_refs.core.grants.near_miss import is_misplaced
from kubectl_refs.core.grants.near_miss_search import known_grants
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import NO_REMEDY, Confidence, Fix, Remedy
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.near_misses import NearMiss
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import replace
from kubectl_refs.core.targets.near_targets import with_near_target
from kubectl_refs.core.targets.ports import superfluous_port_check
from kubectl_refs.core.view.being_deleted import deletion_sentence
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
    by_grants = _grant_remedies(view, references, crossing)
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
            besides = _fixes_of_other_faults(each)
            if not besides:
                found[id(each)] = by_grant.remedy
                continue
            first, *others = by_grant.fixes
            fixes = (first, *besides, *others)
        else:
            fixes = (*_for_near_targets(view, each, obj, references, by_grants.values()), *_without_port(each))
        fixes, notes = lasting_fixes(view, each.reference, fixes)
        step = "" if fixes or notes else by_hand(view, each, obj, references)
        found[id(each)] = Remedy(fixes, notes, step)
    return found


def _has_listener(view: View, evaluated: EvaluatedReference, obj: JSON) -> bool:
    """Whether a parentRef names a listener of its parent with the port of another, and may have the right port."""
    # Imported here: most routes are admitted by their parents.
    from kubectl_refs.core.fixes.parents_by_hand import port_of_listener

    return evaluated.fault is Code.NO_MATCHING_PARENT and bool(port_of_listener(view, evaluated, obj))


def _fixes_of_other_faults(evaluated: EvaluatedReference) -> list[Fix]:
    """The fixes of a reference's other faults, which a grant for its present target does not repair."""
    meant = [
        replace(meaning_fix(evaluated, near), follows=near.object == evaluated.reference.to)
        for near in fitting_targets(evaluated)
    ]
    return meant + [replace(fix, follows=True) for fix in _without_port(evaluated)]


def _without_port(evaluated: EvaluatedReference) -> tuple[Fix, ...]:
    """The change that leaves out a port which the reference must not name."""
    is_superfluous = evaluated.fault is Code.PORT_NOT_FOUND and superfluous_port_check(evaluated.reference) is not None
    is_refused = evaluated.code is Code.NEWLY_INVALID and evaluated.reference.port is not None
    return (leave_out_port(evaluated.found),) if is_superfluous or is_refused else ()


def wants_grant(evaluated: EvaluatedReference) -> bool:
    """Whether a grant can help: grants decide, none permits the reference, and its target is not known to be missing."""
    if evaluated.mechanism is not Mechanism.REFERENCE_GRANT or evaluated.verdict not in _UNDECIDED or evaluated.grants:
        return False
    if evaluated.unsupported or evaluated.target_missing or evaluated.reference.unsubstituted:
        return False
    # Controllers check the permission first: one that reports the reference as broken has found it permitted.
    return evaluated.reported_verdict is not Verdict.BROKEN


_UNDECIDED = (Verdict.REFUSED, Verdict.UNKNOWN)


class _GrantRemedy(NamedTuple):
    """What changes to grants can do for one reference."""

    target: ObjectKey
    create: Fix
    """The new grant that names its target."""
    fixes: tuple[Fix, ...]
    """The changes that permit the reference, the recommended one first."""
    remedy: Remedy
    """The whole remedy if the missing permission is its only fault."""
    near_misses: tuple[NearMiss, ...]
    """The reference's near misses, kept alive so that no other object gets their id."""


def _grant_remedies(
    view: View, references: Sequence[EvaluatedReference], crossing: Sequence[EvaluatedReference]
) -> Mapping[int, _GrantRemedy]:
    """What changes to grants can do for each reference of an object that wants one (`crossing`), by the reference's id.
    Cached, because objects of one kind and namespace often want the same."""
    if not crossing:
        return {}
    permitted = _by_namespace([each for each in references if each.grants])
    referrer = crossing[0].reference.referrer[:3]
    found: dict[int, _GrantRemedy] = {}
    for namespace, group in _by_namespace(crossing).items():
        users = [each.reference for each in permitted.get(namespace, ())]
        asked = (
            "by grants",
            referrer,
            tuple([(each.reference.to, each.verdict is Verdict.UNKNOWN, id(each.near_misses)) for each in group]),
            tuple([reference.to for reference in users]),
        )
        found.update(zip(map(id, group), view.once(asked, partial(_remedies_in_namespace, group, users)), strict=True))
    return found


def _by_namespace(references: Iterable[EvaluatedReference]) -> Mapping[str, list[EvaluatedReference]]:
    """References by the namespace that they lead to."""
    found: dict[str, list[EvaluatedReference]] = {}
    for each in references:
        found.setdefault(each.reference.to.namespace, []).append(each)
    return found


def _remedies_in_namespace(
    group: Sequence[EvaluatedReference], users: Sequence[Reference], view: View
) -> tuple[_GrantRemedy, ...]:
    """The same for a `group` of references into one namespace, where grants already permit the object's `users`."""
    created = _new_grants(view, [each.reference for each in group])
    wanted = {needed_pair(each.reference) for each in group if each.verdict is Verdict.REFUSED}
    permitted = ReferenceIndex(users) if users else _NO_USERS
    found = []
    for each in group:
        create = created[each.reference.to]
        fixes = _grant_fixes(view, each, wanted, permitted, create)
        found.append(
            _GrantRemedy(
                each.reference.to, create, fixes, Remedy(*lasting_fixes(view, each.reference, fixes)), each.near_misses
            )
        )
    return tuple(found)


_NO_USERS = ReferenceIndex()


def _new_grants(view: View, references: Sequence[Reference]) -> Mapping[ObjectKey, Fix]:
    """The new grant for each target of references into one namespace."""
    existing = known_grants(view, references[0].to.namespace).own_names
    by_target = {
        (entry["group"], entry["kind"], entry["name"]): fix
        for fix in new_grants(references, existing, view.catalog)
        for entry in (fix.manifest or {})["spec"]["to"]
    }
    return {each.to: by_target[each.to.group, each.to.kind, each.to.name] for each in references}


def _grant_fixes(
    view: View, evaluated: EvaluatedReference, wanted: Collection[Pair], permitted: ReferenceIndex, create: Fix
) -> tuple[Fix, ...]:
    """The changes to grants that permit a reference. `wanted` are the permissions that its object is known to need in
    that namespace, `permitted` the object's references that some grant permits."""
    if evaluated.verdict is Verdict.UNKNOWN:
        return (
            replace(
                create,
                title=f"for the owner, if nothing permits it yet: {create.title}",
                confidence=Confidence.GUESS,
                for_owner=True,
            ),
        )
    for miss in evaluated.near_misses:
        if miss.grant.namespace != evaluated.reference.to.namespace:
            continue
        repair = view.once_for("repair", miss, partial(_harmless_repair, miss, evaluated.reference))
        mend = None if repair is None else repair.offered(wanted, permitted)
        if mend is not None:
            return (mend, create) if recommended(mend) else (create, mend)
    return (create, *_moving_fixes(view, evaluated, create))


def _harmless_repair(miss: NearMiss, reference: Reference, view: View) -> Repair | None:
    """The repair of a near miss in the target's namespace, None if there is none or it may take access from somebody."""
    existing = known_grants(view, reference.to.namespace)
    grant = existing.by_name.get(miss.grant)
    repair = None if grant is None else Repair.of(miss, grant, existing, view.catalog)
    return None if repair is None or loses_access(view, repair.taken, miss.grant, existing) else repair


def _moving_fixes(view: View, evaluated: EvaluatedReference, create: Fix) -> tuple[Fix, ...]:
    """The steps that move a misplaced grant to the right namespace, offered after a new grant for this reference alone.
    Nothing if more than its namespace differs, or something may use it where it is."""
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
        view.without_gaps(lambda subview: usage_of(subview, grant)),
        known_grants(view, evaluated.reference.to.namespace),
        ReferenceIndex([evaluated.reference]),
        view.catalog,
        create,
    )


def recommended(repair: Fix) -> bool:
    """Whether a repair comes before a new grant: it permits nothing unasked for, and is not a guess. It leaves one
    grant where there would be two."""
    return not repair.widens and repair.confidence is not Confidence.GUESS


def _for_near_targets(
    view: View,
    evaluated: EvaluatedReference,
    obj: JSON,
    references: Sequence[EvaluatedReference],
    by_grants: Collection[_GrantRemedy],
) -> tuple[Fix, ...]:
    """The fixes that make the reference name an object that exists, each with the grant that it then needs, if any.
    `references` are all of the object's, and `by_grants` is what grants can do for them."""
    fixes: list[Fix] = []
    for near in fitting_targets(evaluated):
        if evaluated.field.role is Role.POLICY_TARGET and is_already_named(
            view, with_near_target(evaluated.found, near), obj
        ):
            continue
        edit = tried_on_referrer(view, evaluated.found, obj, meaning_fix(evaluated, near))
        if edit is None:
            continue
        fixes.append(edit)
        meant = verdict_after(view, evaluated.found, applied(obj, edit.patch)) if near.needs_grant else None
        if meant is not None and meant.verdict is Verdict.REFUSED:
            grant = _grant_after_correction(view, meant, references, by_grants)
            fixes.append(replace(grant, confidence=edit.confidence, follows=True))
    return tuple(fixes) or _first_step(view, evaluated, obj)


def _grant_after_correction(
    view: View, meant: EvaluatedReference, references: Sequence[EvaluatedReference], by_grants: Collection[_GrantRemedy]
) -> Fix:
    """The recommended change to a grant for a reference as its own fix will leave it."""
    # Another reference of the object may need a grant for the same target: one change serves both.
    same = next((each.fixes[0] for each in by_grants if each.target == meant.reference.to), None)
    if same is not None:
        return same
    namespace = meant.reference.to.namespace
    names = known_grants(view, namespace).own_names.union(each.create.object.name for each in by_grants)
    (create,) = new_grants([meant.reference], names, view.catalog)
    others = _by_namespace(references).get(namespace, ())
    wanted = {needed_pair(each.reference) for each in (meant, *others) if each.verdict is Verdict.REFUSED}
    permitted = ReferenceIndex(each.reference for each in others if each.grants)
    return _grant_fixes(view, meant, wanted, permitted, create)[0]


def _first_step(view: View, evaluated: EvaluatedReference, obj: JSON) -> tuple[Fix, ...]:
    """The correction of a slip after which something else is still wrong, with what that is."""
    near = only_near_target(evaluated)
    if near is None or not near.surely_meant:
        return ()
    fix = meaning_fix(evaluated, near)
    return (with_remains(fix, verdict_after(view, evaluated.found, applied(obj, fix.patch))),)
