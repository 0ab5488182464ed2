"""Services of type ExternalName as targets: a DNS name that may lead past ReferenceGrants.

Whoever may write a Service in their own namespace can use it to lead requests to any other Service of the cluster: a
ReferenceGrant is required for the Service that is referenced, not for the DNS name that it holds (CVE-2021-25740).
"""

from __future__ import annotations

import re

from kubectl_refs.core.grants.near_miss_search import grants_of
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import Check, Layer, Outcome
from kubectl_refs.core.model.kinds import SERVICE
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import at, text
from kubectl_refs.core.view.view import View

DIRECTLY = "reference the Service that it leads to, with a ReferenceGrant from the owner of its namespace"
"""What to do about an ExternalName Service that leads past ReferenceGrants."""

_OF_A_SERVICE = r"(?:.+\.)?(?P<name>[a-z0-9-]+)\.(?P<namespace>[a-z0-9-]+)\.svc(?:\.cluster\.local)?\.?"
"""The cluster's DNS name of a Service, or of one of its pods."""


def external_name_check(view: View, reference: Reference, service: JSON) -> tuple[Check, Code | None] | None:
    """The check of an ExternalName Service, and the code if it leads past ReferenceGrants; None for other Services.

    It leads past none if it leads into its own or the referrer's namespace, or if a grant permits that target as well.
    """
    if at(service, "spec", "type") != "ExternalName":
        return None
    name = text(at(service, "spec", "externalName")) or ""
    behind = _service_of(name)
    unsupported = "implementations should not support such a backend (CVE-2021-25740)"
    if behind is None or behind.namespace in (reference.referrer.namespace, reference.to.namespace):
        return Check(Layer.TYPE, Outcome.NOTE, f"{reference.to} is of type ExternalName: {unsupported}"), None
    direct = Reference(reference.referrer, reference.path, behind)
    grants = view.without_gaps(lambda subview: grants_of(subview, behind.namespace, str))
    leads = f"{reference.to} is of type ExternalName and leads to {name}"
    if grants is not None and grants.matching(direct):
        said = f"{leads}, which a ReferenceGrant in {behind.namespace} permits; {unsupported}"
        return Check(Layer.TYPE, Outcome.NOTE, said), None
    said = f"{leads}, past the ReferenceGrants in namespace {behind.namespace}; {unsupported}"
    return Check(Layer.TYPE, Outcome.NOTE, said), Code.EXTERNAL_NAME


def _service_of(name: str) -> ObjectKey | None:
    """The Service that a DNS name belongs to; None for a name outside the cluster."""
    match = re.fullmatch(_OF_A_SERVICE, name.lower())
    return None if match is None else ObjectKey(SERVICE.group, SERVICE.kind, match["namespace"], match["name"])
