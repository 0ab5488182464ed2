"""Envoy Gateway without any Envoy: only its status logic, as a process beside the API server."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kubectl_refs.core.model.objects import GATEWAY_GROUP
from tests.support.cluster import crds
from tests.support.cluster.api_server import ApiServer, ServerError
from tests.support.cluster.binaries import Binaries, cache, locked
from tests.support.controllers.controller import Controller
from tests.support.controllers.programs import ENVOY_GATEWAY, built

NAME = "gateway.envoyproxy.io/gatewayclass-controller"
CLASS = "eg"
NAMESPACE = "envoy-gateway-system"
GATEWAY_API = "1.6.3"
"""The module requires 1.6.1; this is a later patch release of it."""

_CRDS = "charts/gateway-helm/charts/crds/crds/generated/"
_CONFIG = {
    "apiVersion": "gateway.envoyproxy.io/v1alpha1",
    "kind": "EnvoyGateway",
    "gateway": {"controllerName": NAME},
    "logging": {"level": {"default": "warn"}},
    "provider": {"type": "Kubernetes", "kubernetes": {"leaderElection": {"disable": True}}},
}


@contextmanager
def running(programs: Binaries) -> Iterator[Controller]:
    """Envoy Gateway with an API server of its own. Its ports are fixed, so runs side by side take turns."""
    program = built(ENVOY_GATEWAY)
    with locked(cache() / "controllers" / "envoy-gateway.ports"), ApiServer(programs) as server:
        crds.install(server, GATEWAY_API, "experimental")
        crds.install_definitions(server, crds.definitions_in(ENVOY_GATEWAY.path, ENVOY_GATEWAY.version, _CRDS))
        server.apply(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
            {
                "apiVersion": f"{GATEWAY_GROUP}/v1",
                "kind": "GatewayClass",
                "metadata": {"name": CLASS},
                "spec": {"controllerName": NAME},
            },
        )
        root = _root(server, program)
        with Controller(
            server,
            NAME,
            CLASS,
            ["/envoy-gateway", "server", "--config-path", "/config.json"],
            {"HOME": "/", "KUBECONFIG": "/kubeconfig", "ENVOY_GATEWAY_NAMESPACE": NAMESPACE},
            root,
        ) as controller:
            yield controller


def _root(server: ApiServer, program: Path) -> Path:
    """A folder that serves as Envoy Gateway's file system root.

    Envoy Gateway reads certificates only from /certs, where tests have no business to write. It is linked statically,
    so it needs nothing but its own files.
    """
    root = server.folder / "root"
    (root / "certs").mkdir(parents=True)
    (root / "tmp").mkdir()
    (root / "config.json").write_text(json.dumps(_CONFIG))
    kubeconfig = json.loads(server.kubeconfig().read_text())
    cluster = kubeconfig["clusters"][0]["cluster"]
    authority = Path(cluster.pop("certificate-authority")).read_bytes()
    cluster["certificate-authority-data"] = base64.b64encode(authority).decode()
    (root / "kubeconfig").write_text(json.dumps(kubeconfig))
    try:
        os.link(program, root / "envoy-gateway")
    except OSError:
        shutil.copy(program, root / "envoy-gateway")
    for name, content in _certificates(server, program).items():
        (root / "certs" / name).write_bytes(base64.b64decode(content))
    return root


def _certificates(server: ApiServer, program: Path) -> dict[str, str]:
    """The certificates that Envoy Gateway's own job creates before the first start, from the Secret that it leaves."""
    done = subprocess.run(
        [program, "certgen", "--disable-topology-injector"],
        env={"KUBECONFIG": str(server.kubeconfig()), "ENVOY_GATEWAY_NAMESPACE": NAMESPACE},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServerError(f"envoy-gateway certgen exited with {done.returncode}: {done.stdout}{done.stderr}")
    _, body = server.get(f"/api/v1/namespaces/{NAMESPACE}/secrets/envoy-gateway")
    data: dict[str, str] = json.loads(body)["data"]
    return data
