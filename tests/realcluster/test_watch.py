"""watch on a real API server: scripted writes, a restart in between, and the same state as a fresh check."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster import access, crds
from tests.support.cluster.api_server import ApiServer
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
from tests.support.cluster.watching import change, watching

READER = "cluster-reader"
PUBLIC = [{"name": "public"}]
ROUTE = route(
    "frontend", to_backends(backend("backend", "auth")), to_backends(backend("frontend", "web")), parentRefs=PUBLIC
)
GRANT = grant("backend", [from_routes("frontend")], [to_services(name="auth")])


@pytest.fixture(scope="module")
def server(programs: Binaries) -> Iterator[ApiServer]:
    """A server for this module only, which is killed and started again."""
    with ApiServer(programs) as server:
        crds.install(server, "1.6.3", "experimental")
        for name in ("frontend", "backend"):
            server.kubectl("create", "namespace", name)
        server.apply(service("backend"), service("frontend", "web"), gateway("frontend", listener()), ROUTE, GRANT)
        yield server


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
        # All watches were lost at once, which is told as one thing.
        assert {each["resource"] for each in told if each["type"] in ("Gap", "Recovered")} <= {"*"}
        server.apply(GRANT)
        watched.until(change("fixes", "auth"))


def test_only_what_was_asked_for_is_told_and_the_time_ends_it(server: ApiServer, refs: Program) -> None:
    done = refs(server.kubeconfig(), "watch", "-n", "frontend", "--only", "breaks", "--timeout", "1s")
    assert (done.status, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    assert line.endswith("  watching   3 references: 3 allowed")


def test_a_template_is_filled_with_each_thing_that_is_told(server: ApiServer, refs: Program) -> None:
    template = 'jsonpath={.type} {.summary.allowed}{"\\n"}'
    done = refs(server.kubeconfig(), "watch", "-n", "frontend", "-o", template, "--timeout", "1s")
    assert (done.status, done.stdout) == (0, "Synced 3\n")


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
        # The objects of a kind are deleted before the kind itself.
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


def test_what_is_written_while_grants_cannot_be_listed_is_unknown_and_is_never_called_refused(
    server: ApiServer,
) -> None:
    def fixed(told: JSON) -> bool:
        return told["type"] == "Change" and (told["from"]["name"], told["to"]["name"]) == ("later", "auth")

    routes = access.rule(GATEWAY_GROUP, ["httproutes", "gateways", "gatewayclasses"])
    core = access.rule("", ["services", "namespaces"])
    grants = access.rule(GATEWAY_GROUP, ["referencegrants"])
    access.allow_everywhere(server, READER, [grants, routes, core])
    with watching(server, "watch", "httproutes", "-A", user=READER) as watched:
        watched.until(lambda told: told["type"] == "Synced")
        access.allow_everywhere(server, READER, [routes, core])
        server.restart()
        watched.until(lambda told: told["type"] == "Gap" and told["resource"] == "referencegrants")
        server.apply(route("frontend", to_backends(backend("backend", "auth")), name="later", parentRefs=PUBLIC))
        added = watched.until(fixed)[-1]
        access.allow_everywhere(server, READER, [grants, routes, core])
        permitted = watched.until(fixed)[-1]
    server.kubectl("delete", "httproute/later", "-n", "frontend")
    assert [(each["change"], each["after"]["verdict"]) for each in (added, permitted)] == [
        ("adds", "unknown"),
        ("alters", "allowed"),
    ]


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
