"""Hosts as backends: Istio takes them by a kind that no server serves, and knows those that a ServiceEntry names.

It may also know a host of the cluster itself, or one under a wildcard, but that cannot be determined here.
"""

from __future__ import annotations

from collections.abc import Callable

from kubectl_refs.core.model.judgements import Assumption, Check, Layer, Outcome
from kubectl_refs.core.model.kinds import SERVICE_ENTRY
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import at, entries, key_of
from kubectl_refs.core.view.view import View

HOSTNAME = GroupKind(SERVICE_ENTRY.group, "Hostname")
HOST_KNOWN = "is known to the mesh"
"""What is assumed of a host that no ServiceEntry among the manifests names."""


def host_check(view: View, reference: Reference, resolved: Callable[[], bool]) -> Check:
    """Whether Istio knows the host that a reference names. It does if a controller reports it as `resolved`."""
    name = reference.to.name
    if view.catalog.live and view.catalog.served(SERVICE_ENTRY) is None:
        return Check(Layer.KIND, Outcome.FAILED, view.catalog.absence_of(HOSTNAME))
    found = view.list(SERVICE_ENTRY, None, effect=f'whether a ServiceEntry names host "{name}" is not known')
    hosts = [(host, key_of(obj)) for obj in found.objects for host in entries(at(obj, "spec", "hosts"))]
    for host, entry in hosts:
        if host == name:
            return Check(Layer.TARGET, Outcome.OK, f'{entry} names host "{name}"')
    message = f'no ServiceEntry names host "{name}"' if found.known else "the ServiceEntries could not be read"
    if resolved():
        return Check(Layer.TARGET, Outcome.NOTE, f"{message}, but Istio knows it anyway")
    wild = any(isinstance(host, str) and host.startswith("*") and name.endswith(host[1:]) for host, _ in hosts)
    if not found.known:
        return Check(Layer.TARGET, Outcome.UNKNOWN, message)
    if found.assumed:
        return Check(Layer.TARGET, Outcome.ASSUMED, str(Assumption(reference.to, HOST_KNOWN)))
    if wild or ".svc." in name:
        return Check(Layer.TARGET, Outcome.UNKNOWN, f"{message}; Istio may still know it")
    return Check(Layer.TARGET, Outcome.FAILED, message)
