"""The reference fields of Kubernetes storage, the inference extension, Kong, Kuadrant, APISIX and STUNner
(docs/rules.md 8.2 and 8.4).

Left out: annotations of Services (Kong's `konghq.com/plugins`, HAProxy's `gate.v3.haproxy.org/cr-backend`), for which
all Services would have to be read; references for which a grant names another kind than the object that holds them
(claim templates in Pods); and what Kong governs by its own KongReferenceGrant.
"""

from __future__ import annotations

from kubectl_refs.core.fields.implementations.implementation import Implementation
from kubectl_refs.core.model.kinds import GATEWAY, INFERENCE_POOL, ROUTES, SECRET, SERVICE, X_INFERENCE_POOL
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Mechanism, Role, Shown
from kubectl_refs.core.model.reference_fields import ReferenceField as Field

PERSISTENT_VOLUME_CLAIM = GroupKind("", "PersistentVolumeClaim")

STORAGE_FIELDS = (
    Field(
        (PERSISTENT_VOLUME_CLAIM,),
        "spec.dataSourceRef",
        Mechanism.REFERENCE_GRANT,
        Role.OTHER,
        PERSISTENT_VOLUME_CLAIM,
        Shown.NOWHERE,
        "Kubernetes storage",
        "apiGroup",
        note="a data source in another namespace is alpha: it needs the feature gate CrossNamespaceVolumeDataSource of "
        "the API server, the controller manager and the provisioner, and only the claim's events tell of a failure",
        read_in="kubernetes-csi/external-provisioner at 0688604, IsGranted in pkg/controller/util.go, and KEP-3294",
    ),
)

_INFERENCE = Implementation(
    "Gateway API Inference Extension",
    "kubernetes-sigs/gateway-api-inference-extension at 84436a96 (after 1.6.0), api/v1/inferencepool_types.go",
    Shown.PARENT,
)
_X_INFERENCE = X_INFERENCE_POOL.group
_OLDER = "kubernetes-sigs/gateway-api-inference-extension at its tags {}"

INFERENCE_FIELDS = (
    *_INFERENCE.local(
        (INFERENCE_POOL,), "spec.endpointPickerRef", role=Role.BACKEND, default=SERVICE, port_field="port.number"
    ),
    # Fields of earlier releases, before these kinds moved or were removed.
    *_INFERENCE.local(
        (X_INFERENCE_POOL,),
        "spec.extensionRef",
        role=Role.BACKEND,
        default=SERVICE,
        port_field="portNumber",
        read_in=_OLDER.format("v0.5.1 and v1.4.0"),
    ),
    *_INFERENCE.local(
        (GroupKind(_X_INFERENCE, "InferenceObjective"), GroupKind(_X_INFERENCE, "InferenceModelRewrite")),
        "spec.poolRef",
        default=INFERENCE_POOL,
        read_in=_OLDER.format("v1.2.0 and v1.5.0"),
    ),
    *_INFERENCE.local(
        (GroupKind(_X_INFERENCE, "InferenceModel"),),
        "spec.poolRef",
        default=X_INFERENCE_POOL,
        read_in=_OLDER.format("v0.5.1"),
    ),
)

_KONG = Implementation("Kong", "Kong/kong-operator at cefc384 (2.3.0-rc.3), the CRDs and controller", Shown.OBJECT)
_OPERATOR = "gateway-operator.konghq.com"
KONG_PLUGIN_INSTALLATION = GroupKind(_OPERATOR, "KongPluginInstallation")

KONG_PLUGIN = GroupKind("configuration.konghq.com", "KongPlugin")

KONG_FIELDS = (
    Field(
        ROUTES,
        "metadata.annotations[konghq.com/plugins]",
        Mechanism.REFERENCE_GRANT,
        Role.EXTENSION,
        KONG_PLUGIN,
        Shown.PARENT,
        _KONG.name,
        annotation="konghq.com/plugins",
        read_in="Kong/kong-operator at cefc384 (2.3.0-rc.3), isPluginReferenceGranted in "
        "ingress-controller/internal/controllers/gateway/httproute_controller.go",
    ),
    *_KONG.by_grant((KONG_PLUGIN_INSTALLATION,), "spec.imagePullSecretRef", role=Role.OTHER, default=SECRET),
    *_KONG.anywhere((GroupKind(_OPERATOR, "DataPlane"),), "spec.pluginsToInstall[*]", default=KONG_PLUGIN_INSTALLATION),
    *_KONG.anywhere(
        (GroupKind(_OPERATOR, "GatewayConfiguration"),),
        "spec.dataPlaneOptions.pluginsToInstall[*]",
        default=KONG_PLUGIN_INSTALLATION,
    ),
)

_KUADRANT = Implementation("Kuadrant", "Kuadrant/kuadrant-operator at ae698811, the CRDs")

KUADRANT_FIELDS = _KUADRANT.targets(
    tuple(
        GroupKind(group, kind)
        for group, kinds in (
            ("kuadrant.io", ("AuthPolicy", "DNSPolicy", "RateLimitPolicy", "TLSPolicy", "TokenRateLimitPolicy")),
            ("extensions.kuadrant.io", ("OIDCPolicy", "PlanPolicy", "TelemetryPolicy", "ThreatPolicy")),
        )
        for kind in kinds
    ),
    "spec.targetRef",
)

_APISIX = Implementation(
    "APISIX Ingress Controller",
    "apache/apisix-ingress-controller at d510f665 (2.2.0), api/v1alpha1 and internal/controller",
)
_APISIX_GROUP = "apisix.apache.org"
APISIX_CONSUMER = GroupKind(_APISIX_GROUP, "Consumer")
GATEWAY_PROXY = GroupKind(_APISIX_GROUP, "GatewayProxy")

APISIX_FIELDS = (
    *_APISIX.targets(
        tuple(GroupKind(_APISIX_GROUP, kind) for kind in ("BackendTrafficPolicy", "HTTPRoutePolicy", "L4RoutePolicy"))
    ),
    *_APISIX.anywhere((APISIX_CONSUMER,), "spec.gatewayRef", default=GATEWAY),
    *_APISIX.by_grant((APISIX_CONSUMER,), "spec.credentials[*].secretRef", role=Role.OTHER, default=SECRET),
    *_APISIX.local((GATEWAY_PROXY,), "spec.provider.controlPlane.auth.adminKey.valueFrom.secretKeyRef"),
    *_APISIX.local((GATEWAY_PROXY,), "spec.provider.controlPlane.service", role=Role.BACKEND, default=SERVICE),
)

_STUNNER = Implementation("STUNner", "l7mp/stunner-gateway-operator at 0e1f157 (1.2.1), api/v1 and README.md")
_STUNNER_GROUP = "stunner.l7mp.io"
STUNNER_UDP_ROUTE = GroupKind(_STUNNER_GROUP, "UDPRoute")

STUNNER_FIELDS = (
    *_STUNNER.anywhere(
        (STUNNER_UDP_ROUTE,),
        "spec.parentRefs[*]",
        default=GATEWAY,
        note="STUNner attaches it as a route, by the Gateway's allowedRoutes",
    ),
    *_STUNNER.anywhere((STUNNER_UDP_ROUTE,), "spec.rules[*].backendRefs[*]", default=SERVICE),
    # Its API takes "v1" as the group of a Secret.
    *_STUNNER.anywhere(
        (GroupKind(_STUNNER_GROUP, "GatewayConfig"),), "spec.authRef", default=SECRET, by_kind=(SECRET,)
    ),
)
