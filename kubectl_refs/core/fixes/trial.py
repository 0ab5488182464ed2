"""The trial of a fix before it is offered: the same rules, applied to the state after it."""

from __future__ import annotations

from kubectl_refs.core.fields.binding import RouteBinding
from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fixes.json_patch import InapplicableError, applied
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.judgements import Outcome, Verdict
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference
from kubectl_refs.core.model.values import is_being_deleted, key_of, labels_of, mapping
from kubectl_refs.core.records import replace
from kubectl_refs.core.references.evaluation import explain
from kubectl_refs.core.view.view import View


def tried_on_referrer(view: View, found: FoundReference, obj: JSON, fix: Fix) -> Fix | None:
    """A change of the referrer itself; None if the reference would still fail after it.

    A grant that the reference then needs is a part of the fix, so its absence is no failure.
    """
    after = verdict_after(view, found, applied(obj, fix.patch))
    if after.target_failures:
        return None
    if after.verdict is Verdict.UNKNOWN:
        return _as_guess(fix, after)
    granted = after.verdict is Verdict.REFUSED and after.mechanism is Mechanism.REFERENCE_GRANT
    return fix if granted or after.verdict is Verdict.ALLOWED else None


def tried_on_other(view: View, found: FoundReference, obj: JSON, fix: Fix) -> Fix | None:
    """A change of another object than the referrer, with what remains to be done after it; None if that object is being
    deleted, or cannot take the change, as in a manifest that no server accepts."""
    there = view.get(
        fix.object, metadata_only=bool(fix.labels), effect=f"the current state of {fix.object} is not known"
    ).object
    if there is None:
        return fix
    if is_being_deleted(there):
        return None
    try:
        changed = _labelled(there, fix) if fix.labels else applied(there, fix.patch)
    except InapplicableError:
        return None
    later = view.with_changed(fix.object, changed)
    after = verdict_after(later, found, obj)
    view.needs.update(later.needs)
    return with_remains(fix, after)


def with_remains(fix: Fix, after: EvaluatedReference) -> Fix:
    """A change with what remains to be done after it, by the verdict on the reference in the state after it."""
    if after.verdict is Verdict.ALLOWED:
        return fix
    if after.verdict is Verdict.UNKNOWN:
        return _as_guess(fix, after)
    failed = [each.message for each in after.checks if each.outcome is Outcome.FAILED]
    because = "; ".join(dict.fromkeys((after.because, *failed)))
    return replace(fix, remains=f"this alone is not enough: {because}")


def _labelled(obj: JSON, fix: Fix) -> JSON:
    return {**obj, "metadata": {**mapping(obj.get("metadata")), "labels": {**labels_of(obj), **fix.labels}}}


def _as_guess(fix: Fix, after: EvaluatedReference) -> Fix:
    return replace(fix, confidence=Confidence.GUESS, remains=f"whether that is enough is not known: {after.because}")


def verdict_after(view: View, found: FoundReference, obj: JSON) -> EvaluatedReference:
    """The verdict on the reference at the same path in a changed object."""
    references, _ = references_of(obj, view.catalog.table)
    again = next(each for each in references if each.reference.path == found.reference.path)
    binding = RouteBinding.of(obj, [each.reference for each in references if each.field.role is Role.PARENT])
    assert key_of(obj) == found.reference.referrer
    return view.without_gaps(lambda subview: explain(subview, again, obj, binding))
