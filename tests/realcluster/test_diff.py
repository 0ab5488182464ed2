"""diff on a real API server: what it says before a change is what two checks say around the change, once it is made."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.cluster import crds
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.asking import Program
from tests.support.cluster.binaries import Binaries
from tests.support.cluster.objects import (
    backend,
    from_routes,
    gateway,
    grant,
    listener,
    route,
    service,
    to_backends,
    to_services,
)

GRANT = grant("backend", [from_routes("frontend")], [to_services()])
ROUTE = route(
    "frontend",
    to_backends(backend("backend", "auth")),
    to_backends(backend("frontend", "web")),
    parentRefs=[{"name": "public"}],
)
NARROWED = grant("backend", [from_routes("frontend")], [to_services(name="other")])
SLIP = grant("backend", [from_routes("fronted")], [to_services()])
MOVED = route("frontend", to_backends(backend("frontend", "web")), to_backends(backend("backend", "late")))
STEPS: list[tuple[str, list[Any], list[str]]] = [
    ("a grant narrowed", [NARROWED], []),
    ("a slip in a grant", [SLIP], []),
    ("a grant as it was", [GRANT], []),
    ("a Service renamed", [service("backend", "late")], ["service/auth.backend"]),
    ("another target", [MOVED], []),
    ("a grant deleted", [], ["referencegrant/{grant}.backend"]),
    ("all as it was", [GRANT, service("backend"), ROUTE], ["service/late.backend"]),
]


@pytest.fixture(scope="module")
def server(programs: Binaries) -> Iterator[ApiServer]:
    with ApiServer(programs) as server:
        crds.install(server, "1.6.3", "experimental")
        for name in ("frontend", "backend"):
            server.kubectl("create", "namespace", name)
        server.apply(service("backend"), service("frontend", "web"), gateway("frontend", listener()), ROUTE, GRANT)
        yield server


Outcomes = Mapping[str, Counter[str]]


def outcome(of: Mapping[str, Any], verdict: Mapping[str, Any]) -> tuple[str, str]:
    return json.dumps([of["from"], of["to"]]), f"{verdict['verdict']} {verdict['reason']}"


def outcomes(server: ApiServer, refs: Program) -> Counter[tuple[str, str]]:
    """How often each reference has each verdict and reason."""
    done = refs(server.kubeconfig(), "check", "-A", "-o", "json")
    return Counter(outcome(each, each) for each in json.loads(done.stdout)["references"])


def told(report: Mapping[str, Any]) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """What is no more, and what is new."""
    old = Counter(outcome(each, each["before"]) for each in report["changes"] if each["before"])
    new = Counter(outcome(each, each["after"]) for each in report["changes"] if each["after"])
    return old - new, new - old


def test_it_is_the_difference_of_two_checks_around_the_change(server: ApiServer, refs: Program, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    for what, objects, deleted in STEPS:
        path = tmp_path / "change.json"
        path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": copy.deepcopy(objects)}))
        deletions = [each.format(grant=GRANT["metadata"]["name"]) for each in deleted]
        words = [*(("-f", str(path)) if objects else ()), *(word for each in deletions for word in ("--delete", each))]
        done = refs(server.kubeconfig(), "diff", *words, "-o", "json")
        before = outcomes(server, refs)
        if objects:
            server.apply(*objects)
        for each in deletions:
            name, _, namespace = each.rpartition(".")
            server.kubectl("delete", name, "-n", namespace)
        after = outcomes(server, refs)
        report = json.loads(done.stdout)
        assert told(report) == (before - after, after - before), what
        assert report["gaps"] == [], what
        worse = any(each["change"] == "breaks" for each in report["changes"])
        worse |= any(each["before"] is None and each["after"]["verdict"] != "allowed" for each in report["changes"])
        assert done.status == int(worse), what
        seen.update(each["change"] for each in report["changes"])
        again = refs(server.kubeconfig(), "diff", "-f", str(path), "-o", "json")
        if objects:
            assert {each["action"] for each in json.loads(again.stdout)["objects"]} == {"unchanged"}, what
    assert {"breaks", "fixes", "adds", "removes"} <= set(seen)
