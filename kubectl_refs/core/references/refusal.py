"""Why does no grant permit a reference? Its near misses, and whether one is in the wrong namespace."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.fields.binding import RouteBinding
from kubectl_refs.core.grants.differences import differs_only_by_slips
from kubectl_refs.core.grants.near_miss_search import nearest_misses, without_grants_for_other_targets
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import KIND_FAULTS, MISSING, Outcome
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.references.permission import PermissionDecision
from kubectl_refs.core.text.language import enumerated
from kubectl_refs.core.view.view import View


def explain_refusal(
    view: View,
    reference: Reference,
    permitted: PermissionDecision,
    binding: RouteBinding,
    fault: Code | None,
    besides: str = "",
) -> PermissionDecision:
    """A permission with its near misses, where no grant permits; any other unchanged. The outcome stays the same.

    `fault` is what is wrong with the reference itself: a grant for another target is then not called wrong. `besides`
    says what is wrong with the target, as a sentence without its full stop; empty where nothing is.
    """
    if permitted.mechanism is not Mechanism.REFERENCE_GRANT or permitted.outcome is not Outcome.FAILED:
        return permitted
    near = nearest_misses(view, reference)
    if fault in MISSING or fault in KIND_FAULTS:
        near = without_grants_for_other_targets(view, reference, near)
    if near.nearest and not differs_only_by_slips(near.nearest[0]):
        # Imported here: nearly always there is no near miss, or it is a slip.
        from kubectl_refs.core.grants.sound_grants import with_soundness

        near = with_soundness(view, reference, near)
    code, because, notes = permitted.code, permitted.because, permitted.notes
    if near.nearest and near.nearest[0].grant.namespace != reference.to.namespace:
        code = Code.MISPLACED_GRANT
        because += f"; ReferenceGrant {near.nearest[0].grant} is in the wrong namespace"
    if near.elsewhere:
        notes += (_note_on_grants_elsewhere(reference, near.elsewhere),)
    if binding is RouteBinding.BOTH:
        there = f", and there the fault is that {besides}" if besides else ""
        notes = (
            *notes,
            f"refused for the route's Gateway parents; for its Service parents most meshes ask for no grant{there}",
        )
    return PermissionDecision(permitted.outcome, permitted.mechanism, because, code, near_misses=near, notes=notes)


def _note_on_grants_elsewhere(reference: Reference, grants: Sequence[GrantName]) -> str:
    """The note on grants of third namespaces that fit, but may be meant for where they are."""
    names, place = enumerated([*map(str, grants)]), reference.to.namespace
    if len(grants) == 1:
        own = grants[0].namespace
        return (
            f"ReferenceGrant {names} would permit this if it were in {place}; it may be meant for references into {own}"
        )
    return (
        f"ReferenceGrants {names} would permit this if they were in {place}; they may be meant for references into their "
        "own namespaces"
    )
