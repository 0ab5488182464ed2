"""What changes to grants can do for the references of one object: new grants, repairs, and moves to the right namespace."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from kubectl_refs.core.fixes.access import loses_access
from kubectl_refs.core.fixes.deletion import lasting_fixes
from kubectl_refs.core.fixes.new_grants import new_grants
from kubectl_refs.core.fixes.repair import Repair
from kubectl_refs.core.grants.grant import Grant, Pair
from kubectl_refs.core.grants.near_miss import is_misplaced
from kubectl_refs.core.grants.near_miss_search import known_grants
from kubectl_refs.core.grants.needed_pairs import ReferenceIndex, needed_pair
from kubectl_refs.core.model.fixes import Confidence, Fix, Remedy
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.near_misses import NearMiss
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.records import replace
from kubectl_refs.core.view.view import View


def wants_grant(evaluated: EvaluatedReference) -> bool:
    """Whether a grant can help: grants decide, none permits the reference, and its target is not known to be missing, or
    something is supposed to make it."""
    if evaluated.mechanism is not Mechanism.REFERENCE_GRANT or evaluated.verdict not in _UNDECIDED or evaluated.grants:
        return False
    missing = evaluated.target_missing and evaluated.made_by is None
    if evaluated.unsupported or missing or evaluated.reference.unsubstituted:
        return False
    # Controllers check the permission first: one that reports the reference as broken has found it permitted.
    return evaluated.reported_verdict is not Verdict.BROKEN


_UNDECIDED = (Verdict.REFUSED, Verdict.UNKNOWN)


class GrantRemedy(NamedTuple):
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


def grant_remedies(
    view: View, references: Sequence[EvaluatedReference], crossing: Sequence[EvaluatedReference]
) -> Mapping[int, GrantRemedy]:
    """What changes to grants can do for each reference of an object that wants one (`crossing`), by the reference's id.
    Cached, because objects of one kind and namespace often want the same."""
    if not crossing:
        return {}
    permitted = by_target_namespace([each for each in references if each.grants])
    referrer = crossing[0].reference.referrer[:3]
    found: dict[int, GrantRemedy] = {}
    for namespace, group in by_target_namespace(crossing).items():
        users = [each.reference for each in permitted.get(namespace, ())]
        asked = (
            "by grants",
            referrer,
            tuple([(each.reference.to, each.verdict is Verdict.UNKNOWN, id(each.near_misses)) for each in group]),
            tuple([reference.to for reference in users]),
        )
        found.update(zip(map(id, group), view.once(asked, partial(_remedies_in_namespace, group, users)), strict=True))
    return found


def by_target_namespace(references: Iterable[EvaluatedReference]) -> Mapping[str, list[EvaluatedReference]]:
    """References by the namespace that they lead to."""
    found: dict[str, list[EvaluatedReference]] = {}
    for each in references:
        found.setdefault(each.reference.to.namespace, []).append(each)
    return found


def _remedies_in_namespace(
    group: Sequence[EvaluatedReference], users: Sequence[Reference], view: View
) -> tuple[GrantRemedy, ...]:
    """The same for a `group` of references into one namespace, where grants already permit the object's `users`."""
    created = _new_grants(view, [each.reference for each in group])
    wanted = {needed_pair(each.reference) for each in group if each.verdict is Verdict.REFUSED}
    permitted = ReferenceIndex(users) if users else _NO_USERS
    found = []
    for each in group:
        create = created[each.reference.to]
        fixes = grant_fixes(view, each, wanted, permitted, create)
        found.append(
            GrantRemedy(
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


def grant_fixes(
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
