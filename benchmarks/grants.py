"""How long `kubectl-refs grants -A` takes on a large cluster, beside reading the same objects with kubectl.

`python -m benchmarks.grants`: one real API server, both commands in turn, the figures as Markdown.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click
from tabulate import tabulate

from benchmarks import machine
from benchmarks.__main__ import READER, cluster, environment
from benchmarks.measure import Command, CommandFailedError, Cost, Job, Key, interleaved, kubectl_refs, run
from benchmarks.options import runs_option
from benchmarks.targets import Target
from tests.support.cluster import binaries
from tests.support.cluster.api_server import ADMINISTRATOR
from tests.support.cluster.binaries import Binaries

GRANTS = "kubectl-refs grants -A"
FINDINGS = "kubectl-refs grants -A --findings"
GET = "kubectl get httproutes,services,referencegrants -A -o json"
MEGABYTES = 300


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--routes", type=click.IntRange(min=1), default=10_000, show_default=True, help="Number of HTTPRoutes.")
@runs_option(5)
def main(routes: int, runs: int) -> None:
    """Measure `grants -A` beside kubectl on a real API server: half as many Services as routes, a fifth as many grants."""
    programs = binaries.find()
    with tempfile.TemporaryDirectory() as name, cluster(programs, routes) as server:
        folder = Path(name)
        env = environment(server, ADMINISTRATOR, programs, folder)
        costs = interleaved([Job(command, routes, env) for command in commands(programs)], runs, folder)
        with server.requests(READER) as requests:
            run(Job(commands(programs)[0], routes, environment(server, READER, programs, folder)), folder)
        measured = [(title, size, cost.seconds, cost.megabytes) for (title, size), cost in costs.items()]
        judged = [each.row for each in targets(costs)]
        parts = (
            tabulate(machine.description(server), ["machine", ""], tablefmt="github"),
            f"Medians of {runs} rounds, the commands taking turns, after one round that fills caches.",
            tabulate(measured, ["command", "routes", "seconds", "peak RSS, MB"], "github", ["", "", ".2f", ".0f"]),
            f"`{GRANTS}` made {len(requests)} requests.",
            tabulate(judged, ["target", "measured", "limit", "met"], "github", ["", ".2f", ".2f", ""]),
        )
        click.echo("\n\n".join(parts))


def commands(programs: Binaries) -> list[Command]:
    """What is compared."""
    words = ("get", "httproutes,services,referencegrants", "-A", "-o", "json")
    return [
        Command(GRANTS, (kubectl_refs(), "grants", "-A"), says="grant-0"),
        Command(FINDINGS, (kubectl_refs(), "grants", "-A", "--findings"), says="grant-0"),
        Command(GET, (str(programs.kubectl), *words), says="grant-0"),
    ]


def targets(costs: dict[Key, Cost]) -> list[Target]:
    """Faster than kubectl reads the same, in bounded memory (issue 4, item 7)."""
    found = []
    for (title, routes), cost in costs.items():
        if title != GET:
            found.append(Target(f"{title}, seconds against kubectl's", cost.seconds, costs[GET, routes].seconds))
            found.append(Target(f"{title}, MB", cost.megabytes, MEGABYTES))
    return found


if __name__ == "__main__":
    try:
        main()
    except CommandFailedError as failed:
        sys.exit(str(failed))
