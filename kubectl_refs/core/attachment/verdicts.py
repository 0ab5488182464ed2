"""The verdict on a reference to a parent."""

from __future__ import annotations

from kubectl_refs.core.fields.binding import is_mesh
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import Check, EvaluatedReference, FoundReference, Layer, Outcome, Verdict


def decided(
    found: FoundReference,
    verdict: Verdict,
    reason: str | None,
    code: Code | None,
    because: str,
    layer: Layer = Layer.PERMISSION,
) -> EvaluatedReference:
    """A verdict that a single check gives, the one of `layer`. `because` is a sentence without its full stop."""
    outcome = {Verdict.ALLOWED: Outcome.OK, Verdict.UNKNOWN: Outcome.UNKNOWN}.get(verdict, Outcome.FAILED)
    mechanism = found.field.governed_by
    if mechanism is Mechanism.ALLOWED_ROUTES and is_mesh(found.reference):
        mechanism = Mechanism.MESH
    return EvaluatedReference(found, mechanism, verdict, reason, code, because, (Check(layer, outcome, because),))
