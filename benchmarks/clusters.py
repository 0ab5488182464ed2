"""Real API servers with a load, and the environment in which commands reach them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from benchmarks import load
from tests.support.cluster import access, crds
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.binaries import Binaries

READER = "auditor"
"""The user whose requests are counted. The times are the administrator's, whom the server does not audit."""


@contextmanager
def cluster(programs: Binaries, size: int, around: load.Around = load.surround) -> Iterator[ApiServer]:
    """A running server with the scenario and so many routes around it."""
    started = time.monotonic()
    with ApiServer(programs) as server:
        crds.install(server, "1.6.3", "experimental")
        access.allow_everywhere(server, READER, [access.rule("*", ["*"])])
        load.lay_scenario(server)
        around(server, size)
        click.echo(f"a cluster of {size} routes is there after {time.monotonic() - started:.0f} s", err=True)
        yield server


def environment(server: ApiServer, user: str, programs: Binaries, home: Path) -> Mapping[str, str]:
    return {
        "HOME": str(home),
        "KUBECONFIG": str(server.kubeconfig(user)),
        "LC_ALL": "C.UTF-8",
        "PATH": os.pathsep.join([str(programs.folder), os.defpath]),
    }
