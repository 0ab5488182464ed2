"""A backend other than a Service: for a Gateway, each controller answers InvalidKind, as computed."""

from __future__ import annotations

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.asking import Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import ALL, V1, listener
from tests.support.controllers.controller import Controller
from tests.support.controllers.scene import conditions, gateway

INVALID = ("False", "InvalidKind")


def test_a_gateway_is_no_backend_of_these_controllers(controller: Controller, terminal: Terminal, fresh: Fresh) -> None:
    server, namespace = controller.server, fresh(controller.server, "shop")
    parent = {"name": "public"}
    backend = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "public", "port": 80}
    route: JSON = {
        "apiVersion": V1,
        "kind": "HTTPRoute",
        "metadata": {"name": "loop", "namespace": namespace},
        "spec": {"parentRefs": [parent], "rules": [{"backendRefs": [backend]}]},
    }
    server.apply(gateway(controller, namespace, listener("http", 80, ALL)), route)

    def written() -> object:
        parents = controller.read(route).get("status", {}).get("parents", [])
        found = [each for parent in parents for each in parent["conditions"] if each["type"] == "ResolvedRefs"]
        return next(((each["status"], each["reason"]) for each in found), None)

    controller.wait(lambda: written() is not None, lambda: f"write ResolvedRefs of the route, which has {written()}")
    asked = terminal.ask("httproute/loop", "-n", namespace)
    assert conditions(asked.report, "ResolvedRefs") == {"loop": (INVALID, INVALID, "agrees")}
