"""The reference fields of meshes' own kinds: Istio's policies that target Gateways and Services, and Linkerd's policies
and routes (docs/rules.md 8.4).

Left out: identities of a MeshTLSAuthentication, which may name a whole namespace.
"""

from __future__ import annotations

from kubectl_refs.core.fields.implementations.implementation import Implementation
from kubectl_refs.core.model.kinds import NAMESPACE, SERVICE
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Role, Shown

_ISTIO = Implementation(
    "Istio", "istio/istio at 86c9f01f (1.31.0-rc.0), the CRDs and pkg/config/validation/validation.go"
)
_LINKERD = Implementation("Linkerd", "linkerd/linkerd2 at b24cd4059 (after 2.20), the CRDs and policy-controller")

ISTIO_FIELDS = _ISTIO.targets(
    (
        GroupKind("security.istio.io", "AuthorizationPolicy"),
        GroupKind("security.istio.io", "RequestAuthentication"),
        GroupKind("telemetry.istio.io", "Telemetry"),
        GroupKind("extensions.istio.io", "WasmPlugin"),
        GroupKind("extensions.istio.io", "TrafficExtension"),
        GroupKind("networking.istio.io", "EnvoyFilter"),
    ),
    "spec.targetRef",
    "spec.targetRefs[*]",
    shown=Shown.NOWHERE,
    own_namespace=True,
)

_POLICY = "policy.linkerd.io"
LINKERD_HTTP_ROUTE = GroupKind(_POLICY, "HTTPRoute")
AUTHORIZATION_POLICY = GroupKind(_POLICY, "AuthorizationPolicy")
RATE_LIMIT_POLICY = GroupKind(_POLICY, "HTTPLocalRateLimitPolicy")
SERVICE_ACCOUNT = GroupKind("", "ServiceAccount")

LINKERD_FIELDS = (
    # The CRD's default for a parent is a Gateway of Linkerd's own group, a kind that does not exist.
    # Linkerd's documentation writes "core" for the core group.
    *_LINKERD.anywhere(
        (LINKERD_HTTP_ROUTE,), "spec.parentRefs[*]", default=GroupKind(_POLICY, "Gateway"), takes_core=True
    ),
    *_LINKERD.anywhere(
        (LINKERD_HTTP_ROUTE,), "spec.rules[*].backendRefs[*]", role=Role.BACKEND, default=SERVICE, takes_core=True
    ),
    # For a kind of the core group, the group may be left out here.
    *_LINKERD.local(
        (AUTHORIZATION_POLICY, RATE_LIMIT_POLICY), "spec.targetRef", role=Role.POLICY_TARGET, default=NAMESPACE
    ),
    *_LINKERD.anywhere((AUTHORIZATION_POLICY,), "spec.requiredAuthenticationRefs[*]", default=SERVICE_ACCOUNT),
    *_LINKERD.anywhere((RATE_LIMIT_POLICY,), "spec.overrides[*].clientRefs[*]", default=SERVICE_ACCOUNT),
)
