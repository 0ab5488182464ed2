"""The reference fields of implementations' own kinds, as far as their sources were read (docs/rules.md 8.1).

Left out: selectors that stay in their own namespace (kgateway's `targetSelectors`), what stands in an annotation
(Kong's `konghq.com/plugins`), what has no kind (`endpoints` of GlobalAccelerator), and what a grant speaks of by
another kind than the object that holds it (templates of claims in Pods).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from kubectl_refs.core.model.kinds import CLUSTER_TRUST_BUNDLE, CONFIG_MAP, SECRET, SERVICE
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Mechanism, Role, Shown
from kubectl_refs.core.model.reference_fields import ReferenceField as Field

_GRANT, _LOCAL, _FREE = Mechanism.REFERENCE_GRANT, Mechanism.LOCAL, Mechanism.UNGOVERNED
_ANCESTOR, _OBJECT, _NOWHERE = Shown.ANCESTOR, Shown.OBJECT, Shown.NOWHERE

PERSISTENT_VOLUME_CLAIM = GroupKind("", "PersistentVolumeClaim")
_EG = "gateway.envoyproxy.io"
SECURITY_POLICY = GroupKind(_EG, "SecurityPolicy")
CLIENT_TRAFFIC_POLICY = GroupKind(_EG, "ClientTrafficPolicy")
BACKEND_TRAFFIC_POLICY = GroupKind(_EG, "BackendTrafficPolicy")
ENVOY_EXTENSION_POLICY = GroupKind(_EG, "EnvoyExtensionPolicy")
HTTP_ROUTE_FILTER = GroupKind(_EG, "HTTPRouteFilter")
ENVOY_PATCH_POLICY = GroupKind(_EG, "EnvoyPatchPolicy")
EG_BACKEND = GroupKind(_EG, "Backend")
ENVOY_PROXY = GroupKind(_EG, "EnvoyProxy")
AI_GATEWAY_ROUTE = GroupKind("aigateway.envoyproxy.io", "AIGatewayRoute")
AI_SERVICE_BACKEND = GroupKind("aigateway.envoyproxy.io", "AIServiceBackend")
WAF_POLICY = GroupKind("gateway.nginx.org", "WAFPolicy")
PAYLOAD_PROCESSOR = GroupKind("gateway.nginx.org", "PayloadProcessor")
AP_POLICY = GroupKind("appprotect.f5.com", "APPolicy")
AP_LOG_CONF = GroupKind("appprotect.f5.com", "APLogConf")
TRAFFIC_POLICY = GroupKind("gateway.kgateway.dev", "TrafficPolicy")
GATEWAY_EXTENSION = GroupKind("gateway.kgateway.dev", "GatewayExtension")
AGENTGATEWAY_POLICY = GroupKind("agentgateway.dev", "AgentgatewayPolicy")
AGENTGATEWAY_BACKEND = GroupKind("agentgateway.dev", "AgentgatewayBackend")
KONG_PLUGIN_INSTALLATION = GroupKind("gateway-operator.konghq.com", "KongPluginInstallation")
INFERENCE_POOL = GroupKind("inference.networking.k8s.io", "InferencePool")

ENVOY_POLICIES = (SECURITY_POLICY, CLIENT_TRAFFIC_POLICY, BACKEND_TRAFFIC_POLICY, ENVOY_EXTENSION_POLICY)
"""Kinds whose `targetSelectors` reach Gateways and routes in other namespaces by a grant, too (docs/rules.md 8.3)."""

_STORAGE = "Kubernetes storage"
_ENVOY = "Envoy Gateway"
_AI = "Envoy AI Gateway"
_NGINX = "NGINX Gateway Fabric"
_KGATEWAY = "kgateway"
_AGENTGATEWAY = "agentgateway"
_INFERENCE = "Gateway API Inference Extension"

_KUADRANT = "Kuadrant"
_ENVOY_CRDS = "envoyproxy/gateway at d32f282942 (1.9.0), the CRDs"
_NGINX_CRDS = "nginx/nginx-gateway-fabric at e55bfe339, the CRDs"
_KUADRANT_CRDS = "Kuadrant/kuadrant-operator at ae698811, the CRDs"

_BACKENDS = ("backendRef", "backendRefs[*]")
_VALUES = (CONFIG_MAP, SECRET)
"""Envoy Gateway asks for the kind of these alone; its own documentation writes `group: v1` for them."""

STORAGE_FIELDS = (
    Field(
        (PERSISTENT_VOLUME_CLAIM,),
        "spec.dataSourceRef",
        _GRANT,
        Role.OTHER,
        PERSISTENT_VOLUME_CLAIM,
        _NOWHERE,
        _STORAGE,
        "apiGroup",
        note="a data source in another namespace is alpha: it needs the feature gate CrossNamespaceVolumeDataSource of "
        "the API server, the controller manager and the provisioner, and only the claim's events tell of a failure",
    ),
)

ENVOY_FIELDS = (
    *(
        Field((SECURITY_POLICY,), f"spec.{service}.{backend}", _GRANT, Role.BACKEND, SERVICE, _ANCESTOR, _ENVOY)
        for service, backend in product(
            ("extAuth.grpc", "extAuth.http", "jwt.providers[*].remoteJWKS", "oidc.provider"), _BACKENDS
        )
    ),
    *(
        Field((SECURITY_POLICY,), f"spec.{secret}", _GRANT, Role.OTHER, SECRET, _ANCESTOR, _ENVOY)
        for secret in ("oidc.clientSecret", "oidc.clientIDRef", "apiKeyAuth.credentialRefs[*]", "basicAuth.users")
    ),
    *(
        Field((SECURITY_POLICY,), f"spec.{value}", _LOCAL, Role.OTHER, None, _ANCESTOR, _ENVOY, by_kind=_VALUES)
        for value in ("jwt.providers[*].localJWKS.valueRef", "extAuth.contextExtensions[*].valueRef")
    ),
    Field(
        (CLIENT_TRAFFIC_POLICY,),
        "spec.tls.clientValidation.caCertificateRefs[*]",
        _GRANT,
        Role.CA,
        SECRET,
        _ANCESTOR,
        _ENVOY,
        by_kind=(*_VALUES, CLUSTER_TRUST_BUNDLE),
    ),
    Field(
        (CLIENT_TRAFFIC_POLICY,),
        "spec.tls.clientValidation.crl.refs[*]",
        _GRANT,
        Role.OTHER,
        SECRET,
        _ANCESTOR,
        _ENVOY,
    ),
    *(
        Field((ENVOY_EXTENSION_POLICY,), f"spec.extProc[*].{backend}", _GRANT, Role.BACKEND, SERVICE, _ANCESTOR, _ENVOY)
        for backend in _BACKENDS
    ),
    *(
        Field((ENVOY_EXTENSION_POLICY,), f"spec.wasm[*].code.{secret}", _GRANT, Role.OTHER, SECRET, _ANCESTOR, _ENVOY)
        for secret in ("http.tls.caCertificateRef", "image.pullSecretRef", "image.tls.caCertificateRef")
    ),
    Field(
        (ENVOY_EXTENSION_POLICY,), "spec.lua[*].valueRef", _LOCAL, Role.OTHER, None, _ANCESTOR, _ENVOY, by_kind=_VALUES
    ),
    *(
        Field(ENVOY_POLICIES, f"spec.{target}", _LOCAL, Role.POLICY_TARGET, None, _ANCESTOR, _ENVOY)
        for target in ("targetRef", "targetRefs[*]")
    ),
    Field(
        ENVOY_POLICIES,
        "spec.targetSelectors[*]",
        _GRANT,
        Role.POLICY_TARGET,
        None,
        _ANCESTOR,
        _ENVOY,
        note="Envoy Gateway leaves out a target in another namespace that no grant permits without a condition that says so: "
        "it is served without the policy",
        selects=True,
        since="Envoy Gateway 1.8",
        read_in="envoyproxy/gateway at d32f282942 (1.9.0), resolvePolicyTargetsFromSelectors in internal/gatewayapi/helpers.go",
    ),
    Field(
        (HTTP_ROUTE_FILTER,),
        "spec.credentialInjection.credential.valueRef",
        _GRANT,
        Role.OTHER,
        SECRET,
        _NOWHERE,
        _ENVOY,
    ),
    Field(
        (EG_BACKEND,),
        "spec.tls.clientCertificateRef",
        _LOCAL,
        Role.CLIENT_CERTIFICATE,
        SECRET,
        _OBJECT,
        _ENVOY,
        own_namespace=True,
    ),
    Field(
        (EG_BACKEND,),
        "spec.tls.caCertificateRefs[*]",
        _LOCAL,
        Role.CA,
        None,
        _OBJECT,
        _ENVOY,
        by_kind=(*_VALUES, CLUSTER_TRUST_BUNDLE),
        read_in=_ENVOY_CRDS,
    ),
    *(
        Field((holder,), path, _LOCAL, Role.OTHER, None, shown, _ENVOY, by_kind=_VALUES, read_in=_ENVOY_CRDS)
        for holder, path, shown in (
            (BACKEND_TRAFFIC_POLICY, "spec.responseOverride[*].response.body.valueRef", _ANCESTOR),
            (HTTP_ROUTE_FILTER, "spec.directResponse.body.valueRef", _NOWHERE),
        )
    ),
    Field(
        (ENVOY_PATCH_POLICY,),
        "spec.targetRef",
        _LOCAL,
        Role.POLICY_TARGET,
        None,
        _ANCESTOR,
        _ENVOY,
        read_in=_ENVOY_CRDS,
    ),
    Field(
        (ENVOY_PROXY,),
        "spec.backendTLS.clientCertificateRef",
        _LOCAL,
        Role.CLIENT_CERTIFICATE,
        SECRET,
        _NOWHERE,
        _ENVOY,
        own_namespace=True,
    ),
    *(
        Field((ENVOY_PROXY,), f"spec.telemetry.{sink}.{backend}", _FREE, Role.BACKEND, SERVICE, _NOWHERE, _ENVOY)
        for sink, backend in product(
            (
                "accessLog.settings[*].sinks[*].als",
                "accessLog.settings[*].sinks[*].openTelemetry",
                "metrics.sinks[*].openTelemetry",
                "tracing.provider",
            ),
            _BACKENDS,
        )
    ),
    Field(
        (AI_GATEWAY_ROUTE,),
        "spec.rules[*].backendRefs[*]",
        _GRANT,
        Role.BACKEND,
        AI_SERVICE_BACKEND,
        _NOWHERE,
        _AI,
        note="Envoy AI Gateway, in the version read, ignores the name in a grant's to: one for another name permits it "
        "there too",
    ),
)

_NGINX_POLICIES = tuple(
    GroupKind("gateway.nginx.org", kind)
    for kind in (
        "ExternalLoadBalancer",
        "ObservabilityPolicy",
        "ProxySettingsPolicy",
        "RateLimitPolicy",
        "SnippetsPolicy",
        "UpstreamSettingsPolicy",
        "WAFPolicy",
    )
)
_NGINX_POLICIES_OF_ONE = (GroupKind("gateway.nginx.org", "ClientSettingsPolicy"), PAYLOAD_PROCESSOR)
_KUADRANT_POLICIES = tuple(
    GroupKind(group, kind)
    for group, kinds in (
        ("kuadrant.io", ("AuthPolicy", "DNSPolicy", "RateLimitPolicy", "TLSPolicy", "TokenRateLimitPolicy")),
        ("extensions.kuadrant.io", ("OIDCPolicy", "PlanPolicy", "TelemetryPolicy", "ThreatPolicy")),
    )
    for kind in kinds
)

TARGET_FIELDS = tuple(
    Field(kinds, f"spec.{target}", _LOCAL, Role.POLICY_TARGET, None, _ANCESTOR, implementation, read_in=source)
    for kinds, target, implementation, source in (
        (_NGINX_POLICIES, "targetRefs[*]", _NGINX, _NGINX_CRDS),
        (_NGINX_POLICIES_OF_ONE, "targetRef", _NGINX, _NGINX_CRDS),
        (_KUADRANT_POLICIES, "targetRef", _KUADRANT, _KUADRANT_CRDS),
    )
)
"""What policies target, always in their own namespace."""

OTHER_FIELDS = (
    Field((WAF_POLICY,), "spec.policyRef.apPolicyRef", _GRANT, Role.OTHER, AP_POLICY, _ANCESTOR, _NGINX),
    Field(
        (WAF_POLICY,), "spec.securityLogs[*].logRef.apLogConfRef", _GRANT, Role.OTHER, AP_LOG_CONF, _ANCESTOR, _NGINX
    ),
    Field(
        (PAYLOAD_PROCESSOR,),
        "spec.processors[*].extProcess.backendRef",
        _GRANT,
        Role.BACKEND,
        SERVICE,
        _ANCESTOR,
        _NGINX,
    ),
    *(
        Field((TRAFFIC_POLICY,), f"spec.{auth}.secretRef", _GRANT, Role.OTHER, SECRET, _ANCESTOR, _KGATEWAY)
        for auth in ("basicAuth", "apiKeyAuth")
    ),
    Field(
        (TRAFFIC_POLICY,),
        "spec.**.extensionRef",
        _GRANT,
        Role.EXTENSION,
        GATEWAY_EXTENSION,
        _ANCESTOR,
        _KGATEWAY,
        strict_mode="KGW_REFERENCE_GRANT_MODE=STRICT",
        read_in="kgateway-dev/kgateway, devel/reference_grant/reference-grant-mode.md of pull request 14209",
    ),
    Field((TRAFFIC_POLICY,), "spec.targetRefs[*]", _LOCAL, Role.POLICY_TARGET, None, _ANCESTOR, _KGATEWAY),
    Field((GATEWAY_EXTENSION,), "spec.**.backendRef", _GRANT, Role.BACKEND, SERVICE, _OBJECT, _KGATEWAY),
    Field(
        (AGENTGATEWAY_POLICY, AGENTGATEWAY_BACKEND),
        "spec.**.backendRef",
        _GRANT,
        Role.BACKEND,
        SERVICE,
        _ANCESTOR,
        _AGENTGATEWAY,
        strict_mode="BackendRefGrantMode route-and-policy",
        read_in="agentgateway/agentgateway at 75b4e6c",
    ),
    Field(
        (AGENTGATEWAY_POLICY, AGENTGATEWAY_BACKEND),
        "spec.**.secretRef",
        _GRANT,
        Role.OTHER,
        SECRET,
        _ANCESTOR,
        _AGENTGATEWAY,
    ),
    Field((AGENTGATEWAY_POLICY,), "spec.targetRefs[*]", _LOCAL, Role.POLICY_TARGET, None, _ANCESTOR, _AGENTGATEWAY),
    Field((KONG_PLUGIN_INSTALLATION,), "spec.imagePullSecretRef", _GRANT, Role.OTHER, SECRET, _OBJECT, "Kong"),
    Field(
        (INFERENCE_POOL,),
        "spec.endpointPickerRef",
        _LOCAL,
        Role.BACKEND,
        SERVICE,
        Shown.PARENT,
        _INFERENCE,
        port_field="port.number",
        read_in="kubernetes-sigs/gateway-api-inference-extension at 84436a96, api/v1/inferencepool_types.go",
    ),
)

_READ_IN = {
    _STORAGE: "kubernetes-csi/external-provisioner, IsGranted in pkg/controller/util.go, and KEP-3294",
    _ENVOY: _ENVOY_CRDS,
    _AI: "envoyproxy/ai-gateway at c217da8a5, the CRDs, and internal/controller/referencegrant.go",
    _NGINX: _NGINX_CRDS,
    _KGATEWAY: "kgateway-dev/kgateway at 06ff8b9",
    _AGENTGATEWAY: "agentgateway/agentgateway at 75b4e6c, the CRDs",
    "Kong": "Kong/kong-operator at cefc384",
}
"""What the rows of an implementation were read in that do not say it themselves."""

IMPLEMENTATION_FIELDS = tuple(
    replace(row, read_in=row.read_in or _READ_IN[row.implementation])
    for row in (*STORAGE_FIELDS, *ENVOY_FIELDS, *TARGET_FIELDS, *OTHER_FIELDS)
)
