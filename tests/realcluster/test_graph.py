"""graph on a real cluster: the counts match check, a user of one namespace, and manifests laid over the cluster."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP
from tests.support.cluster import access
from tests.support.cluster.api_server import ADMINISTRATOR
from tests.support.cluster.asking import Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import backend, from_routes, grant, route, service, to_backends, to_services


@pytest.fixture
def places(terminal: Terminal, fresh: Fresh) -> tuple[str, str]:
    """The namespace of two Services, only one of which a grant permits, and the namespace of the routes to them."""
    shared, frontend = (fresh(terminal.server, name) for name in ("shared", "frontend"))
    terminal.server.apply(
        service(shared),
        service(shared, name="other"),
        route(frontend, to_backends(backend(shared)), name="granted"),
        route(frontend, to_backends(backend(shared, name="other")), name="refused"),
        grant(shared, [from_routes(frontend)], [to_services(name="auth")]),
    )
    return shared, frontend


def asked(terminal: Terminal, *words: str, user: str = ADMINISTRATOR) -> dict[str, Any]:
    done = terminal.refs(terminal.server.kubeconfig(user), *words, "-o", "json")
    return dict(json.loads(done.stdout))


def drawn(graph: Mapping[str, Any]) -> Counter[tuple[str, str, str]]:
    return Counter((edge["source"], edge["target"], edge["verdict"]) for edge in graph["edges"])


def test_the_edges_are_the_references_that_check_finds(terminal: Terminal, places: tuple[str, str]) -> None:
    shared, frontend = places

    def identifier(key: Mapping[str, str]) -> str:
        return "/".join(key[part] for part in ("group", "kind", "namespace", "name"))

    found = asked(terminal, "check", "httproutes", "-n", frontend)["references"]
    graph = asked(terminal, "graph", "-A", "--from", frontend, "--to", shared, "--by", "object")
    assert drawn(graph) == Counter(
        (identifier(each["from"]), identifier(each["to"]), each["verdict"]) for each in found
    )
    assert sorted(verdict for _, _, verdict in drawn(graph)) == ["allowed", "refused"]


def test_what_may_not_be_read_is_drawn_as_unknown(terminal: Terminal, places: tuple[str, str]) -> None:
    shared, frontend = places
    rules = [access.rule(GATEWAY_GROUP, ["httproutes"], access.READ)]
    access.allow_in_namespace(terminal.server, "app-dev", frontend, rules)
    graph = asked(terminal, "graph", "-n", frontend, "--from", frontend, "--by", "object", user="app-dev")
    assert {(edge["verdict"], edge["target"].split("/")[2]) for edge in graph["edges"]} == {("unknown", shared)}
    assert any(gap["resource"] == "referencegrants" for gap in graph["gaps"])


def test_manifests_are_drawn_over_the_cluster(terminal: Terminal, places: tuple[str, str], tmp_path: Path) -> None:
    shared, frontend = places
    file = tmp_path / "grant.json"
    file.write_text(json.dumps(grant(shared, [from_routes(frontend)], [to_services()])))
    words = ("graph", "-A", "--from", frontend, "--to", shared, "--by", "object", "-f", str(file), "--live")
    assert {verdict for _, _, verdict in drawn(asked(terminal, *words))} == {"allowed"}
