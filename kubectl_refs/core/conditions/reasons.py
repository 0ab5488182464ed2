"""Reasons of conditions, as far as they concern references."""

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
"""Decides the reason of ResolvedRefs if references fail for several reasons. The specification defines no order, except
that permission is decided before existence (GEP-709); this order extends that."""

ABOUT_CONTENT = frozenset(
    {
        "InvalidCACertificateRef",
        "InvalidCertificateRef",
        "InvalidClientCertificateRef",
        "PartiallyInvalidCertificateRef",
    }
)
"""Reasons that the content of a Secret or ConfigMap can cause. Little or nothing of that content is read here."""

ABOUT_PARENTS = frozenset(
    {
        "InvalidRouteKinds",
        "ListenersNotResolved",
        "NoMatchingListenerHostname",
        "NoMatchingParent",
        "NotAllowed",
        "NotAllowedByListeners",
    }
)
"""Reasons for which a parent does not take a route or a ListenerSet."""

ABOUT_REFERENCES = (
    ABOUT_CONTENT
    | ABOUT_PARENTS
    | {"BackendNotFound", "InvalidCACertificateKind", "InvalidKind", "InvalidListenerFilterRef", "RefNotPermitted"}
)
"""Reasons that are about references. Controllers set the same conditions to False for many other reasons."""

ABOUT_OBJECTS = frozenset({"Invalid", "InvalidParameters", "ParametersRefInvalid", "TargetNotFound"})
"""Reasons that may be about the references of a whole object, such as a policy. ParametersRefInvalid comes from NGINX Gateway
Fabric (nginx/nginx-gateway-fabric#4326)."""

ABOUT_LISTENERS = frozenset({"ListenersNotValid", "InvalidListener", "NoReadyListeners"})
"""Reasons that are about the listeners of a parent, which are examined separately. InvalidListener comes from NGINX
Gateway Fabric (nginx/nginx-gateway-fabric#350)."""
