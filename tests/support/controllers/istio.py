"""Istio's control plane without any proxy: only its status logic, as a process beside the API server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.cluster import crds
from tests.support.cluster.api_server import ApiServer, free_ports
from tests.support.cluster.binaries import Binaries
from tests.support.controllers.controller import Controller
from tests.support.controllers.programs import ISTIO, built

NAME = "istio.io/gateway-controller"
CLASS = "istio"
NAMESPACE = "istio-system"
GATEWAY_API = "1.6.3"
"""The module requires 1.6.0; this is a later patch release of it."""

_CRDS = "manifests/charts/base/files/crd-all.gen.yaml"
_CLASS_WITHIN = 60
"""Seconds until Istio must have created its GatewayClass. It takes about three."""


@contextmanager
def running(programs: Binaries) -> Iterator[Controller]:
    """Istio with an API server of its own."""
    program = built(ISTIO)
    with ApiServer(programs) as server:
        crds.install(server, GATEWAY_API, "experimental")
        crds.install_definitions(server, crds.definitions_in(ISTIO.path, ISTIO.version, _CRDS))
        server.apply(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "istio", "namespace": NAMESPACE},
                "data": {"mesh": json.dumps({"rootNamespace": NAMESPACE})},
            },
        )
        http, monitoring = free_ports(2)
        command: list[str | Path] = [
            program,
            "discovery",
            *("--kubeconfig", server.kubeconfig()),
            *("--httpAddr", f"127.0.0.1:{http}"),
            *("--monitoringAddr", f"127.0.0.1:{monitoring}"),
            *("--grpcAddr", "", "--secureGRPCAddr", "", "--httpsAddr", "", "--ctrlz_port", "0"),
        ]
        env = {
            "PILOT_ENABLE_ALPHA_GATEWAY_API": "true",
            "POD_NAMESPACE": NAMESPACE,
            "POD_NAME": "istiod",
            "CLUSTER_ID": "Kubernetes",
            "ENABLE_CA_SERVER": "false",
            "HOME": str(server.folder),
        }
        with Controller(server, NAME, CLASS, command, env) as controller:
            controller.wait(
                lambda: server.get(f"/apis/gateway.networking.k8s.io/v1/gatewayclasses/{CLASS}")[0] == 200,
                lambda: "make its GatewayClass",
                _CLASS_WITHIN,
            )
            yield controller
