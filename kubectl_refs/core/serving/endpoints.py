"""Whether a Service has ready endpoints, by its EndpointSlices, which are read only where one object is explained."""

from __future__ import annotations

from kubectl_refs.core.model.kinds import ENDPOINT_SLICE
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.selectors import invalid
from kubectl_refs.core.model.serving import Serves
from kubectl_refs.core.model.values import at, entries, mapping, unsubstituted
from kubectl_refs.core.view.view import View

SERVICE_NAME = "kubernetes.io/service-name"
"""The label that names the Service to which an EndpointSlice belongs."""


def endpoints_of(view: View, service: ObjectKey) -> tuple[Serves, str] | None:
    """Whether a Service has a ready endpoint, and why; None if it needs none, or if that cannot be told here."""
    kind = view.catalog.served(ENDPOINT_SLICE)
    found = view.get(service, effect="").object
    if kind is None or found is None or at(found, "spec", "type") == "ExternalName":
        return None
    if unsubstituted(service.name) or invalid({"matchLabels": {SERVICE_NAME: service.name}}):
        return None  # No EndpointSlice can belong to a Service of such a name, which no server accepts.
    answer = view.list(ENDPOINT_SLICE, service.namespace, labels=f"{SERVICE_NAME}={service.name}", effect="")
    if not answer.known:
        return Serves.UNKNOWN, f"the EndpointSlices of {service} could not be read"
    endpoints = [mapping(each) for part in answer.objects for each in entries(part.get("endpoints"))]
    # An endpoint that does not say whether it is ready counts as ready (EndpointConditions).
    ready = sum(at(each, "conditions", "ready") is not False for each in endpoints)
    if ready:
        return Serves.YES, f"{service} has {ready} ready endpoint{'s' if ready > 1 else ''}"
    if answer.assumed and not endpoints:
        return None
    if endpoints:
        return Serves.NO, f"none of the {len(endpoints)} endpoints of {service} is ready"
    if answer.assumed:
        return None
    selector = mapping(at(found, "spec", "selector"))
    why = "" if not selector else ": no pod matches its selector, or none has an address yet"
    return Serves.NO, f"{service} has no endpoints{why}"
