"""Which kinds a reference may lead to by its role, and the condition reasons for what may be wrong with the target."""

from __future__ import annotations

from kubectl_refs.core.model.kinds import (
    AGENTGATEWAY_BACKEND,
    CLUSTER_TRUST_BUNDLE,
    CONFIG_MAP,
    EG_BACKEND,
    GATEWAY,
    HTTP_ROUTE,
    INFERENCE_POOL,
    KGATEWAY_BACKEND,
    MESH_SERVICE,
    SECRET,
    SERVICE,
    SERVICE_ENTRY,
    SERVICE_IMPORT,
    TCP_ROUTE,
    TRAEFIK_SERVICE,
    X_BACKEND,
    X_INFERENCE_POOL,
)
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Role, Shown
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class Requirements:
    """What the specification says about the targets of a role (docs/rules.md 4.1).

    `core` are the kinds every implementation supports, `extended` those some do; None where any kind may be meant.
    The reasons are None where the specification names none.
    """

    noun: str
    core: tuple[GroupKind, ...] | None = None
    extended: tuple[GroupKind, ...] = ()
    wrong_kind: str | None = None
    missing: str | None = None


BACKEND_KINDS = frozenset(
    {
        GATEWAY,
        HTTP_ROUTE,
        MESH_SERVICE,
        SERVICE_ENTRY,
        X_BACKEND,
        AGENTGATEWAY_BACKEND,
        GroupKind("application-networking.k8s.aws", "ServiceImport"),
        GroupKind("consul.hashicorp.com", "MeshService"),
        EG_BACKEND,
        KGATEWAY_BACKEND,
        GroupKind("gloo.solo.io", "Upstream"),
        INFERENCE_POOL,
        X_INFERENCE_POOL,
        GroupKind("net.gke.io", "ServiceImport"),
        GroupKind("networking.gke.io", "GCPInferencePoolImport"),
        GroupKind("stunner.l7mp.io", "StaticService"),
        TRAEFIK_SERVICE,
    }
)
"""Further kinds that some implementations take as backends (docs/rules.md 4.1)."""

ONLY_OF_ROUTES = {GATEWAY: TCP_ROUTE, HTTP_ROUTE: HTTP_ROUTE}
"""Of these, the kinds that are taken in backendRefs of one kind of route alone: of an NLB's TCPRoute (AWS Load Balancer
Controller), and of an HTTPRoute that delegates."""

_BACKEND = Requirements("a backend", (SERVICE,), (SERVICE_IMPORT,), "InvalidKind", "BackendNotFound")
_EXPECTED = {
    Role.BACKEND: _BACKEND,
    Role.MIRROR: _BACKEND,
    Role.AUTH: _BACKEND,
    Role.CERTIFICATE: Requirements("a certificate", (SECRET,), (), "InvalidCertificateRef", "InvalidCertificateRef"),
    Role.CLIENT_CERTIFICATE: Requirements(
        "a client certificate", (SECRET,), (), "InvalidClientCertificateRef", "InvalidClientCertificateRef"
    ),
    Role.CA: Requirements(
        "a CA certificate", (CONFIG_MAP,), (SECRET, CLUSTER_TRUST_BUNDLE), "InvalidKind", "InvalidCACertificateRef"
    ),
    Role.PARAMETERS: Requirements("parameters", wrong_kind="InvalidParameters", missing="InvalidParameters"),
    Role.POLICY_TARGET: Requirements("a target", missing="TargetNotFound"),
}
_ANY = Requirements("it")


def requirements_of(found: FoundReference) -> Requirements:
    """What the specification says about the target of a reference."""
    role, shown = found.field.role, found.field.shown
    if role is Role.AUTH and shown is Shown.LISTENER:
        reason = "InvalidListenerFilterRef"
        return Requirements("a backend", (SERVICE,), (SERVICE_IMPORT,), reason, reason)
    if role is Role.EXTENSION and shown is Shown.LISTENER:
        return Requirements("a filter", wrong_kind="InvalidListenerFilterRef", missing="InvalidListenerFilterRef")
    if role is Role.CA and shown is Shown.LISTENER:
        expected = _EXPECTED[role]
        return Requirements(
            expected.noun, expected.core, expected.extended, "InvalidCACertificateKind", expected.missing
        )
    expected = _EXPECTED.get(role, _ANY)
    if found.field.implementation:
        # Which kinds its field takes is up to the implementation.
        return Requirements(expected.noun)
    if not has_reasons(found):
        return replace(expected, wrong_kind=None, missing=None)
    return expected


def further_backends(found: FoundReference) -> frozenset[GroupKind]:
    """The kinds besides Service that some implementations take where a reference is; none if it is not for backends."""
    if requirements_of(found).core != (SERVICE,):
        return frozenset()
    in_backend_refs = found.field.role is Role.BACKEND
    referrer = found.reference.referrer.group_kind
    return BACKEND_KINDS - {kind for kind, route in ONLY_OF_ROUTES.items() if not in_backend_refs or route != referrer}


def has_reasons(found: FoundReference) -> bool:
    """Whether the specification assigns reasons to a failing reference: it does not for XBackend, nor for the kinds of
    implementations (docs/rules.md 4.1)."""
    return not found.field.implementation and found.reference.referrer.group_kind != X_BACKEND
