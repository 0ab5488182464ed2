"""Services of type ExternalName as targets: a name of DNS that may lead where no ReferenceGrant is asked for.

Whoever may write a Service in a namespace of theirs can lead requests to any other Service of the cluster by it: a
ReferenceGrant is asked for the Service that is referenced, not for the name that it holds (CVE-2021-25740).
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
"""What to do about one that leads past ReferenceGrants."""

_OF_A_SERVICE = r"(?:.+\.)?(?P<name>[a-z0-9-]+)\.(?P<namespace>[a-z0-9-]+)\.svc(?:\.cluster\.local)?\.?"
"""The name of a Service in the cluster's DNS, or of one of its pods."""


def external_name_check(view: View, reference: Reference, service: JSON) -> tuple[Check, Code | None] | None:
    """What is to be known of a Service of that type, and the code where it leads past ReferenceGrants; None for another.

    It does not where the owner of the Service owns what it leads to, or where a grant permits that as well.
    """
    if at(service, "spec", "type") != "ExternalName":
        return None
    name = text(at(service, "spec", "externalName")) or ""
    behind = _service_of(name)
    unsupported = "implementations should not support such a backend (CVE-2021-25740)"
    if behind is None or behind.namespace in (reference.referrer.namespace, reference.to.namespace):
        return Check(Layer.TYPE, Outcome.NOTE, f"{reference.to} is of type ExternalName: {unsupported}"), None
    direct = Reference(reference.referrer, reference.path, behind)
    grants = view.without_gaps(lambda apart: grants_of(apart, behind.namespace, str))
    leads = f"{reference.to} is of type ExternalName and leads to {name}"
    if grants is not None and grants.matching(direct):
        said = f"{leads}, which a ReferenceGrant in {behind.namespace} permits; {unsupported}"
        return Check(Layer.TYPE, Outcome.NOTE, said), None
    said = f"{leads}, past the ReferenceGrants in namespace {behind.namespace}; {unsupported}"
    return Check(Layer.TYPE, Outcome.NOTE, said), Code.EXTERNAL_NAME


def _service_of(name: str) -> ObjectKey | None:
    """The Service that a name of DNS belongs to; None for a name of elsewhere."""
    match = re.fullmatch(_OF_A_SERVICE, name.lower())
    return None if match is None else ObjectKey(SERVICE.group, SERVICE.kind, match["namespace"], match["name"])
