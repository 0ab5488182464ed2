"""Services that a mesh need not take as the parent of a route: those without a virtual IP (GEP-1294)."""

from __future__ import annotations

from kubectl_refs.core.model.judgements import Check, Layer, Outcome
from kubectl_refs.core.model.kinds import SERVICE
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import at


def parent_service_check(reference: Reference, service: JSON) -> Check | None:
    """The note on a Service as a parent that controllers should not take; None for every other."""
    if reference.to.group_kind != SERVICE:
        return None
    if at(service, "spec", "type") == "ExternalName":
        what = "is of type ExternalName"
    elif at(service, "spec", "clusterIP") == "None":
        what = "is headless (its clusterIP is None)"
    else:
        return None
    message = f"{reference.to} {what}: controllers should not take such a Service as a parent (GEP-1294)"
    return Check(Layer.TYPE, Outcome.NOTE, message)
