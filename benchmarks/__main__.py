"""Start real API servers of several sizes, measure all commands in turn, and print the figures as Markdown."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from tabulate import tabulate

from benchmarks import load, machine
from benchmarks.measure import CommandFailedError, Cost, Job, Key, interleaved, peers, run, starting, why
from benchmarks.options import runs_option, sizes_option
from benchmarks.targets import targets
from tests.support.cluster import access, binaries, crds
from tests.support.cluster.api_server import ADMINISTRATOR, ApiServer
from tests.support.cluster.binaries import Binaries

READER = "auditor"
"""The user whose requests are counted. The times are the administrator's, whom the server does not audit."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@sizes_option(10, 1_000, 10_000)
@runs_option(11)
def main(sizes: tuple[int, ...], runs: int) -> None:
    """Measure kubectl-refs beside its peers on real API servers."""
    programs = binaries.find()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {size: stack.enter_context(cluster(programs, size)) for size in sorted(set(sizes))}
        jobs = list(_jobs(servers, programs, folder))
        click.echo(f"{len(jobs)} commands, {runs + 1} rounds", err=True)
        costs = interleaved(jobs, runs, folder)
        requests = {size: _requests(server, size, programs, folder) for size, server in servers.items()}
        facts = machine.description(next(iter(servers.values())))
        click.echo(_report(facts, runs, costs, requests))


@contextmanager
def cluster(programs: Binaries, size: int) -> Iterator[ApiServer]:
    """A running server, loaded."""
    started = time.monotonic()
    with ApiServer(programs) as server:
        crds.install(server, "1.6.3", "experimental")
        access.allow_everywhere(server, READER, [access.rule("*", ["*"])])
        load.lay_scenario(server)
        load.surround(server, size)
        click.echo(f"a cluster of {size} routes is there after {time.monotonic() - started:.0f} s", err=True)
        yield server


def _jobs(servers: Mapping[int, ApiServer], programs: Binaries, folder: Path) -> Iterator[Job]:
    """Every command at every cluster, `why` at one size next to `why` at the others."""
    environments = {size: environment(server, ADMINISTRATOR, programs, folder) for size, server in servers.items()}
    for command in starting():
        yield Job(command, None, next(iter(environments.values())))
    for command in (why(), *peers(programs)):
        for size, variables in environments.items():
            yield Job(command, size, variables)


def _requests(server: ApiServer, size: int, programs: Binaries, folder: Path) -> Sequence[str]:
    with server.requests(READER) as requests:
        run(Job(why(), size, environment(server, READER, programs, folder)), folder)
    return requests


def environment(server: ApiServer, user: str, programs: Binaries, home: Path) -> Mapping[str, str]:
    return {
        "HOME": str(home),
        "KUBECONFIG": str(server.kubeconfig(user)),
        "LC_ALL": "C.UTF-8",
        "PATH": os.pathsep.join([str(programs.folder), os.defpath]),
    }


def _report(
    facts: Iterable[tuple[str, str]], runs: int, costs: Mapping[Key, Cost], requests: Mapping[int, Sequence[str]]
) -> str:
    counts = {size: len(made) for size, made in requests.items()}
    measured = [(title, size or "", cost.seconds, cost.megabytes) for (title, size), cost in costs.items()]
    judged = [each.row for each in targets(costs, counts)]
    largest = max(requests)
    parts = (
        tabulate(facts, ["machine", ""], tablefmt="github"),
        f"Medians of {runs} rounds, the commands taking turns, after one round that fills caches.",
        tabulate(measured, ["command", "routes", "seconds", "peak RSS, MB"], "github", ["", "", ".3f", ".0f"]),
        tabulate(counts.items(), ["routes", "requests of one `why`"], "github"),
        f"The requests at {largest} routes:",
        "\n".join(f"- `{request}`" for request in requests[largest]),
        tabulate(judged, ["target", "measured", "limit", "met"], "github", ["", ".3f", ".3f", ""]),
    )
    return "\n\n".join(parts)


if __name__ == "__main__":
    try:
        main()
    except CommandFailedError as failed:
        sys.exit(str(failed))
