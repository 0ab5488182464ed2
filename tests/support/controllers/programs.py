"""The controllers' programs, built once from exact versions of their Go modules and kept in the user's cache."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from tests.support.cluster.binaries import announce, cached, go_path, run_go

SKIP = "KUBECTL_REFS_SKIP_CONTROLLERS"
"""The environment variable that skips the tests of controllers when it is 1."""


@dataclass(frozen=True, slots=True)
class Module:
    """A version of a Go module, which fixes the versions of all its dependencies, and one of its programs.

    `source` is a Go module of our own that requires this one and builds the program. It is used if the published module
    cannot be installed: its go.mod has replacements, or needs modules that not every module proxy has.
    """

    path: str
    version: str
    package: str
    source: Path | None = None

    @property
    def program(self) -> str:
        return self.package.rpartition("/")[2]

    @property
    def sources(self) -> list[Path]:
        return sorted(each for each in self.source.rglob("*") if each.is_file()) if self.source else []

    @property
    def key(self) -> str:
        """A key that changes with any input of the build."""
        inputs = [f"{self.path}/{self.package}@{self.version}".encode(), *(each.read_bytes() for each in self.sources)]
        return hashlib.sha256(b"\0".join(inputs)).hexdigest()[:16]

    def build(self, go: str, folder: Path) -> None:
        """Build the program into a folder."""
        if self.source:
            run_go([go, "build", "-trimpath", "-o", str(folder / self.program), "."], self.source)
        else:
            # In a folder without go.mod, `go install` takes all versions from the go.mod of the module itself.
            run_go([go, "install", f"{self.path}/{self.package}@{self.version}"], folder, GOBIN=str(folder))


def _own(source: Path, path: str) -> Module:
    """A program built from a Go module of our own, at the version of `path` that its go.mod requires."""
    found = re.search(rf"^\s+{re.escape(path)} (v\S+)$", (source / "go.mod").read_text(), re.MULTILINE)
    assert found, f"{source}/go.mod requires {path}"
    return Module(path, found[1], source.name, source)


ENVOY_GATEWAY = Module("github.com/envoyproxy/gateway", "v1.9.1", "cmd/envoy-gateway")
ISTIO = Module("istio.io/istio", "v0.0.0-20260827124520-eed52ebb66ad", "pilot/cmd/pilot-discovery")
"""Istio's releases are not on the module proxy by version; this is its main branch between 1.30 and 1.31."""
CILIUM = _own(Path(__file__).with_name("cilium-gateways"), "github.com/cilium/cilium")


def built(module: Module) -> Path:
    """The path of the program. Raises BinariesError if it is not in the cache and cannot be built."""

    def build(folder: Path) -> None:
        go = go_path(
            f"{module.program} builds", f"install Go (https://go.dev/dl), or set {SKIP}=1 to leave its tests out"
        )
        announce(module.program, "3")
        module.build(go, folder)

    return cached("controllers", f"{module.program}-{module.key}", build) / module.program
