"""The reference fields of Envoy Gateway's own kinds (docs/rules.md 8.3)."""

from __future__ import annotations

from itertools import product

from kubectl_refs.core.model.kinds import CLUSTER_TRUST_BUNDLE, CONFIG_MAP, EG_BACKEND, SECRET, SERVICE
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Mechanism, Role, Shown
from kubectl_refs.core.model.reference_fields import ReferenceField as Field
from kubectl_refs.core.records import replace

_GRANT, _LOCAL, _FREE = Mechanism.REFERENCE_GRANT, Mechanism.LOCAL, Mechanism.UNGOVERNED
_ANCESTOR, _OBJECT, _NOWHERE = Shown.ANCESTOR, Shown.OBJECT, Shown.NOWHERE

_GROUP = "gateway.envoyproxy.io"
SECURITY_POLICY = GroupKind(_GROUP, "SecurityPolicy")
CLIENT_TRAFFIC_POLICY = GroupKind(_GROUP, "ClientTrafficPolicy")
BACKEND_TRAFFIC_POLICY = GroupKind(_GROUP, "BackendTrafficPolicy")
ENVOY_EXTENSION_POLICY = GroupKind(_GROUP, "EnvoyExtensionPolicy")
HTTP_ROUTE_FILTER = GroupKind(_GROUP, "HTTPRouteFilter")
ENVOY_PATCH_POLICY = GroupKind(_GROUP, "EnvoyPatchPolicy")
ENVOY_PROXY = GroupKind(_GROUP, "EnvoyProxy")

ENVOY_POLICIES = (SECURITY_POLICY, CLIENT_TRAFFIC_POLICY, BACKEND_TRAFFIC_POLICY, ENVOY_EXTENSION_POLICY)
"""Kinds whose `targetSelectors` also reach Gateways and routes in other namespaces, by a grant (docs/rules.md 8.3)."""

_ENVOY = "Envoy Gateway"
_ENVOY_CRDS = "envoyproxy/gateway at d32f282942 (1.9.0), the CRDs"

BACKENDS = ("backendRef", "backendRefs[*]")
"""The fields that name the backends of a service in Envoy Gateway's kinds, and in kinds that take over its fields."""
VALUES = (CONFIG_MAP, SECRET)
"""Envoy Gateway looks only at the kind of these; its own documentation writes `group: v1` for them."""

_FIELDS = (
    *(
        Field((SECURITY_POLICY,), f"spec.{service}.{backend}", _GRANT, Role.BACKEND, SERVICE, _ANCESTOR, _ENVOY)
        for service, backend in product(
            ("extAuth.grpc", "extAuth.http", "jwt.providers[*].remoteJWKS", "oidc.provider"), BACKENDS
        )
    ),
    *(
        Field((SECURITY_POLICY,), f"spec.{secret}", _GRANT, Role.OTHER, SECRET, _ANCESTOR, _ENVOY)
        for secret in ("oidc.clientSecret", "oidc.clientIDRef", "apiKeyAuth.credentialRefs[*]", "basicAuth.users")
    ),
    *(
        Field((SECURITY_POLICY,), f"spec.{value}", _LOCAL, Role.OTHER, None, _ANCESTOR, _ENVOY, by_kind=VALUES)
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
        by_kind=(*VALUES, CLUSTER_TRUST_BUNDLE),
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
        for backend in BACKENDS
    ),
    *(
        Field((ENVOY_EXTENSION_POLICY,), f"spec.wasm[*].code.{secret}", _GRANT, Role.OTHER, SECRET, _ANCESTOR, _ENVOY)
        for secret in ("http.tls.caCertificateRef", "image.pullSecretRef", "image.tls.caCertificateRef")
    ),
    Field(
        (ENVOY_EXTENSION_POLICY,), "spec.lua[*].valueRef", _LOCAL, Role.OTHER, None, _ANCESTOR, _ENVOY, by_kind=VALUES
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
        by_kind=(*VALUES, CLUSTER_TRUST_BUNDLE),
        read_in=_ENVOY_CRDS,
    ),
    *(
        Field((holder,), path, _LOCAL, Role.OTHER, None, shown, _ENVOY, by_kind=VALUES, read_in=_ENVOY_CRDS)
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
            BACKENDS,
        )
    ),
)

ENVOY_FIELDS = tuple(row if row.read_in else replace(row, read_in=_ENVOY_CRDS) for row in _FIELDS)
