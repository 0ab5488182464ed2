"""The verdict on a reference to a parent, and on what no API server takes."""

from __future__ import annotations

from kubectl_refs.core.fields.binding import is_mesh
from kubectl_refs.core.fields.extraction import Malformed
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import NO_REMEDY, Remedy
from kubectl_refs.core.model.judgements import REFERENCE_FAULTS, Assumption, Check, Judgement, Layer, Outcome, Verdict
from kubectl_refs.core.model.kinds import GATEWAY, HTTP_ROUTE, LISTENER_SETS, SERVICE
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference
from kubectl_refs.core.view.existence import deletion_sentence
from kubectl_refs.core.view.reads import Answer
from kubectl_refs.core.view.view import View


def assumed_verdict(found: FoundReference, what: str) -> EvaluatedReference:
    """The verdict where the parent is not among the manifests: it is assumed to exist and to do `what` is asked."""
    assumption = Assumption(found.reference.to, what)
    evaluated = verdict_of_check(found, Verdict.ALLOWED, "Accepted", None, str(assumption), Layer.TARGET)
    check = Check(Layer.TARGET, Outcome.ASSUMED, str(assumption))
    return evaluated.with_judgement(checks=(check,), assumptions=(assumption,))


def verdict_without_parent(
    view: View, found: FoundReference, answer: Answer, assumed: str
) -> EvaluatedReference | None:
    """The verdict where a parent cannot be asked: it could not be read, is assumed to exist and to do what `assumed`
    says, is of a kind that is not served, or does not exist; None where it can. Controllers write no status entry at all
    for a parent that does not exist (docs/rules.md 5.8)."""
    to = found.reference.to
    if not answer.known:
        return verdict_of_check(found, Verdict.UNKNOWN, None, Code.UNREADABLE, f"{to} could not be read")
    if answer.assumed:
        return assumed_verdict(found, assumed)
    if not answer.served:
        because = view.catalog.absence_of(to.group_kind)
        return verdict_of_check(found, Verdict.BROKEN, None, Code.PARENT_KIND, because, Layer.KIND)
    if answer.object is None:
        # Imported here: most parents exist.
        from kubectl_refs.core.targets.absence import absence

        because = absence(view, found.reference)
        return verdict_of_check(found, Verdict.BROKEN, None, Code.PARENT_NOT_FOUND, because, Layer.TARGET)
    return None


def verdict_of_check(
    found: FoundReference,
    verdict: Verdict,
    reason: str | None,
    code: Code | None,
    because: str,
    layer: Layer = Layer.PERMISSION,
) -> EvaluatedReference:
    """A verdict that rests on a single check, that of `layer`. `because` is a sentence without its full stop."""
    outcome = {Verdict.ALLOWED: Outcome.OK, Verdict.UNKNOWN: Outcome.UNKNOWN}.get(verdict, Outcome.FAILED)
    mechanism = found.field.governed_by
    if mechanism is Mechanism.ALLOWED_ROUTES and is_mesh(found.reference):
        mechanism = Mechanism.MESH
    fault = code if code in REFERENCE_FAULTS and verdict is Verdict.BROKEN else None
    checks = (Check(layer, outcome, because),)
    return EvaluatedReference(found, Judgement(mechanism, verdict, reason, code, because, checks, fault=fault))


def malformed(referrer: ObjectKey, place: Malformed) -> EvaluatedReference:
    """The verdict on something that no API server takes; only manifests hold it."""
    nothing = Reference(referrer, place.path, ObjectKey("", "", "", ""))
    return EvaluatedReference(
        FoundReference.without_row(nothing, Mechanism.UNGOVERNED, Role.OTHER),
        Judgement(
            Mechanism.UNGOVERNED,
            Verdict.BROKEN,
            None,
            Code.MALFORMED,
            f"the field is malformed: {place.problem}",
        ),
        remedy=Remedy(by_hand=f"in the manifest, {place.advice}") if place.advice else NO_REMEDY,
    )


def mark_parent_being_deleted(view: View, evaluated: EvaluatedReference) -> EvaluatedReference:
    """A parentRef with the note that its parent is being deleted, if that has been read."""
    to = evaluated.reference.to
    if to.group_kind not in _READ_PARENTS:
        return evaluated
    ending = deletion_sentence(to, view.get(to, effect=f"whether {to} is being deleted is not known").object)
    return evaluated.with_judgement(being_deleted=ending) if ending else evaluated


_READ_PARENTS = (GATEWAY, *LISTENER_SETS, HTTP_ROUTE, SERVICE)
"""The kinds of parents that the verdict on a parentRef reads."""
