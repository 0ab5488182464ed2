"""What commands need to read and judge manifests, compared with PyYAML loading the same file through libyaml.

`python -m benchmarks.manifests`: files of 2 and 20 MB under several loads, as Markdown. No server is needed. Each
figure is from a process of its own. Seconds are CPU seconds: wall-clock time depends on how busy the machine is.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click
import yaml
from tabulate import tabulate

from benchmarks import load, machine
from benchmarks.commands import script
from benchmarks.measure import CHILD, Cost
from benchmarks.options import runs_option
from kubectl_refs.core.model.objects import JSON

LIMIT = 3.0
"""The limit, in multiples of PyYAML's CPU time for the same file and of the memory of the values it makes."""

_PARSE = """
import sys, yaml
with open(sys.argv[1]) as file:
    documents = list(yaml.load_all(file.read(), yaml.CSafeLoader))
"""


def calm(routes: int) -> Iterator[JSON]:
    """All is well"""
    yield load.gateway()[1]
    yield from (obj for _, obj in load.surround(routes))


def outage(routes: int) -> Iterator[JSON]:
    """Half of all references are refused"""
    yield load.gateway()[1]
    yield from (obj for _, obj in load.break_down(routes))


def alone(routes: int) -> Iterator[JSON]:
    """Routes alone, what they reference is in other files"""
    return (obj for _, obj in load.break_down(routes) if obj["kind"] == "HTTPRoute")


LOADS = (calm, outage, alone)

COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check",),
    "check -o sarif": ("check", "-o", "sarif"),
    "check -o json": ("check", "-o", "json"),
    "check -o junit": ("check", "-o", "junit"),
    "check -o github": ("check", "-o", "github"),
    "why": ("why", "-A"),
    "grants": ("grants", "-A"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A command on one file and PyYAML on the same file, each also with its cost for a nearly empty file."""

    load: str
    megabytes: float
    command: str
    cost: Cost
    least: Cost
    parsing: Cost
    least_parsing: Cost

    @property
    def times(self) -> float:
        return self.cost.cpu / self.parsing.cpu

    @property
    def memory(self) -> float:
        """The ratio of memory, without that of a nearly empty file."""
        return (self.cost.megabytes - self.least.megabytes) / (self.parsing.megabytes - self.least_parsing.megabytes)

    @property
    def held(self) -> bool:
        return max(self.times, self.memory) <= LIMIT


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--megabytes",
    "sizes",
    type=click.FloatRange(min=0.1),
    multiple=True,
    default=(2.0, 20.0),
    show_default=True,
    help="Size of a file; repeat for several.",
)
@click.option(
    "--load",
    "loads",
    type=click.Choice([each.__name__ for each in LOADS]),
    multiple=True,
    default=[each.__name__ for each in LOADS],
    show_default=True,
    help="What is in the files; repeat for several.",
)
@click.option(
    "--command",
    "commands",
    type=click.Choice(list(COMMANDS)),
    multiple=True,
    default=("check", "check -o sarif", "check -o json"),
    show_default=True,
    help="What is measured; repeat for several.",
)
@runs_option(3)
def main(sizes: tuple[float, ...], loads: tuple[str, ...], commands: tuple[str, ...], runs: int) -> None:
    """Measure commands on files of manifests, and libyaml on the same files."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for make in (each for each in LOADS if each.__name__ in loads):
            for size in sizes:
                rows += _measured(make, size, commands, runs, Path(folder))
    headers = [
        "file",
        "MB",
        "command",
        "CPU s",
        "times PyYAML's",
        "MB of memory",
        "times PyYAML's",
        f"at most {LIMIT:g}",
    ]
    shown = [
        (
            *(row.load, row.megabytes, row.command, row.cost.cpu, row.times, row.cost.megabytes, row.memory),
            "yes" if row.held else "no",
        )
        for row in rows
    ]
    given = " ".join(["python -m benchmarks.manifests", *sys.argv[1:]])
    facts = tabulate(machine.host("kubectl-refs", "PyYAML"), ["machine", ""], "github")
    told = tabulate(shown, headers, "github", ["", ".1f", "", ".2f", ".2f", ".0f", ".2f", ""])
    click.echo("\n\n".join([f"`{given}`", facts, told]))
    sys.exit(not all(row.held for row in rows))


def _measured(
    make: Callable[[int], Iterator[JSON]], size: float, commands: tuple[str, ...], runs: int, folder: Path
) -> Iterator[Row]:
    file, least = folder / "manifests.yaml", folder / "one.yaml"
    megabytes = _write(file, make, _routes(make, int(size * 2**20)))
    _write(least, make, 1)
    lines = {
        "": (sys.executable, "-c", _PARSE),
        **{name: (script(), *COMMANDS[name], "-f") for name in commands},
    }
    rounds = []
    for number in range(runs):
        click.echo(f"{make.__name__}, {megabytes:.1f} MB, round {number + 1}", err=True)
        rounds.append(
            {(name, each): _run((*line, str(each)), folder) for name, line in lines.items() for each in (file, least)}
        )
    costs = {key: _median([each[key] for each in rounds]) for key in rounds[0]}
    for name in commands:
        title = (make.__doc__ or "").partition("\n")[0]
        measured = [costs[key, each] for key in (name, "") for each in (file, least)]
        yield Row(title, megabytes, name, *measured)


def _routes(make: Callable[[int], Iterator[JSON]], wanted: int) -> int:
    """How many routes, with the objects that belong to them, make a file of `wanted` bytes."""
    few, many = (sum(len(_text(obj)) for obj in make(routes)) for routes in (200, 1_000))
    return max(int(200 + (wanted - few) * 800 / (many - few)), 1)


def _write(file: Path, make: Callable[[int], Iterator[JSON]], routes: int) -> float:
    """Write a file; returns its size in megabytes."""
    with file.open("w") as opened:
        opened.writelines(map(_text, make(routes)))
    return file.stat().st_size / 2**20


def _text(obj: JSON) -> str:
    return f"---\n{yaml.dump(obj, Dumper=yaml.CSafeDumper, sort_keys=False)}"


def _run(line: tuple[str, ...], folder: Path) -> Cost:
    """Run a command once and discard its answer."""
    note = folder / "cost.json"
    child = [sys.executable, "-S", "-E", str(CHILD), str(note)]
    done = subprocess.run([*child, *line], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    seconds, cpu, kilobytes, status = json.loads(note.read_text())
    # All is well, something is refused, or something is not known.
    if status not in (0, 1, 3) or "Traceback" in done.stderr:
        sys.exit(f"{' '.join(line)}: {status}\n{done.stderr}")
    return Cost(seconds, kilobytes / 1024, cpu)


def _median(costs: list[Cost]) -> Cost:
    return Cost(*(median(getattr(cost, each) for cost in costs) for each in ("seconds", "megabytes", "cpu")))


if __name__ == "__main__":
    main()
