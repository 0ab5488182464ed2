"""The findings of `check --ungranted`: references into another namespace that no ReferenceGrant permits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.conditions.enforcement import controllers_reporting_resolved
from kubectl_refs.core.findings.check_findings import (
    Messages,
    default_mode_finding,
    reference_finding,
    target_of,
)
from kubectl_refs.core.model.codes import Circumstance, Code
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.records import replace
from kubectl_refs.core.references.permission import grants_in
from kubectl_refs.core.view.view import View


def ungranted_findings(
    view: View,
    obj: JSON,
    references: Sequence[EvaluatedReference],
    conditions: Sequence[Condition],
    messages: Messages,
) -> Iterator[Finding]:
    """The findings on one object, including references that a mesh or controller permits without a grant today: a
    release that enforces grants will refuse them."""
    for evaluated in references:
        today = _today(controllers_reporting_resolved(evaluated, obj, conditions))
        if evaluated.mechanism is Mechanism.REFERENCE_GRANT and evaluated.verdict in (Verdict.REFUSED, Verdict.UNKNOWN):
            finding = reference_finding(evaluated, messages)
            passes = evaluated.verdict is Verdict.REFUSED and not evaluated.grants
            yield replace(finding, message=f"{finding.message}{today}") if passes else finding
        elif evaluated.passes_by_default:
            yield default_mode_finding(evaluated)
    for evaluated in references:
        today = _today(controllers_reporting_resolved(evaluated, obj, conditions))
        # A parentRef in a mesh needs no grant.
        needs_grant = evaluated.field.governed_by is Mechanism.REFERENCE_GRANT
        if evaluated.mechanism is Mechanism.MESH and evaluated.reference.crosses and needs_grant:
            yield from _mesh_findings(view, evaluated, today)


def _mesh_findings(view: View, evaluated: EvaluatedReference, today: str) -> Iterator[Finding]:
    """The finding on a reference that a mesh permits; none if a grant permits it too."""
    reference = evaluated.reference
    place = reference.referrer, reference.path, target_of(evaluated)
    namespace = reference.to.namespace
    grants = grants_in(view, reference)
    if grants is None:
        code = Code.UNREADABLE
        message = f"the ReferenceGrants in {namespace} could not be read{today}"
        yield Finding(code, code.severity_in(Circumstance.NOT_KNOWN), *place, message, verdict=Verdict.UNKNOWN)
    elif not grants.matching(reference):
        code = Code.UNGRANTED_IN_MESH
        message = (
            f"no ReferenceGrant in {namespace} permits it; most meshes ask for none, Kuma does as of August 2026{today}"
        )
        advice = f"write a ReferenceGrant in {namespace} before the mesh asks for one"
        yield Finding(code, code.severity, *place, message, advice, Verdict.ALLOWED)


def _today(reporting: Sequence[str]) -> str:
    """The end of a message, saying which controllers report a reference as resolved; empty if none does."""
    if not reporting:
        return ""
    verb = "lets" if len(reporting) == 1 else "let"
    return f"; {' and '.join(reporting)} {verb} it pass today (ResolvedRefs=True)"
