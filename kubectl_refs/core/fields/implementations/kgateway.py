"""The reference fields of kgateway's and agentgateway's own kinds, and of those of Gloo Gateway, which preceded them
(docs/rules.md 8.4).

Left out: selectors, which stay in the policy's own namespace; `secretSelector` of kgateway's apiKeyAuth, whose Secrets
in other namespaces need a grant without a name; the CA certificates of a ListenerPolicy, because it was not read whose
grant they need; and what Gloo's own kinds name besides their targets, since Gloo asks for no grant there.
"""

from __future__ import annotations

from itertools import product

from kubectl_refs.core.fields.implementations.implementation import Implementation
from kubectl_refs.core.model.kinds import AGENTGATEWAY_BACKEND, CONFIG_MAP, GATEWAY, KGATEWAY_BACKEND, SECRET
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Role, Shown

_MODES = "devel/reference_grant/reference-grant-mode.md at be66da75 (after 2.3)"
_KGATEWAY = Implementation(
    "kgateway", f"kgateway-dev/kgateway, api/v1alpha1/kgateway of 2026, and {_MODES}", Shown.ANCESTOR
)
_AGENTGATEWAY = Implementation(
    "agentgateway",
    "agentgateway/agentgateway at 75b4e6c (after 1.4.1), the CRDs and controller/api/settings",
    Shown.ANCESTOR,
)
_GLOO = Implementation("Gloo Gateway", "solo-io/gloo at 8d57572e55, the CRDs and projects/gateway2")

_GROUP = "gateway.kgateway.dev"
TRAFFIC_POLICY = GroupKind(_GROUP, "TrafficPolicy")
GATEWAY_EXTENSION = GroupKind(_GROUP, "GatewayExtension")
LISTENER_POLICIES = (GroupKind(_GROUP, "ListenerPolicy"), GroupKind(_GROUP, "HTTPListenerPolicy"))
BACKEND_CONFIG_POLICY = GroupKind(_GROUP, "BackendConfigPolicy")
AGENTGATEWAY_POLICY = GroupKind("agentgateway.dev", "AgentgatewayPolicy")
AGENTGATEWAY_MODEL = GroupKind("agentgateway.dev", "AgentgatewayModel")
_AGENTGATEWAY_KINDS = (AGENTGATEWAY_POLICY, AGENTGATEWAY_BACKEND, AGENTGATEWAY_MODEL)

KGATEWAY_FIELDS = (
    *_KGATEWAY.by_grant(
        (TRAFFIC_POLICY,),
        *(f"spec.{auth}.secretRef" for auth in ("basicAuth", "apiKeyAuth")),
        *(
            f"spec.headerModifiers.{message}.{change}[*].secretRef"
            for message, change in product(("request", "response"), ("set", "add"))
        ),
        role=Role.OTHER,
        default=SECRET,
    ),
    *_KGATEWAY.by_grant(
        (TRAFFIC_POLICY,),
        "spec.**.extensionRef",
        role=Role.EXTENSION,
        default=GATEWAY_EXTENSION,
        strict_mode="KGW_REFERENCE_GRANT_MODE=STRICT",
        read_in=f"kgateway-dev/kgateway, {_MODES}",
    ),
    *_KGATEWAY.by_grant(
        (GATEWAY_EXTENSION,), "spec.**.backendRef", "spec.oauth2.jwt.jwksBackendRef", shown=Shown.OBJECT
    ),
    *_KGATEWAY.local((GATEWAY_EXTENSION,), "spec.oauth2.credentials.clientSecretRef", shown=Shown.OBJECT),
    *_KGATEWAY.local(
        (GATEWAY_EXTENSION,), "spec.jwt.providers[*].jwks.local.configMapRef", default=CONFIG_MAP, shown=Shown.OBJECT
    ),
    *_KGATEWAY.by_grant(LISTENER_POLICIES, "spec.**.backendRef"),
    *_KGATEWAY.local((BACKEND_CONFIG_POLICY,), "spec.tls.secretRef"),
    *_KGATEWAY.local((KGATEWAY_BACKEND,), "spec.aws.auth.secretRef", shown=Shown.OBJECT),
    *_KGATEWAY.targets((TRAFFIC_POLICY, *LISTENER_POLICIES, BACKEND_CONFIG_POLICY)),
)

AGENTGATEWAY_FIELDS = (
    *_AGENTGATEWAY.by_grant(
        _AGENTGATEWAY_KINDS,
        "spec.**.backendRef",
        strict_mode="BackendRefGrantMode route-and-policy",
    ),
    *_AGENTGATEWAY.local(
        _AGENTGATEWAY_KINDS,
        *(
            f"spec.**.{secret}"
            for secret in ("secretRef", "clientSecretRef", "signingKeyRef", "certificateRef", "mtlsCertificateRef[*]")
        ),
    ),
    *_AGENTGATEWAY.local(_AGENTGATEWAY_KINDS, "spec.**.caCertificateRefs[*]", default=CONFIG_MAP),
    *_AGENTGATEWAY.local((AGENTGATEWAY_MODEL,), "spec.virtualModel.**.modelRef", default=AGENTGATEWAY_MODEL),
    *_AGENTGATEWAY.anywhere(
        (AGENTGATEWAY_MODEL,),
        "spec.parentRefs[*]",
        default=GATEWAY,
        note="agentgateway attaches it as a route, by the Gateway's allowedRoutes, and to HTTPRoutes of its own namespace only",
    ),
    *_AGENTGATEWAY.targets((AGENTGATEWAY_POLICY,)),
)

GLOO_FIELDS = (
    *_GLOO.anywhere(
        tuple(
            GroupKind("gateway.solo.io", kind)
            for kind in ("RouteOption", "VirtualHostOption", "ListenerOption", "HttpListenerOption")
        ),
        "spec.targetRefs[*]",
        role=Role.POLICY_TARGET,
        default=None,
    ),
)
