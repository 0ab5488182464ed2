"""The kinds that manifests may name without their CRDs at hand."""

from __future__ import annotations

from kubectl_refs.core.model.kinds import (
    BACKEND_TLS_POLICY,
    CLUSTER_TRUST_BUNDLE,
    GATEWAY,
    GATEWAY_CLASS,
    GRPC_ROUTE,
    HTTP_ROUTE,
    LISTENER_SET,
    REFERENCE_GRANT,
    SERVICE_IMPORT,
    TCP_ROUTE,
    TLS_ROUTE,
    UDP_ROUTE,
    X_BACKEND,
    X_BACKEND_TRAFFIC_POLICY,
    X_LISTENER_SET,
    X_MESH,
    X_TELEMETRY_POLICY,
)
from kubectl_refs.core.view.catalog import CORE_KINDS, Catalog, ServedKind

GATEWAY_API_KINDS = tuple(
    ServedKind(group_kind.group, group_kind.kind, plural, versions, namespaced, group_kind.kind.lower(), short)
    for group_kind, plural, versions, namespaced, short in (
        (GATEWAY_CLASS, "gatewayclasses", ("v1", "v1beta1"), False, ("gc",)),
        (GATEWAY, "gateways", ("v1", "v1beta1"), True, ("gtw",)),
        (LISTENER_SET, "listenersets", ("v1",), True, ("lset",)),
        (HTTP_ROUTE, "httproutes", ("v1", "v1beta1"), True, ()),
        (GRPC_ROUTE, "grpcroutes", ("v1",), True, ()),
        (TLS_ROUTE, "tlsroutes", ("v1", "v1alpha3", "v1alpha2"), True, ()),
        (TCP_ROUTE, "tcproutes", ("v1", "v1alpha2"), True, ()),
        (UDP_ROUTE, "udproutes", ("v1", "v1alpha2"), True, ()),
        (X_LISTENER_SET, "xlistenersets", ("v1alpha1",), True, ("lset",)),
        (REFERENCE_GRANT, "referencegrants", ("v1beta1",), True, ("refgrant",)),
        (BACKEND_TLS_POLICY, "backendtlspolicies", ("v1", "v1alpha3"), True, ("btlspolicy",)),
        (SERVICE_IMPORT, "serviceimports", ("v1alpha1",), True, ("svcim",)),
        (X_BACKEND, "xbackends", ("v1alpha1",), True, ()),
        (X_BACKEND_TRAFFIC_POLICY, "xbackendtrafficpolicies", ("v1alpha1",), True, ()),
        (X_TELEMETRY_POLICY, "xtelemetrypolicies", ("v1alpha1",), True, ()),
        (X_MESH, "xmeshes", ("v1alpha1",), False, ()),
        (CLUSTER_TRUST_BUNDLE, "clustertrustbundles", ("v1beta1",), False, ()),
    )
)
"""Kinds that manifests may name without their CRDs at hand. ReferenceGrant is listed only with v1beta1, the one version
that every release since 0.6 serves, because a suggested grant is written in it (docs/rules.md 1.1)."""

NO_LONGER_SERVED = {
    **dict.fromkeys(((GATEWAY_CLASS, "v1alpha2"), (GATEWAY, "v1alpha2"), (HTTP_ROUTE, "v1alpha2")), "0.8"),
    (GRPC_ROUTE, "v1alpha2"): "1.2",
    (BACKEND_TLS_POLICY, "v1alpha2"): "1.1",
}
"""Versions that releases of the Gateway API served once, each with the first release that served it in neither channel
(the CRDs of releases 0.5 to 1.7). For ReferenceGrant see Grant.outdated."""

IMPLEMENTATION_KINDS = tuple(
    ServedKind(group, kind, plural, (version,), namespaced, kind.lower(), short)
    for group, version, kinds in (
        (
            "gateway.envoyproxy.io",
            "v1alpha1",
            (
                ("Backend", "backends", True, ("be",)),
                ("BackendTrafficPolicy", "backendtrafficpolicies", True, ("btp",)),
                ("ClientTrafficPolicy", "clienttrafficpolicies", True, ("ctp",)),
                ("EnvoyExtensionPolicy", "envoyextensionpolicies", True, ("eep",)),
                ("EnvoyPatchPolicy", "envoypatchpolicies", True, ("epp",)),
                ("EnvoyProxy", "envoyproxies", True, ("eproxy",)),
                ("HTTPRouteFilter", "httproutefilters", True, ("hrf",)),
                ("SecurityPolicy", "securitypolicies", True, ("sp",)),
            ),
        ),
        (
            "snapshot.storage.k8s.io",
            "v1",
            (
                ("VolumeSnapshot", "volumesnapshots", True, ("vs",)),
                ("VolumeSnapshotClass", "volumesnapshotclasses", False, ("vsclass",)),
                ("VolumeSnapshotContent", "volumesnapshotcontents", False, ("vsc",)),
            ),
        ),
    )
    for kind, plural, namespaced, short in kinds
)
"""Kinds of the groups that grants and manifests name most besides Gateway API's. A group is listed with all of its
kinds or not at all: in a group that has any kinds here, a kind that is not listed does not exist."""


def offline_catalog() -> Catalog:
    """The kinds taken as served where there is no server to ask."""
    return Catalog((*CORE_KINDS, *GATEWAY_API_KINDS, *IMPLEMENTATION_KINDS), live=False)
