"""The commands that are compared, and what one run of each costs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.load import NAMESPACE, ROUTE
from tests.support.cluster.binaries import Binaries

IMPORT = "python: import kubernetes client"
WHY = "kubectl-refs why"
KUBECTL_GET = "kubectl get httproute -o yaml"
GWCTL = "gwctl describe httproute"
HELP = "kubectl-refs --help"
EMPTY = "empty click program --help"

Key = tuple[str, int | None]
"""A command's title and the number of routes around it."""

_EMPTY_PROGRAM = "import click\nclick.command()(lambda: None)()"
_CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True, slots=True)
class Command:
    """`status` and `says` (a text on stdout) tell a run that did its work from one that failed."""

    title: str
    line: tuple[str, ...]
    says: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A command at the cluster of so many routes; None for a command that asks no cluster."""

    command: Command
    routes: int | None
    env: Mapping[str, str]

    @property
    def key(self) -> Key:
        return self.command.title, self.routes


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall-clock seconds and peak resident megabytes (2**20 bytes)."""

    seconds: float
    megabytes: float


class CommandFailedError(Exception):
    """A compared command did not do its work, so its time means nothing."""


def kubectl_refs() -> str:
    return str(Path(sysconfig.get_path("scripts")) / "kubectl-refs")


def starting() -> list[Command]:
    """The commands that ask no cluster."""
    return [
        Command(IMPORT, (sys.executable, "-c", "import kubernetes.config, kubernetes.client")),
        Command(HELP, (kubectl_refs(), "--help"), says="Usage:"),
        Command(EMPTY, (sys.executable, "-c", _EMPTY_PROGRAM, "--help"), says="Usage:"),
    ]


def why() -> Command:
    return Command(WHY, (kubectl_refs(), "why", f"httproute/{ROUTE}", "-n", NAMESPACE), says="refused", status=1)


def peers(programs: Binaries) -> list[Command]:
    """What others say of the same route; gwctl only where it is on PATH."""
    place = ("httproute", ROUTE, "-n", NAMESPACE)
    gwctl = shutil.which("gwctl")
    return [
        Command(KUBECTL_GET, (str(programs.kubectl), "get", *place, "-o", "yaml"), says=ROUTE),
        *([Command(GWCTL, (gwctl, "describe", *place), says=ROUTE)] if gwctl else []),
    ]


def run(job: Job, folder: Path) -> Cost:
    """Run a command once; `folder` takes the note of its cost. CommandFailedError if it did not do its work."""
    command, note = job.command, folder / "cost.json"
    # Without site-packages and the environment's Python settings the process in between is as small as can be.
    child = [sys.executable, "-S", "-E", str(_CHILD), str(note)]
    done = subprocess.run([*child, *command.line], capture_output=True, text=True, env=job.env, check=False)
    if done.returncode:
        raise CommandFailedError(f"{command.title}: {done.stderr.strip()}")
    seconds, kilobytes, status = json.loads(note.read_text())
    if status != command.status or command.says not in done.stdout:
        raise CommandFailedError(
            f"{command.title}: expected exit status {command.status} and {command.says!r} on stdout, "
            f"got {status} and\n{done.stdout}{done.stderr}"
        )
    return Cost(seconds, kilobytes / 1024)


def interleaved(jobs: Sequence[Job], runs: int, folder: Path) -> dict[Key, Cost]:
    """The medians of several rounds through all jobs, after one round that fills caches."""
    rounds = [[run(job, folder) for job in jobs] for _ in range(runs + 1)][1:]
    return {
        job.key: Cost(median(cost.seconds for cost in costs), median(cost.megabytes for cost in costs))
        for job, costs in zip(jobs, zip(*rounds, strict=True), strict=True)
    }
