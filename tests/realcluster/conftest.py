"""Real clusters, fresh namespaces in them, and the program run against them: within this process, or installed."""

from __future__ import annotations

import itertools
import os
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.cluster import binaries, crds
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.asking import Finished, Program, Terminal, Within, environment
from tests.support.cluster.binaries import Binaries
from tests.support.cluster.bulk import post_all
from tests.support.cluster.fresh import Fresh

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def programs() -> Binaries:
    return binaries.find()


@pytest.fixture(scope="session")
def cluster(programs: Binaries) -> Iterator[ApiServer]:
    """A cluster of today: Gateway API 1.6.3, experimental channel, ReferenceGrant v1 and v1beta1."""
    with ApiServer(programs) as server:
        crds.install(server, "1.6.3", "experimental")
        yield server


@pytest.fixture(scope="session")
def old_cluster(programs: Binaries) -> Iterator[ApiServer]:
    """A cluster of 2024: Gateway API 1.1.0, standard channel, only ReferenceGrant v1beta1."""
    with ApiServer(programs) as server:
        crds.install(server, "1.1.0", "standard")
        yield server


@pytest.fixture
def fresh() -> Fresh:
    """Makes namespaces whose names all end alike in one test, so `fronted` and `frontend` stay one letter apart."""
    suffix = f"t{os.getpid()}x{next(_numbers)}"

    def make(server: ApiServer, name: str, labels: Mapping[str, str] | None = None) -> str:
        namespace = f"{name}-{suffix}"
        metadata = {"name": namespace, "labels": dict(labels or {})}
        post_all(server, [("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})])
        return namespace

    return make


def _program(command: list[str | Path], path: list[Path], home: Path) -> Program:
    def run(kubeconfig: Path, *args: str, input: str | None = None) -> Finished:
        env = environment(path, home, kubeconfig)
        done = subprocess.run([*command, *args], input=input, capture_output=True, text=True, env=env, check=False)
        return Finished(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def refs(programs: Binaries, tmp_path: Path) -> Program:
    """The program, run within this process."""
    return Within(programs.folder, tmp_path)


@pytest.fixture
def script(programs: Binaries, tmp_path: Path) -> Program:
    """The installed console script, run directly."""
    scripts = Path(sysconfig.get_path("scripts"))
    return _program([scripts / "kubectl-refs"], [programs.folder], tmp_path)


@pytest.fixture
def kubectl_refs_plugin(programs: Binaries, tmp_path: Path) -> Program:
    """The same script as `kubectl refs`, found on PATH by kubectl."""
    scripts = Path(sysconfig.get_path("scripts"))
    return _program([programs.kubectl, "refs"], [scripts, programs.folder], tmp_path)


@pytest.fixture
def shell(programs: Binaries, tmp_path: Path) -> Program:
    """A shell with kubectl on its PATH, into which printed commands are pasted."""
    return _program(["bash", "-c"], [programs.folder], tmp_path)


@pytest.fixture
def terminal(cluster: ApiServer, refs: Program, shell: Program) -> Terminal:
    return Terminal(cluster, refs, shell)


@pytest.fixture
def old_terminal(old_cluster: ApiServer, refs: Program, shell: Program) -> Terminal:
    return Terminal(old_cluster, refs, shell)
