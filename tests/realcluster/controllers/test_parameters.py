"""Parameters of a GatewayClass: if they are missing, Cilium writes what is computed; after the fix, it accepts."""

from __future__ import annotations

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.asking import Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import V1
from tests.support.controllers.controller import Controller
from tests.support.controllers.scene import ACCEPTED, conditions

INVALID = ("False", "InvalidParameters")


@pytest.mark.parametrize("controller", ["cilium"], indirect=True)
def test_a_class_is_accepted_once_its_parameters_are_those_that_the_fix_names(
    controller: Controller, terminal: Terminal, fresh: Fresh
) -> None:
    server, namespace = controller.server, fresh(controller.server, "infra")
    config = {"group": "cilium.io", "kind": "CiliumGatewayClassConfig", "namespace": namespace}
    name = f"class-of-{namespace}"
    gateway_class: JSON = {
        "apiVersion": V1,
        "kind": "GatewayClass",
        "metadata": {"name": name},
        "spec": {"controllerName": controller.name, "parametersRef": {**config, "name": "option"}},
    }
    metadata = {"name": "options", "namespace": namespace}
    server.apply(
        {"apiVersion": "cilium.io/v2alpha1", "kind": config["kind"], "metadata": metadata, "spec": {}}, gateway_class
    )

    def written() -> object:
        found = controller.read(gateway_class).get("status", {}).get("conditions", [])
        return next(((each["status"], each["reason"]) for each in found if each["type"] == "Accepted"), None)

    controller.wait(lambda: written() == INVALID, lambda: f"refuse the class, which has {written()}")
    asked = terminal.ask(f"gatewayclass/{name}")
    terminal.paste(asked.commands[0])
    controller.wait(lambda: written() == ACCEPTED, lambda: f"accept the class, which has {written()}")
    after = terminal.ask(f"gatewayclass/{name}")

    assert conditions(asked.report, "Accepted") == {name: (INVALID, INVALID, "agrees")}
    assert conditions(after.report, "Accepted") == {name: (ACCEPTED, ACCEPTED, "agrees")}
