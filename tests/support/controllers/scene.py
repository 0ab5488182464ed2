"""Objects that tests give to a controller, and the wait until it has written the expected conditions."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.model.values import at, entries, mapping
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.objects import ALL, V1, listener
from tests.support.controllers.controller import Controller

Written = tuple[str, str]
"""Status and reason of a condition."""

RESOLVED = ("True", "ResolvedRefs")
NOT_PERMITTED = ("False", "RefNotPermitted")
ACCEPTED = ("True", "Accepted")


def certificate(server: ApiServer) -> dict[str, str]:
    """The API server's own key and certificate as data of a TLS Secret: any other pair would do."""
    crt = server.certificate_authority
    return {
        f"tls.{part}": base64.b64encode(crt.with_suffix(f".{part}").read_bytes()).decode() for part in ("crt", "key")
    }


def tls_secret(server: ApiServer, namespace: str, name: str) -> JSON:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"name": name, "namespace": namespace},
        "data": certificate(server),
    }


def gateway(controller: Controller, namespace: str, *listeners: JSON, name: str = "public") -> JSON:
    """A Gateway of the controller's class that takes ListenerSets from all namespaces."""
    return {
        "apiVersion": V1,
        "kind": "Gateway",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "gatewayClassName": controller.gateway_class,
            "allowedListeners": {"namespaces": ALL},
            "listeners": list(listeners),
        },
    }


OPEN_LISTENERS: Sequence[JSON] = (
    listener("http", 80, ALL),
    listener("tls", 8443, ALL, protocol="TLS", tls={"mode": "Passthrough"}),
    listener("tcp", 9000, ALL, protocol="TCP"),
)
"""One listener for each kind of route that all controllers support, open to all namespaces."""


def https(name: str, port: int, reference: JSON) -> JSON:
    return listener(name, port, ALL, protocol="HTTPS", tls={"certificateRefs": [reference]})


def listener_set(namespace: str, name: str, parent: JSON, *listeners: JSON) -> JSON:
    return {
        "apiVersion": V1,
        "kind": "ListenerSet",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"parentRef": parent, "listeners": list(listeners)},
    }


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the controller must write about an object, wherever its status has a condition of this type."""

    object: JSON
    written: Written
    type: str = "ResolvedRefs"


def wait_for(controller: Controller, *expected: Expectation) -> None:
    """Wait until the controller has written all expected conditions for the latest generation of each object."""

    def look() -> list[str]:
        return [
            f"{each.type} {each.written} on {each.object['kind']} {each.object['metadata']['name']}, which has {found}"
            for each in expected
            for found in [written(controller, each.object, each.type)]
            if found != {each.written}
        ]

    controller.wait(lambda: not look(), lambda: "write " + ";\n".join(look()))


def written(controller: Controller, obj: JSON, type_: str) -> set[Written]:
    """The conditions of a type that the controller wrote for the current generation, on all parents and listeners."""
    current = controller.read(obj)
    generation = current["metadata"]["generation"]
    places = [
        *(each for each in entries(at(current, "status", "parents")) if at(each, "controllerName") == controller.name),
        *entries(at(current, "status", "listeners")),
    ]
    return {
        (condition["status"], condition["reason"])
        for place in places
        for condition in map(mapping, entries(at(place, "conditions")))
        if condition["type"] == type_ and condition.get("observedGeneration") == generation
    }


def parent(namespace: str, section: str | None = None, name: str = "public") -> JSON:
    """A parentRef to a Gateway."""
    return {"name": name, "namespace": namespace, **({"sectionName": section} if section else {})}


def conditions(report: JSON, type_: str) -> dict[str, tuple[Written, Written, str]]:
    """For each object's name, what is computed and what is reported, ("", "") if nothing, and whether the two agree."""
    return {
        each["object"]["name"]: (_written(each["computed"]), _written(each["reported"]), each["agreement"])
        for each in report["conditions"]
        if each["type"] == type_ and each["object"]["group"] == GATEWAY_GROUP
    }


def _written(condition: JSON | None) -> Written:
    return (condition["status"], condition["reason"]) if condition else ("", "")
