"""Compares the bundle with the wheel it was made from, in one run: `python3 -m krew && python -m benchmarks.bundle`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
from tabulate import tabulate

from benchmarks import machine
from benchmarks.clusters import cluster, environment
from benchmarks.commands import why
from benchmarks.measure import Command, Job, interleaved
from benchmarks.options import runs_option
from benchmarks.targets import Target
from krew import project
from krew.environment import python_of
from tests.support import krew_rules
from tests.support.cluster import binaries
from tests.support.cluster.api_server import ADMINISTRATOR

ROUTES = 10
VERSION_WITHIN = 0.10
"""Seconds."""
TIMES_THE_WHEEL = 1.3

_WORK = project.ROOT / "build" / "release"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@runs_option(21)
def main(runs: int) -> None:
    """Measure the bundle in dist/ and the wheel in build/release/ against a real API server with a few routes."""
    programs = binaries.find()
    with tempfile.TemporaryDirectory() as folder, cluster(programs, ROUTES) as server:
        krew_rules.unpack(_archive(), Path(folder) / "store")
        forms = {
            "wheel": python_of(_WORK / "environment").with_name("kubectl-refs"),
            "bundle": Path(folder) / "store" / "kubectl-refs" / "kubectl-refs",
        }
        env = environment(server, ADMINISTRATOR, programs, Path(folder))
        jobs = [Job(command, None, env) for form, program in forms.items() for command in _commands(form, str(program))]
        costs = {title: cost for (title, _), cost in interleaved(jobs, runs, Path(folder)).items()}
        facts = list(machine.description(server))
    judged = (
        Target("--version, seconds", costs["bundle: --version"].seconds, VERSION_WITHIN),
        Target(
            "why, times the wheel's seconds",
            costs["bundle: why"].seconds / costs["wheel: why"].seconds,
            TIMES_THE_WHEEL,
        ),
    )
    measured = [(title, cost.seconds, cost.cpu, cost.megabytes) for title, cost in costs.items()]
    rows = [each.row for each in judged]
    click.echo(tabulate(facts, ["machine", ""], tablefmt="github"))
    click.echo(f"\nMedians of {runs} rounds, the commands taking turns, after one round that fills caches.\n")
    click.echo(
        tabulate(measured, ["command", "seconds", "of CPU", "peak RSS, MB"], "github", ["", ".3f", ".3f", ".0f"])
    )
    click.echo("\n" + tabulate(rows, ["target", "measured", "limit", "met"], "github", ["", ".3f", ".3f", ""]))


def _archive() -> Path:
    return project.ROOT / "dist" / f"{project.stem(project.system(), project.architecture())}.tar.gz"


def _commands(form: str, program: str) -> Iterator[Command]:
    yield Command(f"{form}: --version", (program, "--version"), says=project.version())
    explain = why()
    yield replace(explain, title=f"{form}: why", line=(program, *explain.line[1:]))


if __name__ == "__main__":
    main()
