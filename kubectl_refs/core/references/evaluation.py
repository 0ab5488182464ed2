"""One reference, explained: may it be made, is its target sound, what does a failure do to traffic."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.attachment.listener_sets import explain_set_parent
from kubectl_refs.core.attachment.listeners import uses_certificates
from kubectl_refs.core.attachment.parents import explain_parent
from kubectl_refs.core.fields.binding import Binding
from kubectl_refs.core.fields.extraction import Held, Malformed
from kubectl_refs.core.fields.table import Role, Shown
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import reported_in
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import Check, ExplainedReference, Layer, Mechanism, Outcome, Reference, Verdict
from kubectl_refs.core.model.values import at, entries, mapping, text
from kubectl_refs.core.references.permission import Permission, permission
from kubectl_refs.core.references.refusal import explain_refusal
from kubectl_refs.core.targets.requirements import has_reasons
from kubectl_refs.core.targets.target import Target, look_at
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.view.view import View


def explain(view: View, held: Held, route: JSON, binding: Binding) -> ExplainedReference:
    """The verdict on one reference and what supports it; its effect and its fixes are made once all is read."""
    if held.field.role is Role.PARENT:
        if held.field.governed_by is Mechanism.ALLOWED_LISTENERS:
            return explain_set_parent(view, held)
        return explain_parent(view, held, route)
    if held.field.role is Role.CERTIFICATE and not uses_certificates(listener := _listener(held, route)):
        return _unused(held, listener)
    permitted = explain_refusal(view, held.reference, permission(view, held, binding), binding)
    target = look_at(view, held, resolved=lambda: _resolved(held, route))
    verdict, reason, code, because = _decide(permitted, target, held)
    local = permitted.mechanism is Mechanism.LOCAL
    return ExplainedReference(
        held.reference,
        permitted.mechanism,
        verdict,
        reason,
        code,
        because,
        checks=(
            Check(Layer.PERMISSION, permitted.outcome, permitted.because),
            *_remarks(held, permitted),
            *target.checks,
        ),
        grants=permitted.grants,
        grants_omitted=permitted.grants_omitted,
        near_misses=permitted.nearby.told,
        near_misses_omitted=permitted.nearby.omitted,
        notes=(
            *permitted.notes,
            *(_out_of_reach(held, target) if local else _namespace_omitted(held.reference, target)),
        ),
        ask=permitted.ask,
        elsewhere=() if local else target.elsewhere,
        nowhere=target.nowhere,
    )


def _listener(held: Held, obj: JSON) -> JSON:
    """The listener that a reference stands in; empty where it stands in none, or its holder is only supposed."""
    within = held.field.path.startswith("spec.listeners[*]") and held.indices
    return mapping(at(obj, "spec", "listeners", held.indices[0])) if within else {}


def _unused(held: Held, listener: JSON) -> ExplainedReference:
    """The certificate of a listener that has no use for it: the field is ignored then (ListenerTLSConfig.Mode)."""
    because = f'listener "{text(listener.get("name")) or ""}" does not end TLS itself and ignores certificateRefs'
    check = Check(Layer.PERMISSION, Outcome.OK, because)
    return ExplainedReference(held.reference, Mechanism.UNGOVERNED, Verdict.ALLOWED, None, None, because, (check,))


def _resolved(held: Held, obj: JSON) -> bool:
    """Whether some controller says, of the object as it is now, that what a reference shows on is resolved."""
    generation = at(obj, "metadata", "generation")
    return any(
        reported is not None and reported.status == "True" and reported.observed_generation in (None, generation)
        for entry in _statuses(held, mapping(obj.get("status")), obj)
        for reported in (reported_in(at(entry, "conditions"), "ResolvedRefs"),)
    )


def _statuses(held: Held, status: JSON, obj: JSON) -> Sequence[object]:
    """The parts of a status with the condition that a reference shows on."""
    match held.field.shown:
        case Shown.PARENT:
            return entries(status.get("parents"))
        case Shown.ANCESTOR:
            return entries(status.get("ancestors"))
        case Shown.LISTENER:
            own = _listener(held, obj).get("name")
            return [each for each in entries(status.get("listeners")) if own in (None, at(each, "name"))]
        case Shown.OBJECT:
            return [status]
        case Shown.NOWHERE:
            return []


def _decide(permitted: Permission, target: Target, held: Held) -> tuple[Verdict, str | None, Code | None, str]:
    """Permission decides first: of a reference without it nothing else becomes the verdict (docs/rules.md 1.5)."""
    if permitted.outcome is Outcome.FAILED:
        by_grant = permitted.mechanism is Mechanism.REFERENCE_GRANT and has_reasons(held)
        return Verdict.REFUSED, "RefNotPermitted" if by_grant else None, permitted.code, permitted.because
    if permitted.outcome is Outcome.UNKNOWN:
        return Verdict.UNKNOWN, None, permitted.code, permitted.because
    if target.failure is not None:
        return Verdict.BROKEN, target.reason, target.code, target.failure.message
    if target.unknown:
        unknown = next(check.message for check in target.checks if check.outcome is Outcome.UNKNOWN)
        return Verdict.UNKNOWN, None, Code.UNREADABLE, unknown
    return Verdict.ALLOWED, None, None, permitted.because


def _remarks(held: Held, permitted: Permission) -> tuple[Check, ...]:
    """What is to be known of the field besides: who asks for a grant there, and a namespace that does not count."""
    remarks = [held.field.note] if permitted.mechanism is Mechanism.REFERENCE_GRANT and held.field.note else []
    written = text(held.entry.get("namespace"))
    if written and not held.reference.explicit_namespace and written != held.reference.to.namespace:
        whose = "this field" if held.reference.to.namespace else f"a {held.reference.to.kind}"
        remarks.append(f'{whose} has no namespace: "{written}" written there counts for nothing')
    return tuple(Check(Layer.PERMISSION, Outcome.NOTE, remark) for remark in remarks)


def _out_of_reach(held: Held, target: Target) -> tuple[str, ...]:
    """What people try to reach by a field without a namespace, and what helps instead of a grant."""
    if not target.elsewhere:
        return ()
    to, referrer, places = held.reference.to, held.reference.referrer, listing(target.elsewhere)
    if held.field.role is Role.POLICY_TARGET:
        remedy = f"the {referrer.kind} must stand in the namespace of what it targets"
    else:
        remedy = f"copy or move it to {referrer.namespace}"
    return (
        f'{to.kind} "{to.name}" exists in {places}; this field has no namespace, so it cannot reach there and no '
        f"ReferenceGrant can help: {remedy}",
    )


def _namespace_omitted(reference: Reference, target: Target) -> tuple[str, ...]:
    if not target.elsewhere or target.nowhere:
        return ()
    places = listing(target.elsewhere)
    return (
        f"the reference names no namespace, which means its own, {reference.referrer.namespace}; "
        f'{reference.to.kind} "{reference.to.name}" exists in {places}',
    )


def malformed(referrer: ObjectKey, place: Malformed) -> ExplainedReference:
    """What stands where a reference should; only manifests that no API server has seen hold it."""
    nothing = ObjectKey("", "", "", "")
    return ExplainedReference(
        Reference(referrer, place.path, nothing),
        Mechanism.UNGOVERNED,
        Verdict.BROKEN,
        None,
        Code.MALFORMED,
        f"this is no reference: {place.problem}",
    )
