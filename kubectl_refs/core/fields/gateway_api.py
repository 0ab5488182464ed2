"""The reference fields of Gateway API itself, of releases 1.1 to 1.7 (docs/rules.md 2.2 to 2.6)."""

from __future__ import annotations

from kubectl_refs.core.fields.implementations import IMPLEMENTATION_FIELDS
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.model.kinds import (
    BACKEND_TLS_POLICY,
    GATEWAY,
    GATEWAY_CLASS,
    GRPC_ROUTE,
    HTTP_ROUTE,
    LISTENER_SETS,
    ROUTES,
    SECRET,
    X_BACKEND,
    X_BACKEND_TRAFFIC_POLICY,
    X_LISTENER_SET,
    X_MESH,
    X_TELEMETRY_POLICY,
)
from kubectl_refs.core.model.reference_fields import Mechanism, Role, Shown
from kubectl_refs.core.model.reference_fields import ReferenceField as Field

_GRANT, _LOCAL, _FREE = Mechanism.REFERENCE_GRANT, Mechanism.LOCAL, Mechanism.UNGOVERNED
_HTTP, _HTTP_GRPC = (HTTP_ROUTE,), (HTTP_ROUTE, GRPC_ROUTE)
_GATEWAY = (GATEWAY,)
_WITH_LISTENERS = (*_GATEWAY, *LISTENER_SETS)
_LISTENER, _OBJECT, _ANCESTOR = Shown.LISTENER, Shown.OBJECT, Shown.ANCESTOR

ROUTE_FIELDS = (
    Field(ROUTES, "spec.parentRefs[*]", Mechanism.ALLOWED_ROUTES, Role.PARENT, GATEWAY, once_a_section=True),
    Field(ROUTES, "spec.rules[*].backendRefs[*]", _GRANT, Role.BACKEND),
    Field(_HTTP_GRPC, "spec.rules[*].filters[*].requestMirror.backendRef", _GRANT, Role.MIRROR),
    Field(_HTTP_GRPC, "spec.rules[*].backendRefs[*].filters[*].requestMirror.backendRef", _GRANT, Role.MIRROR),
    Field(_HTTP, "spec.rules[*].filters[*].externalAuth.backendRef", _GRANT, Role.AUTH),
    Field(_HTTP, "spec.rules[*].backendRefs[*].filters[*].externalAuth.backendRef", _GRANT, Role.AUTH),
    Field(_HTTP_GRPC, "spec.rules[*].filters[*].extensionRef", _LOCAL, Role.EXTENSION, None),
    Field(_HTTP_GRPC, "spec.rules[*].backendRefs[*].filters[*].extensionRef", _LOCAL, Role.EXTENSION, None),
)

GATEWAY_FIELDS = (
    Field(_WITH_LISTENERS, "spec.listeners[*].tls.certificateRefs[*]", _GRANT, Role.CERTIFICATE, SECRET, _LISTENER),
    Field(_GATEWAY, "spec.tls.frontend.default.validation.caCertificateRefs[*]", _GRANT, Role.CA, None, _LISTENER),
    Field(
        _GATEWAY, "spec.tls.frontend.perPort[*].tls.validation.caCertificateRefs[*]", _GRANT, Role.CA, None, _LISTENER
    ),
    Field(_GATEWAY, "spec.tls.backend.clientCertificateRef", _GRANT, Role.CLIENT_CERTIFICATE, SECRET, _OBJECT),
    # Where the experimental CRDs of releases before 1.4 had them.
    Field(
        (GATEWAY, X_LISTENER_SET),
        "spec.listeners[*].tls.frontendValidation.caCertificateRefs[*]",
        _GRANT,
        Role.CA,
        None,
        _LISTENER,
    ),
    Field(_GATEWAY, "spec.backendTLS.clientCertificateRef", _GRANT, Role.CLIENT_CERTIFICATE, SECRET, _OBJECT),
    Field(_GATEWAY, "spec.infrastructure.parametersRef", _LOCAL, Role.PARAMETERS, None, _OBJECT),
    Field(
        _WITH_LISTENERS,
        "spec.listeners[*].filters.requests[*].externalAuth.backendRef",
        _GRANT,
        Role.AUTH,
        shown=_LISTENER,
    ),
    Field(
        _WITH_LISTENERS, "spec.listeners[*].filters.requests[*].extensionRef", _LOCAL, Role.EXTENSION, None, _LISTENER
    ),
    Field(LISTENER_SETS, "spec.parentRef", Mechanism.ALLOWED_LISTENERS, Role.PARENT, GATEWAY, _OBJECT),
    Field((GATEWAY_CLASS, X_MESH), "spec.parametersRef", _FREE, Role.PARAMETERS, None, _OBJECT),
)

POLICY_FIELDS = (
    Field(
        (BACKEND_TLS_POLICY,),
        "spec.targetRefs[*]",
        _LOCAL,
        Role.POLICY_TARGET,
        None,
        _ANCESTOR,
        once_a_section=True,
    ),
    Field((BACKEND_TLS_POLICY,), "spec.validation.caCertificateRefs[*]", _LOCAL, Role.CA, None, _ANCESTOR),
    Field(
        (X_BACKEND_TRAFFIC_POLICY, X_TELEMETRY_POLICY),
        "spec.targetRefs[*]",
        _LOCAL,
        Role.POLICY_TARGET,
        None,
        _ANCESTOR,
    ),
    Field((X_TELEMETRY_POLICY,), "spec.tracing.provider.backendRef", _GRANT, Role.BACKEND, shown=_ANCESTOR),
    Field((X_BACKEND,), "spec.tls.clientCertificateRef", _GRANT, Role.CLIENT_CERTIFICATE, SECRET),
    Field((X_BACKEND,), "spec.tls.validation.caCertificateRefs[*]", _LOCAL, Role.CA, None),
)

GATEWAY_API_FIELDS = (*ROUTE_FIELDS, *GATEWAY_FIELDS, *POLICY_FIELDS)

TABLE = Table((*GATEWAY_API_FIELDS, *IMPLEMENTATION_FIELDS))
"""Every reference field that is known without rows of a user's own."""
