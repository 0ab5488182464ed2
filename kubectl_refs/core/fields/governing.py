"""What decides besides the table's row whether a grant governs a reference, and whether it is refused without one."""

from __future__ import annotations

from kubectl_refs.core.model.kinds import DELEGATION_LABELS, HTTP_ROUTE
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.model.values import at, mapping

WITHOUT_TLS = ("HTTP", "TCP", "UDP")
"""The protocols of Gateway API whose listeners have no TLS settings."""

DELEGATION_RULE = (
    "an HTTPRoute delegates to another without a ReferenceGrant in kgateway and Gloo Gateway; agentgateway asks for one, from "
    "HTTPRoute to HTTPRoute, where the other has no parentRefs"
)


def may_use_grant(found: FoundReference, holder: JSON) -> bool:
    """Whether a grant may permit a reference: it leads into another namespace from a field that grants govern, and its
    holder does not ignore it. In a mesh, and where `passes_by_default`, not every implementation asks for one."""
    by_grant = found.field.governed_by is Mechanism.REFERENCE_GRANT and found.reference.crosses
    return by_grant and not is_ignored(found, holder)


def passes_by_default(found: FoundReference) -> bool:
    """Whether a reference that may use a grant is allowed without one, because only some implementations, or a mode that
    is not the default, ask for it."""
    return bool(found.field.strict_mode) or is_delegation(found)


def is_delegation(found: FoundReference) -> bool:
    """Whether a reference delegates requests to other routes (docs/rules.md 5.9)."""
    reference = found.reference
    of_route = reference.referrer.group_kind == HTTP_ROUTE and found.field.role is Role.BACKEND
    return of_route and reference.to.group_kind in (HTTP_ROUTE, *DELEGATION_LABELS)


def is_ignored(found: FoundReference, holder: JSON) -> bool:
    """Whether a reference is a certificate of a listener that uses none (docs/rules.md 2.3)."""
    return found.field.role is Role.CERTIFICATE and not uses_certificates(listener_of(found, holder))


def uses_certificates(listener: JSON) -> bool:
    """Whether certificateRefs of a listener count: its protocol may end TLS, and it does not pass TLS through."""
    return listener.get("protocol") not in WITHOUT_TLS and at(listener, "tls", "mode") != "Passthrough"


def listener_of(found: FoundReference, holder: JSON) -> JSON:
    """The listener that holds a reference; empty where none does, or the holder is only supposed."""
    within = found.field.path.startswith("spec.listeners[*]") and found.indices
    return mapping(at(holder, "spec", "listeners", found.indices[0])) if within else {}
