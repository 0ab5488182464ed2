"""Gateway API objects that tests create on a real cluster, each in one line unless something special is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON

V1 = f"{GATEWAY_GROUP}/v1"


def service(namespace: str, name: str = "auth", port: int = 80) -> JSON:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        # TCP and UDP, so that it is a sound target for every kind of route.
        "spec": {"ports": [{"name": each.lower(), "port": port, "protocol": each} for each in ("TCP", "UDP")]},
    }


def endpoints(service: JSON) -> JSON:
    """An address behind a Service, which some controllers require when they forward connections unchanged."""
    metadata = service["metadata"]
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": f"{metadata['name']}-1",
            "namespace": metadata["namespace"],
            "labels": {"kubernetes.io/service-name": metadata["name"]},
        },
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["192.0.2.1"], "conditions": {"ready": True}}],
        "ports": service["spec"]["ports"],
    }


def backend(namespace: str | None, name: str = "auth", port: int = 80, **more: Any) -> JSON:
    """A backendRef; None leaves the namespace out."""
    return {"name": name, "port": port, **({} if namespace is None else {"namespace": namespace}), **more}


def mirror(reference: JSON) -> JSON:
    """A filter that sends copies to a backend."""
    return {"type": "RequestMirror", "requestMirror": {"backendRef": reference}}


def route(namespace: str, *rules: JSON, name: str = "web", kind: str = "HTTPRoute", **spec: Any) -> JSON:
    return {
        "apiVersion": V1,
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"rules": list(rules), **spec},
    }


def to_backends(*backends: JSON, filters: tuple[JSON, ...] = ()) -> JSON:
    """One rule of a route."""
    return {"backendRefs": list(backends), **({"filters": list(filters)} if filters else {})}


def grant(namespace: str, from_: Sequence[JSON], to: Sequence[JSON], name: str = "from-frontend") -> JSON:
    """A ReferenceGrant, in the version that every release serves."""
    return {
        "apiVersion": f"{GATEWAY_GROUP}/v1beta1",
        "kind": "ReferenceGrant",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"from": list(from_), "to": list(to)},
    }


def from_routes(namespace: str, **changed: str) -> dict[str, str]:
    """A `from` entry for the HTTPRoutes of a namespace, with some fields replaced."""
    return {"group": GATEWAY_GROUP, "kind": "HTTPRoute", "namespace": namespace} | changed


def to_services(**changed: str) -> dict[str, str]:
    """A `to` entry for every Service, with some fields replaced or a name added."""
    return {"group": "", "kind": "Service"} | changed


def gateway(namespace: str, *listeners: JSON, name: str = "public") -> JSON:
    return {
        "apiVersion": V1,
        "kind": "Gateway",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"gatewayClassName": "example", "listeners": list(listeners)},
    }


def gateway_class(name: str, controller: str) -> JSON:
    return {
        "apiVersion": V1,
        "kind": "GatewayClass",
        "metadata": {"name": name},
        "spec": {"controllerName": controller},
    }


def listener(name: str = "http", port: int = 80, namespaces: JSON | None = None, **more: Any) -> JSON:
    """An HTTP listener; without `namespaces` the API server defaults to routes of its own namespace."""
    allowed = {} if namespaces is None else {"allowedRoutes": {"namespaces": namespaces}}
    return {"name": name, "port": port, "protocol": "HTTP", **allowed, **more}


ALL: JSON = {"from": "All"}


def labelled(**labels: str) -> JSON:
    """An allowedRoutes rule for namespaces with these labels."""
    return {"from": "Selector", "selector": {"matchLabels": labels}}


def path_of(obj: JSON) -> str:
    """The path of an object. Its plural follows English rules, which hold for all kinds in these tests."""
    version, kind, metadata = obj["apiVersion"], obj["kind"].lower(), obj["metadata"]
    if kind.endswith("y") and kind[-2] not in "aeiou":
        plural = f"{kind[:-1]}ies"
    else:
        plural = f"{kind}es" if kind.endswith("s") else f"{kind}s"
    within = f"namespaces/{metadata['namespace']}/" if "namespace" in metadata else ""
    return f"/{'apis' if '/' in version else 'api'}/{version}/{within}{plural}/{metadata['name']}"
