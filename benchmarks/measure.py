"""The cost of one run of a command, and the medians of several."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Key = tuple[str, int | None]
"""A command's title and the number of routes around it."""

CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True, slots=True)
class Command:
    """A command line. `status` and `says` (a text on stdout) tell a run that did its work from one that failed."""

    title: str
    line: tuple[str, ...]
    says: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A command at the cluster with `routes` routes; None for a command that does not ask a cluster."""

    command: Command
    routes: int | None
    env: Mapping[str, str]

    @property
    def key(self) -> Key:
        return self.command.title, self.routes


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall-clock seconds, peak resident megabytes (2**20 bytes), and seconds of CPU."""

    seconds: float
    megabytes: float
    cpu: float = 0.0


class CommandFailedError(Exception):
    """A compared command did not do its work, so its time means nothing."""


def run(job: Job, folder: Path) -> Cost:
    """Run a command once; its cost is written to a file in `folder`. CommandFailedError if it did not do its work."""
    command, note = job.command, folder / "cost.json"
    # Without site-packages and Python's environment variables, the process in between is as small as possible.
    child = [sys.executable, "-S", "-E", str(CHILD), str(note)]
    done = subprocess.run([*child, *command.line], capture_output=True, text=True, env=job.env, check=False)
    if done.returncode:
        raise CommandFailedError(f"{command.title}: {done.stderr.strip()}")
    seconds, cpu, kilobytes, status = json.loads(note.read_text())
    if status != command.status or command.says not in done.stdout:
        raise CommandFailedError(
            f"{command.title}: expected exit status {command.status} and {command.says!r} on stdout, "
            f"got {status} and\n{done.stdout[:2000]}{done.stderr[:2000]}"
        )
    return Cost(seconds, kilobytes / 1024, cpu)


def interleaved(jobs: Sequence[Job], runs: int, folder: Path) -> dict[Key, Cost]:
    """The medians of several rounds through all jobs, after one round that fills caches."""
    rounds = [[run(job, folder) for job in jobs] for _ in range(runs + 1)][1:]
    return {
        job.key: Cost(*(median(getattr(cost, field) for cost in costs) for field in ("seconds", "megabytes", "cpu")))
        for job, costs in zip(jobs, zip(*rounds, strict=True), strict=True)
    }
