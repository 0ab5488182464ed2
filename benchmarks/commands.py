"""The commands that are compared."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from benchmarks.load import NAMESPACE, ROUTE
from benchmarks.measure import Command
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.binaries import Binaries

IMPORT = "python: import kubernetes client"
WHY = "kubectl-refs why"
COMPLETE = "kubectl_complete-refs why httproute/"
KUBECTL_GET = "kubectl get httproute -o yaml"
GWCTL = "gwctl describe httproute"
HELP = "kubectl-refs --help"
EMPTY = "empty click program --help"

CHECK = "kubectl-refs check -A"
CHECK_DATA = "kubectl-refs check -A -o json"
GRANTS = "kubectl-refs grants -A"
KUBECTL_LISTS = "kubectl get httproutes,services,referencegrants -A -o json"
DOWNLOAD = "download of the same lists"

LISTS = (
    "/apis/gateway.networking.k8s.io/v1/httproutes",
    "/api/v1/services",
    "/apis/gateway.networking.k8s.io/v1beta1/referencegrants",
)

_EMPTY_PROGRAM = "import click\nclick.command()(lambda: None)()"
_DOWNLOAD = Path(__file__).with_name("download.py")


def script(name: str = "kubectl-refs") -> str:
    """The path of an installed program."""
    return str(Path(sysconfig.get_path("scripts")) / name)


def starting() -> list[Command]:
    """The commands that do not ask a cluster."""
    return [
        Command(IMPORT, (sys.executable, "-c", "from kubernetes import config, client")),
        Command(HELP, (script(), "--help"), says="Usage:"),
        Command(EMPTY, (sys.executable, "-c", _EMPTY_PROGRAM, "--help"), says="Usage:"),
    ]


def why() -> Command:
    return Command(WHY, (script(), "why", f"httproute/{ROUTE}", "-n", NAMESPACE), says="refused", status=1)


def about_one_route(programs: Binaries) -> list[Command]:
    """The commands of this program and others about one route; gwctl only if it is on PATH."""
    place = ("httproute", ROUTE, "-n", NAMESPACE)
    gwctl = shutil.which("gwctl")
    return [
        why(),
        Command(COMPLETE, (script("kubectl_complete-refs"), "why", "-n", NAMESPACE, "httproute/"), says=ROUTE),
        Command(KUBECTL_GET, (str(programs.kubectl), "get", *place, "-o", "yaml"), says=ROUTE),
        *([Command(GWCTL, (gwctl, "describe", *place), says=ROUTE)] if gwctl else []),
    ]


def about_all(programs: Binaries, server: ApiServer) -> Iterator[Command]:
    """The commands of this program about all objects, and of others that read the same objects."""
    yield check()
    yield Command(CHECK_DATA, (script(), "check", "-A", "-o", "json"), says=ROUTE, status=1)
    yield Command(GRANTS, (script(), "grants", "-A"), says="grant-0")
    words = ("get", "httproutes,services,referencegrants", "-A", "-o", "json")
    yield Command(KUBECTL_LISTS, (str(programs.kubectl), *words), says=ROUTE)
    token = server.bearer()["Authorization"].removeprefix("Bearer ")
    line = (sys.executable, "-S", "-E", str(_DOWNLOAD), server.address, str(server.certificate_authority), token)
    yield Command(DOWNLOAD, (*line, *LISTS), says="bytes")


def check() -> Command:
    return Command(CHECK, (script(), "check", "-A"), says="refused", status=1)
