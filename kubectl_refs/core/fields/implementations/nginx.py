"""The reference fields of NGINX Gateway Fabric's own kinds (docs/rules.md 8.4).

Left out: the volumes and environment of an NginxProxy's Pods.
"""

from __future__ import annotations

from kubectl_refs.core.fields.implementations.implementation import Implementation
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Role, Shown

_NGINX = Implementation(
    "NGINX Gateway Fabric", "nginx/nginx-gateway-fabric at e55bfe339 (after 2.6.7), the CRDs", Shown.ANCESTOR
)

_GROUP = "gateway.nginx.org"
WAF_POLICY = GroupKind(_GROUP, "WAFPolicy")
PAYLOAD_PROCESSOR = GroupKind(_GROUP, "PayloadProcessor")
AUTHENTICATION_FILTER = GroupKind(_GROUP, "AuthenticationFilter")
UPSTREAM_SETTINGS_POLICY = GroupKind(_GROUP, "UpstreamSettingsPolicy")
AP_POLICY = GroupKind("appprotect.f5.com", "APPolicy")
AP_LOG_CONF = GroupKind("appprotect.f5.com", "APLogConf")

_POLICIES = tuple(
    GroupKind(_GROUP, kind)
    for kind in (
        "ExternalLoadBalancer",
        "ObservabilityPolicy",
        "ProxySettingsPolicy",
        "RateLimitPolicy",
        "SnippetsPolicy",
        "WAFPolicy",
    )
)
_POLICIES_OF_ONE = (GroupKind(_GROUP, "ClientSettingsPolicy"), PAYLOAD_PROCESSOR)

NGINX_FIELDS = (
    *_NGINX.targets(_POLICIES),
    *_NGINX.targets(_POLICIES_OF_ONE, "spec.targetRef"),
    *_NGINX.local(
        (UPSTREAM_SETTINGS_POLICY,), "spec.targetRefs[*]", role=Role.POLICY_TARGET, default=None, takes_core=True
    ),
    *_NGINX.by_grant((WAF_POLICY,), "spec.policyRef.apPolicyRef", role=Role.OTHER, default=AP_POLICY),
    *_NGINX.by_grant((WAF_POLICY,), "spec.securityLogs[*].logRef.apLogConfRef", role=Role.OTHER, default=AP_LOG_CONF),
    *_NGINX.local(
        (WAF_POLICY,),
        "spec.policySource.auth.secretRef",
        "spec.policySource.tlsSecret",
        "spec.securityLogs[*].logSource.auth.secretRef",
        "spec.securityLogs[*].logSource.tlsSecret",
    ),
    *_NGINX.by_grant((PAYLOAD_PROCESSOR,), "spec.processors[*].extProcess.backendRef", takes_core=True),
    *_NGINX.local((PAYLOAD_PROCESSOR,), "spec.processors[*].extProcess.authTokenRef"),
    *_NGINX.local(
        (AUTHENTICATION_FILTER,),
        "spec.basic.secretRef",
        "spec.jwt.file.secretRef",
        "spec.jwt.remote.caCertificateRefs[*]",
        "spec.oidc.clientSecretRef",
        "spec.oidc.crlSecretRef",
        "spec.oidc.caCertificateRefs[*]",
        shown=Shown.NOWHERE,
    ),
)
