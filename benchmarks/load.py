"""A cluster of a given size: one scenario that is measured, with routes, services and grants around it.

The scenario is the same at every size, so any difference comes from the size. Around it all is well (`surround`), or
half of all references are refused (`break_down`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster.bulk import Write

Around = Callable[[int], Iterator[Write]]
"""The objects around the scenario for a number of routes, with namespaces before the objects in them."""

ROUTES_PER_NAMESPACE = 80
REFERENCES = 5
"""The references of each route in an outage."""
TARGET_NAMESPACES, GRANTS, SERVICES = 20, 65, 25
"""In an outage: the namespaces that are referenced, and the grants and services in each."""
ROUTE, NAMESPACE = "frontend-routes", "frontend"


def surround(size: int) -> Iterator[Write]:
    """`size` routes, with namespaces, services and grants."""
    yield from _crowds(size)
    for route in range(size):
        yield from around(route)


def break_down(size: int) -> Iterator[Write]:
    """`size` routes with five references each into other namespaces. The grants there admit every second namespace of
    routes and misspell the others, so that half of the references are refused."""
    crowds = list(_crowds(size))
    shared = [f"shared-{number}" for number in range(TARGET_NAMESPACES)]
    yield from crowds
    yield from map(_namespace, shared)
    for name in shared:
        yield from _shared(name, len(crowds))
    yield from map(_broken, range(size))


def _crowds(size: int) -> Iterator[Write]:
    return (_namespace(_crowd(route)) for route in range(0, size, ROUTES_PER_NAMESPACE))


def _shared(namespace: str, crowds: int) -> Iterator[Write]:
    """A namespace that routes reference."""
    for number in range(SERVICES):
        yield service(namespace, f"service-{number}")
    for number in range(GRANTS):
        admitted = range(number, max(crowds, GRANTS), GRANTS)
        yield grant(
            namespace, f"grant-{number}", *(f"crowd-{each}" if each % 2 else f"crowdd-{each}" for each in admitted)
        )


def _broken(route: int) -> Write:
    places = [(route + each * 7) % (TARGET_NAMESPACES * SERVICES) for each in range(REFERENCES)]
    spec = {
        "parentRefs": [{"name": "public", "namespace": "infra"}],
        "hostnames": [f"{route}.example.com"],
        "rules": [
            _rule(f"service-{place // TARGET_NAMESPACES}", f"shared-{place % TARGET_NAMESPACES}") for place in places
        ],
    }
    return _gateway_api("v1", "HTTPRoute", "httproutes", _crowd(route), f"route-{route}", spec)


def scenario() -> Iterator[Write]:
    """The measured route: one allowed reference, one granted, and one refused because its grant says `fronted`."""
    yield from map(_namespace, (NAMESPACE, "shared-services", "billing", "infra"))
    backends = (("web", NAMESPACE), ("auth-service", "shared-services"), ("api", "billing"))
    yield from (service(namespace, name) for name, namespace in backends)
    yield gateway()
    route = {
        "parentRefs": [{"name": "public", "namespace": "infra"}],
        "rules": [_rule(*backend) for backend in backends],
    }
    yield _gateway_api("v1", "HTTPRoute", "httproutes", NAMESPACE, ROUTE, route)
    yield grant("shared-services", "allow-frontend", "fronted")
    yield grant("billing", "from-frontend", NAMESPACE)


def gateway() -> Write:
    """The Gateway of all routes."""
    listener = {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "All"}}}
    return _gateway_api(
        "v1", "Gateway", "gateways", "infra", "public", {"gatewayClassName": "any", "listeners": [listener]}
    )


def _crowd(route: int) -> str:
    return f"crowd-{route // ROUTES_PER_NAMESPACE}"


def around(route: int) -> Iterator[Write]:
    """A route, half a service and a fifth of a grant, by which every fifth route references the crowd before its own.

    10,000 of these make a cluster of 125 namespaces, 5,000 services, 2,000 grants.
    """
    crosses = route % 5 == 0
    target = max(route - ROUTES_PER_NAMESPACE, 0) if crosses else route
    spec = {
        "parentRefs": [{"name": "public", "namespace": "infra"}],
        "hostnames": [f"{route}.example.com"],
        "rules": [_rule(_half(route), _crowd(route)), _rule(_half(target), _crowd(target))],
    }
    yield _gateway_api("v1", "HTTPRoute", "httproutes", _crowd(route), f"route-{route}", spec)
    if route % 2 == 0:
        yield service(_crowd(route), _half(route))
    if crosses:
        yield grant(_crowd(target), f"grant-{route}", _crowd(route))


def _half(route: int) -> str:
    """The service that a route shares with its neighbour."""
    return f"service-{route // 2 * 2}"


def _rule(service: str, namespace: str) -> JSON:
    return {"backendRefs": [{"name": service, "namespace": namespace, "port": 80}]}


def _namespace(name: str) -> Write:
    return "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def service(namespace: str, name: str) -> Write:
    # Headless, because allocating cluster addresses takes the server longer than all the rest.
    spec = {"clusterIP": "None", "selector": {"app": name}, "ports": [{"port": 80}]}
    metadata = {"name": name, "namespace": namespace}
    body = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}
    return f"/api/v1/namespaces/{namespace}/services", body


def grant(namespace: str, name: str, *from_namespaces: str) -> Write:
    spec = {
        "from": [{"group": GATEWAY_GROUP, "kind": "HTTPRoute", "namespace": each} for each in from_namespaces],
        "to": [{"group": "", "kind": "Service"}],
    }
    return _gateway_api("v1beta1", "ReferenceGrant", "referencegrants", namespace, name, spec)


def _gateway_api(version: str, kind: str, plural: str, namespace: str, name: str, spec: dict[str, Any]) -> Write:
    api_version = f"{GATEWAY_GROUP}/{version}"
    metadata = {"name": name, "namespace": namespace}
    body = {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}
    return f"/apis/{api_version}/namespaces/{namespace}/{plural}", body


LOADS: dict[str, Around] = {"calm": surround, "outage": break_down}
