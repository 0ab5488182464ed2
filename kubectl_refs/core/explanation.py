"""One reference of a route, explained: may it be made, is its target sound, what does a failure do to traffic."""

from __future__ import annotations

from dataclasses import replace

from kubectl_refs.core.agreement import reported_in
from kubectl_refs.core.attachment import explain_parent
from kubectl_refs.core.codes import Code
from kubectl_refs.core.commands import Kubectl
from kubectl_refs.core.effect import effect_of
from kubectl_refs.core.extract import Held, Malformed
from kubectl_refs.core.model import (
    JSON,
    Check,
    ExplainedReference,
    Layer,
    Mechanism,
    ObjectKey,
    Outcome,
    Reference,
    Verdict,
)
from kubectl_refs.core.objects import at, entries
from kubectl_refs.core.permission import Binding, Permission, permission
from kubectl_refs.core.set_attachment import explain_set_parent
from kubectl_refs.core.snapshot import World
from kubectl_refs.core.table import Role
from kubectl_refs.core.target import Target, look_at


def explain(world: World, held: Held, route: JSON, binding: Binding, kubectl: Kubectl) -> ExplainedReference:
    """The verdict on one reference; fixes that gather several references are added later (analysis.py)."""
    if held.field.role is Role.PARENT:
        if held.field.governed_by is Mechanism.ALLOWED_LISTENERS:
            return explain_set_parent(world, held, kubectl)
        return explain_parent(world, held, route, kubectl)
    permitted = permission(world, held, binding)
    target = look_at(world, held, resolved=_resolved(route))
    verdict, reason, code, because = _decide(permitted, target)
    explained = ExplainedReference(
        held.reference,
        permitted.mechanism,
        verdict,
        reason,
        code,
        because,
        checks=(Check(Layer.PERMISSION, permitted.outcome, permitted.because), *target.checks),
        grants=permitted.grants,
        near_misses=permitted.near_misses,
        notes=(*permitted.notes, *_namespace_omitted(held.reference, target)),
        ask=permitted.ask,
        elsewhere=target.elsewhere,
        nowhere=target.nowhere,
    )
    if verdict in (Verdict.ALLOWED, Verdict.UNKNOWN):
        return explained
    return replace(explained, effect=effect_of(held, route))


def _resolved(obj: JSON) -> bool:
    """Whether some controller says of the object as it is now that its references are resolved."""
    generation = at(obj, "metadata", "generation")
    return any(
        reported is not None and reported.status == "True" and reported.observed_generation in (None, generation)
        for entry in entries(at(obj, "status", "parents"))
        for reported in (reported_in(at(entry, "conditions"), "ResolvedRefs"),)
    )


def _decide(permitted: Permission, target: Target) -> tuple[Verdict, str | None, Code | None, str]:
    """Permission decides first: of a reference without it nothing else becomes the verdict (spec.md 1.5, 3.4)."""
    if permitted.outcome is Outcome.FAILED:
        return Verdict.REFUSED, "RefNotPermitted", permitted.code, permitted.because
    if permitted.outcome is Outcome.UNKNOWN:
        return Verdict.UNKNOWN, None, permitted.code, permitted.because
    if target.failure is not None:
        return Verdict.BROKEN, target.reason, target.code, target.failure.message
    if target.unknown:
        unknown = next(check.message for check in target.checks if check.outcome is Outcome.UNKNOWN)
        return Verdict.UNKNOWN, None, Code.UNREADABLE, unknown
    return Verdict.ALLOWED, None, None, permitted.because


def _namespace_omitted(reference: Reference, target: Target) -> tuple[str, ...]:
    if not target.elsewhere or target.nowhere:
        return ()
    places = ", ".join(target.elsewhere)
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
