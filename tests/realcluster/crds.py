"""Gateway API's CRDs of a given release and channel, from the Go module proxy, and their installation."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kubectl_refs.core.model import JSON
from tests.realcluster.apiserver import ApiServer
from tests.realcluster.binaries import BinariesError

MODULE = "sigs.k8s.io/gateway-api"
ESTABLISHED_WITHIN = 30
"""Seconds until discovery must show the installed kinds. It takes about one."""

_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def definitions(version: str, channel: str) -> list[JSON]:
    """The CustomResourceDefinitions of a release (`1.6.3`), channel `standard` or `experimental`.

    The admission policy that comes with releases from 1.5 on is left out: it is no CRD. Raises BinariesError if Go
    cannot fetch the module.
    """
    archive = zipfile.ZipFile(io.BytesIO(_archive(version).read_bytes()))
    folder = f"{MODULE}@v{version}/config/crd/{channel}/"
    names = [name for name in archive.namelist() if name.startswith(folder) and name.endswith(".yaml")]
    # The schemas are megabytes, for which PyYAML's own parser takes seconds.
    found = [document for name in sorted(names) for document in yaml.load_all(archive.read(name), yaml.CSafeLoader)]
    return [document for document in found if document.get("kind") == "CustomResourceDefinition"]


def _archive(version: str) -> Path:
    """The module's zip in Go's own cache, which `go mod download` fills."""
    go = shutil.which("go")
    if not go:
        raise BinariesError("Gateway API's CRDs are fetched with Go, and there is no go on PATH: install Go")
    # A folder without a go.mod, so that the module's version is exactly the one asked for.
    done = subprocess.run(
        [go, "mod", "download", "-json", f"{MODULE}@v{version}"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    # A release that asks for a newer Go is reported as an error, yet its zip is there and named.
    answer: dict[str, Any] = json.loads(done.stdout or "{}")
    if "Zip" not in answer:
        raise BinariesError(f"go mod download {MODULE}@v{version} failed: {answer.get('Error') or done.stderr.strip()}")
    return Path(answer["Zip"])


def install(server: ApiServer, version: str, channel: str) -> None:
    """Install a release's CRDs and wait until the server serves every kind of theirs."""
    crds = definitions(version, channel)
    server.apply(*crds)
    names = [f"crd/{crd['metadata']['name']}" for crd in crds]
    server.kubectl("wait", "--for=condition=Established", f"--timeout={ESTABLISHED_WITHIN}s", *names)
    wanted = {resource for crd in crds for resource in _resources(crd)}
    server.wait_until(
        lambda: wanted <= set(_discovered(server)), "show Gateway API in discovery", seconds=ESTABLISHED_WITHIN
    )


def _resources(crd: JSON) -> Iterator[tuple[str, str, str]]:
    """Group, version and plural of everything that a CRD serves."""
    spec = crd["spec"]
    for version in spec["versions"]:
        if version["served"]:
            yield spec["group"], version["name"], spec["names"]["plural"]


def _discovered(server: ApiServer) -> Iterator[tuple[str, str, str]]:
    _, body = server.get("/apis", accept=_AGGREGATED)
    for group in json.loads(body)["items"]:
        for version in group["versions"]:
            for resource in version["resources"]:
                yield group["metadata"]["name"], version["version"], resource["resource"]
