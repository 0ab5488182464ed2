"""Why does no grant permit a reference? The grants that come near to it, and whether one is in the wrong namespace."""

from __future__ import annotations

from kubectl_refs.core.fields.binding import RouteBinding
from kubectl_refs.core.grants.near_miss_search import nearest_misses
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.near_misses import NearMiss
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import KIND_FAULTS, MISSING, Outcome, Reference
from kubectl_refs.core.records import replace
from kubectl_refs.core.references.permission import PermissionDecision
from kubectl_refs.core.view.view import View


def explain_refusal(
    view: View,
    reference: Reference,
    permitted: PermissionDecision,
    binding: RouteBinding,
    fault: Code | None = None,
    besides: str = "",
) -> PermissionDecision:
    """A permission with its near misses where no grant permits; any other as it is. The outcome stays the same.

    `fault` is what is wrong with the reference itself: a grant for another target is not called wrong where the
    reference is. `besides` says what is wrong with the target, as a sentence without its full stop; empty where nothing is.
    """
    if permitted.mechanism is not Mechanism.REFERENCE_GRANT or permitted.outcome is not Outcome.FAILED:
        return permitted
    near = nearest_misses(view, reference)
    if fault in MISSING or fault in KIND_FAULTS:
        nearest = tuple(miss for miss in near.nearest if not _is_of_another(view, reference, miss))
        near = replace(near, nearest=nearest, elsewhere=())
    code, because, notes = permitted.code, permitted.because, permitted.notes
    if near.nearest and near.nearest[0].grant.namespace != reference.to.namespace:
        code = Code.MISPLACED_GRANT
        because += f"; ReferenceGrant {near.nearest[0].grant} is in the wrong namespace"
    notes += tuple(
        f"ReferenceGrant {grant} would permit this if it were in {reference.to.namespace}; it may be meant for references "
        f"into {grant.namespace}"
        for grant in near.elsewhere
    )
    if binding is RouteBinding.BOTH:
        there = f", and there the fault is that {besides}" if besides else ""
        notes = (
            *notes,
            f"this holds for the route's Gateway parents; for its Service parents most meshes ask for no grant{there}",
        )
    return PermissionDecision(permitted.outcome, permitted.mechanism, because, code, near_misses=near, notes=notes)


def _is_of_another(view: View, reference: Reference, miss: NearMiss) -> bool:
    """Whether a grant is right for another target than the one that a reference names: one of another name, or one that is
    where the grant is."""
    if any(each.path.startswith("spec.to[") for each in miss.differences):
        return True
    if miss.grant.namespace == reference.to.namespace:
        return False
    beside = reference.to._replace(namespace=miss.grant.namespace)
    effect = f"whether {beside} exists, which may be meant, is not known"
    return view.without_gaps(lambda apart: apart.get(beside, metadata_only=True, effect=effect).object) is not None
