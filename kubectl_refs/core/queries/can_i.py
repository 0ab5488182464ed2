"""May one object reference another, even if neither exists? The rules for real references, applied to a supposed one."""

from __future__ import annotations

from kubectl_refs.core.attachment.listeners import WITH_HOSTNAMES
from kubectl_refs.core.fields.binding import RouteBinding
from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fields.implementations.envoy_gateway import ENVOY_POLICIES
from kubectl_refs.core.fixes.fixes import with_fixes
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import Confidence
from kubectl_refs.core.model.judgements import Judgement, Outcome, Verdict
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS, NAMESPACE, ROUTES
from kubectl_refs.core.model.listeners import hostnames_of, listeners_of
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField, Role
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.model.values import key_of, text
from kubectl_refs.core.records import replace
from kubectl_refs.core.references.evaluation import by_permission, explain
from kubectl_refs.core.references.permission import permission
from kubectl_refs.core.references.refusal import explain_refusal
from kubectl_refs.core.targets.kind_checks import kind_fault
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.text.similarity import looks_deliberate
from kubectl_refs.core.view.existence import namespace_answer
from kubectl_refs.core.view.holders import references_in
from kubectl_refs.core.view.names import names_of
from kubectl_refs.core.view.view import View

ANY = "*"
"""The name, impossible for real objects, of a referrer given without one: a grant's `from` has no name either."""


def evaluate_supposed(view: View, referrer: ObjectKey, target: ObjectKey) -> Report:
    """Whether an object of the referrer's kind and namespace may reference a target; a report with one reference.

    A grant's `from` has no name, so the referrer's name does not matter, except that an existing route has hostnames,
    which count for its parents, and parents, which say whether it is a mesh's. References to parents are governed by the
    parent's own rules; kinds whose fields have no namespace never reach another namespace; everything else is decided by
    ReferenceGrants.
    """
    rows = view.catalog.table.fields_of(referrer.group_kind)
    parent = next((row for row in rows if row.role is Role.PARENT), None)
    crossing = referrer.namespace != target.namespace
    if parent is not None and target.group_kind in (GATEWAY, *LISTENER_SETS) and parent.default == GATEWAY:
        evaluated = _as_parent(view, parent, referrer, target)
    elif crossing and rows and all(row.governed_by is Mechanism.LOCAL for row in rows) and not _selects(referrer):
        evaluated = _refused_as_local(referrer, target)
    else:
        evaluated = _by_grant(view, referrer, target)
        if crossing and not any(row.governed_by is Mechanism.REFERENCE_GRANT for row in rows):
            guesses = [replace(fix, confidence=Confidence.GUESS) for fix in evaluated.fixes]
            evaluated = evaluated.with_fixes(guesses).with_notes(_unknown_field_note(referrer))
    if view.without_gaps(lambda subview: namespace_answer(subview, referrer.namespace)).absent:
        place = f"namespace {referrer.namespace} of the {referrer.kind} does not exist"
        near = _near_namespace(view, referrer.namespace)
        evaluated = _with_note_on_absence(
            evaluated, referrer.namespace, near, f"{place}{_near_clause(near and f'namespace {near}')}"
        )
    return Report((evaluated,), gaps=view.gaps)


def _selects(referrer: ObjectKey) -> bool:
    """Whether a kind reaches other namespaces by selectors, which have no row in the table."""
    return referrer.group_kind in ENVOY_POLICIES


def _as_parent(view: View, row: ReferenceField, referrer: ObjectKey, target: ObjectKey) -> EvaluatedReference:
    parent = {"group": target.group, "kind": target.kind, "namespace": target.namespace, "name": target.name}
    field, several, _ = row.path.removeprefix("spec.").partition("[*]")
    route = _existing(view, referrer)
    hostnames = hostnames_of(route) if route else []
    obj: JSON = {
        "apiVersion": f"{referrer.group}/v1",
        "kind": referrer.kind,
        "metadata": {"namespace": referrer.namespace, "name": referrer.name},
        "spec": {field: [parent] if several else parent, **({"hostnames": hostnames} if hostnames else {})},
    }
    (found,), _ = references_of(obj, view.catalog.table)
    evaluated = explain(view, found, obj, RouteBinding.GATEWAY)
    if not view.needs:
        evaluated = with_fixes(view, [evaluated], obj)[0]
    if route is None and evaluated.verdict is Verdict.ALLOWED:
        evaluated = evaluated.with_notes(*_unseen_hostnames(view, evaluated))
    # A change to the supposed object itself is not an answer.
    return evaluated.with_fixes(fix for fix in evaluated.fixes if fix.object != key_of(obj))


def _existing(view: View, referrer: ObjectKey) -> JSON | None:
    """The existing route; None if it was given no name, does not exist or cannot be read."""
    if referrer.name == ANY or referrer.group_kind not in ROUTES:
        return None
    return view.without_gaps(
        lambda subview: subview.get(referrer, effect=f"the fields of {referrer} are not known")
    ).object


def _unseen_hostnames(view: View, evaluated: EvaluatedReference) -> tuple[str, ...]:
    """A note that hostnames would matter, if every listener that admits the route has one."""
    reference = evaluated.reference
    parent = view.get(reference.to, effect=f"whether {reference.to} lets this route attach is not known").object or {}
    accepting = [each for each in listeners_of(parent) if text(each.get("name")) in evaluated.listeners]
    names = [text(each.get("hostname")) for each in accepting]
    if reference.referrer.group_kind not in WITH_HOSTNAMES or not all(names) or not names:
        return ()
    wanted = [f'"{name}" of listener "{text(each.get("name"))}"' for name, each in zip(names, accepting, strict=True)]
    return (f"hostnames were not checked: if the route has any, one must match {listing(wanted, ' or ')}",)


def _refused_as_local(referrer: ObjectKey, target: ObjectKey) -> EvaluatedReference:
    because = f"no field of kind {referrer.kind} has a namespace: it references only objects of its own namespace"
    found = _supposed(referrer, target, Mechanism.LOCAL)
    return EvaluatedReference(
        found, Judgement(Mechanism.LOCAL, Verdict.REFUSED, None, Code.KIND_NOT_SUPPORTED, because)
    )


def _unknown_field_note(referrer: ObjectKey) -> str:
    return (
        f"no field of kind {referrer.kind} that asks for a ReferenceGrant is known to this version: whether one has an "
        "effect is up to who implements that kind"
    )


def _by_grant(view: View, referrer: ObjectKey, target: ObjectKey) -> EvaluatedReference:
    found = _supposed(referrer, target, Mechanism.REFERENCE_GRANT)
    binding = _binding(view, referrer)
    missing = view.without_gaps(lambda subview: _is_missing(subview, target))
    fault = Code.TARGET_NOT_FOUND if missing else None
    permitted = explain_refusal(view, found.reference, permission(view, found, binding), binding, fault)
    evaluated = by_permission(found, permitted)
    if unfit := _reason_not_taken(view, referrer, target):
        note = f"no known field of kind {referrer.kind} takes it: {unfit}"
        evaluated = evaluated.with_judgement(fault=Code.KIND_NOT_SUPPORTED)
        if permitted.outcome is not Outcome.OK:
            return evaluated.with_notes(note)
        because = f"{permitted.because}, but {note}"
        return evaluated.with_judgement(verdict=Verdict.BROKEN, code=Code.KIND_NOT_SUPPORTED, because=because)
    if permitted.outcome is Outcome.FAILED and namespace_answer(view, target.namespace).absent:
        near = _near_namespace(view, target.namespace)
        similar = _near_clause(near and f"namespace {near}")
        note = f"namespace {target.namespace} does not exist, and the grant must be in it{similar}"
        return evaluated.with_judgement(fault=Code.TARGET_NOT_FOUND).with_notes(note)
    if not missing:
        return evaluated if view.needs else with_fixes(view, [evaluated], {})[0]
    near = view.without_gaps(lambda subview: _near_name(subview, target))
    instead = _near_clause(near and str(target._replace(name=near)))
    if permitted.outcome is not Outcome.OK:
        # A grant for what does not exist is not offered.
        evaluated = evaluated.with_judgement(fault=fault)
    if permitted.outcome is Outcome.FAILED:
        instead = instead or "; once it does, ask again: the reference needs a ReferenceGrant too"
    return evaluated.with_notes(f"{target} does not exist{instead}")


def _binding(view: View, referrer: ObjectKey) -> RouteBinding:
    """What the existing route is bound to; without one, a Gateway: the stricter rule."""
    route = _existing(view, referrer)
    if route is None:
        return RouteBinding.GATEWAY
    found, _ = references_in(view, route)
    return RouteBinding.of(route, [each.reference for each in found if each.field.role is Role.PARENT])


def _is_missing(view: View, target: ObjectKey) -> bool:
    """Whether a target is known not to exist, which no grant asks. An object still to be generated is not missing."""
    if view.catalog.served(target.group_kind) is None:
        return False
    answer = view.get(target, metadata_only=True, effect=f"whether {target} exists is not known")
    return answer.absent and answer.made_by is None


def _with_note_on_absence(evaluated: EvaluatedReference, name: str, near: str | None, note: str) -> EvaluatedReference:
    """An answer about something that does not exist, with a note on that. If its name looks misspelt, no fix is
    offered: a grant for it would help nobody."""
    slip = near is not None and not looks_deliberate(near, name)
    noted = evaluated.with_notes(note)
    return noted.with_fixes(()) if slip else noted


def _near_name(view: View, target: ObjectKey) -> str | None:
    return names_of(view, target.group_kind, target.namespace).nearest(target.name)


def _near_namespace(view: View, namespace: str) -> str | None:
    return view.without_gaps(lambda subview: names_of(subview, NAMESPACE, None)).nearest(namespace)


def _near_clause(near: str | None) -> str:
    return f"; {near} does" if near else ""


def _reason_not_taken(view: View, referrer: ObjectKey, target: ObjectKey) -> str:
    """Why no field that asks for a ReferenceGrant takes an object of the target's kind; empty if one may."""
    rows = [
        row
        for row in view.catalog.table.fields_of(referrer.group_kind)
        if row.governed_by is Mechanism.REFERENCE_GRANT
        # An annotation holds names of objects of one kind.
        and (not row.annotation or row.default == target.group_kind)
    ]
    reference = Reference(referrer, "", target)
    faults = [kind_fault(view, FoundReference(row, reference, {}, ())) for row in rows]
    return "; ".join(dict.fromkeys(faults)) if all(faults) else ""


def _supposed(referrer: ObjectKey, target: ObjectKey, governed_by: Mechanism) -> FoundReference:
    return FoundReference.without_row(Reference(referrer, "", target), governed_by, Role.BACKEND)
