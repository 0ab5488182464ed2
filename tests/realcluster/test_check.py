"""`check` on a real cluster: statuses as the server keeps them, users with few rights, lists in pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster import access
from tests.support.cluster.api_server import ADMINISTRATOR
from tests.support.cluster.asking import Finished, Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import backend, from_routes, grant, route, service, to_backends, to_services


@dataclass(frozen=True, slots=True)
class Estate:
    """A namespace with a Service, and one with two routes that reference it: one has a grant, one does not."""

    terminal: Terminal
    shared: str
    frontend: str

    def run(self, *words: str, user: str = ADMINISTRATOR) -> Finished:
        return self.terminal.refs(self.terminal.server.kubeconfig(user), "check", *words)

    def data(self, *words: str, user: str = ADMINISTRATOR) -> JSON:
        return dict(json.loads(self.run(*words, "-o", "json", user=user).stdout))

    def findings(self, *words: str) -> list[tuple[str, str]]:
        return [(each["title"], each["object"]["name"]) for each in self.data(*words)["findings"]]


@pytest.fixture
def estate(terminal: Terminal, fresh: Fresh) -> Estate:
    shared, frontend = (fresh(terminal.server, name) for name in ("shared", "frontend"))
    terminal.server.apply(
        service(shared),
        service(shared, name="other"),
        route(frontend, to_backends(backend(shared)), name="granted"),
        route(frontend, to_backends(backend(shared, name="other")), name="refused"),
        grant(shared, [from_routes(frontend)], [to_services(name="auth")]),
    )
    return Estate(terminal, shared, frontend)


def test_one_refused_route_of_two_is_found(estate: Estate) -> None:
    done = estate.run("httproutes", "-n", estate.frontend)
    assert done.status == 1
    assert done.stderr == ""
    assert ("near-miss", "refused") in estate.findings("httproutes", "-n", estate.frontend)
    assert not any(
        name == "granted" for _, name in estate.findings("httproutes", "-n", estate.frontend, "--only-refused")
    )


def test_all_namespaces_hold_what_each_holds(estate: Estate) -> None:
    everywhere = estate.data("httproutes", "-A")["references"]
    mine = [each for each in everywhere if each["from"]["namespace"] == estate.frontend]
    assert mine == estate.data("httproutes", "-n", estate.frontend)["references"]


def test_pages_make_no_difference(estate: Estate) -> None:
    whole, paged = (estate.data("-A", "--chunk-size", size) for size in ("0", "1"))
    assert whole == paged


def test_what_check_says_of_a_route_is_what_why_says(estate: Estate) -> None:
    kubeconfig = estate.terminal.server.kubeconfig(ADMINISTRATOR)
    words = ("why", "httproute/refused", "-n", estate.frontend, "-o", "json")
    why = json.loads(estate.terminal.refs(kubeconfig, *words).stdout)
    checked = estate.data("httproutes", "-n", estate.frontend)
    assert [each for each in checked["references"] if each["from"]["name"] == "refused"] == why["references"]


def test_a_user_of_one_namespace_is_told_what_could_not_be_read(estate: Estate) -> None:
    server = estate.terminal.server
    access.allow_in_namespace(server, "app-dev", estate.frontend, [access.rule(GATEWAY_GROUP, ["httproutes"])])
    done = estate.run("httproutes", "-n", estate.frontend, user="app-dev")
    assert done.status == 3
    assert "not read" in done.stdout
    everywhere = estate.run("httproutes", "-A", user="app-dev")
    assert everywhere.status == 3
    assert "list httproutes.gateway.networking.k8s.io" in everywhere.stdout


def test_a_baseline_silences_what_there_is_until_something_new_comes(estate: Estate, tmp_path: Path) -> None:
    baseline = str(tmp_path / "baseline.json")
    scope = ("httproutes", "-n", estate.frontend)
    assert estate.run(*scope, "--write-baseline", baseline).status == 1
    assert estate.run(*scope, "--baseline", baseline).status == 0
    estate.terminal.server.apply(route(estate.frontend, to_backends(backend(estate.shared, name="other")), name="new"))
    assert estate.run(*scope, "--baseline", baseline).status == 1
