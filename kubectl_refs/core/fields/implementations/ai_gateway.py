"""The reference fields of Envoy AI Gateway's own kinds (docs/rules.md 8.4).

Left out: the environment that a GatewayConfig gives its containers, which has nothing to do with grants, and the
annotation that names a GatewayConfig in a Gateway's own namespace.
"""

from __future__ import annotations

from itertools import product

from kubectl_refs.core.fields.implementations.envoy_gateway import BACKENDS, SECURITY_POLICY, VALUES
from kubectl_refs.core.fields.implementations.implementation import Implementation
from kubectl_refs.core.model.kinds import GATEWAY, HTTP_ROUTE, SERVICE
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Role

_AI = Implementation(
    "Envoy AI Gateway", "envoyproxy/ai-gateway at c217da8a5 (after 1.1.0), the CRDs and internal/controller"
)

_GROUP = "aigateway.envoyproxy.io"
AI_GATEWAY_ROUTE = GroupKind(_GROUP, "AIGatewayRoute")
AI_SERVICE_BACKEND = GroupKind(_GROUP, "AIServiceBackend")
BACKEND_SECURITY_POLICY = GroupKind(_GROUP, "BackendSecurityPolicy")
MCP_ROUTE = GroupKind(_GROUP, "MCPRoute")
QUOTA_POLICY = GroupKind(_GROUP, "QuotaPolicy")

_ATTACHES = (
    "the HTTPRoute that Envoy AI Gateway makes of it attaches as every HTTPRoute does, by the Gateway's allowedRoutes"
)
_COPIED = (
    "Envoy AI Gateway copies it into a SecurityPolicy of the same namespace, which needs a ReferenceGrant from "
    "SecurityPolicy of group gateway.envoyproxy.io"
)
_ON_NAMES = "in the version read, Envoy AI Gateway ignores the name in a grant's to: there a grant that names one object permits all of the kind"
_EXCHANGES = tuple(
    f"spec.{provider}oidcExchangeToken.oidc"
    for provider in ("awsCredentials.", "azureCredentials.", "gcpCredentials.workloadIdentityFederationConfig.")
)

AI_GATEWAY_FIELDS = (
    *_AI.by_grant(
        (AI_GATEWAY_ROUTE,),
        "spec.rules[*].backendRefs[*]",
        default=AI_SERVICE_BACKEND,
        copied_into=HTTP_ROUTE,
        copied_from="spec.backendRef",
        note="Envoy AI Gateway makes an HTTPRoute of it, which refers to the backend of the AIServiceBackend, or to the "
        f"InferencePool, and needs a ReferenceGrant from HTTPRoute besides; {_ON_NAMES}",
        on_names=_ON_NAMES,
    ),
    *_AI.anywhere(
        (AI_SERVICE_BACKEND,),
        "spec.backendRef",
        role=Role.BACKEND,
        default=SERVICE,
        note="Envoy AI Gateway writes it into the HTTPRoutes that it makes of AIGatewayRoutes: each of another namespace "
        "than the backend needs a ReferenceGrant from HTTPRoute",
    ),
    *_AI.anywhere((AI_GATEWAY_ROUTE, MCP_ROUTE), "spec.parentRefs[*]", default=GATEWAY, note=_ATTACHES),
    *_AI.local(
        (BACKEND_SECURITY_POLICY,),
        *(
            f"spec.{key}.secretRef"
            for key in ("apiKey", "anthropicAPIKey", "azureAPIKey", "awsCredentials.credentialsFile")
        ),
        ignores_namespace=True,
    ),
    *_AI.anywhere(
        (BACKEND_SECURITY_POLICY,),
        "spec.azureCredentials.clientSecretRef",
        "spec.gcpCredentials.credentialsFile.secretRef",
        *(f"{exchange}.{secret}" for exchange, secret in product(_EXCHANGES, ("clientSecret", "clientIDRef"))),
    ),
    *_AI.anywhere(
        (BACKEND_SECURITY_POLICY,),
        *(f"{exchange}.provider.{backend}" for exchange, backend in product(_EXCHANGES, BACKENDS)),
        role=Role.BACKEND,
        default=SERVICE,
    ),
    *_AI.targets((BACKEND_SECURITY_POLICY, QUOTA_POLICY)),
    *_AI.local((MCP_ROUTE,), "spec.backendRefs[*]", role=Role.BACKEND, default=SERVICE, own_namespace=True),
    *_AI.local((MCP_ROUTE,), "spec.backendRefs[*].securityPolicy.apiKey.secretRef", ignores_namespace=True),
    *_AI.anywhere(
        (MCP_ROUTE,), "spec.securityPolicy.apiKeyAuth.credentialRefs[*]", note=_COPIED, copied_into=SECURITY_POLICY
    ),
    *_AI.anywhere(
        (MCP_ROUTE,),
        *(
            f"spec.securityPolicy.{service}.{backend}"
            for service, backend in product(("extAuth.grpc", "extAuth.http", "oauth.jwks.remoteJWKS"), BACKENDS)
        ),
        role=Role.BACKEND,
        default=SERVICE,
        note=_COPIED,
        copied_into=SECURITY_POLICY,
    ),
    *_AI.local(
        (MCP_ROUTE,),
        "spec.securityPolicy.extAuth.contextExtensions[*].valueRef",
        "spec.securityPolicy.oauth.jwks.localJWKS.valueRef",
        default=None,
        by_kind=VALUES,
    ),
)
