"""`can-i` on a real cluster: the same answer as `why` for a real object, and changes that turn a no into a yes."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster import access
from tests.support.cluster.api_server import ADMINISTRATOR
from tests.support.cluster.asking import Finished, Terminal, commands_in
from tests.support.cluster.fresh import Fresh
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


@dataclass(frozen=True, slots=True)
class Pair:
    """Two namespaces: one for a supposed route, one with a Service."""

    terminal: Terminal
    frontend: str
    shared: str

    def can_i(self, *words: str, user: str = ADMINISTRATOR) -> Finished:
        return self.terminal.refs(self.terminal.server.kubeconfig(user), "can-i", *words)

    def ask(self, *more: str, kind: str = "httproute", user: str = ADMINISTRATOR) -> Finished:
        return self.can_i(kind, "-n", self.frontend, f"service/auth.{self.shared}", *more, user=user)


@pytest.fixture
def pair(terminal: Terminal, fresh: Fresh) -> Pair:
    frontend, shared = (fresh(terminal.server, name) for name in ("frontend", "shared"))
    terminal.server.apply(service(shared))
    return Pair(terminal, frontend, shared)


def test_a_no_becomes_a_yes_by_the_first_change(pair: Pair) -> None:
    refused = pair.ask()
    assert (refused.status, refused.stderr) == (1, "")
    assert refused.stdout.startswith(
        f"no: HTTPRoutes in {pair.frontend} may not reference Service {pair.shared}/auth\n"
    )

    pair.terminal.paste(commands_in(refused.stdout)[0])

    assert pair.ask("-q") == Finished(0, "", "")
    assert pair.ask("-q", kind="grpcroute") == Finished(1, "", "")


@pytest.mark.parametrize(
    ("from_", "to"),
    [
        ({}, {}),
        ({}, {"name": "auth"}),
        ({}, {"name": "auht"}),
        ({}, {"kind": "services"}),
        ({}, {"group": "core", "name": "auth"}),
        ({"kind": "GRPCRoute"}, {}),
        ({"kind": "HttpRoute"}, {"name": "auth"}),
        ({"group": "networking.gateway.k8s.io"}, {"name": "auth"}),
    ],
)
def test_it_says_what_why_says_of_a_real_route_and_each_change_works(
    pair: Pair, from_: dict[str, str], to: dict[str, str]
) -> None:
    server = pair.terminal.server
    object_ = grant(pair.shared, [from_routes(pair.frontend, **from_)], [to_services(**to)])
    server.apply(object_)
    guess = json.loads(pair.ask("-o", "json").stdout)["references"][0]
    server.apply(route(pair.frontend, to_backends(backend(pair.shared))))
    fact = pair.terminal.ask_for_data("httproute/web", "-n", pair.frontend)

    (real,) = fact.references.values()
    assert pair.ask("-q").status == fact.status
    same = ("verdict", "reason", "code", "mechanism", "grants", "nearMisses")
    assert {key: guess[key] for key in same} == {key: real[key] for key in same}
    assert commands(guess) == commands(real)
    for command in commands(guess):
        pair.terminal.paste(command)
        assert pair.ask("-q").status == 0
        server.kubectl("delete", "referencegrants", "--all", "-n", pair.shared)
        server.apply(object_)


def commands(reference: JSON) -> list[str]:
    return [fix["command"] for fix in reference["fixes"]]


def test_a_route_reaches_a_gateway_by_its_listeners(pair: Pair) -> None:
    pair.terminal.server.apply(gateway(pair.shared, listener()))
    words = ("httproute", "-n", pair.frontend, f"gateway/public.{pair.shared}")
    refused = pair.can_i(*words)
    assert refused.status == 1
    pair.terminal.paste(*commands_in(refused.stdout))
    assert pair.can_i(*words, "-q").status == 0


def test_a_certificate_whose_name_has_dots(pair: Pair) -> None:
    words = ("gateway", "-n", pair.frontend, "secret/tls.example.com", "-n", pair.shared)
    # No grant is offered for what does not exist.
    assert not commands_in(pair.can_i(*words).stdout)
    metadata = {"name": "tls.example.com", "namespace": pair.shared}
    pair.terminal.server.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata})
    refused = pair.can_i(*words)
    assert refused.status == 1
    pair.terminal.paste(commands_in(refused.stdout)[0])
    assert pair.can_i(*words, "-q").status == 0


def test_a_developer_who_may_not_read_the_grants_gets_no_answer_but_a_question_to_ask(pair: Pair) -> None:
    access.allow_in_namespace(pair.terminal.server, "app-dev", pair.frontend)
    done = pair.ask(user="app-dev")
    assert (done.status, done.stderr) == (3, "")
    assert done.stdout.startswith("unknown: ")
    assert f"ask:     the owner of {pair.shared}: " in done.stdout


def test_the_owner_of_the_targets_namespace_is_answered(pair: Pair) -> None:
    access.allow_in_namespace(pair.terminal.server, "grant-owner", pair.shared)
    pair.terminal.server.apply(grant(pair.shared, [from_routes(pair.frontend)], [to_services(name="auth")]))
    assert pair.ask("-q", user="grant-owner").status == 0
    assert pair.ask("-q", kind="tcproute", user="grant-owner").status == 1


def test_an_auditor_only_reads(pair: Pair) -> None:
    access.allow_everywhere(pair.terminal.server, "auditor", [access.rule("*", ["*"])])
    with pair.terminal.server.requests("auditor") as requests:
        assert pair.ask(user="auditor").status == 1
    assert {request.split()[0] for request in requests} <= {"get", "list"}


def test_a_kind_that_is_not_served_is_a_mistake(pair: Pair) -> None:
    done = pair.can_i("securitypolicy", "-n", pair.frontend, f"service/auth.{pair.shared}")
    assert done == Finished(2, "", 'error: the server doesn\'t have a resource type "securitypolicy"\n')
