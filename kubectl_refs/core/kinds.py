"""The table of reference fields: which kind refers to what, where, and what decides (spec.md section 2).

A new reference field is a new row. Nothing else in the project knows a field of a kind by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kubectl_refs.core.catalog import CORE_KINDS, REFERENCE_GRANT, Catalog, ServedKind
from kubectl_refs.core.model import GATEWAY_GROUP, GroupKind, Mechanism

SERVICE = GroupKind("", "Service")
NAMESPACE = GroupKind("", "Namespace")
SECRET = GroupKind("", "Secret")
CONFIG_MAP = GroupKind("", "ConfigMap")
CLUSTER_TRUST_BUNDLE = GroupKind("certificates.k8s.io", "ClusterTrustBundle")
SERVICE_IMPORT = GroupKind("multicluster.x-k8s.io", "ServiceImport")
GATEWAY_CLASS = GroupKind(GATEWAY_GROUP, "GatewayClass")
BACKEND_TLS_POLICY = GroupKind(GATEWAY_GROUP, "BackendTLSPolicy")
X_GROUP = "gateway.networking.x-k8s.io"
"""The group of Gateway API's experimental kinds."""
X_LISTENER_SET = GroupKind(X_GROUP, "XListenerSet")
X_BACKEND = GroupKind(X_GROUP, "XBackend")
X_MESH = GroupKind(X_GROUP, "XMesh")
X_BACKEND_TRAFFIC_POLICY = GroupKind(X_GROUP, "XBackendTrafficPolicy")
X_TELEMETRY_POLICY = GroupKind(X_GROUP, "XTelemetryPolicy")
GATEWAY = GroupKind(GATEWAY_GROUP, "Gateway")
LISTENER_SET = GroupKind(GATEWAY_GROUP, "ListenerSet")
HTTP_ROUTE = GroupKind(GATEWAY_GROUP, "HTTPRoute")
GRPC_ROUTE = GroupKind(GATEWAY_GROUP, "GRPCRoute")
TLS_ROUTE = GroupKind(GATEWAY_GROUP, "TLSRoute")
TCP_ROUTE = GroupKind(GATEWAY_GROUP, "TCPRoute")
UDP_ROUTE = GroupKind(GATEWAY_GROUP, "UDPRoute")
ROUTES = (HTTP_ROUTE, GRPC_ROUTE, TLS_ROUTE, TCP_ROUTE, UDP_ROUTE)


class Role(StrEnum):
    """What a reference is for; it decides which targets make sense and what a failure does to traffic."""

    PARENT = "parent"
    BACKEND = "backend"
    MIRROR = "mirror"
    AUTH = "auth"
    EXTENSION = "extension"


@dataclass(frozen=True, slots=True)
class ReferenceField:
    """One row: in `referrers`, the objects at `path` are references.

    `path` is a JSONPath of field names, `[*]` standing for every entry of a list. `default` is the group and kind
    that the API server fills in, None where both must be written. What `governed_by` says holds for a crossing into
    another namespace.
    """

    referrers: tuple[GroupKind, ...]
    path: str
    governed_by: Mechanism
    role: Role
    default: GroupKind | None = SERVICE


_GRANT, _LOCAL = Mechanism.REFERENCE_GRANT, Mechanism.LOCAL
_HTTP, _HTTP_GRPC = (HTTP_ROUTE,), (HTTP_ROUTE, GRPC_ROUTE)

REFERENCE_FIELDS = (
    ReferenceField(ROUTES, "spec.parentRefs[*]", Mechanism.ALLOWED_ROUTES, Role.PARENT, GATEWAY),
    ReferenceField(ROUTES, "spec.rules[*].backendRefs[*]", _GRANT, Role.BACKEND),
    ReferenceField(_HTTP_GRPC, "spec.rules[*].filters[*].requestMirror.backendRef", _GRANT, Role.MIRROR),
    ReferenceField(_HTTP_GRPC, "spec.rules[*].backendRefs[*].filters[*].requestMirror.backendRef", _GRANT, Role.MIRROR),
    ReferenceField(_HTTP, "spec.rules[*].filters[*].externalAuth.backendRef", _GRANT, Role.AUTH),
    ReferenceField(_HTTP, "spec.rules[*].backendRefs[*].filters[*].externalAuth.backendRef", _GRANT, Role.AUTH),
    ReferenceField(_HTTP_GRPC, "spec.rules[*].filters[*].extensionRef", _LOCAL, Role.EXTENSION, None),
    ReferenceField(_HTTP_GRPC, "spec.rules[*].backendRefs[*].filters[*].extensionRef", _LOCAL, Role.EXTENSION, None),
)


def fields_of(referrer: GroupKind) -> tuple[ReferenceField, ...]:
    """The rows of one kind; empty for a kind that holds no reference the table knows."""
    return tuple(row for row in REFERENCE_FIELDS if referrer in row.referrers)


GATEWAY_API_KINDS = tuple(
    ServedKind(group_kind.group, group_kind.kind, plural, versions, namespaced, group_kind.kind.lower(), short)
    for group_kind, plural, versions, namespaced, short in (
        (GATEWAY_CLASS, "gatewayclasses", ("v1", "v1beta1"), False, ("gc",)),
        (GATEWAY, "gateways", ("v1", "v1beta1"), True, ("gtw",)),
        (LISTENER_SET, "listenersets", ("v1",), True, ("lset",)),
        (HTTP_ROUTE, "httproutes", ("v1", "v1beta1"), True, ()),
        (GRPC_ROUTE, "grpcroutes", ("v1",), True, ()),
        (TLS_ROUTE, "tlsroutes", ("v1", "v1alpha3", "v1alpha2"), True, ()),
        (TCP_ROUTE, "tcproutes", ("v1", "v1alpha2"), True, ()),
        (UDP_ROUTE, "udproutes", ("v1", "v1alpha2"), True, ()),
        (REFERENCE_GRANT, "referencegrants", ("v1beta1",), True, ("refgrant",)),
        (BACKEND_TLS_POLICY, "backendtlspolicies", ("v1",), True, ("btlspolicy",)),
        (SERVICE_IMPORT, "serviceimports", ("v1alpha1",), True, ("svcim",)),
    )
)
"""Kinds that manifests may speak of without their CRDs at hand. ReferenceGrant stands here with v1beta1 alone, the
one version that every release since 0.6 serves, because a suggested grant is written in it (spec.md 1.1)."""


def offline_catalog() -> Catalog:
    """The kinds taken as served where there is no server to ask."""
    return Catalog((*CORE_KINDS, *GATEWAY_API_KINDS), live=False)
