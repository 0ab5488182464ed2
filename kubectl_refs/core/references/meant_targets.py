"""Near targets, which a reference may mean instead, weighed: would it work with them, and what else would it need?"""

from __future__ import annotations

from collections.abc import Callable, Container

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import PART_FAULTS, Check, Outcome, Verdict
from kubectl_refs.core.model.near_misses import Difference
from kubectl_refs.core.model.near_targets import NearTarget
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference
from kubectl_refs.core.records import replace
from kubectl_refs.core.references.cause import name_of_near_target
from kubectl_refs.core.references.permission import move_advice
from kubectl_refs.core.targets.near_targets import near_targets, too_many_near_targets, with_near_target
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.view.holders import references_in
from kubectl_refs.core.view.view import View

Evaluate = Callable[[View, FoundReference], EvaluatedReference]
"""Gives the verdict on a reference, by the rules that hold for any reference."""


def with_near_targets(view: View, evaluated: EvaluatedReference, evaluate: Evaluate, obj: JSON) -> EvaluatedReference:
    """A reference of an object that names nothing, with its near targets; any other reference unchanged. Failed reads
    are no gaps: they are not about what was asked."""
    fault = evaluated.fault
    if (fault is None and not evaluated.assumptions) or evaluated.reference.unsubstituted:
        return evaluated
    if fault is None and any(each.object == evaluated.reference.to for each in evaluated.assumptions):
        return _assumed(view, evaluated, evaluate, obj)
    if fault is None:
        return evaluated
    near = view.without_gaps(lambda subview: _near_targets_by_worth(subview, evaluated.found, fault, evaluate, obj))
    return _with_near_targets(evaluated, near) if near else evaluated.with_notes(*_many(view, evaluated.found, fault))


def _many(view: View, found: FoundReference, fault: Code) -> tuple[str, ...]:
    """The note on the objects that a reference may mean, if they are too many to be near targets."""
    named, more = view.without_gaps(lambda subview: too_many_near_targets(subview, found, fault))
    if not named:
        return ()
    if not found.may_cross:
        return (_out_of_reach(found, listing([each.namespace for each in named], beyond=more)),)
    names = [name_of_near_target(each, found.reference) for each in named]
    return (f"{listing(names, beyond=more)} exist; which of them is meant, if any, is not known",)


def _assumed(view: View, evaluated: EvaluatedReference, evaluate: Evaluate, obj: JSON) -> EvaluatedReference:
    """A reference to an object that is not among the manifests, with the one object among them that it may mean, or of
    several the only one that it would work with if it names it."""
    near = view.without_gaps(
        lambda subview: _near_targets_by_worth(subview, evaluated.found, Code.TARGET_NOT_FOUND, evaluate, obj)
    )
    if len(near) > 1:
        near = tuple(each for each in near if each.surely_meant and not each.needs)
    if len(near) != 1:
        return evaluated
    # The verdict or the cause says that the field has no namespace.
    told = () if evaluated.code is Code.LOCAL_ONLY else _notes(evaluated.found, near)
    if told and near[0].out_of_reach:
        told = (f"no ReferenceGrant can help: {move_advice(evaluated.found)}",)
    return evaluated.with_judgement(code=evaluated.code or Code.NEAR_TARGET, near_targets=near).with_notes(*told)


def _near_targets_by_worth(
    view: View, found: FoundReference, fault: Code, evaluate: Evaluate, obj: JSON
) -> tuple[NearTarget, ...]:
    """The near targets; first those that the reference would work with, if need be after a grant. One that the object
    names beside the reference, in the same list, is left out: nobody means it twice."""
    near = near_targets(view, found, fault)
    beside = _named_beside(view, found.reference, obj) if near else ()
    weighed = [
        _with_needs(each, evaluate(view, with_near_target(found, each)))
        for each in near
        if (each.object, each.port, each.section_name) not in beside
    ]
    return tuple(sorted(weighed, key=lambda near: (bool(near.needs) and not near.needs_grant, not near.surely_meant)))


def _named_beside(view: View, reference: Reference, obj: JSON) -> Container[tuple[ObjectKey, int | None, str | None]]:
    """The targets of an object's other references in the same list, each with its port and part."""
    others = [each.reference for each in references_in(view, obj)[0] if each.reference.path != reference.path]
    own = reference.path.rpartition("[")[0]
    return [(each.to, each.port, each.section_name) for each in others if each.path.rpartition("[")[0] == own]


def _with_needs(near: NearTarget, would: EvaluatedReference) -> NearTarget:
    if near.out_of_reach:
        return near
    if would.judgement.being_deleted:
        return replace(near, needs=(would.judgement.being_deleted,), being_deleted=True)
    if would.verdict is Verdict.ALLOWED:
        return near
    failing = [check.message for check in would.checks if check.outcome is Outcome.FAILED]
    needs = tuple(dict.fromkeys((would.because, *failing)))
    by_grant = would.verdict is Verdict.REFUSED and would.mechanism is Mechanism.REFERENCE_GRANT
    return replace(
        near,
        needs=needs,
        needs_grant=by_grant and len(needs) == 1,
        needs_known=would.verdict is not Verdict.UNKNOWN,
    )


def _with_near_targets(evaluated: EvaluatedReference, near: tuple[NearTarget, ...]) -> EvaluatedReference:
    """The reference with its near targets, which its sentences then mention."""
    first, reference = near[0], evaluated.reference
    # If the target itself exists, or the field cannot reach the object, the message and the note say enough.
    known = first.object == reference.to or first.out_of_reach
    found = "" if known else f"; {_existence_clause(reference, near, of_part=evaluated.fault in PART_FAULTS)}"
    omitted = evaluated.found.may_cross and any(_is_omission(each) for each in first.differences)
    code = evaluated.code
    if omitted and code in (Code.TARGET_NOT_FOUND, Code.PARENT_NOT_FOUND):
        code = Code.NAMESPACE_OMITTED
    told = evaluated.because if evaluated.verdict is Verdict.REFUSED else f"{evaluated.because}{found}"
    checks = tuple(_with_clause(check, found) for check in evaluated.checks)
    return evaluated.with_judgement(code=code, because=told, checks=checks, near_targets=near).with_notes(
        *_notes(evaluated.found, near)
    )


def _is_omission(difference: Difference) -> bool:
    return difference.path.endswith(".namespace") and difference.found is None


def _with_clause(check: Check, found: str) -> Check:
    return replace(check, message=f"{check.message}{found}") if check.is_target_failure else check


def _existence_clause(reference: Reference, near: tuple[NearTarget, ...], *, of_part: bool) -> str:
    names = list(dict.fromkeys(name_of_near_target(each.object, reference) for each in near))
    noted = [each.note for one in near for each in one.differences if each.path.endswith(".name") and each.note]
    if noted and len(names) == 1:
        return noted[0]
    if any(each.assumed for each in near):
        return f"{listing(names)} may be meant"
    if len(names) == 1 and near[0].made_by is not None:
        return f"{near[0].made_by} is supposed to make {names[0]}"
    if of_part and all(each.section_name is not None and each.object != reference.to for each in near):
        return f"{listing(names)} {'has' if len(names) == 1 else 'have'} one"
    return f"{listing(names)} {'exists' if len(names) == 1 else 'exist'}"


def _notes(found: FoundReference, near: tuple[NearTarget, ...]) -> tuple[str, ...]:
    first = near[0]
    if first.out_of_reach:
        return (_out_of_reach(found, listing([each.object.namespace for each in near])),)
    if not first.needs or first.needs_grant:
        return ()
    if first.being_deleted:
        return first.needs
    named, needs = name_of_near_target(first.object, found.reference), "; ".join(first.needs)
    if not first.needs_known:
        return (f"whether {named} can be used is not known: {needs}",)
    return (f"{named} cannot be used as it is: {needs}",)


def _out_of_reach(found: FoundReference, places: str) -> str:
    """The note on objects in other namespaces, the `places`, that a field without a namespace cannot reach, and on what
    helps instead of a grant."""
    to = found.reference.to
    if found.entry.get("namespace"):
        # The cause says that the namespace has no effect there.
        return f'{to.kind} "{to.name}" exists in {places}; no ReferenceGrant can help: {move_advice(found)}'
    return (
        f'{to.kind} "{to.name}" exists in {places}; {found.field.without_namespace}, so it cannot reference an object there, and no '
        f"ReferenceGrant can help: {move_advice(found)}"
    )
