"""Real API servers with a load, and the environment in which commands reach them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from benchmarks import load
from tests.support.cluster import access, crds
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.binaries import Binaries
from tests.support.cluster.bulk import Write, post_all

READER = "auditor"
"""The user whose requests are counted. Times are measured as the administrator, whom the server does not audit."""


@contextmanager
def cluster(programs: Binaries, size: int, around: load.Around = load.surround) -> Iterator[ApiServer]:
    """A running server with the scenario and `size` routes around it."""
    started = time.monotonic()
    with ApiServer(programs) as server:
        crds.install(server, "1.6.3", "experimental")
        access.allow_everywhere(server, READER, [access.rule("*", ["*"])])
        _lay(server, [*load.scenario(), *around(size)])
        click.echo(f"a cluster of {size} routes is there after {time.monotonic() - started:.0f} s", err=True)
        yield server


def _lay(server: ApiServer, writes: Sequence[Write]) -> None:
    """Create objects, after the namespaces that they are in."""
    for first in (True, False):
        post_all(server, [write for write in writes if (write[1]["kind"] == "Namespace") is first])


def environment(server: ApiServer, user: str, programs: Binaries, home: Path) -> Mapping[str, str]:
    # As kubectl writes it, in YAML; the tests' kubeconfig is JSON.
    kubeconfig = server.folder / f"{user}.yaml"
    kubeconfig.write_text(server.kubectl("config", "view", "--raw", kubeconfig=server.kubeconfig(user)).stdout)
    return {
        "HOME": str(home),
        "KUBECONFIG": str(kubeconfig),
        "LC_ALL": "C.UTF-8",
        "PATH": os.pathsep.join([str(programs.folder), os.defpath]),
    }
