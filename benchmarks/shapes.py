"""How the time of a check grows with its input, for shapes of manifests that are known to be hard.

`python -m benchmarks.shapes`: `check -A --whole` and the page of `why -A --whole` on manifests in memory, each shape in
three sizes, as Markdown. No server is needed. Only CPU time is measured, and no reading: the objects are in memory.
"""

from __future__ import annotations

import gc
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import click
from tabulate import tabulate

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.queries.check import check, check_grants
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.core.view.store import library_of
from kubectl_refs.manifests.source import Manifests
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.why import render_why

Objects = Iterator[dict[str, Any]]

LIMIT = 1.25
"""The exponent above which a shape is worse than n log n: at these sizes log n adds 0.1, the rest is noise."""


def many_grants(size: int) -> Objects:
    """Grants in one namespace, each for a namespace of its own, and a refused reference for every tenth."""
    for index in range(size):
        yield _grant("shared", f"grant-{index}", f"team-{index}", f"service-{index}")
        yield _service("shared", f"service-{index}")
        if index % 10 == 0:
            yield _route(f"team-{index}", "web", [("shared", f"service-{index + 1}")])


def typos(size: int) -> Objects:
    """Routes in one namespace, each with a backend that is misspelt."""
    for index in range(size):
        yield _service("shop", f"service-{index}")
        yield _route("shop", f"route-{index}", [("shop", f"servcie-{index}")])


def refused(size: int) -> Objects:
    """Refused references to as many targets, beside as many grants."""
    for index in range(size):
        yield _service("shared", f"service-{index}")
        yield _grant("shared", f"grant-{index}", "frontend", f"sevrice-{index}")
        yield _route("frontend", f"route-{index}", [("shared", f"service-{index}")])


def many_backends(size: int) -> Objects:
    """Routes of 16 rules with 16 backends each, of which half are refused."""
    for index in range(16):
        yield _service("shared", f"service-{index}")
        yield _service("shop", f"service-{index}")
    yield _grant("shared", "grant", "elsewhere", None)
    for index in range(size):
        backends = [("shared" if each % 2 else "shop", f"service-{each}") for each in range(16)]
        yield _route("shop", f"route-{index}", backends * 16, rules=16)


def many_namespaces(size: int) -> Objects:
    """Namespaces with a route each, into the next one, of which half permits it."""
    for index in range(size):
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"team-{index}"}}
        yield _service(f"team-{index}", "api")
        yield _route(f"team-{index}", "web", [(f"team-{(index + 1) % size}", "api")])
        if index % 2:
            yield _grant(f"team-{index}", "from-before", f"team-{index - 1}", "api")


SHAPES: dict[Callable[[int], Objects], int] = {
    many_grants: 1250,
    typos: 1500,
    refused: 1000,
    many_backends: 10,
    many_namespaces: 500,
}
"""Each shape with its smallest size."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--times", type=click.FloatRange(min=0.1), default=1.0, show_default=True, help="Multiplies all sizes.")
@click.option("--measure", nargs=3, type=(str, str, int), hidden=True)
def main(times: float, measure: tuple[str, str, int] | None) -> None:
    """Measure `check -A` and `why -A` on hard shapes of manifests at n, 2n and 4n, and print the exponents."""
    if measure is not None:
        command, name, size = measure
        click.echo(_seconds(ANSWERS[command], next(shape for shape in SHAPES if shape.__name__ == name), size))
        return
    rows = []
    for (shape, first), command in product(SHAPES.items(), ANSWERS):
        sizes = [max(int(first * times), 1) * factor for factor in (1, 2, 4)]
        seconds = [_apart(command, shape.__name__, size) for size in sizes]
        exponent = math.log(seconds[2] / seconds[0], 4)
        rows.append((command, _title(shape), sizes[0], *seconds, exponent, "yes" if exponent <= LIMIT else "no"))
    headers = ["command", "shape", "n", "n: CPU s", "2n: CPU s", "4n: CPU s", "exponent", f"at most {LIMIT}"]
    click.echo(tabulate(rows, headers, "github", ["", "", "", ".2f", ".2f", ".2f", ".2f", ""]))
    sys.exit(any(row[-1] == "no" for row in rows))


def _apart(command: str, name: str, size: int) -> float:
    """The CPU seconds of one size, in a process of its own, so that no run affects the next."""
    line = [sys.executable, "-m", "benchmarks.shapes", "--measure", command, name, str(size)]
    return float(subprocess.run(line, check=True, capture_output=True, text=True).stdout)


Answer = Callable[[Manifests, list[JSON]], int]
"""Answers about objects of manifests; returns about how many."""


def _seconds(answer: Answer, shape: Callable[[int], Objects], size: int) -> float:
    gc.disable()
    source = Manifests([_gateway(), *shape(size)], "default", whole=True)
    objects = [obj for obj in source.objects if obj["kind"] == "HTTPRoute"]
    started = time.process_time()
    answered = answer(source, objects)
    if answered != len(objects):
        raise SystemExit(f"{answered} of {len(objects)} routes were looked at")
    return time.process_time() - started


def _check(source: Manifests, objects: list[JSON]) -> int:
    library = library_of(source)
    report = check(source, library, objects, remedies=False)
    check_grants(source, library, None, lambda _: True)
    return len(report.objects)


def _why(source: Manifests, objects: list[JSON]) -> int:
    report = investigate(source, objects)
    render_why(report, Style(time.time()), Kubectl(source.catalog), "in these manifests")
    return len(report.objects)


ANSWERS: dict[str, Answer] = {"check": _check, "why": _why}


def _title(shape: Callable[[int], Objects]) -> str:
    return (shape.__doc__ or "").rstrip(".")


def _object(version: str, kind: str, namespace: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"namespace": namespace, "name": name}, "spec": spec}


def _gateway() -> dict[str, Any]:
    admitted = {"namespaces": {"from": "All"}}
    listener = {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": admitted}
    spec = {"gatewayClassName": "any", "listeners": [listener]}
    return _object(f"{GATEWAY_GROUP}/v1", "Gateway", "infra", "public", spec)


def _service(namespace: str, name: str) -> dict[str, Any]:
    return _object("v1", "Service", namespace, name, {"ports": [{"port": 80}]})


def _route(namespace: str, name: str, backends: list[tuple[str, str]], rules: int = 1) -> dict[str, Any]:
    references = [{"namespace": place, "name": target, "port": 80} for place, target in backends]
    each = len(references) // rules
    spec = {
        "parentRefs": [{"namespace": "infra", "name": "public"}],
        "rules": [{"backendRefs": references[rule * each : (rule + 1) * each]} for rule in range(rules)],
    }
    return _object(f"{GATEWAY_GROUP}/v1", "HTTPRoute", namespace, name, spec)


def _grant(namespace: str, name: str, referrer: str, target: str | None) -> dict[str, Any]:
    to = {"group": "", "kind": "Service", **({} if target is None else {"name": target})}
    from_ = {"group": GATEWAY_GROUP, "kind": "HTTPRoute", "namespace": referrer}
    return _object(f"{GATEWAY_GROUP}/v1beta1", "ReferenceGrant", namespace, name, {"from": [from_], "to": [to]})


if __name__ == "__main__":
    main()
