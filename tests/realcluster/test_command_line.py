"""The command line against a real cluster: names of types, output formats, kubectl's errors, `kubectl refs` itself."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from kubectl_refs.core.model.objects import GATEWAY_GROUP
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.asking import Program
from tests.support.cluster.objects import (
    backend,
    from_routes,
    grant,
    route,
    service,
    to_backends,
    to_services,
)

REFERENCE = ("from", "path", "to", "mechanism", "verdict", "reason", "code", "grants", "nearMisses", "fixes")
FRONTEND, SHARED = "frontend-of-the-command-line", "shared-of-the-command-line"


@pytest.fixture(scope="module")
def server(cluster: ApiServer) -> ApiServer:
    """A cluster with a route whose one reference is refused because of a misspelt grant. No test here changes it."""
    cluster.apply(
        *({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in (FRONTEND, SHARED)),
        service(SHARED),
        service(FRONTEND),
        grant(SHARED, [from_routes(FRONTEND, kind="httproutes")], [to_services()]),
        route(FRONTEND, to_backends(backend(SHARED))),
        route(FRONTEND, to_backends(backend(FRONTEND)), name="sound"),
        route(FRONTEND, to_backends(backend(FRONTEND)), name="web", kind="GRPCRoute"),
    )
    return cluster


@pytest.mark.parametrize(
    "words",
    [
        ("httproute/web",),
        ("httproutes/web",),
        ("HTTPRoute/web",),
        ("HTTPROUTES/web",),
        ("httproute", "web"),
        (f"httproutes.{GATEWAY_GROUP}/web",),
        (f"HTTPRoute.{GATEWAY_GROUP}", "web"),
        (f"httproutes.v1.{GATEWAY_GROUP}/web",),
        (f"httproute.v1beta1.{GATEWAY_GROUP}/web",),
    ],
    ids=" ".join,
)
def test_a_type_may_be_written_in_every_way_that_kubectl_takes(
    server: ApiServer, refs: Program, words: tuple[str, ...]
) -> None:
    done = refs(server.kubeconfig(), "why", *words, "-n", FRONTEND, "--query", "references[].[from.kind, from.name]")
    kubectl = server.kubectl("get", *words, "-n", FRONTEND, "-o", "jsonpath={.kind} {.metadata.name}")

    assert (done.status, done.stderr) == (1, "")
    assert json.loads(done.stdout) == [kubectl.stdout.split()] == [["HTTPRoute", "web"]]


def test_several_types_are_asked_with_one_name(server: ApiServer, refs: Program) -> None:
    done = refs(
        server.kubeconfig(), "why", "httproute,grpcroute", "web", "-n", FRONTEND, "--query", "references[].from.kind"
    )

    assert json.loads(done.stdout) == ["HTTPRoute", "GRPCRoute"]


def test_the_json_follows_the_contract_and_the_yaml_says_the_same(server: ApiServer, refs: Program) -> None:
    question = ("why", "httproute/web", "-n", FRONTEND, "-o")
    data = json.loads(refs(server.kubeconfig(), *question, "json").stdout)
    same = yaml.safe_load(refs(server.kubeconfig(), *question, "yaml").stdout)

    assert same == data
    assert (data["apiVersion"], data["kind"]) == ("refs/v1alpha1", "ReferenceReport")
    assert data["summary"] == {
        "allowed": 0,
        "refused": 1,
        "broken": 0,
        "unknown": 0,
        "assumed": 0,
        "reportedFalse": 0,
    }
    assert (data["gaps"], data["conditions"]) == ([], [])
    (reference,) = data["references"]
    assert reference.keys() >= set(REFERENCE)
    assert reference["from"] == {"group": GATEWAY_GROUP, "kind": "HTTPRoute", "namespace": FRONTEND, "name": "web"}
    assert reference["to"] == {"group": "", "kind": "Service", "namespace": SHARED, "name": "auth", "port": 80}
    (miss,) = reference["nearMisses"]
    assert (miss["grant"], miss["from"], miss["to"]) == ({"namespace": SHARED, "name": "from-frontend"}, 0, 0)
    (difference,) = miss["differences"]
    assert {field: difference[field] for field in ("path", "wanted", "found", "hint")} == {
        "path": "spec.from[0].kind",
        "wanted": "HTTPRoute",
        "found": "httproutes",
        "hint": "plural",
    }
    for fix in reference["fixes"]:
        assert fix.keys() >= {"action", "object", "command", "widens", "confidence"}
        assert ("manifest" in fix, "patch" in fix) == (fix["action"] == "create", fix["action"] == "patch")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("why", "httproute/web", "-n", FRONTEND), id="refused"),
        pytest.param(("why", "httproute", "sound", "-n", FRONTEND, "-o", "wide"), id="allowed"),
        pytest.param(("why", "httproute/web", "-n", FRONTEND, "--exit-zero"), id="exit zero"),
        pytest.param(("why", "httproute/absent", "-n", FRONTEND), id="not found"),
        pytest.param(("-n", FRONTEND, "why", "httproute/web", "-o", "json"), id="a flag before the command"),
        pytest.param(("why", "--help"), id="help"),
        pytest.param(("--version",), id="version"),
    ],
)
def test_kubectl_refs_is_the_same_program(
    server: ApiServer, script: Program, kubectl_refs_plugin: Program, arguments: tuple[str, ...]
) -> None:
    alone, as_plugin = script(server.kubeconfig(), *arguments), kubectl_refs_plugin(server.kubeconfig(), *arguments)

    assert as_plugin == alone
    assert alone.stdout or alone.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("httproute/absent", "-n", FRONTEND), id="no such object"),
        pytest.param(("httproute", "absent", "-n", "no-such-namespace"), id="no such namespace"),
        pytest.param(("TLSRoute/absent",), id="the default namespace"),
        pytest.param(("wibble/web", "-n", FRONTEND), id="no such type"),
        pytest.param(("httproutes.example.com/web", "-n", FRONTEND), id="no such type in that group"),
        pytest.param((f"httproutes.v9.{GATEWAY_GROUP}/web",), id="no such type in that version"),
        pytest.param(("httproute/web", "--context", "no-such"), id="no such context"),
        pytest.param(("httproute/web", "--kubeconfig", "/no/such/file"), id="no such kubeconfig"),
        pytest.param(("httproute/web/extra",), id="two slashes"),
        pytest.param(("httproute/web", "grpcroute", "web"), id="both forms at once"),
        pytest.param(("httproute/..",), id="a name that is no name"),
        pytest.param(("httproute", "web", "-n", FRONTEND, "-o", "xml"), id="no such format"),
    ],
)
def test_a_mistake_is_told_in_kubectls_words_and_nothing_else_is(
    server: ApiServer, refs: Program, arguments: tuple[str, ...]
) -> None:
    done = refs(server.kubeconfig(), "why", *arguments)
    kubectl = server.kubectl("get", *arguments, check=False)

    assert (done.status, done.stdout) == (2, "")
    assert first_sentence(done.stderr) == first_sentence(kubectl.stderr)
    assert done.stderr.count("\n") == 1


def first_sentence(complaint: str) -> str:
    """The line that both must print, without kubectl's log of retries before it and its list of formats after it."""
    return complaint.splitlines()[-1].partition(", allowed formats are: ")[0]


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is taken, so that nobody else gets it, but on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def altered(server: ApiServer, tmp_path: Path, old: str, new: str) -> Path:
    text = server.kubeconfig().read_text()
    assert old in text
    kubeconfig = tmp_path / "altered"
    kubeconfig.write_text(text.replace(old, new))
    return kubeconfig


def test_a_server_that_does_not_listen_is_told_in_kubectls_words(
    server: ApiServer, refs: Program, closed_port: int, tmp_path: Path
) -> None:
    kubeconfig = altered(server, tmp_path, str(server.port), str(closed_port))

    done = refs(kubeconfig, "why", "httproute/web")
    kubectl = server.kubectl("get", "httproute/web", kubeconfig=kubeconfig, check=False)

    assert (done.status, done.stdout) == (2, "")
    assert done.stderr == f"{kubectl.stderr.splitlines()[-1]}\n"
    assert f"127.0.0.1:{closed_port} was refused" in done.stderr


def test_a_token_that_the_server_does_not_know_is_told_in_kubectls_words(
    server: ApiServer, refs: Program, tmp_path: Path
) -> None:
    kubeconfig = altered(server, tmp_path, server.bearer()["Authorization"].removeprefix("Bearer "), "unknown")

    done = refs(kubeconfig, "why", "httproute/web")
    kubectl = server.kubectl("get", "httproute/web", kubeconfig=kubeconfig, check=False)

    assert (done.status, done.stdout) == (2, "")
    assert done.stderr == f"{kubectl.stderr.splitlines()[-1]}\n"


def test_a_route_of_a_kind_that_holds_no_references_is_no_question(server: ApiServer, refs: Program) -> None:
    done = refs(server.kubeconfig(), "why", f"namespace/{SHARED}")

    assert (done.status, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("error: namespaces hold no references")


def test_what_is_found_is_told_with_exit_zero_and_what_is_not_is_still_an_error(
    server: ApiServer, refs: Program
) -> None:
    statuses = [
        refs(server.kubeconfig(), "why", name, "-n", FRONTEND, "--exit-zero").status
        for name in ("httproute/web", "httproute/absent")
    ]

    assert statuses == [0, 2]
