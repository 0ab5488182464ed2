"""What `kubectl-refs check -A` costs on large clusters, beside reading the same objects with kubectl.

`python -m benchmarks.check`: real API servers of two sizes, all commands in turn, the figures as Markdown.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import click
from tabulate import tabulate

from benchmarks import machine
from benchmarks.__main__ import READER, cluster, environment
from benchmarks.load import ROUTE
from benchmarks.measure import (
    IMPORT,
    Command,
    CommandFailedError,
    Cost,
    Job,
    Key,
    interleaved,
    kubectl_refs,
    run,
    starting,
)
from benchmarks.options import runs_option, sizes_option
from benchmarks.profiling import leading, profiled
from benchmarks.targets import Target
from tests.support.cluster import binaries
from tests.support.cluster.api_server import ADMINISTRATOR
from tests.support.cluster.binaries import Binaries

CHECK = "kubectl-refs check -A"
DATA = "kubectl-refs check -A -o json"
GET = "kubectl get httproutes,services,referencegrants -A -o json"
SHARE_OF_KUBECTL = 0.6
MEGABYTES = 300
PARTS = 12
"""How many parts of the profile to print."""
GROWTH = 1.1
"""How much more than in proportion the time above starting may grow with the number of routes."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@sizes_option(1_000, 10_000)
@runs_option(5)
def main(sizes: tuple[int, ...], runs: int) -> None:
    """Measure `check -A` beside kubectl on real API servers: half as many Services as routes, a fifth as many grants."""
    programs = binaries.find()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {size: stack.enter_context(cluster(programs, size)) for size in sorted(set(sizes))}
        jobs = [Job(command, None, {}) for command in starting() if command.title == IMPORT]
        for size, server in servers.items():
            env = environment(server, ADMINISTRATOR, programs, folder)
            jobs += [Job(command, size, env) for command in commands(programs)]
        costs = interleaved(jobs, runs, folder)
        largest = max(servers)
        with servers[largest].requests(READER) as requests:
            run(Job(commands(programs)[0], largest, environment(servers[largest], READER, programs, folder)), folder)
        parts_of_time = profiled(
            ["check", "-A"], environment(servers[largest], ADMINISTRATOR, programs, folder), folder
        )
        measured = [(title, size or "", cost.seconds, cost.megabytes) for (title, size), cost in costs.items()]
        judged = [each.row for each in targets(costs)]
        parts = (
            tabulate(machine.description(servers[largest]), ["machine", ""], tablefmt="github"),
            f"Medians of {runs} rounds, the commands taking turns, after one round that fills caches.",
            tabulate(measured, ["command", "routes", "seconds", "peak RSS, MB"], "github", ["", "", ".2f", ".0f"]),
            f"`{CHECK}` made {len(requests)} requests at {largest} routes.",
            tabulate(judged, ["target", "measured", "limit", "met"], "github", ["", ".2f", ".2f", ""]),
            f"Where the time of `{CHECK}` goes at {largest} routes, under a profiler, in the thread that thinks:",
            tabulate(leading(parts_of_time, PARTS), ["part", "share"], "github", ["", ".0%"]),
        )
        click.echo("\n\n".join(parts))


def commands(programs: Binaries) -> list[Command]:
    """What is compared."""
    words = ("get", "httproutes,services,referencegrants", "-A", "-o", "json")
    return [
        Command(CHECK, (kubectl_refs(), "check", "-A"), says=ROUTE, status=1),
        Command(DATA, (kubectl_refs(), "check", "-A", "-o", "json"), says=ROUTE, status=1),
        Command(GET, (str(programs.kubectl), *words), says=ROUTE),
    ]


def targets(costs: Mapping[Key, Cost]) -> list[Target]:
    """Well below what kubectl takes to read the same, in bounded memory, and in proportion (issue 5, item 7)."""
    sizes = [routes for title, routes in costs if title == CHECK and routes is not None]
    found = []
    for routes in sizes:
        limit = costs[GET, routes].seconds * SHARE_OF_KUBECTL
        if routes == max(sizes):
            # With few objects, most of the time is Python's start.
            found.append(
                Target(f"check -A, seconds against kubectl's, {routes} routes", costs[CHECK, routes].seconds, limit)
            )
        for title, command in (("check -A", CHECK), ("check -A -o json", DATA)):
            found.append(Target(f"{title}, MB, {routes} routes", costs[command, routes].megabytes, MEGABYTES))
    few, many = min(sizes), max(sizes)
    if few != many:
        started = costs[IMPORT, None].seconds
        grown = (costs[CHECK, many].seconds - started) / (costs[CHECK, few].seconds - started)
        title = f"check -A, times the seconds above starting, {many} against {few} routes"
        found.append(Target(title, grown, many / few * GROWTH))
    return found


if __name__ == "__main__":
    try:
        main()
    except CommandFailedError as failed:
        sys.exit(str(failed))
