"""What a route is bound to: Gateways, or Services of a mesh (docs/rules.md 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from kubectl_refs.core.model.kinds import SERVICE, SERVICE_ENTRY, SERVICE_IMPORT
from kubectl_refs.core.model.references import Reference

MESH_KINDS = (SERVICE, SERVICE_IMPORT, SERVICE_ENTRY)


class RouteBinding(StrEnum):
    """What a route's parents are: it decides whether its backendRefs need a grant (docs/rules.md 3.2)."""

    GATEWAY = "gateway"
    MESH = "mesh"
    BOTH = "both"

    @classmethod
    def of(cls, parents: Sequence[Reference]) -> RouteBinding:
        """A route without parents counts as a Gateway's: the stricter rule."""
        mesh = [parent.to.group_kind in MESH_KINDS for parent in parents]
        if not any(mesh):
            return cls.GATEWAY
        return cls.MESH if all(mesh) else cls.BOTH


def is_mesh(reference: Reference) -> bool:
    """Whether a parentRef binds the route to a Service or its like, so that a mesh and no Gateway acts on
    it (docs/rules.md 3.2)."""
    return reference.to.group_kind in MESH_KINDS
