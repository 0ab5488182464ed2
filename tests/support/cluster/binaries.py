"""Where kube-apiserver, etcd and kubectl come from: a folder of the caller's, the user's cache, or a Go build.

Nobody publishes these programs where every test machine can fetch them, but they build from the Go modules that
servers/go.mod pins. A build takes minutes, so its result stays in the cache, under a name that changes with any
of its inputs.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVERS = Path(__file__).with_name("servers")
"""The Go module that pins the versions of the three programs."""

PACKAGES = {
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kubectl": "k8s.io/kubernetes/cmd/kubectl",
    "etcd": "go.etcd.io/etcd/server/v3",
}


class BinariesError(Exception):
    """The programs are missing and cannot be built; the message says what to install or set."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """The three programs, all in one folder."""

    folder: Path

    @property
    def apiserver(self) -> Path:
        return self.folder / "kube-apiserver"

    @property
    def etcd(self) -> Path:
        return self.folder / "etcd"

    @property
    def kubectl(self) -> Path:
        return self.folder / "kubectl"


def find() -> Binaries:
    """The programs in KUBEBUILDER_ASSETS if that is set, else those in the cache, built first if need be.

    Raises BinariesError if they are missing and cannot be built.
    """
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if assets:
        return _checked_assets(Path(assets))
    return Binaries(cached("servers", _build_key(), _build))


def selectors() -> Path:
    """The program that evaluates label selectors with apimachinery.

    Raises BinariesError if it is not in the cache and cannot be built.
    """
    inputs = [(SERVERS / name).read_bytes() for name in ("go.sum", "go.mod", "selectors/main.go")]

    def build(folder: Path) -> None:
        run_go([_go(), "build", "-trimpath", "-o", str(folder / "selectors"), "./selectors"], SERVERS)

    return cached("selectors", hashlib.sha256(b"\0".join(inputs)).hexdigest()[:16], build) / "selectors"


def cached(group: str, key: str, build: Callable[[Path], None]) -> Path:
    """A folder in the user's cache, which `build` fills the first time it is asked for.

    `build` fills a neighbouring folder that is renamed at the end, so an interrupted build leaves no incomplete folder.
    Of several runs side by side one builds, and the others wait.
    """
    folder = cache() / group / key
    with locked(folder.with_suffix(".lock")):
        if not folder.is_dir():
            _fill(folder, build)
    return folder


def _fill(folder: Path, build: Callable[[Path], None]) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=folder.parent))
    try:
        build(unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock between processes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def cache() -> Path:
    """The folder in which this project's tests keep files that take minutes to make."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "kubectl-refs"


def go_path(purpose: str, remedy: str) -> str:
    """The path of Go. Without Go, raises BinariesError with its `purpose` and `remedy`."""
    go = shutil.which("go")
    if not go:
        raise BinariesError(f"{purpose} with Go, and there is no go on PATH: {remedy}")
    return go


def run_go(command: list[str], folder: Path, **env: str) -> None:
    """Run a Go build without cgo in a folder. Raises BinariesError with Go's error output if it fails."""
    everything = os.environ | {"CGO_ENABLED": "0"} | env
    done = subprocess.run(command, cwd=folder, env=everything, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BinariesError(f"{' '.join(command)} failed:\n{done.stderr}")


def _checked_assets(folder: Path) -> Binaries:
    missing = [name for name in PACKAGES if not os.access(folder / name, os.X_OK)]
    if missing:
        raise BinariesError(f"KUBEBUILDER_ASSETS is {folder}, where {', '.join(missing)} cannot be executed")
    return Binaries(folder)


def _build_flags() -> list[str]:
    """Flags that leave out debugging data and set Kubernetes' version, which its own build takes from git."""
    found = re.search(r"k8s\.io/kubernetes (v(\d+)\.(\d+)\.\d+)", (SERVERS / "go.mod").read_text())
    assert found, "servers/go.mod requires k8s.io/kubernetes"
    stamps = zip(("gitVersion", "gitMajor", "gitMinor"), found.groups(), strict=True)
    version = " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in stamps)
    return ["-trimpath", "-ldflags", f"-s -w {version}"]


def _build_key() -> str:
    inputs = [(SERVERS / name).read_bytes() for name in ("go.sum", "go.mod")]
    return hashlib.sha256(b"\0".join([*inputs, " ".join(_build_flags()).encode()])).hexdigest()[:16]


def _build(folder: Path) -> None:
    go = _go()
    announce("kube-apiserver, kubectl and etcd", "5")
    for name, package in PACKAGES.items():
        run_go([go, "build", *_build_flags(), "-o", str(folder / name), package], SERVERS)


def announce(what: str, minutes: str) -> None:
    """Tell whoever waits why it takes so long."""
    sys.stderr.write(f"building {what} from Go modules: about {minutes} minutes, once\n")
    sys.stderr.flush()


def _go() -> str:
    """The path of a Go that is new enough for servers/go.mod, or can fetch a toolchain that is."""
    wanted = re.search(r"^go (\d+\.\d+)", (SERVERS / "go.mod").read_text(), re.MULTILINE)
    assert wanted, "servers/go.mod has a go directive"
    remedy = (
        f"install Go {wanted[1]} or newer (https://go.dev/dl), or set KUBEBUILDER_ASSETS to a folder that holds "
        "kube-apiserver, etcd and kubectl"
    )
    go = go_path("the real API server builds", remedy)
    # `go list -m` is the cheapest command that reads the go directive.
    probe = subprocess.run([go, "list", "-m"], cwd=SERVERS, capture_output=True, text=True, check=False)
    if probe.returncode:
        raise BinariesError(f"{go} cannot build the real API server ({probe.stderr.strip()}): {remedy}")
    return go
