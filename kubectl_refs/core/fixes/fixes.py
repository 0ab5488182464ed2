"""The fixes of each explained reference, worked out over all references of an object, the recommended one first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kubectl_refs.core.fixes.by_hand import by_hand
from kubectl_refs.core.fixes.deletion import lasting_fixes
from kubectl_refs.core.fixes.grant_remedies import (
    GrantRemedy,
    grant_remedies,
    wants_grant,
)
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import NO_REMEDY, Fix, Remedy, alternatives
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import replace
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
        by_grant = by_grants.get(id(each))
        if by_grant is not None and not each.target_failures and not each.near_targets:
            found[id(each)] = by_grant.remedy
            continue
        fixes = _fixes(view, each, obj, references, by_grants)
        if by_grant is not None and each.target_failures:
            fixes = tuple(_grants_with_remains(each, fixes))
        fixes, notes = lasting_fixes(view, each.reference, fixes)
        step = "" if fixes or notes else by_hand(view, each, obj, references)
        found[id(each)] = Remedy(fixes, notes, step)
    return found


def _fixes(
    view: View,
    evaluated: EvaluatedReference,
    obj: JSON,
    references: Sequence[EvaluatedReference],
    by_grants: Mapping[int, GrantRemedy],
) -> tuple[Fix, ...]:
    """The changes for one of an object's references, the recommended one first."""
    by_grant = by_grants.get(id(evaluated))
    if evaluated.fault is Code.MALFORMED:
        # No server holds the object as it is written, so there is nothing to patch.
        return () if by_grant is None else by_grant.fixes
    # Imported here, as below: most routes are admitted by their parents, and most targets are sound.
    if evaluated.is_parent:
        from kubectl_refs.core.fixes.dropping import without_parent
        from kubectl_refs.core.fixes.parent_fixes import parent_fixes

        fixes = parent_fixes(view, evaluated, obj)
        dropped = fixes or not _has_listener(view, evaluated, obj)
        return (*fixes, *without_parent(evaluated, references, fixes)) if dropped else ()
    from kubectl_refs.core.fixes.near_target_fixes import fixes_of_other_faults, for_near_targets, without_port

    if by_grant is not None and evaluated.slip_among_manifests is None:
        first, *others = by_grant.fixes
        return (first, *fixes_of_other_faults(view, evaluated, obj, references, by_grants.values()), *others)
    last = without_port(evaluated) if by_grant is None else by_grant.fixes
    return (*for_near_targets(view, evaluated, obj, references, by_grants.values()), *last)


def _has_listener(view: View, evaluated: EvaluatedReference, obj: JSON) -> bool:
    """Whether a parentRef names a listener of its parent with the port of another, and may have the right port."""
    # Imported here: most routes are admitted by their parents.
    from kubectl_refs.core.fixes.parents_by_hand import port_of_listener

    return evaluated.fault is Code.NO_MATCHING_PARENT and bool(port_of_listener(view, evaluated, obj))


def _grants_with_remains(evaluated: EvaluatedReference, fixes: Iterable[Fix]) -> Iterator[Fix]:
    """The changes for a reference whose target has a fault; those of grants alone say that the fault remains."""
    faults = "; ".join(each.message for each in evaluated.target_failures)
    remains = f"also {evaluated.of_maker}" if evaluated.of_maker else f"this alone is not enough: {faults}"
    for first, *others in alternatives(fixes):
        of_grants = all(each.object.group_kind == REFERENCE_GRANT for each in (first, *others))
        yield replace(first, remains=remains) if of_grants else first
        yield from others
