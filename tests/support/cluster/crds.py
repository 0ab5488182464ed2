"""CRDs from the Go modules that publish them, mainly those of a Gateway API release and channel."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.binaries import BinariesError, go_path

MODULE = "sigs.k8s.io/gateway-api"
ESTABLISHED_WITHIN = 30
"""Seconds until discovery must show the installed kinds. It takes about one."""

_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def definitions(version: str, channel: str) -> list[JSON]:
    """The CustomResourceDefinitions of a release (`1.6.3`), channel `standard` or `experimental`.

    The admission policy in releases since 1.5 is left out, since it is no CRD. Raises BinariesError if Go cannot fetch
    the module.
    """
    return definitions_in(MODULE, f"v{version}", f"config/crd/{channel}/")


def definitions_in(module: str, version: str, place: str) -> list[JSON]:
    """The CustomResourceDefinitions in a file or below a folder (`config/crd/`) of a Go module's version."""
    archive = zipfile.ZipFile(io.BytesIO(_archive(module, version).read_bytes()))
    prefix = f"{module}@{version}/{place}"
    names = [name for name in archive.namelist() if name.startswith(prefix) and name.endswith(".yaml")]
    # The schemas are megabytes; PyYAML's pure Python parser would take seconds.
    found = [document for name in sorted(names) for document in yaml.load_all(archive.read(name), yaml.CSafeLoader)]
    return [document for document in found if document and document.get("kind") == "CustomResourceDefinition"]


def _archive(module: str, version: str) -> Path:
    """The module's zip in Go's own cache, which `go mod download` fills."""
    go = go_path(f"the CRDs of {module} are fetched", "install Go")
    # A folder without a go.mod, so that exactly the requested version is fetched.
    done = subprocess.run(
        [go, "mod", "download", "-json", f"{module}@{version}"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    # A release that requires a newer Go is reported as an error, but its zip is there and named.
    answer: dict[str, Any] = json.loads(done.stdout or "{}")
    if "Zip" not in answer:
        raise BinariesError(f"go mod download {module}@{version} failed: {answer.get('Error') or done.stderr.strip()}")
    return Path(answer["Zip"])


def install(server: ApiServer, version: str, channel: str) -> None:
    """Install a release's CRDs, and wait until the server serves all their kinds."""
    install_definitions(server, definitions(version, channel))


def install_definitions(server: ApiServer, crds: Sequence[JSON]) -> None:
    """Install CRDs, and wait until the server serves all their kinds."""
    server.apply(*crds)
    wanted = {resource for crd in crds for resource in _resources(crd)}
    server.wait_until(
        lambda: wanted <= set(_discovered(server)), "show the installed kinds in discovery", seconds=ESTABLISHED_WITHIN
    )


def _resources(crd: JSON) -> Iterator[tuple[str, str, str]]:
    """Group, version and plural of every version that a CRD serves."""
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
