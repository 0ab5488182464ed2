"""Start real API servers of several sizes, measure all commands in turn, and print the figures as Markdown."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import click
from tabulate import tabulate

from benchmarks import machine
from benchmarks.clusters import READER, cluster, environment
from benchmarks.commands import about_all, about_one_route, check, starting, why
from benchmarks.load import LOADS
from benchmarks.measure import Command, CommandFailedError, Cost, Job, Key, interleaved, run
from benchmarks.options import runs_option, sizes_option
from benchmarks.profiling import leading, profiled
from benchmarks.targets import Target, check_targets, floor, starting_targets
from tests.support.cluster import binaries
from tests.support.cluster.api_server import ADMINISTRATOR, ApiServer
from tests.support.cluster.binaries import Binaries

MANY = 1_000
"""The fewest routes at which commands about all objects are measured: below, most of the time is Python's start."""
PARTS = 12
"""How many parts of a profile to print."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@sizes_option(10, 1_000, 10_000)
@click.option(
    "--load",
    "loads",
    type=click.Choice(list(LOADS)),
    multiple=True,
    default=tuple(LOADS),
    show_default=True,
    help="What is around the measured route; repeat for several.",
)
@runs_option(11)
@click.option("--profile", is_flag=True, help="Tell where the time of `check -A` goes as well.")
def main(sizes: tuple[int, ...], loads: tuple[str, ...], runs: int, profile: bool) -> None:
    """Measure kubectl-refs and its peers on real API servers, where all is well and where half is refused."""
    sizes = tuple(sorted(set(sizes)))
    with tempfile.TemporaryDirectory() as folder:
        measured = [_Measured(load, runs, Path(folder), profile=profile) for load in dict.fromkeys(loads)]
        for each in measured:
            each.measure(sizes if each.load == "calm" else [size for size in sizes if size >= MANY])
        click.echo("\n\n".join(_report(measured, runs)))


@dataclass
class _Measured:
    """The measurements under one load."""

    load: str
    runs: int
    folder: Path
    profile: bool
    costs: dict[Key, Cost] = field(default_factory=dict)
    requests: dict[str, dict[int, Sequence[str]]] = field(default_factory=dict)
    facts: list[tuple[str, str]] = field(default_factory=list)
    parts: dict[str, float] = field(default_factory=dict)

    def measure(self, sizes: Sequence[int]) -> None:
        if not sizes:
            return
        programs = binaries.find()
        with ExitStack() as stack:
            servers = {size: stack.enter_context(cluster(programs, size, LOADS[self.load])) for size in sizes}
            largest = servers[sizes[-1]]
            self.facts = list(machine.description(largest))
            jobs = list(self._jobs(servers, programs))
            click.echo(f"{self.load}: {len(jobs)} commands, {self.runs + 1} rounds", err=True)
            self.costs = interleaved(jobs, self.runs, self.folder)
            if self.load == "calm":
                self._count(why(), servers, programs)
            self._count(check(), {sizes[-1]: largest}, programs)
            if self.profile:
                env = environment(largest, ADMINISTRATOR, programs, self.folder)
                self.parts = profiled(["check", "-A"], env, self.folder)

    def _jobs(self, servers: Mapping[int, ApiServer], programs: Binaries) -> Iterator[Job]:
        """Every command at every cluster, with the sizes of one command next to each other."""
        env = {size: environment(server, ADMINISTRATOR, programs, self.folder) for size, server in servers.items()}
        for command in starting():
            yield Job(command, None, next(iter(env.values())))
        if self.load == "calm":
            for command in about_one_route(programs):
                yield from (Job(command, size, env[size]) for size in servers)
        many = {size: list(about_all(programs, server)) for size, server in servers.items() if size >= MANY}
        for same in zip(*many.values(), strict=True):
            yield from (Job(command, size, env[size]) for size, command in zip(many, same, strict=True))

    def _count(self, command: Command, servers: Mapping[int, ApiServer], programs: Binaries) -> None:
        """Count the requests of a command in a run of its own, because counting would slow down the timed runs."""
        for size, server in servers.items():
            with server.requests(READER) as requests:
                run(Job(command, size, environment(server, READER, programs, self.folder)), self.folder)
            self.requests.setdefault(command.title, {})[size] = requests


def _report(measured: Sequence[_Measured], runs: int) -> Iterator[str]:
    given = " ".join(["python -m benchmarks", *sys.argv[1:]])
    yield f"`{given}`"
    yield tabulate(next((each.facts for each in measured if each.facts), []), ["machine", ""], tablefmt="github")
    yield f"Medians of {runs} rounds, the commands taking turns, after one round that fills caches."
    judged: list[Target] = []
    for each in (each for each in measured if each.costs):
        rows = [
            (title, size or "", cost.seconds, cost.cpu, cost.megabytes) for (title, size), cost in each.costs.items()
        ]
        headers = [f"command ({each.load})", "routes", "seconds", "of CPU", "peak RSS, MB"]
        yield tabulate(rows, headers, "github", ["", "", ".3f", ".3f", ".0f"])
        if floors := floor(each.costs):
            yield tabulate(floors, ["command", "routes", "times the bare download"], "github", ["", "", ".2f"])
        for title, by_size in each.requests.items():
            counts = ", ".join(f"{len(made)} at {size} routes" for size, made in by_size.items())
            yield f"Requests of one `{title}`: {counts}."
        if each.parts:
            yield f"Where the time of `check -A` goes ({each.load}), under a profiler, in the thread that thinks:"
            yield tabulate(leading(each.parts, PARTS), ["part", "share"], "github", ["", ".0%"])
        if each.load == "calm":
            judged += starting_targets(
                each.costs, {size: len(made) for size, made in each.requests[why().title].items()}
            )
        judged += check_targets(each.load, each.costs)
    yield tabulate(
        [each.row for each in judged], ["target", "measured", "limit", "met"], "github", ["", ".2f", ".2f", ""]
    )


if __name__ == "__main__":
    try:
        main()
    except CommandFailedError as failed:
        sys.exit(str(failed))
