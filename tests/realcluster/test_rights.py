"""Answers for users with few rights: everything they can see, `unknown` for the rest, and never more than was read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster import access
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.asking import Answer, Program, Shown, Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    ALL,
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

PARENT = "spec.parentRefs[0]"
CROSSING = "spec.rules[0].backendRefs[0]"
LOCAL = "spec.rules[0].backendRefs[1]"
GRANTS = access.rule(GATEWAY_GROUP, ["referencegrants"])
NAMESPACES = access.rule("", ["namespaces"])


class Scene:
    """A route in `frontend` with its parent in `infra`, one backend in `shared` and one in its own namespace.

    Everything is in order except for what a test leaves out; without `permitted` the grant has a typo.
    """

    def __init__(self, terminal: Terminal, fresh: Fresh, *, permitted: bool, namespaces: JSON = ALL) -> None:
        self._terminal = terminal
        self.server: ApiServer = terminal.server
        self.frontend = fresh(self.server, "frontend", {"team": "web"})
        self.shared, self.infra = (fresh(self.server, name) for name in ("shared", "infra"))
        written = from_routes(self.frontend if permitted else self.frontend.replace("frontend", "fronted"))
        self.server.apply(
            service(self.shared),
            service(self.frontend),
            gateway(self.infra, listener(namespaces=namespaces)),
            grant(self.shared, [written], [to_services(name="auth")]),
            route(
                self.frontend,
                to_backends(backend(self.shared), backend(None)),
                parentRefs=[{"name": "public", "namespace": self.infra}],
            ),
        )

    def ask(self, user: str) -> Answer:
        """Ask as a user, and assert that only reads were made and none of Secrets."""
        with self.server.requests(user) as requests:
            answer = self._terminal.ask_for_data("httproute/web", "-n", self.frontend, user=user)
        assert requests
        assert {request.split()[0] for request in requests} <= {"get", "list"}
        assert not [request for request in requests if "secrets" in request]
        return answer

    def ask_for_text(self, user: str) -> Shown:
        return self._terminal.ask("httproute/web", "-n", self.frontend, user=user)


def gaps(answer: Answer) -> list[tuple[str, str, str | None, int]]:
    return [(gap["verb"], gap["resource"], gap["namespace"], gap["httpStatus"]) for gap in answer.report["gaps"]]


@pytest.mark.parametrize("permitted", [True, False], ids=["permitted", "not permitted"])
def test_a_user_of_the_routes_namespace_alone_is_told_what_can_be_told_and_whom_to_ask(
    terminal: Terminal, fresh: Fresh, permitted: bool
) -> None:
    scene = Scene(terminal, fresh, permitted=permitted)
    access.allow_in_namespace(scene.server, "app-dev", scene.frontend)

    answer = scene.ask("app-dev")
    text = scene.ask_for_text("app-dev").text

    assert answer.verdicts == {PARENT: "unknown", CROSSING: "unknown", LOCAL: "allowed"}
    assert answer.status == 3
    assert set(gaps(answer)) >= {
        ("get", "gateways", scene.infra, 403),
        ("list", "referencegrants", scene.shared, 403),
        ("get", "services", scene.shared, 403),
    }
    for gap in answer.report["gaps"]:
        assert 'is forbidden: User "app-dev" cannot ' in gap["message"]
        assert gap["effect"]
    crossing = answer.references[CROSSING]
    assert (crossing["grants"], crossing["nearMisses"], crossing["reason"]) == ([], [], None)
    for part in (scene.shared, scene.frontend, "HTTPRoute", "Service", "auth"):
        assert part in crossing["ask"]
    assert f"  ask:      the owner of {scene.shared}: {crossing['ask']}\n" in text
    assert f"  ask:      the owner of {scene.infra}: {answer.references[PARENT]['ask']}\n" in text
    computed = {each["type"]: each["computed"]["status"] for each in answer.report["conditions"]}
    assert computed == {"Accepted": "Unknown", "ResolvedRefs": "Unknown"}


def test_what_such_a_user_gets_for_the_owner_works_in_the_owners_hands(terminal: Terminal, fresh: Fresh) -> None:
    scene = Scene(terminal, fresh, permitted=False)
    access.allow_in_namespace(scene.server, "app-dev", scene.frontend)

    command = scene.ask_for_text("app-dev").commands[0]
    terminal.paste(command)
    after = terminal.ask_for_data("httproute/web", "-n", scene.frontend)

    assert set(after.verdicts.values()) == {"allowed"}


@pytest.mark.parametrize(
    ("rules", "permitted", "verdict", "unread"),
    [
        pytest.param([GRANTS], True, "unknown", "services", id="permitted, and nothing known of the Service"),
        pytest.param([GRANTS], False, "refused", "services", id="not permitted, whatever the Service is"),
        pytest.param(
            [access.rule("", ["services"])], True, "unknown", "referencegrants", id="the Service is there, that is all"
        ),
    ],
)
def test_what_is_known_of_a_namespace_in_part_is_told_in_part(
    terminal: Terminal, fresh: Fresh, rules: Sequence[JSON], permitted: bool, verdict: str, unread: str
) -> None:
    scene = Scene(terminal, fresh, permitted=permitted)
    access.allow_in_namespace(scene.server, "app-dev", scene.frontend)
    access.allow_in_namespace(scene.server, "app-dev", scene.shared, rules)

    answer = scene.ask("app-dev")

    assert answer.verdicts == {PARENT: "unknown", CROSSING: verdict, LOCAL: "allowed"}
    in_shared = {resource for _, resource, namespace, _ in gaps(answer) if namespace == scene.shared}
    assert in_shared == {unread}


def test_a_typo_is_still_named_where_namespaces_cannot_be_looked_up(terminal: Terminal, fresh: Fresh) -> None:
    scene = Scene(terminal, fresh, permitted=False)
    access.allow_everywhere(scene.server, "gateway-admin")

    answer = scene.ask("gateway-admin")

    fronted = scene.frontend.replace("frontend", "fronted")
    assert answer.verdicts == {CROSSING: "refused", PARENT: "allowed", LOCAL: "allowed"}
    assert answer.hints == {"spec.from[0].namespace": "typo"}
    assert [(gap["resource"], gap["name"], gap["httpStatus"]) for gap in answer.report["gaps"]] == [
        ("namespaces", fronted, 403)
    ]
    # Nobody checked whether the other namespace exists, so the repair may take a permission from somebody.
    fixes = answer.references[CROSSING]["fixes"]
    assert [(fix["action"], fix["confidence"]) for fix in fixes] == [("create", "certain"), ("patch", "guess")]


@pytest.mark.parametrize(
    ("namespaces", "verdict"),
    [
        pytest.param(labelled(team="web"), "unknown", id="a label that the namespace has"),
        pytest.param(labelled(team="other"), "unknown", id="a label that it has not"),
        pytest.param(labelled(**{"kubernetes.io/metadata.name": "other"}), "refused", id="another name"),
        pytest.param({"from": "Same"}, "refused", id="no labels"),
    ],
)
def test_labels_that_cannot_be_read_decide_nothing(
    terminal: Terminal, fresh: Fresh, namespaces: JSON, verdict: str
) -> None:
    scene = Scene(terminal, fresh, permitted=True, namespaces=namespaces)
    access.allow_everywhere(scene.server, "gateway-admin")

    answer = scene.ask("gateway-admin")

    assert answer.verdicts == {PARENT: verdict, CROSSING: "allowed", LOCAL: "allowed"}


@pytest.mark.parametrize("permitted", [True, False], ids=["permitted", "not permitted"])
def test_a_user_who_may_read_everything_is_told_everything(terminal: Terminal, fresh: Fresh, permitted: bool) -> None:
    scene = Scene(terminal, fresh, permitted=permitted, namespaces=labelled(team="web"))
    access.allow_everywhere(scene.server, "cluster-reader", [*access.GATEWAY_API_AND_SERVICES, NAMESPACES])

    answer = scene.ask("cluster-reader")

    assert answer.verdicts == {PARENT: "allowed", CROSSING: "allowed" if permitted else "refused", LOCAL: "allowed"}
    assert answer.report["gaps"] == []
    if not permitted:
        assert [fix["action"] for fix in answer.references[CROSSING]["fixes"]] == ["patch", "create"]


def test_a_user_without_any_rights_is_told_so_in_kubectls_words(
    terminal: Terminal, fresh: Fresh, refs: Program
) -> None:
    scene = Scene(terminal, fresh, permitted=True)
    kubeconfig = scene.server.kubeconfig("nobody")
    question = ("httproute/web", "-n", scene.frontend)

    with scene.server.requests("nobody") as requests:
        done = refs(kubeconfig, "why", *question)
    kubectl = scene.server.kubectl("get", *question, kubeconfig=kubeconfig, check=False)

    assert (done.status, done.stdout) == (2, "")
    assert done.stderr == kubectl.stderr
    assert done.stderr.startswith("Error from server (Forbidden): ")
    assert done.stderr.count("\n") == 1
    path = f"/apis/{GATEWAY_GROUP}/v1/namespaces/{scene.frontend}/httproutes/web"
    assert requests == ["get /apis", f"get {path}"]
