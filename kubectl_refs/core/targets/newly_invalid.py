"""References that Gateway API 1.7 no longer takes as earlier releases did: its experimental CRDs refuse them by CEL."""

from __future__ import annotations

from kubectl_refs.core.model.judgements import Check, Layer, Outcome
from kubectl_refs.core.model.kinds import CLUSTER_TRUST_BUNDLE, X_BACKEND
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import FoundReference

_REFUSE = "the experimental CRDs of Gateway API 1.7 and later refuse"


def newly_invalid_check(found: FoundReference) -> Check | None:
    """The note on such a reference, which names a port or a namespace too much; None for any other. Fields of
    implementations have schemas of their own."""
    to = found.reference.to
    if found.field.implementation or found.field.governed_by is not Mechanism.REFERENCE_GRANT:
        return None
    if to.group_kind == X_BACKEND and found.reference.port is not None:
        message = f"it names an XBackend with port {found.reference.port}, which {_REFUSE}: leave the port out"
        return Check(Layer.TYPE, Outcome.NOTE, message)
    if to.group_kind == CLUSTER_TRUST_BUNDLE and found.entry.get("namespace"):
        message = f"it names a ClusterTrustBundle with a namespace, which {_REFUSE}: leave the namespace out"
        return Check(Layer.TYPE, Outcome.NOTE, message)
    return None
