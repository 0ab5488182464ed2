"""diff on a real API server: it predicts the difference between a check before the change and a check after it."""

from __future__ import annotations

import copy
import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.cluster import crds, rest
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.asking import Program
from tests.support.cluster.binaries import Binaries
from tests.support.cluster.objects import (
    backend,
    from_routes,
    gateway,
    grant,
    listener,
    path_of,
    route,
    service,
    to_backends,
    to_services,
)
from tests.support.cluster.watching import Watching, watching
from tests.support.random_clusters.clusters import NAMESPACES, Object, generate
from tests.support.random_clusters.mutations import Key, key_of, mutate

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
            server.post("/api/v1/namespaces", {"metadata": {"name": name}})
        server.apply(service("backend"), service("frontend", "web"), gateway("frontend", listener()), ROUTE, GRANT)
        yield server


Outcomes = Mapping[str, Counter[str]]


def outcome(of: Mapping[str, Any], verdict: Mapping[str, Any]) -> tuple[str, str]:
    return json.dumps([of["from"], of["to"]]), f"{verdict['verdict']} {verdict['reason']}"


def outcomes(server: ApiServer, refs: Program) -> Counter[tuple[str, str]]:
    """Count the verdicts and reasons of each reference."""
    done = refs(server.kubeconfig(), "check", "-A", "-o", "json")
    return Counter(outcome(each, each) for each in json.loads(done.stdout)["references"])


def told(report: Mapping[str, Any]) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """The outcomes that a diff says will be gone, and those that will be new."""
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


SEED = os.environ.get("KUBECTL_REFS_SEED", "1")
CASES = int(os.environ.get("KUBECTL_REFS_CASES", "5"))
"""The number of random clusters."""
CHANGES = 7
"""Changes of each cluster in a row: random ones, each then reversed; the last one also deletes a namespace."""
TRIAL = "trial"
"""A namespace for dry runs, in which nothing is created."""


def test_it_is_that_difference_whatever_the_cluster_and_the_change(
    server: ApiServer, refs: Program, tmp_path: Path
) -> None:
    server.kubectl("create", "namespace", TRIAL)
    path = tmp_path / "change.json"
    seen: Counter[str] = Counter()
    with watching(server) as watched:
        watched.until(lambda told: told["type"] == "Synced")
        heard = outcomes(server, refs)
        for number in range(CASES):
            seed = f"real {SEED}.{number}"
            past: dict[Key, Object] = {}
            existing = admitted(server, generate(seed), {})
            server.apply(*existing.values())
            before = outcomes(server, refs)
            for step in range(CHANGES):
                if step % 2:
                    mutated, names = list(past.values()), [key for key in existing if key not in past]
                else:
                    mutated, names = mutate(list(existing.values()), f"{seed} {step}")
                if step == CHANGES - 1:
                    emptied = NAMESPACES[number % len(NAMESPACES)]
                    names = [*(each for each in names if each[1] != emptied), ("Namespace", "", emptied)]
                    mutated = [each for each in mutated if not goes(key_of(each), names)]
                after = admitted(server, mutated, existing)
                past = existing
                gone = {key: existing[key] for key in names if key in existing and key not in after}
                path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(after.values())}))
                deletions = [word for key in gone for word in ("--delete", argument(key))]
                done = refs(server.kubeconfig(), "diff", "-f", str(path), *deletions, "-o", "json")
                report = json.loads(done.stdout)
                server.apply(*after.values())
                delete(server, gone.values(), existing)
                existing = {key: obj for key, obj in existing.items() if not goes(key, gone)} | after
                was, before = before, outcomes(server, refs)
                assert told(report) == (was - before, before - was), (seed, step)
                assert report["gaps"] == [], (seed, step)
                seen.update(each["change"] for each in report["changes"])
                seen.update(f"{each['action']} {each['object']['kind']}" for each in report["objects"])
            follow(watched, heard, before)
            delete(server, [obj for key, obj in existing.items() if key[0] == "Namespace"], existing)
    assert {"breaks", "fixes", "adds", "removes", "delete Namespace"} <= set(seen), seen


def follow(watched: Watching, heard: Counter[tuple[str, str]], now: Counter[tuple[str, str]]) -> None:
    """Update `heard` by what the watch prints until it equals what a check finds now."""

    def take(line: Mapping[str, Any]) -> bool:
        if line["type"] == "Change":
            heard.subtract([outcome(line, line["before"])] if line["before"] else [])
            heard.update([outcome(line, line["after"])] if line["after"] else [])
        return +heard == now

    if +heard != now:
        watched.until(take)


def admitted(server: ApiServer, objects: Iterable[Object], existing: Mapping[Key, Object]) -> dict[Key, Object]:
    """The objects that the API server accepts, namespaces first; for a refused one, the existing version."""
    found: dict[Key, Object] = {}
    for obj in sorted(objects, key=lambda each: bool(each["kind"] != "Namespace")):
        key = key_of(obj)
        if key[1] and ("Namespace", "", key[1]) not in found:
            continue
        old = existing.get(key)
        tried = copy.deepcopy(obj)
        if old is None and key[1]:
            tried["metadata"]["namespace"] = TRIAL
        path = f"{path_of(tried)}?fieldManager=tests&force=true&dryRun=All&fieldValidation=Strict"
        if obj == old or rest.send(server, "PATCH", path, tried, rest.APPLY)[0] < 300:
            found[key] = obj
        elif old is not None:
            found[key] = old
    return found


def argument(key: Key) -> str:
    kind, namespace, name = key
    return f"{kind.lower()}/{name}" + (f".{namespace}" if namespace else "")


def goes(key: Key, gone: Collection[Key]) -> bool:
    return key in gone or ("Namespace", "", key[1]) in gone


def delete(server: ApiServer, gone: Iterable[Object], existing: Mapping[Key, Object]) -> None:
    """Delete objects; with a namespace, also its objects, since its controller does not run here."""
    for obj in gone:
        name = obj["metadata"]["name"]
        if obj["kind"] == "Namespace":
            delete(server, [each for key, each in existing.items() if key[1] == name], existing)
        rest.must(server, "DELETE", path_of(obj))
        if obj["kind"] == "Namespace":
            rest.must(server, "PUT", f"{path_of(obj)}/finalize", {**obj, "spec": {"finalizers": []}})
