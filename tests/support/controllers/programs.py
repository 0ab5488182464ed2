"""The controllers' programs, built once from the exact versions of their Go modules and kept in this user's cache."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tests.support.cluster.binaries import announce, cached, go_path, run_go

SKIP = "KUBECTL_REFS_SKIP_CONTROLLERS"
"""The environment variable that leaves the tests of controllers out when it is 1."""


@dataclass(frozen=True, slots=True)
class Module:
    """A version of a Go module, which fixes the versions of everything that it needs, and one of its programs."""

    path: str
    version: str
    package: str

    @property
    def program(self) -> str:
        return self.package.rpartition("/")[2]


ENVOY_GATEWAY = Module("github.com/envoyproxy/gateway", "v1.9.1", "cmd/envoy-gateway")
ISTIO = Module("istio.io/istio", "v0.0.0-20260827124520-eed52ebb66ad", "pilot/cmd/pilot-discovery")
"""Istio's releases are not on the module proxy under their version; this is its main branch between 1.30 and 1.31."""


def built(module: Module) -> Path:
    """The program. Raises BinariesError where it is not in the cache and cannot be built."""

    def build(folder: Path) -> None:
        # In a folder without go.mod, `go install` takes every version from the module's own.
        go = go_path(
            f"{module.program} builds", f"install Go (https://go.dev/dl), or set {SKIP}=1 to leave its tests out"
        )
        announce(module.program, "3")
        run_go([go, "install", f"{module.path}/{module.package}@{module.version}"], folder, GOBIN=str(folder))

    key = hashlib.sha256(f"{module.path}/{module.package}@{module.version}".encode()).hexdigest()[:16]
    return cached("controllers", f"{module.program}-{key}", build) / module.program
