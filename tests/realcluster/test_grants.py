"""`grants` on a real cluster: as four users with different rights, and the effect of its changes."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster import access
from tests.support.cluster.api_server import ADMINISTRATOR
from tests.support.cluster.asking import Finished, Terminal, commands_in
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    ALL,
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
class Estate:
    """A namespace with a Service, and two namespaces from which routes reference it."""

    terminal: Terminal
    shared: str
    frontend: str
    other: str

    def run(self, *words: str, user: str = ADMINISTRATOR) -> Finished:
        return self.terminal.refs(self.terminal.server.kubeconfig(user), "grants", *words)

    def data(self, *words: str, user: str = ADMINISTRATOR) -> JSON:
        done = self.run(*words, "-n", self.shared, "-o", "json", user=user)
        assert done.stderr == ""
        return dict(json.loads(done.stdout))

    def findings(self, name: str, user: str = ADMINISTRATOR) -> list[str]:
        (found,) = [each for each in self.data(user=user)["grants"] if each["name"] == name]
        return [finding["title"] for finding in found["findings"]]

    def used(self, name: str, user: str = ADMINISTRATOR) -> tuple[int, bool]:
        (found,) = [each for each in self.data(user=user)["grants"] if each["name"] == name]
        return found["used"]["references"], found["used"]["known"]


@pytest.fixture
def estate(terminal: Terminal, fresh: Fresh) -> Estate:
    shared, frontend, other = (fresh(terminal.server, name) for name in ("shared", "frontend", "other"))
    terminal.server.apply(
        service(shared),
        route(frontend, to_backends(backend(shared))),
        route(other, to_backends(backend(shared)), name="tries"),
        grant(shared, [from_routes(frontend)], [to_services(name="auth")], name="good"),
    )
    return Estate(terminal, shared, frontend, other)


def test_an_administrator_sees_who_uses_what(estate: Estate) -> None:
    done = estate.run("-n", estate.shared)
    assert (done.status, done.stderr) == (0, "")
    header, row = done.stdout.splitlines()
    assert header.split() == ["NAME", "FROM", "TO", "USED", "NOTES", "AGE"]
    assert [cell.strip() for cell in row.split("   ") if cell.strip()][:5] == [
        "good",
        f"HTTPRoute in {estate.frontend}",
        "Service/auth",
        "1 reference, of 1 object",
        "<none>",
    ]


def test_all_namespaces_are_listed_with_theirs(estate: Estate) -> None:
    done = estate.run("-A", "--from", estate.frontend, "-o", "json")
    assert [(each["namespace"], each["name"]) for each in json.loads(done.stdout)["grants"]] == [
        (estate.shared, "good")
    ]


def test_the_owner_of_a_service_sees_who_is_refused(estate: Estate) -> None:
    done = estate.run("--to", "service/auth", "-n", estate.shared)
    assert done.status == 1
    assert [[(words := line.split())[0], words[2]] for line in done.stdout.split("\n\n")[1].splitlines()[1:]] == [
        [f"httproute/tries.{estate.other}", "refused"],
        [f"httproute/web.{estate.frontend}", "allowed"],
    ]


@pytest.mark.parametrize(
    ("from_", "to", "title"),
    [
        ({}, {"group": "core", "name": "auth"}, "never-matches"),
        ({}, {"kind": "services", "name": "auth"}, "never-matches"),
        ({"kind": "HttpRoute"}, {"name": "auth"}, "never-matches"),
        ({"group": "networking.gateway.k8s.io"}, {"name": "auth"}, "never-matches"),
        ({"group": "gateway.networking.x-k8s.io"}, {"name": "auth"}, "never-matches"),
        ({"typo": "namespace"}, {"name": "auth"}, "from-namespace-missing"),
        ({}, {"name": "auht"}, "to-name-missing"),
        ({}, {}, "any-name"),
        ({}, {"name": "auth"}, "redundant"),
        ({"own": "namespace"}, {"name": "auth"}, "own-namespace"),
        ({"kind": "GRPCRoute"}, {"name": "auth"}, "no-known-user"),
        ({}, {"group": GATEWAY_GROUP, "kind": "Gateway"}, "no-effect-on-parents"),
        ({"two": "entries"}, {"name": "auth"}, "unused-pairs"),
    ],
)
def test_a_finding_is_gone_once_its_change_is_pasted(
    estate: Estate, from_: dict[str, str], to: dict[str, str], title: str
) -> None:
    namespace = {"typo": estate.frontend.replace("frontend", "fronted"), "own": estate.shared}
    changed = {field: value for field, value in from_.items() if field in ("group", "kind")}
    place = next((namespace[key] for key in from_ if key in namespace), estate.frontend)
    froms = [from_routes(place, **changed)]
    if "two" in from_:
        froms.append(from_routes(estate.frontend, kind="TCPRoute"))
    # Of two equal grants, the one whose name comes later is redundant. In all other cases the good one would interfere.
    if title != "redundant":
        estate.terminal.server.delete(grant(estate.shared, [], [], name="good"))
    estate.terminal.server.apply(grant(estate.shared, froms, [to_services(**to)], name="wrong"))
    assert estate.findings("wrong") == [title]

    text = estate.run("--findings", "--severity", "info", "-o", "wide", "-n", estate.shared).stdout
    estate.terminal.paste(*commands_in(text))

    left = estate.data()["grants"]
    assert [finding["title"] for each in left for finding in each["findings"]] == []
    if title not in ("no-known-user", "own-namespace", "no-effect-on-parents"):
        assert sum(each["used"]["references"] for each in left) == 1


def test_the_split_of_a_product_keeps_every_user_and_no_more(estate: Estate) -> None:
    server = estate.terminal.server
    froms = [from_routes(estate.frontend), from_routes(estate.other)]
    server.delete(grant(estate.shared, [], [], name="good"))
    server.apply(
        service(estate.shared, "more"),
        route(estate.other, to_backends(backend(estate.shared, "more")), name="tries"),
        grant(estate.shared, froms, [to_services(name="auth"), to_services(name="more")], name="product"),
    )
    assert estate.findings("product") == ["unused-pairs"]

    estate.terminal.paste(
        *commands_in(estate.run("--findings", "--severity", "info", "-o", "wide", "-n", estate.shared).stdout)
    )

    grants = estate.data()["grants"]
    assert all(each["name"].startswith("product") for each in grants)
    assert [(each["findings"], each["used"]["references"]) for each in grants] == [
        ([], 1),
        ([], 1),
    ]


def test_a_change_is_refused_where_the_grant_has_changed_meanwhile(estate: Estate) -> None:
    wrong = [from_routes(estate.frontend, kind="HttpRoute")]
    estate.terminal.server.apply(grant(estate.shared, wrong, [to_services(name="auth")], name="wrong"))
    (command,) = commands_in(estate.run("--findings", "--severity", "info", "-o", "wide", "-n", estate.shared).stdout)
    estate.terminal.server.apply(grant(estate.shared, wrong, [to_services(name="more")], name="wrong"))
    assert estate.terminal.run(command).status != 0


def test_a_gateway_used_as_a_backend_is_not_called_without_effect(estate: Estate) -> None:
    server = estate.terminal.server
    to = {"group": GATEWAY_GROUP, "kind": "Gateway", "name": "public"}
    chain = backend(estate.shared, "public", group=GATEWAY_GROUP, kind="Gateway")
    server.apply(
        gateway(estate.shared, listener(namespaces=ALL)),
        grant(estate.shared, [from_routes(estate.frontend, kind="TCPRoute")], [to], name="chaining"),
    )
    assert estate.findings("chaining") == ["no-effect-on-parents"]
    server.apply(route(estate.frontend, to_backends(chain), name="chain", kind="TCPRoute"))
    assert estate.findings("chaining") == []


def test_an_owner_of_the_targets_namespace_alone_learns_what_is_not_known(estate: Estate) -> None:
    access.allow_in_namespace(estate.terminal.server, "grant-owner", estate.shared)

    assert estate.used("good", user="grant-owner") == (0, False)
    assert estate.findings("good", user="grant-owner") == []
    text = estate.run("-n", estate.shared, user="grant-owner").stdout
    assert "<unknown>" in text
    assert f"so which HTTPRoutes in {estate.frontend} use a grant is not known" in text
    view = estate.run("--to", "service/auth", "-n", estate.shared, user="grant-owner")
    assert view.status == 3


def test_a_developer_sees_no_grants_of_others(estate: Estate) -> None:
    access.allow_in_namespace(estate.terminal.server, "app-dev", estate.frontend)

    done = estate.run("-n", estate.shared, user="app-dev")

    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error from server (Forbidden): referencegrants.{GATEWAY_GROUP} is forbidden: ")
    own = estate.run("-n", estate.frontend, user="app-dev")
    assert (own.status, own.stdout) == (0, "")
    assert own.stderr == f"No resources found in {estate.frontend} namespace.\n"


def test_an_auditor_sees_everything_and_reads_only(estate: Estate) -> None:
    server = estate.terminal.server
    access.allow_everywhere(server, "auditor", [access.rule("*", ["*"])])
    with server.requests("auditor") as requests:
        assert estate.used("good", user="auditor") == (1, True)
        for words in (("good", "-n", estate.shared), ("--to", "service/auth", "-n", estate.shared)):
            assert estate.run(*words, user="auditor").stderr == ""
    assert {request.split()[0] for request in requests} <= {"get", "list"}
    assert not [request for request in requests if "secrets" in request]
    # Grants of other tests on this server may name Secrets, whose metadata is then read.
    with server.requests("auditor") as requests:
        assert estate.run("-A", user="auditor").stderr == ""
    assert {request.split()[0] for request in requests} <= {"get", "list"}


def test_one_grant_is_described_with_what_hangs_on_it(estate: Estate) -> None:
    text = estate.run("good", "-n", estate.shared).stdout
    user = f"HTTPRoute {estate.frontend}/web spec.rules[0].backendRefs[0]"
    assert f"            used by {user}\n" in text
    assert f"  without:  {user} would be refused: no other grant permits it\n" in text


def test_an_old_cluster_answers_as_well(old_terminal: Terminal, fresh: Fresh) -> None:
    shared, frontend = (fresh(old_terminal.server, name) for name in ("shared", "frontend"))
    old_terminal.server.apply(
        service(shared),
        route(frontend, to_backends(backend(shared))),
        grant(shared, [from_routes(frontend)], [to_services(name="auth")]),
        grant(shared, [from_routes(frontend, kind="UDPRoute")], [to_services(name="auth")], name="not-served"),
    )
    estate = Estate(old_terminal, shared, frontend, "")
    assert estate.used("from-frontend") == (1, True)
    assert estate.findings("not-served") == ["never-matches"]
