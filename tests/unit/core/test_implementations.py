"""The rows of implementations are those of docs/rules.md 8.1 to 8.4, and no row of 2.2 to 2.6 is missing."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_refs.core.fields.gateway_api import GATEWAY_API_FIELDS, TABLE
from kubectl_refs.core.fields.implementations import IMPLEMENTATION_FIELDS
from kubectl_refs.core.model.judgements import Outcome
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.queries.can_i import evaluate_supposed
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.core.view.inquiry import inquire
from kubectl_refs.manifests.source import Manifests
from tests.support.builders import from_entry, grant, namespaces, to_entry
from tests.support.surveying import codes, findings_on

G = "gateway.networking.k8s.io"
X = "gateway.networking.x-k8s.io"
EG = "gateway.envoyproxy.io"
SERVICE, SECRET, GATEWAY = "Service", "Secret", f"Gateway.{G}"
ROUTES = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")

SPECIFIED = {
    # Section 2.1.
    **{(f"{kind}.{G}", "spec.parentRefs[*]"): ("AllowedRoutes", GATEWAY) for kind in ROUTES},
    **{(f"{kind}.{G}", "spec.rules[*].backendRefs[*]"): ("ReferenceGrant", SERVICE) for kind in ROUTES},
    **{
        (f"{kind}.{G}", f"spec.rules[*].{place}filters[*].{field}"): governed
        for kind, fields in (
            ("HTTPRoute", ("requestMirror.backendRef", "externalAuth.backendRef", "extensionRef")),
            ("GRPCRoute", ("requestMirror.backendRef", "extensionRef")),
        )
        for place in ("", "backendRefs[*].")
        for field in fields
        for governed in (("Local", None) if field == "extensionRef" else ("ReferenceGrant", SERVICE),)
    },
    # Sections 2.2 and 10.
    (GATEWAY, "spec.tls.frontend.default.validation.caCertificateRefs[*]"): ("ReferenceGrant", None),
    (GATEWAY, "spec.tls.frontend.perPort[*].tls.validation.caCertificateRefs[*]"): ("ReferenceGrant", None),
    (GATEWAY, "spec.tls.backend.clientCertificateRef"): ("ReferenceGrant", SECRET),
    # The older paths of two of them (GA@v1.3.0 and before).
    (GATEWAY, "spec.backendTLS.clientCertificateRef"): ("ReferenceGrant", SECRET),
    **{
        (kind, "spec.listeners[*].tls.frontendValidation.caCertificateRefs[*]"): ("ReferenceGrant", None)
        for kind in (GATEWAY, f"XListenerSet.{X}")
    },
    (GATEWAY, "spec.infrastructure.parametersRef"): ("Local", None),
    **{
        (kind, f"spec.listeners[*].{field}"): governed
        for kind in (GATEWAY, f"ListenerSet.{G}", f"XListenerSet.{X}")
        for field, governed in (
            ("tls.certificateRefs[*]", ("ReferenceGrant", SECRET)),
            ("filters.requests[*].externalAuth.backendRef", ("ReferenceGrant", SERVICE)),
            ("filters.requests[*].extensionRef", ("Local", None)),
        )
    },
    **{(kind, "spec.parentRef"): ("AllowedListeners", GATEWAY) for kind in (f"ListenerSet.{G}", f"XListenerSet.{X}")},
    (f"GatewayClass.{G}", "spec.parametersRef"): ("Ungoverned", None),
    (f"XMesh.{X}", "spec.parametersRef"): ("Ungoverned", None),
    # Sections 2.3 and 10.
    (f"BackendTLSPolicy.{G}", "spec.targetRefs[*]"): ("Local", None),
    (f"BackendTLSPolicy.{G}", "spec.validation.caCertificateRefs[*]"): ("Local", None),
    (f"XBackendTrafficPolicy.{X}", "spec.targetRefs[*]"): ("Local", None),
    (f"XTelemetryPolicy.{X}", "spec.targetRefs[*]"): ("Local", None),
    (f"XTelemetryPolicy.{X}", "spec.tracing.provider.backendRef"): ("ReferenceGrant", SERVICE),
    (f"XBackend.{X}", "spec.tls.clientCertificateRef"): ("ReferenceGrant", SECRET),
    (f"XBackend.{X}", "spec.tls.validation.caCertificateRefs[*]"): ("Local", None),
}


def rows_of(fields: Any) -> dict[tuple[str, str], tuple[str, str | None]]:
    return {
        (str(kind), row.path): (str(row.governed_by), str(row.default) if row.default else None)
        for row in fields
        for kind in row.referrers
    }


def test_the_fields_of_gateway_api_are_exactly_the_specified_ones() -> None:
    assert rows_of(GATEWAY_API_FIELDS) == SPECIFIED


def test_the_table_holds_both_parts_and_no_field_of_a_kind_twice() -> None:
    assert tuple(TABLE) == (*GATEWAY_API_FIELDS, *IMPLEMENTATION_FIELDS)
    every = [(kind, row.path) for row in TABLE for kind in row.referrers]
    assert len(set(every)) == len(every)


def test_every_row_of_an_implementation_names_it_and_no_other_does() -> None:
    assert all(row.implementation for row in IMPLEMENTATION_FIELDS)
    assert not any(row.implementation for row in GATEWAY_API_FIELDS)
    assert not any(row.role is Role.PARENT for row in IMPLEMENTATION_FIELDS)


def test_every_row_of_an_implementation_says_what_it_was_read_in() -> None:
    assert all(row.read_in for row in IMPLEMENTATION_FIELDS)


REF = {"name": "t", "namespace": "other"}
TYPED = {"group": "example.org", "kind": "Thing", **REF}


def obj(group: str, kind: str, spec: JSON) -> dict[str, Any]:
    version = f"{group}/v1" if group else "v1"
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": "o", "namespace": "own"},
        "spec": spec,
    }


def report_on(*objects: JSON) -> Report:
    source = Manifests(objects, "default")
    return investigate(source, [source.objects[0]])


def envoy(kind: str, spec: JSON) -> dict[str, Any]:
    return obj(EG, kind, spec)


@pytest.mark.parametrize(
    ("holder", "path", "governed", "target"),
    [
        *(
            (envoy("SecurityPolicy", spec), path, "ReferenceGrant", "Service")
            for spec, path in (
                ({"extAuth": {"grpc": {"backendRef": REF}}}, "spec.extAuth.grpc.backendRef"),
                ({"extAuth": {"http": {"backendRefs": [REF]}}}, "spec.extAuth.http.backendRefs[0]"),
                (
                    {"jwt": {"providers": [{}, {"remoteJWKS": {"backendRefs": [REF]}}]}},
                    "spec.jwt.providers[1].remoteJWKS.backendRefs[0]",
                ),
                ({"oidc": {"provider": {"backendRef": REF}}}, "spec.oidc.provider.backendRef"),
            )
        ),
        *(
            (envoy("SecurityPolicy", spec), path, "ReferenceGrant", "Secret")
            for spec, path in (
                ({"oidc": {"clientSecret": REF}}, "spec.oidc.clientSecret"),
                ({"oidc": {"clientIDRef": REF}}, "spec.oidc.clientIDRef"),
                ({"apiKeyAuth": {"credentialRefs": [REF]}}, "spec.apiKeyAuth.credentialRefs[0]"),
                ({"basicAuth": {"users": REF}}, "spec.basicAuth.users"),
            )
        ),
        (
            envoy("SecurityPolicy", {"jwt": {"providers": [{"localJWKS": {"valueRef": TYPED}}]}}),
            "spec.jwt.providers[0].localJWKS.valueRef",
            "Local",
            "Thing",
        ),
        (
            envoy("SecurityPolicy", {"extAuth": {"contextExtensions": [{"valueRef": TYPED}]}}),
            "spec.extAuth.contextExtensions[0].valueRef",
            "Local",
            "Thing",
        ),
        (
            envoy("ClientTrafficPolicy", {"tls": {"clientValidation": {"caCertificateRefs": [REF]}}}),
            "spec.tls.clientValidation.caCertificateRefs[0]",
            "ReferenceGrant",
            "Secret",
        ),
        (
            envoy("ClientTrafficPolicy", {"tls": {"clientValidation": {"crl": {"refs": [REF]}}}}),
            "spec.tls.clientValidation.crl.refs[0]",
            "ReferenceGrant",
            "Secret",
        ),
        (
            envoy("EnvoyExtensionPolicy", {"extProc": [{"backendRefs": [{}, REF]}]}),
            "spec.extProc[0].backendRefs[1]",
            "ReferenceGrant",
            "Service",
        ),
        (
            envoy("EnvoyExtensionPolicy", {"wasm": [{"code": {"image": {"pullSecretRef": REF}}}]}),
            "spec.wasm[0].code.image.pullSecretRef",
            "ReferenceGrant",
            "Secret",
        ),
        (
            envoy("EnvoyExtensionPolicy", {"wasm": [{"code": {"http": {"tls": {"caCertificateRef": REF}}}}]}),
            "spec.wasm[0].code.http.tls.caCertificateRef",
            "ReferenceGrant",
            "Secret",
        ),
        (envoy("EnvoyExtensionPolicy", {"lua": [{"valueRef": TYPED}]}), "spec.lua[0].valueRef", "Local", "Thing"),
        (envoy("BackendTrafficPolicy", {"targetRefs": [TYPED]}), "spec.targetRefs[0]", "Local", "Thing"),
        (envoy("SecurityPolicy", {"targetRef": TYPED}), "spec.targetRef", "Local", "Thing"),
        (
            envoy("HTTPRouteFilter", {"credentialInjection": {"credential": {"valueRef": REF}}}),
            "spec.credentialInjection.credential.valueRef",
            "ReferenceGrant",
            "Secret",
        ),
        (
            envoy("EnvoyProxy", {"backendTLS": {"clientCertificateRef": REF}}),
            "spec.backendTLS.clientCertificateRef",
            "Local",
            "Secret",
        ),
        (
            envoy(
                "EnvoyProxy", {"telemetry": {"accessLog": {"settings": [{"sinks": [{"als": {"backendRef": REF}}]}]}}}
            ),
            "spec.telemetry.accessLog.settings[0].sinks[0].als.backendRef",
            "Ungoverned",
            "Service",
        ),
        (
            envoy("EnvoyProxy", {"telemetry": {"metrics": {"sinks": [{"openTelemetry": {"backendRefs": [REF]}}]}}}),
            "spec.telemetry.metrics.sinks[0].openTelemetry.backendRefs[0]",
            "Ungoverned",
            "Service",
        ),
        (
            obj("aigateway.envoyproxy.io", "AIGatewayRoute", {"rules": [{"backendRefs": [REF]}]}),
            "spec.rules[0].backendRefs[0]",
            "ReferenceGrant",
            "AIServiceBackend",
        ),
        (
            obj("gateway.nginx.org", "WAFPolicy", {"policyRef": {"apPolicyRef": REF}}),
            "spec.policyRef.apPolicyRef",
            "ReferenceGrant",
            "APPolicy",
        ),
        (
            obj("gateway.nginx.org", "WAFPolicy", {"securityLogs": [{"logRef": {"apLogConfRef": REF}}]}),
            "spec.securityLogs[0].logRef.apLogConfRef",
            "ReferenceGrant",
            "APLogConf",
        ),
        (
            obj("gateway.nginx.org", "PayloadProcessor", {"processors": [{"extProcess": {"backendRef": REF}}]}),
            "spec.processors[0].extProcess.backendRef",
            "ReferenceGrant",
            "Service",
        ),
        (
            obj("gateway.kgateway.dev", "TrafficPolicy", {"basicAuth": {"secretRef": REF}}),
            "spec.basicAuth.secretRef",
            "ReferenceGrant",
            "Secret",
        ),
        (
            obj("gateway.kgateway.dev", "TrafficPolicy", {"rateLimit": {"global": {"extensionRef": REF}}}),
            "spec.rateLimit.global.extensionRef",
            "ReferenceGrant",
            "GatewayExtension",
        ),
        (
            obj("gateway.kgateway.dev", "GatewayExtension", {"extAuth": {"grpcService": {"backendRef": REF}}}),
            "spec.extAuth.grpcService.backendRef",
            "ReferenceGrant",
            "Service",
        ),
        *(
            (obj("agentgateway.dev", "AgentgatewayPolicy", spec), path, "ReferenceGrant", target)
            for spec, path, target in (
                ({"traffic": {"extAuth": {"backendRef": REF}}}, "spec.traffic.extAuth.backendRef", "Service"),
                (
                    {"traffic": {"jwtAuthentication": {"providers": [{"jwks": {"remote": {"backendRef": REF}}}]}}},
                    "spec.traffic.jwtAuthentication.providers[0].jwks.remote.backendRef",
                    "Service",
                ),
            )
        ),
        (
            obj("agentgateway.dev", "AgentgatewayBackend", {"mcp": {"targets": [{"static": {"backendRef": REF}}]}}),
            "spec.mcp.targets[0].static.backendRef",
            "ReferenceGrant",
            "Service",
        ),
        (
            obj("gateway-operator.konghq.com", "KongPluginInstallation", {"imagePullSecretRef": REF}),
            "spec.imagePullSecretRef",
            "ReferenceGrant",
            "Secret",
        ),
        (
            obj("apisix.apache.org", "Consumer", {"credentials": [{"secretRef": REF}]}),
            "spec.credentials[0].secretRef",
            "ReferenceGrant",
            "Secret",
        ),
        (
            obj("apisix.apache.org", "Consumer", {"gatewayRef": REF}),
            "spec.gatewayRef",
            "Ungoverned",
            "Gateway",
        ),
        (
            obj("apisix.apache.org", "HTTPRoutePolicy", {"targetRefs": [TYPED]}),
            "spec.targetRefs[0]",
            "Local",
            "Thing",
        ),
        (
            obj("apisix.apache.org", "GatewayProxy", {"provider": {"controlPlane": {"service": {"name": "t"}}}}),
            "spec.provider.controlPlane.service",
            "Local",
            "Service",
        ),
        (
            obj("stunner.l7mp.io", "UDPRoute", {"rules": [{"backendRefs": [REF]}]}),
            "spec.rules[0].backendRefs[0]",
            "Ungoverned",
            "Service",
        ),
        (
            obj("alb.networking.azure.io", "BackendTLSPolicy", {"default": {"clientCertificateRef": REF}}),
            "spec.default.clientCertificateRef",
            "ReferenceGrant",
            "Secret",
        ),
        (
            obj("alb.networking.azure.io", "HealthCheckPolicy", {"targetRef": {**REF, "group": "", "kind": "Service"}}),
            "spec.targetRef",
            "Ungoverned",
            "Service",
        ),
        (
            obj(
                "alb.networking.azure.io",
                "WebApplicationFirewallPolicy",
                {"targetRef": {**REF, "group": "gateway.networking.k8s.io", "kind": "HTTPRoute"}},
            ),
            "spec.targetRef",
            "Ungoverned",
            "HTTPRoute",
        ),
        (
            obj("inference.networking.k8s.io", "InferencePool", {"endpointPickerRef": {"name": "t"}}),
            "spec.endpointPickerRef",
            "Local",
            "Service",
        ),
        (
            obj(
                "",
                "PersistentVolumeClaim",
                {
                    "dataSourceRef": {
                        "apiGroup": "snapshot.storage.k8s.io",
                        "kind": "VolumeSnapshot",
                        "name": "t",
                        "namespace": "other",
                    }
                },
            ),
            "spec.dataSourceRef",
            "ReferenceGrant",
            "VolumeSnapshot",
        ),
    ],
)
def test_a_field_is_found_and_governed_as_its_implementation_does(
    holder: JSON, path: str, governed: str, target: str
) -> None:
    (found,) = [each for each in report_on(holder).references if each.reference.path == path]
    assert str(found.mechanism) == governed
    assert found.reference.to.kind == target
    # The reasons of conditions belong to the Gateway API; implementations have their own.
    assert found.reason is None
    asked = not found.field.strict_mode
    assert str(found.verdict) == (
        "refused" if (asked and governed == "ReferenceGrant") or target == "Secret" else "broken"
    )


AI = "aigateway.envoyproxy.io"


def ai(kind: str, spec: JSON) -> dict[str, Any]:
    return obj(AI, kind, spec)


@pytest.mark.parametrize(
    ("holder", "path", "governed", "target"),
    [
        # Envoy AI Gateway looks for these Secrets beside the policy, and for all others in the given namespace.
        (
            ai("BackendSecurityPolicy", {"apiKey": {"secretRef": REF}}),
            "spec.apiKey.secretRef",
            "Local",
            "Secret own/t",
        ),
        (
            ai("BackendSecurityPolicy", {"azureCredentials": {"clientSecretRef": REF}}),
            "spec.azureCredentials.clientSecretRef",
            "Ungoverned",
            "Secret other/t",
        ),
        (
            ai("BackendSecurityPolicy", {"awsCredentials": {"oidcExchangeToken": {"oidc": {"clientSecret": REF}}}}),
            "spec.awsCredentials.oidcExchangeToken.oidc.clientSecret",
            "Ungoverned",
            "Secret other/t",
        ),
        (ai("AIServiceBackend", {"backendRef": REF}), "spec.backendRef", "Ungoverned", "Service other/t"),
        (ai("AIGatewayRoute", {"parentRefs": [REF]}), "spec.parentRefs[0]", "Ungoverned", "Gateway other/t"),
        (ai("MCPRoute", {"backendRefs": [REF]}), "spec.backendRefs[0]", "Local", "Service other/t"),
        (
            ai("MCPRoute", {"backendRefs": [{"name": "b", "securityPolicy": {"apiKey": {"secretRef": REF}}}]}),
            "spec.backendRefs[0].securityPolicy.apiKey.secretRef",
            "Local",
            "Secret own/t",
        ),
        (
            ai("MCPRoute", {"securityPolicy": {"extAuth": {"http": {"backendRefs": [REF]}}}}),
            "spec.securityPolicy.extAuth.http.backendRefs[0]",
            "Ungoverned",
            "Service other/t",
        ),
        (ai("QuotaPolicy", {"targetRefs": [TYPED]}), "spec.targetRefs[0]", "Local", "Thing own/t"),
        # NGINX Gateway Fabric.
        (
            obj("gateway.nginx.org", "AuthenticationFilter", {"oidc": {"caCertificateRefs": [REF]}}),
            "spec.oidc.caCertificateRefs[0]",
            "Local",
            "Secret own/t",
        ),
        (
            obj(
                "gateway.nginx.org",
                "UpstreamSettingsPolicy",
                {"targetRefs": [{"group": "core", "kind": "Service", "name": "t"}]},
            ),
            "spec.targetRefs[0]",
            "Local",
            "Service own/t",
        ),
        # kgateway, agentgateway and Gloo.
        (
            obj(
                "gateway.kgateway.dev", "TrafficPolicy", {"headerModifiers": {"request": {"add": [{"secretRef": REF}]}}}
            ),
            "spec.headerModifiers.request.add[0].secretRef",
            "ReferenceGrant",
            "Secret other/t",
        ),
        (
            obj("gateway.kgateway.dev", "GatewayExtension", {"oauth2": {"jwt": {"jwksBackendRef": REF}}}),
            "spec.oauth2.jwt.jwksBackendRef",
            "ReferenceGrant",
            "Service other/t",
        ),
        (
            obj("gateway.kgateway.dev", "HTTPListenerPolicy", {"accessLog": [{"grpcService": {"backendRef": REF}}]}),
            "spec.accessLog[0].grpcService.backendRef",
            "ReferenceGrant",
            "Service other/t",
        ),
        (
            obj("gateway.kgateway.dev", "BackendConfigPolicy", {"tls": {"secretRef": {"name": "t"}}}),
            "spec.tls.secretRef",
            "Local",
            "Secret own/t",
        ),
        (
            obj("agentgateway.dev", "AgentgatewayPolicy", {"backend": {"tls": {"caCertificateRefs": [{"name": "t"}]}}}),
            "spec.backend.tls.caCertificateRefs[0]",
            "Local",
            "ConfigMap own/t",
        ),
        (
            obj(
                "agentgateway.dev", "AgentgatewayBackend", {"policies": {"auth": {"aws": {"secretRef": {"name": "t"}}}}}
            ),
            "spec.policies.auth.aws.secretRef",
            "Local",
            "Secret own/t",
        ),
        (
            obj("gateway.solo.io", "RouteOption", {"targetRefs": [TYPED]}),
            "spec.targetRefs[0]",
            "Ungoverned",
            "Thing other/t",
        ),
        (
            obj("gateway-operator.konghq.com", "DataPlane", {"pluginsToInstall": [REF]}),
            "spec.pluginsToInstall[0]",
            "Ungoverned",
            "KongPluginInstallation other/t",
        ),
        (
            obj("inference.networking.x-k8s.io", "InferencePool", {"extensionRef": {"name": "t", "portNumber": 9002}}),
            "spec.extensionRef",
            "Local",
            "Service own/t",
        ),
        (
            obj("inference.networking.x-k8s.io", "InferenceObjective", {"poolRef": {"name": "t"}}),
            "spec.poolRef",
            "Local",
            "InferencePool own/t",
        ),
        # Cloud providers.
        (
            obj(
                "aga.k8s.aws",
                "GlobalAccelerator",
                {"listeners": [{"endpointGroups": [{"endpoints": [{"type": "Ingress", **REF}]}]}]},
            ),
            "spec.listeners[0].endpointGroups[0].endpoints[0]",
            "ReferenceGrant",
            "Ingress other/t",
        ),
        (
            obj("gateway.k8s.aws", "TargetGroupConfiguration", {"targetReference": {"name": "t"}}),
            "spec.targetReference",
            "Local",
            "Service own/t",
        ),
        (
            obj("application-networking.k8s.aws", "TargetGroupPolicy", {"targetRef": TYPED}),
            "spec.targetRef",
            "Local",
            "Thing own/t",
        ),
        (
            obj("networking.gke.io", "HealthCheckPolicy", {"targetRef": TYPED}),
            "spec.targetRef",
            "Local",
            "Thing other/t",
        ),
        # Meshes.
        (
            obj("security.istio.io", "AuthorizationPolicy", {"targetRefs": [TYPED]}),
            "spec.targetRefs[0]",
            "Local",
            "Thing other/t",
        ),
        (
            obj("policy.linkerd.io", "HTTPRoute", {"rules": [{"backendRefs": [REF]}]}),
            "spec.rules[0].backendRefs[0]",
            "Ungoverned",
            "Service other/t",
        ),
        (
            obj("policy.linkerd.io", "AuthorizationPolicy", {"targetRef": {"kind": "Namespace", "name": "own"}}),
            "spec.targetRef",
            "Local",
            "Namespace own",
        ),
        (
            obj(
                "policy.linkerd.io",
                "AuthorizationPolicy",
                {"requiredAuthenticationRefs": [{"kind": "ServiceAccount", **REF}]},
            ),
            "spec.requiredAuthenticationRefs[0]",
            "Ungoverned",
            "ServiceAccount other/t",
        ),
    ],
)
def test_where_an_implementation_looks_for_a_target_and_what_governs_it(
    holder: JSON, path: str, governed: str, target: str
) -> None:
    (found,) = [each for each in report_on(holder).references if each.reference.path == path]
    assert (str(found.field.governed_by), str(found.reference.to)) == (governed, target)


def test_a_namespace_that_is_not_looked_at_is_told() -> None:
    (found,) = report_on(ai("BackendSecurityPolicy", {"apiKey": {"secretRef": REF}})).references
    said = 'Envoy AI Gateway does not look at the namespace of this field: "other" there has no effect'
    assert said in [check.message for check in found.checks]


def test_what_is_copied_into_an_object_that_needs_a_grant_is_told_where_it_leads_elsewhere() -> None:
    def told(reference: JSON) -> list[str]:
        (found,) = report_on(ai("AIServiceBackend", {"backendRef": reference})).references
        return [check.message for check in found.checks if check.outcome is Outcome.NOTE]

    (note,) = told(REF)
    assert "needs a ReferenceGrant from HTTPRoute" in note
    assert told({"name": "t"}) == []


def test_an_endpoint_outside_the_cluster_is_no_reference() -> None:
    endpoints = [{"type": "EndpointID", "endpointID": "arn:1"}, {"type": "Service", "name": "t"}]
    holder = obj("aga.k8s.aws", "GlobalAccelerator", {"listeners": [{"endpointGroups": [{"endpoints": endpoints}]}]})
    assert [str(each.reference.to) for each in report_on(holder).references] == ["Service own/t"]


def test_a_claims_data_source_without_a_group_is_of_the_core_group() -> None:
    source = {"kind": "PersistentVolumeClaim", "name": "t", "namespace": "other"}
    (found,) = report_on(obj("", "PersistentVolumeClaim", {"dataSourceRef": source})).references
    assert found.reference.to.group_kind == GroupKind("", "PersistentVolumeClaim")


def test_the_port_of_a_service_is_looked_at_where_an_implementations_field_names_one() -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "auth", "namespace": "own"},
        "spec": {"ports": [{"port": 80}]},
    }
    policy = envoy("SecurityPolicy", {"extAuth": {"http": {"backendRef": {"name": "auth", "port": 81}}}})
    (found,) = report_on(policy, service).references
    assert (str(found.verdict), found.code) == ("broken", "REF024")
    sound = envoy("SecurityPolicy", {"extAuth": {"http": {"backendRef": {"name": "auth", "port": 80}}}})
    assert str(report_on(sound, service).references[0].verdict) == "allowed"


def test_who_asks_for_a_grant_only_in_some_mode_is_told() -> None:
    policy = obj("agentgateway.dev", "AgentgatewayPolicy", {"traffic": {"extAuth": {"backendRef": REF}}})
    (found,) = report_on(policy).references
    said = "agentgateway asks for a grant here only with BackendRefGrantMode route-and-policy, which is not its default"
    assert (found.checks[0].outcome, found.checks[0].message) == (Outcome.OK, said)
    inside = obj("agentgateway.dev", "AgentgatewayPolicy", {"traffic": {"extAuth": {"backendRef": {"name": "t"}}}})
    assert not any(check.outcome is Outcome.NOTE for check in report_on(inside).references[0].checks)


@pytest.mark.parametrize(
    "kind", ["SecurityPolicy", "ClientTrafficPolicy", "BackendTrafficPolicy", "EnvoyExtensionPolicy"]
)
@pytest.mark.parametrize("target", ["Gateway", "HTTPRoute"])
def test_a_grant_that_target_selectors_may_use_is_neither_unused_nor_without_effect(kind: str, target: str) -> None:
    entry = to_entry(group=G, kind=target, name="web")
    held = {"apiVersion": f"{G}/v1", "kind": target, "metadata": {"name": "web", "namespace": "backend"}, "spec": {}}
    found = findings_on(
        grant([from_entry(EG, kind)], [entry]), held, envoy(kind, {}), *namespaces("frontend", "backend", "own")
    )
    assert codes(found) == []


def test_a_grant_that_only_named_fields_could_use_is_without_a_known_user() -> None:
    found = findings_on(
        grant([from_entry(EG, "SecurityPolicy")], [to_entry(name="api")]),
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "api", "namespace": "backend"}},
        *namespaces("frontend", "backend"),
    )
    assert codes(found) == ["no-known-user"]


def test_whether_a_policy_of_selectors_may_reach_a_gateway_is_a_matter_of_grants() -> None:
    held = {"apiVersion": f"{G}/v1", "kind": "Gateway", "metadata": {"name": "web", "namespace": "backend"}, "spec": {}}
    allowing = grant([from_entry(EG, "BackendTrafficPolicy")], [to_entry(group=G, kind="Gateway", name="web")])
    referrer = ObjectKey(EG, "BackendTrafficPolicy", "frontend", "any")

    def answer(*objects: JSON) -> str:
        source = Manifests((held, *objects), "default")
        target = ObjectKey(G, "Gateway", "backend", "web")
        report = inquire(source, lambda view: evaluate_supposed(view, referrer, target))
        return str(report.references[0].verdict)

    assert answer() == "refused"
    assert answer(allowing) == "allowed"
