"""The work for an answer grows in proportion to its input. It is counted in calls, so no clock is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.builders import from_entry, gateway, grant, namespaces, route_to, service, to_entry
from tests.support.calls import calls
from tests.support.fakes.api import FakeAPI
from tests.support.running import Program, written

SIZES = (60, 120, 240)
"""Sizes of a cluster, each twice the one before."""

MOST = 2.4
"""The most that the second doubling may add, as a multiple of what the first adds: 2, and some more for sorting."""

GRANTS = 20
CONTROLLER = "example.com/controller"
PARENT = {"name": "public", "namespace": "infra"}


def status(number: int) -> JSON:
    """A controller's report: the references of every third route are resolved, those of all others are not."""
    said = {"type": "ResolvedRefs", "status": "True", "reason": "ResolvedRefs"}
    if number % 3:
        said = {"type": "ResolvedRefs", "status": "False", "reason": "RefNotPermitted", "message": f"of {number}"}
    accepted = {"type": "Accepted", "status": "True", "reason": "Accepted"}
    conditions = [
        {**each, "observedGeneration": 1, "lastTransitionTime": "2026-01-01T00:00:00Z"} for each in (said, accepted)
    ]
    return {"parents": [{"parentRef": PARENT, "controllerName": CONTROLLER, "conditions": conditions}]}


def teams(size: int) -> Iterator[JSON]:
    """Routes at one Gateway, ten per namespace. Some are permitted, some refused because of a slip or a missing grant,
    some have a backend that does not exist, and some have a controller's status."""
    names = [f"team-{number}" for number in range(0, size, 10)]
    yield from namespaces("infra", "shared", *names)
    yield gateway()
    yield from (service("shared", f"api-{number}") for number in range(5))
    yield from (service(name, "web") for name in names)
    for number, name in enumerate(names):
        entry = from_entry(namespace=name if number % 3 else f"x{name}")
        yield grant([entry], [to_entry(name=None if number % 2 else "api-1")], namespace="shared", name=f"for-{name}")
    for number in range(size):
        name = names[number // 10]
        targets = [("shared", f"api-{number % 5}"), (name, f"gone-{number}" if number % 4 == 0 else "web")]
        route: dict[str, Any] = {**route_to(*targets, namespace=name, name=f"route-{number}", parents=[PARENT])}
        if number % 2:
            route["metadata"] = {**route["metadata"], "generation": 1}
            route["status"] = status(number)
        yield route


def gateways(size: int) -> Iterator[JSON]:
    """Gateways that each have a certificate in another namespace, few of them permitted, and a route to each; every
    second route misspells the name of its Gateway."""
    yield from namespaces("infra", "certs", "shop")
    yield service("shop", "web")
    for number in range(size):
        certificate = {"name": f"cert-{number}", "namespace": "certs"}
        tls = {"mode": "Terminate", "certificateRefs": [certificate]}
        yield gateway(f"gateway-{number}", {"name": "https", "port": 443, "protocol": "HTTPS", "tls": tls})
        # Up to a hundred grants are compared for each reference. So few grants are the same number at every size.
        if number < GRANTS:
            entry = from_entry(kind="Gateway", namespace="infra")
            target = to_entry(kind="Secret", name=f"cert-{number}")
            yield grant([entry], [target], namespace="certs", name=f"for-{number}")
        parent = {"name": f"gateway-{number}" if number % 2 else f"gatewya-{number}", "namespace": "infra"}
        yield route_to(("shop", "web"), namespace="shop", name=f"route-{number}", parents=[parent])


COMMANDS = [
    "why",
    "why -o wide",
    "why -o json",
    "why -o name",
    "check",
    "check -o wide",
    "check -o json",
    "check -o sarif",
    "check -o junit",
    "check -o github",
    "check -o openreports",
    "check --ungranted",
    "grants -A",
    "grants -A -o wide",
    "grants -A --findings",
    "grants --to service/api-1 -n shared",
    "graph -A",
    "graph -A --by object",
    "graph -A --by object -o mermaid",
    "fix",
    "fix -o json",
    "why service/api-1 -n shared",
    "why http://app.example.com/",
]


OF_GATEWAYS = [
    "why",
    "why -o wide",
    "check",
    "check -o json",
    "grants -A --findings",
    "graph -A --by object",
    "fix",
    "why http://app.example.com/",
]
ON_A_CLUSTER = ["why -A", "check -A", "check -A -o json", "grants -A", "graph -A", "fix -A"]


def assert_in_proportion(made: Sequence[int]) -> None:
    few, more, most = made
    assert most - more <= MOST * (more - few), made


Shape = Callable[[int], Iterator[JSON]]
QUESTIONS = [*((teams, each) for each in COMMANDS), *((gateways, each) for each in OF_GATEWAYS)]


@pytest.mark.parametrize(("shape", "command"), QUESTIONS)
def test_twice_as_many_objects_take_twice_as_much(shape: Shape, command: str, refs: Program, tmp_path: Path) -> None:
    made = []
    for size in SIZES:
        words = [*command.split(), "-f", written(tmp_path / f"{size}.json", shape(size)), "--whole"]
        # The first run makes whatever is shared by all runs of a process.
        refs(*words)
        made.append(calls(partial(refs, *words), everywhere=True))
    assert_in_proportion(made)


def test_twice_as_many_changes_take_twice_as_much(refs: Program, tmp_path: Path) -> None:
    made = []
    for size in SIZES:
        objects = list(gateways(size))
        base = written(tmp_path / f"{size}.json", objects)
        new = written(tmp_path / f"{size}-new.json", (each for each in objects if each["kind"] != "ReferenceGrant"))
        words = ["diff", "-f", new, "--base", base, "--whole"]
        refs(*words)
        made.append(calls(partial(refs, *words), everywhere=True))
    assert_in_proportion(made)


@pytest.mark.parametrize("command", ON_A_CLUSTER)
def test_of_a_cluster_too(command: str, refs: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for size in SIZES:
        with FakeAPI(list(teams(size))) as api:
            monkeypatch.setenv("KUBECONFIG", str(api.write_kubeconfig(tmp_path / "config", "default")))
            words = command.split()
            refs(*words)
            made.append(calls(partial(refs, *words), everywhere=True))
    assert_in_proportion(made)
