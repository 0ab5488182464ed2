"""watch on a real API server: scripted writes, a restart in between, and the state that a fresh check finds."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster import access, crds
from tests.support.cluster.api_server import ADMINISTRATOR, ApiServer
from tests.support.cluster.asking import Program
from tests.support.cluster.binaries import Binaries
from tests.support.cluster.objects import (
    backend,
    from_routes,
    gateway,
    grant,
    labelled,
    listener,
    route,
    service,
    to_backends,
    to_services,
)

PUBLIC = [{"name": "public"}]
ROUTE = route(
    "frontend", to_backends(backend("backend", "auth")), to_backends(backend("frontend", "web")), parentRefs=PUBLIC
)
GRANT = grant("backend", [from_routes("frontend")], [to_services(name="auth")])
WITHIN = 30
"""Seconds for an event to come, however busy the machine is."""


@pytest.fixture(scope="module")
def server(programs: Binaries) -> Iterator[ApiServer]:
    """A server of its own, which is killed and started again."""
    with ApiServer(programs) as server:
        crds.install(server, "1.6.3", "experimental")
        for name in ("frontend", "backend"):
            server.kubectl("create", "namespace", name)
        server.apply(service("backend"), service("frontend", "web"), gateway("frontend", listener()), ROUTE, GRANT)
        yield server


class Watching:
    """A running watch and what it has told so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: queue.Queue[JSON] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        document = ""
        for line in self.process.stdout:
            document += line
            # A report goes over several lines, and an event takes one.
            if line.startswith("}") or (line.endswith("}\n") and document == line):
                self._lines.put(json.loads(document))
                document = ""

    def until(self, holds: Callable[[JSON], bool]) -> list[JSON]:
        """What is told up to the first line for which it holds, which must come in time."""
        told: list[JSON] = []
        while not told or not holds(told[-1]):
            told.append(self._lines.get(timeout=WITHIN))
        return told


SCRIPT = """
import sys
from kubectl_refs.cli.main import main
from kubectl_refs.kube import rediscovery, watching
rediscovery.PERIOD = watching.LONGEST_PAUSE = 0.2
sys.exit(main(["kubectl-refs", *sys.argv[1:]]))
"""
"""The program, which looks again more often than it does by itself."""


@contextmanager
def watching(server: ApiServer, *words: str, user: str = ADMINISTRATOR) -> Iterator[Watching]:
    words = (sys.executable, "-c", SCRIPT, *(words or ("watch", "-A")), "-o", "json")
    env = {**os.environ, "KUBECONFIG": str(server.kubeconfig(user))}
    process = subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield Watching(process)
    finally:
        process.kill()
        process.communicate()


def change(kind: str, name: str) -> Callable[[JSON], bool]:
    return lambda told: told["type"] == "Change" and (told["change"], told["to"]["name"]) == (kind, name)


def revoked(told: JSON) -> bool:
    return told["type"] == "Permission" and (told["change"], told["to"]["name"]) == ("removes", "other")


def test_every_write_is_told_once_with_its_cause(server: ApiServer, refs: Program) -> None:
    with watching(server) as watched:
        (synced,) = watched.until(lambda told: told["type"] == "Synced")
        assert synced["summary"]["allowed"] == 3
        steps: list[tuple[Callable[[], Any], Callable[[JSON], bool], tuple[str, str]]] = [
            (lambda: server.apply(grant("backend", [from_routes("frontend")], [to_services(name="other")])), change("breaks", "auth"), ("updated", "from-frontend")),
            (lambda: server.kubectl("delete", "referencegrant/from-frontend", "-n", "backend"), revoked, ("deleted", "from-frontend")),
            (lambda: server.apply(GRANT), change("fixes", "auth"), ("created", "from-frontend")),
            (lambda: server.kubectl("delete", "service/auth", "-n", "backend"), change("breaks", "auth"), ("deleted", "auth")),
            (lambda: server.apply(service("backend")), change("fixes", "auth"), ("created", "auth")),
            (lambda: server.apply(gateway("frontend", listener(namespaces=labelled(team="none")))), change("breaks", "public"), ("updated", "public")),
            (lambda: server.apply(gateway("frontend", listener())), change("fixes", "public"), ("updated", "public")),
            (lambda: server.apply(route("frontend", to_backends(backend("backend", "auth")), parentRefs=PUBLIC)), change("removes", "web"), ("updated", "web")),
            (lambda: server.apply(ROUTE), change("adds", "web"), ("updated", "web")),
        ]  # fmt: skip
        told: list[JSON] = []
        for write, expected, cause in steps:
            write()
            found = watched.until(expected)
            assert (found[-1]["cause"]["action"], found[-1]["cause"]["object"]["name"]) == cause
            told += found
        effects = Counter(each["change"] for each in told if each["type"] == "Change")
        assert effects == {"breaks": 3, "fixes": 3, "removes": 1, "adds": 1}
        watched.process.send_signal(signal.SIGINT)
        assert watched.process.wait(10) == 0


def test_no_write_is_lost_while_the_server_is_away_or_starts_again(server: ApiServer) -> None:
    with watching(server) as watched:
        watched.until(lambda told: told["type"] == "Synced")
        server.restart()
        server.kubectl("delete", "referencegrant/from-frontend", "-n", "backend")
        told = watched.until(change("breaks", "auth"))
        assert [each["type"] for each in told].count("Change") == 1
        server.apply(GRANT)
        watched.until(change("fixes", "auth"))


def test_only_what_was_asked_for_is_told_and_the_time_ends_it(server: ApiServer, refs: Program) -> None:
    done = refs(server.kubeconfig(), "watch", "-n", "frontend", "--only", "breaks", "--timeout", "1s")
    assert (done.status, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    assert line.endswith("  watching   3 references: 3 allowed")


def test_a_kind_that_may_not_be_listed_is_a_gap(server: ApiServer, refs: Program) -> None:
    done = refs(server.kubeconfig("nobody"), "watch", "-n", "frontend", "--timeout", "1s", "-o", "json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"Synced", "Gap"} == {each["type"] for each in told}
    assert {each["httpStatus"] for each in told if each["type"] == "Gap"} == {403}


DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "backends.gateway.envoyproxy.io"},
    "spec": {
        "group": "gateway.envoyproxy.io",
        "names": {"kind": "Backend", "plural": "backends", "singular": "backend"},
        "scope": "Namespaced",
        "versions": [
            {"name": "v1alpha1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
        ],
    },
}
STORE: JSON = {"apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": "Backend", "metadata": {"name": "store", "namespace": "frontend"}}  # fmt: skip


def test_a_kind_that_appears_is_taken_up_and_let_go_with_its_definition_as_the_cause(server: ApiServer) -> None:
    to_store = {"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "store"}
    server.apply(route("frontend", to_backends(to_store), name="stored", parentRefs=PUBLIC))
    with watching(server) as watched:
        watched.until(lambda told: told["type"] == "Synced")
        server.apply(DEFINITION)
        appeared = watched.until(change("alters", "store"))[-1]
        server.apply(STORE)
        watched.until(change("fixes", "store"))
        server.kubectl("delete", "crd", "backends.gateway.envoyproxy.io")
        # The objects of a kind go before it does.
        watched.until(change("breaks", "store"))
        gone = watched.until(change("alters", "store"))[-1]
    server.kubectl("delete", "httproute/stored", "-n", "frontend")
    assert [(each["cause"]["action"], each["cause"]["object"]["name"]) for each in (appeared, gone)] == [
        ("created", "backends.gateway.envoyproxy.io"),
        ("deleted", "backends.gateway.envoyproxy.io"),
    ]
    assert appeared["cause"]["manager"] == "tests"


def test_a_right_that_is_missing_is_told_once_and_when_it_comes(server: ApiServer) -> None:
    access.allow_in_namespace(server, "app-dev", "frontend")
    access.allow_in_namespace(server, "app-dev", "backend", [access.rule("", ["services"])])
    with watching(server, "watch", "-n", "frontend", user="app-dev") as watched:
        watched.until(lambda told: told["type"] == "Gap" and told["resource"] == "referencegrants")
        access.allow_in_namespace(server, "app-dev", "backend")
        told = watched.until(change("alters", "auth"))
    assert [each["type"] for each in told if each.get("resource") == "referencegrants"] == ["Recovered"]
    assert (told[-1]["after"]["verdict"], told[-1]["cause"]) == ("allowed", None)


def test_watch_of_check_and_grants_shows_the_state_and_then_what_changes(server: ApiServer) -> None:
    with (
        watching(server, "check", "httproute/web", "-n", "frontend", "-w") as checked,
        watching(server, "grants", "from-frontend", "-n", "backend", "--watch") as granted,
    ):
        (report,) = checked.until(lambda told: told.get("kind") == "ReferenceReport")
        (grants,) = granted.until(lambda told: told.get("kind") == "GrantReport")
        assert (report["summary"]["allowed"], len(grants["grants"])) == (3, 1)
        server.kubectl("delete", "referencegrant/from-frontend", "-n", "backend")
        (broken,) = checked.until(change("breaks", "auth"))
        (taken,) = granted.until(lambda told: told["type"] == "Permission")
        assert (broken["from"]["name"], taken["change"], taken["to"]["name"]) == ("web", "removes", "auth")
    server.apply(GRANT)
