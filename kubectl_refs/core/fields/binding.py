"""What a route is bound to: Gateways, or Services of a mesh (docs/rules.md 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from kubectl_refs.core.fields.controllers import Controller, controller_of
from kubectl_refs.core.model.kinds import MESH_SERVICE, SERVICE, SERVICE_ENTRY, SERVICE_IMPORT, SERVICE_OF_CORE
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import at, entries, mapping, text

MESH_KINDS = (SERVICE, SERVICE_IMPORT, SERVICE_ENTRY, MESH_SERVICE)
_OF_A_MESH = frozenset({*MESH_KINDS, SERVICE_OF_CORE})
_MEANT = {GroupKind(GATEWAY_GROUP, each.kind): each for each in MESH_KINDS}
"""What a parentRef means that names such a kind without its group: Gateway API, whose group is then filled in, has no
kinds of these names."""


class RouteBinding(StrEnum):
    """The kinds of a route's parents, which decide whether its backendRefs need a grant (docs/rules.md 3.2)."""

    GATEWAY = "gateway"
    MESH = "mesh"
    BOTH = "both"
    MESH_WITH_GRANTS = "mesh with grants"
    """No parent is a Gateway, and a mesh that asks for grants wrote the route's status or owns a parent's kind."""

    @classmethod
    def of(cls, route: JSON, parents: Sequence[Reference]) -> RouteBinding:
        """The binding of a route with these parents. Without parents it counts as a Gateway's: the stricter rule. A
        parent without its group counts as what it is meant to be: the route works only once that is mended."""
        kinds = [_MEANT.get(parent.to.group_kind, parent.to.group_kind) for parent in parents]
        mesh = [kind in _OF_A_MESH for kind in kinds]
        if True not in mesh:
            return cls.GATEWAY
        asks = mesh_that_asks(route) is not None or MESH_SERVICE in kinds
        if all(mesh):
            return cls.MESH_WITH_GRANTS if asks else cls.MESH
        # If the mesh asks for grants too, they are needed for every parent.
        return cls.GATEWAY if asks else cls.BOTH


def is_mesh(reference: Reference) -> bool:
    """Whether a parentRef binds the route to a Service or a similar kind, so that a mesh acts on it rather than a
    Gateway (docs/rules.md 3.2)."""
    return reference.to.group_kind in _OF_A_MESH


def is_of_a_mesh_that_asks(reference: Reference) -> bool:
    """Whether a parentRef names a kind that only a mesh that asks for grants has."""
    return reference.to.group_kind == MESH_SERVICE


def mesh_that_asks(route: JSON) -> Controller | None:
    """The mesh that asks for grants and, according to a route's status, has written about a Service parent of it;
    None if there is none."""
    for entry in map(mapping, entries(at(route, "status", "parents"))):
        parent = mapping(entry.get("parentRef"))
        controller = controller_of(text(entry.get("controllerName")))
        kind = GroupKind(text(parent.get("group")) or "", text(parent.get("kind")) or "")
        if controller is not None and controller.asks_in_meshes and kind in MESH_KINDS:
            return controller
    return None
