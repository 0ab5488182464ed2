"""Targets that some implementation takes but that are no objects: no server has them, so nothing can be looked up."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.model.judgements import Check, Layer, Outcome
from kubectl_refs.core.model.kinds import DELEGATION_LABELS, HTTP_ROUTE, TARGET_GROUP_NAME, TRAEFIK_SERVICE
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.view import View


@dataclass(frozen=True, slots=True)
class PseudoObject:
    """A kind, or names of a kind with `mark` in them, by which an implementation means something other than an object.

    `beside` is a kind of the implementation that is served where it is installed. `meaning` is the clause that says what is
    meant. `read_in` is the source and version.
    """

    kind: GroupKind
    beside: GroupKind
    meaning: str
    read_in: str
    mark: str = ""


_DELEGATION = (
    "kgateway-dev/kgateway at 06ff8b9d6c (2.0.0-beta1) and solo-io/gloo at 8d57572e55, fetchChildRoutes in query/httproute.go; "
    "agentgateway/agentgateway at 75b4e6c (after 1.4.1), routeMatchesRouteGroup in translator/route_collections.go"
)

PSEUDO_OBJECTS: Sequence[PseudoObject] = (
    PseudoObject(
        TRAEFIK_SERVICE,
        TRAEFIK_SERVICE,
        "a name with @ is a service that Traefik gets from another provider, such as api@internal, and not an object; with "
        "crossProviderNamespaces, Traefik takes it only from the namespaces listed there",
        "traefik/traefik at fd5a576df2 (3.7.9), loadHTTPBackendRef in pkg/provider/kubernetes/gateway/httproute.go",
        mark="@",
    ),
    PseudoObject(
        HTTP_ROUTE,
        HTTP_ROUTE,
        "it stands for every HTTPRoute of the namespace, as delegating routes name them",
        _DELEGATION,
        mark="*",
    ),
    PseudoObject(
        HTTP_ROUTE,
        HTTP_ROUTE,
        "it stands for the HTTPRoutes of the namespace with that label, as agentgateway reads it",
        _DELEGATION,
        mark="=",
    ),
    *(
        PseudoObject(
            kind, HTTP_ROUTE, "it stands for the HTTPRoutes with that label, and is not an object", _DELEGATION
        )
        for kind in DELEGATION_LABELS
    ),
    PseudoObject(
        TARGET_GROUP_NAME,
        GroupKind("gateway.k8s.aws", "TargetGroupConfiguration"),
        "it is the name of a target group of AWS, not an object",
        "kubernetes-sigs/aws-load-balancer-controller at 225f44568 (v3), commonBackendLoader in pkg/gateway/routeutils/backend.go",
    ),
    PseudoObject(
        GroupKind("gate.v3.haproxy.org", "MergeType"),
        GroupKind("gate.v3.haproxy.org", "Backend"),
        "it says how HAProxy Unified Gateway merges the Backends behind it, and is not an object",
        "haproxytech/haproxy-unified-gateway at bfa929af, documentation/CustomResources/backend.md",
    ),
)


_BY_KIND = {row.kind: [each for each in PSEUDO_OBJECTS if each.kind == row.kind] for row in PSEUDO_OBJECTS}


def pseudo_object_check(view: View, reference: Reference) -> Check | None:
    """The note on a target that is no object where its implementation is installed; None for every other target."""
    to = reference.to
    for row in _BY_KIND.get(to.group_kind, ()):
        if row.mark in to.name:
            if view.catalog.live and view.catalog.served(row.beside) is None:
                return None
            return Check(Layer.TARGET, Outcome.NOTE, f"{to.group_kind} {to.name}: {row.meaning}")
    return None
