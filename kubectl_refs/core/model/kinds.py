"""The kinds that the rules name."""

from __future__ import annotations

from functools import lru_cache

from kubectl_refs.core.model.objects import GATEWAY_GROUP, GroupKind, ObjectKey

SERVICE = GroupKind("", "Service")
NAMESPACE = GroupKind("", "Namespace")
DEFINITION = GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")
ENDPOINT_SLICE = GroupKind("discovery.k8s.io", "EndpointSlice")
SECRET = GroupKind("", "Secret")
CONFIG_MAP = GroupKind("", "ConfigMap")
CLUSTER_TRUST_BUNDLE = GroupKind("certificates.k8s.io", "ClusterTrustBundle")
SERVICE_IMPORT = GroupKind("multicluster.x-k8s.io", "ServiceImport")
SERVICE_ENTRY = GroupKind("networking.istio.io", "ServiceEntry")
"""Istio's kind for services that the cluster does not know; a parentRef can name one as it names a Service, and kgateway takes
one as a backend (kgateway-dev/kgateway at 0412311c, pkg/kgateway/extensions2/plugins/serviceentry)."""
ISTIO_GATEWAY = GroupKind("networking.istio.io", "Gateway")
"""Istio's own Gateway, which VirtualServices name: no route of the Gateway API attaches to it."""
SERVICE_OF_CORE = GroupKind("core", "Service")
"""How Linkerd's documentation writes a Service as a parent (linkerd/linkerd2 at b24cd4059, is_service in
policy-controller/k8s/index/src/outbound/index.rs); the specification writes "" for the core group."""
MESH_SERVICE = GroupKind("kuma.io", "MeshService")
"""Kuma's kind for its services; its routes take one as a parent or backend, like a Service (kumahq/kuma,
backendObjectReferenceInfo in pkg/plugins/runtime/k8s/controllers/gatewayapi/http_route_controller.go)."""
INFERENCE_POOL = GroupKind("inference.networking.k8s.io", "InferencePool")
X_INFERENCE_POOL = GroupKind("inference.networking.x-k8s.io", "InferencePool")
EG_BACKEND = GroupKind("gateway.envoyproxy.io", "Backend")
KGATEWAY_BACKEND = GroupKind("gateway.kgateway.dev", "Backend")
AGENTGATEWAY_BACKEND = GroupKind("agentgateway.dev", "AgentgatewayBackend")
TRAEFIK_SERVICE = GroupKind("traefik.io", "TraefikService")
TARGET_GROUP_NAME = GroupKind("", "TargetGroupName")
"""Not a kind: the AWS Load Balancer Controller takes the name of one of AWS's target groups as a backend."""
KUBERNETES_GROUPS = frozenset(
    {
        *("apps", "autoscaling", "batch", "extensions", "policy"),
        *("admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "authentication.k8s.io"),
        *("authorization.k8s.io", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io"),
        *("flowcontrol.apiserver.k8s.io", "internal.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io"),
        *("rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io"),
        "storagemigration.k8s.io",
    }
)
"""The groups of Kubernetes itself besides the core group: nobody else defines kinds in them."""
WITH_PORTS = (SERVICE, SERVICE_IMPORT, SERVICE_ENTRY, MESH_SERVICE)
"""Kinds whose ports, listed at `spec.ports`, a reference names."""
REFERENCE_GRANT = GroupKind(GATEWAY_GROUP, "ReferenceGrant")
REFERENCE_POLICY = GroupKind(GATEWAY_GROUP, "ReferencePolicy")
"""The name of ReferenceGrant before Gateway API 0.5."""
GATEWAY_CLASS = GroupKind(GATEWAY_GROUP, "GatewayClass")
BACKEND_TLS_POLICY = GroupKind(GATEWAY_GROUP, "BackendTLSPolicy")
X_GROUP = "gateway.networking.x-k8s.io"
"""The group of Gateway API's experimental kinds."""
GATEWAY_API_GROUPS = frozenset({GATEWAY_GROUP, X_GROUP})
X_LISTENER_SET = GroupKind(X_GROUP, "XListenerSet")
X_BACKEND = GroupKind(X_GROUP, "XBackend")
X_MESH = GroupKind(X_GROUP, "XMesh")
X_BACKEND_TRAFFIC_POLICY = GroupKind(X_GROUP, "XBackendTrafficPolicy")
X_TELEMETRY_POLICY = GroupKind(X_GROUP, "XTelemetryPolicy")
BUNDLE = GroupKind("trust.cert-manager.io", "Bundle")
"""trust-manager's kind for CA certificates, which it writes into ConfigMaps or Secrets of many namespaces."""
CLUSTER_SCOPED = frozenset({NAMESPACE, GATEWAY_CLASS, X_MESH, CLUSTER_TRUST_BUNDLE, BUNDLE})
"""Kinds whose objects are in no namespace, so that no reference to them crosses namespaces."""
GATEWAY = GroupKind(GATEWAY_GROUP, "Gateway")
LISTENER_SET = GroupKind(GATEWAY_GROUP, "ListenerSet")
LISTENER_SETS = (LISTENER_SET, X_LISTENER_SET)
HTTP_ROUTE = GroupKind(GATEWAY_GROUP, "HTTPRoute")
GRPC_ROUTE = GroupKind(GATEWAY_GROUP, "GRPCRoute")
TLS_ROUTE = GroupKind(GATEWAY_GROUP, "TLSRoute")
TCP_ROUTE = GroupKind(GATEWAY_GROUP, "TCPRoute")
UDP_ROUTE = GroupKind(GATEWAY_GROUP, "UDPRoute")
ROUTES = (HTTP_ROUTE, GRPC_ROUTE, TLS_ROUTE, TCP_ROUTE, UDP_ROUTE)
DELEGATION_LABELS = (
    GroupKind("delegation.gateway.solo.io", "label"),
    GroupKind("delegation.kgateway.dev", "label"),
)
"""Not kinds: a backendRef that names one of them means the HTTPRoutes with that label (solo-io/gloo at 8d57572e55,
wellknown/delegation.go; the documentation of kgateway on route delegation)."""


@lru_cache(2**12)
def namespace_key(name: str) -> ObjectKey:
    """The key of a Namespace. The same few are looked for again and again."""
    return ObjectKey(*NAMESPACE, "", name)


def home_of(key: ObjectKey) -> str:
    """The namespace that an object counts to; a Namespace counts to itself."""
    return key.name if key.group_kind == NAMESPACE else key.namespace
