"""The port that a reference names: does the target have it, and is its protocol right?"""

from __future__ import annotations

from kubectl_refs.core.model.judgements import Check, Layer, Outcome
from kubectl_refs.core.model.kinds import KGATEWAY_BACKEND, SERVICE, SERVICE_ENTRY, UDP_ROUTE
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import at, entries, integer, text, unsubstituted
from kubectl_refs.core.text.language import listing

_WITHOUT_PORT = {KGATEWAY_BACKEND: "kgateway"}
"""Backend kinds that hold their ports themselves, each with the implementation that finds no such backend if the
reference names a port too (kgateway-dev/kgateway at 0412311c, BackendPortNotAllowedError in
pkg/krtcollections/policy.go, and its pull request 12190)."""


def superfluous_port_check(reference: Reference) -> Check | None:
    """The failure of a reference that names a port of a kind that must be named without one; None for every other."""
    implementation = _WITHOUT_PORT.get(reference.to.group_kind)
    if implementation is None or reference.port is None:
        return None
    message = (
        f"{reference.to} is named with port {reference.port}, but {implementation} takes a {reference.to.kind} only without "
        "one (BackendNotFound): leave the port out"
    )
    return Check(Layer.PORT, Outcome.FAILED, message)


def wrong_port_check(reference: Reference, field: str, obj: JSON) -> Check:
    """The failure of a reference whose port is not an integer that the API has, with the ports that the target has; a
    port that is not substituted yet is not known. `obj` is empty where the target has none or is not known."""
    if unsubstituted(reference.wrong_port):
        return Check(Layer.PORT, Outcome.UNKNOWN, f"{field} is {reference.wrong_port}, which is not substituted yet")
    has = listing([*map(_describe, ports_of(obj))])
    there = f"; {reference.to} has {has}" if has else ""
    must = f"{field} is {reference.wrong_port} and must be an integer from 1 to 65535"
    return Check(Layer.PORT, Outcome.FAILED, f"{must}{there}")


def port_check(reference: Reference, obj: JSON) -> Check | None:
    """Whether a Service, ServiceImport or ServiceEntry has the port a reference names; None where there is nothing to check."""
    ports = ports_of(obj)
    external = at(obj, "spec", "type") == "ExternalName"
    if reference.port is None:
        if reference.to.group_kind != SERVICE:
            return None
        return Check(Layer.PORT, Outcome.FAILED, "the reference names no port, and a Service needs one")
    if external and not ports:
        return None
    numbered = [port for port in ports if port.get("port") == reference.port]
    if any(carries(reference, port) for port in numbered):
        return Check(Layer.PORT, Outcome.OK, f"port {reference.port} exists")
    if numbered:
        message = f"port {reference.port} of {reference.to} is not a {_protocol(reference)} port"
        return Check(Layer.PORT, Outcome.FAILED, message)
    has = listing([*map(_describe, ports)]) or "none"
    message = f"{reference.to} has no port {reference.port}; it has {has}"
    behind = [port for port in ports if port.get("targetPort") == reference.port]
    if behind:
        message += (
            f" ({reference.port} is the target port of {behind[0].get('port')}; a reference uses the Service's port)"
        )
    return Check(Layer.PORT, Outcome.FAILED, message)


def ports_of(obj: JSON) -> list[JSON]:
    """The ports of a Service or ServiceImport; those of a ServiceEntry as a Service would have them."""
    written: list[JSON] = [port for port in entries(at(obj, "spec", "ports")) if isinstance(port, dict)]
    return written if obj.get("kind") != SERVICE_ENTRY.kind else [_of_service_entry(port) for port in written]


def _of_service_entry(port: JSON) -> JSON:
    """A ServiceEntry's port has a number, and as its protocol often the one above TCP, such as HTTP (Istio, ServicePort)."""
    protocol = "UDP" if (text(port.get("protocol")) or "").upper() == "UDP" else "TCP"
    return {"port": port.get("number"), "name": port.get("name"), "protocol": protocol}


def carries(reference: Reference, port: JSON) -> bool:
    """Whether a port is of the protocol that the referrer speaks to its backends."""
    return (text(port.get("protocol")) or "TCP") == _protocol(reference)


def _protocol(reference: Reference) -> str:
    return "UDP" if reference.referrer.group_kind == UDP_ROUTE else "TCP"


def _describe(port: JSON) -> str:
    number = integer(port.get("port"))
    name = text(port.get("name"))
    return f"{number} ({name})" if name else str(number)
