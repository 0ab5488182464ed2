"""The reference fields of cloud providers' own kinds: those of AWS's two controllers, GKE and Azure (docs/rules.md 8.4).

Left out: the Service of a TargetGroupBinding, whose port may be a name, and the targets of a GCPAuthzPolicy, which
select Pods.
"""

from __future__ import annotations

from kubectl_refs.core.fields.implementations.implementation import Implementation
from kubectl_refs.core.model.kinds import GATEWAY, SECRET, SERVICE
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Role

_AWS = Implementation(
    "AWS Load Balancer Controller", "kubernetes-sigs/aws-load-balancer-controller at 225f44568 (v3), the CRDs"
)
_LATTICE = Implementation(
    "AWS Gateway API Controller",
    "aws/aws-application-networking-k8s at 03d6abec (after 2.1.3), the CRDs and pkg/k8s/policyhelper",
)
_GKE = Implementation(
    "GKE", "GoogleCloudPlatform/gke-gateway-api at fc40d60 (1.4.0), the CRDs, and GKE's documentation of policies"
)

INGRESS = GroupKind("networking.k8s.io", "Ingress")
GLOBAL_ACCELERATOR = GroupKind("aga.k8s.aws", "GlobalAccelerator")
_GATEWAY_AWS = "gateway.k8s.aws"
TARGET_GROUP_CONFIGURATION = GroupKind(_GATEWAY_AWS, "TargetGroupConfiguration")

AWS_FIELDS = (
    *_AWS.by_grant(
        (GLOBAL_ACCELERATOR,),
        "spec.listeners[*].endpointGroups[*].endpoints[*]",
        role=Role.OTHER,
        kind_field="type",
        by_kind=(SERVICE, INGRESS, GATEWAY),
        read_in="kubernetes-sigs/aws-load-balancer-controller at 225f44568 (v3), the CRDs and pkg/aga/endpoint_loader.go",
    ),
    *_AWS.local((TARGET_GROUP_CONFIGURATION,), "spec.targetReference", role=Role.POLICY_TARGET, default=SERVICE),
    *_AWS.local(
        (GroupKind(_GATEWAY_AWS, "LoadBalancerConfiguration"),),
        "spec.defaultTargetGroupConfiguration",
        default=TARGET_GROUP_CONFIGURATION,
    ),
    *_AWS.local(
        (GroupKind(_GATEWAY_AWS, "ListenerRuleConfiguration"),), "spec.actions[*].authenticateOIDCConfig.secret"
    ),
)

_LATTICE_GROUP = "application-networking.k8s.aws"

LATTICE_FIELDS = (
    *_LATTICE.local(
        tuple(
            GroupKind(_LATTICE_GROUP, kind) for kind in ("TargetGroupPolicy", "IAMAuthPolicy", "VpcAssociationPolicy")
        ),
        "spec.targetRef",
        role=Role.POLICY_TARGET,
        default=None,
        ignores_namespace=True,
    ),
    *_LATTICE.targets((GroupKind(_LATTICE_GROUP, "AccessLogPolicy"),), "spec.targetRef", own_namespace=True),
)


def _gke(*kinds: str) -> tuple[GroupKind, ...]:
    return tuple(GroupKind("networking.gke.io", kind) for kind in kinds)


_EXTENSIONS = _gke("GCPTrafficExtension", "GCPRoutingExtension")

GKE_FIELDS = (
    *_GKE.targets(
        _gke("GCPBackendPolicy", "GCPGatewayPolicy", "GCPSessionAffinityPolicy", "HealthCheckPolicy"),
        "spec.targetRef",
        own_namespace=True,
    ),
    *_GKE.targets((*_gke("GCPClientTLSPolicy", "GCPTrafficDistributionPolicy"), *_EXTENSIONS)),
    *_GKE.local(
        _EXTENSIONS,
        "spec.extensionChains[*].extensions[*].backendRef",
        "spec.extensionChains[*].matchCondition.celExpressions[*].backendRefs[*]",
        role=Role.BACKEND,
        default=SERVICE,
    ),
    *_GKE.local(_gke("GCPBackendPolicy"), "spec.default.iap.oauth2ClientSecret"),
    *_GKE.local(_gke("GCPAuthzPolicy"), "spec.customProviders.extensionRefs[*]", role=Role.EXTENSION, default=None),
)

_AZURE = Implementation(
    "Application Gateway for Containers",
    "MicrosoftDocs/azure-docs at 0a88982d (September 2023), articles/application-gateway/for-containers/api-specification-kubernetes",
)
_AZURE_GROUP = "alb.networking.azure.io"
_AZURE_POLICIES = tuple(
    GroupKind(_AZURE_GROUP, kind)
    for kind in ("BackendTLSPolicy", "FrontendTLSPolicy", "HealthCheckPolicy", "RoutePolicy")
)
_AZURE_REACH = "the documentation does not say whether a policy reaches a target in another namespace"

AZURE_FIELDS = (
    *_AZURE.anywhere(
        _AZURE_POLICIES,
        "spec.targetRef",
        role=Role.POLICY_TARGET,
        default=None,
        note=_AZURE_REACH,
    ),
    *_AZURE.anywhere(
        (GroupKind(_AZURE_GROUP, "WebApplicationFirewallPolicy"),),
        "spec.targetRef",
        role=Role.POLICY_TARGET,
        default=None,
        note=_AZURE_REACH,
        read_in=(
            "MicrosoftDocs/azure-docs at 05b1bbb7 (July 2025), "
            "articles/application-gateway/for-containers/web-application-firewall"
        ),
    ),
    *_AZURE.by_grant(
        (_AZURE_POLICIES[0],),
        *(
            f"spec.{part}.{field}"
            for part in ("default", "override")
            for field in ("clientCertificateRef", "verify.caCertificateRef")
        ),
        role=Role.OTHER,
        default=SECRET,
    ),
)
