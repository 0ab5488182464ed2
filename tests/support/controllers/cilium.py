"""Cilium's Gateway API controllers without its agents: only their status logic, as a process beside the API server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kubectl_refs.core.model.objects import GATEWAY_GROUP
from tests.support.cluster import crds
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.binaries import Binaries
from tests.support.controllers.controller import Controller
from tests.support.controllers.programs import CILIUM, built

NAME = "io.cilium/gateway-controller"
CLASS = "cilium"
GATEWAY_API = "1.6.3"
"""The module requires 1.6.1; this is a later patch release of it."""

_CRDS = "pkg/k8s/apis/cilium.io/client/crds/"
_WRITTEN = ("v2/ciliumenvoyconfigs.yaml", "v2alpha1/ciliumgatewayclassconfigs.yaml")
"""The only kinds of Cilium's that these controllers read or write."""
_SECRETS = "cilium-secrets"


@contextmanager
def running(programs: Binaries) -> Iterator[Controller]:
    """Cilium's controllers with an API server of their own."""
    program = built(CILIUM)
    with ApiServer(programs) as server:
        crds.install(server, GATEWAY_API, "experimental")
        for each in _WRITTEN:
            crds.install_definitions(server, crds.definitions_in(CILIUM.path, CILIUM.version, _CRDS + each))
        server.apply(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _SECRETS}},
            {
                "apiVersion": f"{GATEWAY_GROUP}/v1",
                "kind": "GatewayClass",
                "metadata": {"name": CLASS},
                "spec": {"controllerName": NAME},
            },
        )
        command: list[str | Path] = [program, "--k8s-kubeconfig-path", server.kubeconfig()]
        with Controller(server, NAME, CLASS, command, {"HOME": str(server.folder)}) as controller:
            yield controller
