"""Reasons of conditions that are about references."""

from __future__ import annotations

REASON_ORDER = (
    "RefNotPermitted",
    "InvalidKind",
    "InvalidCertificateRef",
    "InvalidCACertificateKind",
    "InvalidCACertificateRef",
    "InvalidClientCertificateRef",
    "InvalidListenerFilterRef",
    "InvalidRouteKinds",
    "BackendNotFound",
)
"""The reason of a ResolvedRefs condition when references fail for several. The specification defines no order, only that
permission is decided before existence (GEP-709); this order extends that."""

ABOUT_CONTENT = frozenset(
    {
        "InvalidCACertificateRef",
        "InvalidCertificateRef",
        "InvalidClientCertificateRef",
        "PartiallyInvalidCertificateRef",
    }
)
"""Reasons that the content of a Secret or ConfigMap can cause. Little or nothing of that content is read here."""

ABOUT_REFERENCES = ABOUT_CONTENT | {
    "BackendNotFound",
    "InvalidCACertificateKind",
    "InvalidKind",
    "InvalidListenerFilterRef",
    "InvalidRouteKinds",
    "ListenersNotResolved",
    "NoMatchingListenerHostname",
    "NoMatchingParent",
    "NotAllowed",
    "NotAllowedByListeners",
    "RefNotPermitted",
}
"""Reasons that are about references. Controllers set the same conditions to False for much else."""

ABOUT_LISTENERS = frozenset({"ListenersNotValid", "InvalidListener", "NoReadyListeners"})
"""Reasons that are about the listeners of a parent, which are looked at by themselves. InvalidListener is that of NGINX Gateway
Fabric (nginx/nginx-gateway-fabric#350)."""
