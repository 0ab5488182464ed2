"""The requests of `why`, by the server's own record: those the question needs, however large the cluster is."""

from __future__ import annotations

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster import access
from tests.support.cluster.asking import Terminal
from tests.support.cluster.bulk import post_all
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    ALL,
    V1,
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

USER = "cluster-reader"
API = f"/apis/{V1}"
GRANTS = f"list {API}/referencegrants"


class Scene:
    """A route in `frontend` with its parent in `infra`, one backend in `shared` and one in its own namespace."""

    def __init__(self, terminal: Terminal, fresh: Fresh) -> None:
        self._terminal = terminal
        self.frontend, self.shared, self.infra = (
            fresh(terminal.server, name) for name in ("frontend", "shared", "infra")
        )
        terminal.server.apply(
            service(self.shared),
            service(self.frontend),
            gateway(self.infra, listener(namespaces=ALL)),
            route(
                self.frontend,
                to_backends(backend(self.shared), backend(None)),
                parentRefs=[{"name": "public", "namespace": self.infra}],
            ),
        )
        rules = [*access.GATEWAY_API_AND_SERVICES, access.rule("", ["namespaces"])]
        access.allow_everywhere(terminal.server, USER, rules)

    def grant(self, place: str, **changed: str) -> None:
        self._terminal.server.apply(grant(place, [from_routes(self.frontend) | changed], [to_services(name="auth")]))

    def ask(self) -> tuple[int, list[str]]:
        """The exit status and the sorted requests, since the requests of one round are made side by side.

        Further pages of a list are left out: other tests leave grants behind, and their number does not matter here.
        """
        with self._terminal.server.requests(USER) as requests:
            answer = self._terminal.ask_for_data("httproute/web", "-n", self.frontend, user=USER)
        return answer.status, sorted(request for request in requests if "continue=" not in request)

    @property
    def needed(self) -> list[str]:
        """The requests that no answer can do without: the kinds, the route, its parent with its class, the grants, and
        the targets with their endpoints."""
        return [
            "get /apis",
            f"get {API}/namespaces/{self.frontend}/httproutes/web",
            f"get {API}/namespaces/{self.infra}/gateways/public",
            f"list {API}/namespaces/{self.shared}/referencegrants",
            f"get /api/v1/namespaces/{self.shared}/services/auth",
            f"get /api/v1/namespaces/{self.frontend}/services/auth",
            f"get {API}/gatewayclasses/example",
            # This class does not exist, so its name may be a slip.
            f"list {API}/gatewayclasses",
            endpoints(self.frontend),
        ]

    @property
    def fixing(self) -> list[str]:
        """The further requests of a fix: whether the namespaces can be written to."""
        return [f"get /api/v1/namespaces/{name}" for name in (self.frontend, self.shared)]


def endpoints(namespace: str) -> str:
    selector = "labelSelector=kubernetes.io%2Fservice-name%3Dauth"
    return f"list /apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices?{selector}"


@pytest.fixture
def scene(terminal: Terminal, fresh: Fresh) -> Scene:
    return Scene(terminal, fresh)


def fill(terminal: Terminal, scene: Scene, elsewhere: str) -> None:
    """Add 200 routes and grants. The namespaces that the grants permit are spelt much like the scene's `frontend`."""
    writes: list[tuple[str, JSON]] = []
    for number in range(200):
        namespace = scene.frontend.replace("frontend", f"frontend{number}")
        permit = grant(elsewhere, [from_routes(namespace)], [to_services()], f"number-{number}")
        writes.append((f"/apis/{GATEWAY_GROUP}/v1beta1/namespaces/{elsewhere}/referencegrants", permit))
        crossing = route(elsewhere, to_backends(backend(scene.shared)), name=f"number-{number}")
        writes.append((f"{API}/namespaces/{elsewhere}/httproutes", crossing))
    post_all(terminal.server, writes)


@pytest.mark.parametrize("permitted", [True, False], ids=["allowed", "refused"])
def test_the_requests_are_the_same_however_much_there_is_elsewhere(
    terminal: Terminal, fresh: Fresh, scene: Scene, permitted: bool
) -> None:
    if permitted:
        scene.grant(scene.shared)
    before = scene.ask()
    fill(terminal, scene, fresh(terminal.server, "elsewhere"))

    after = scene.ask()

    assert before == after
    assert before[0] == (0 if permitted else 1)


def test_for_what_is_allowed_only_the_needed_is_read(scene: Scene) -> None:
    scene.grant(scene.shared)

    assert scene.ask() == (0, sorted([*scene.needed, endpoints(scene.shared)]))


def test_for_a_near_miss_what_explains_it_is_read_besides(scene: Scene) -> None:
    fronted = scene.frontend.replace("frontend", "fronted")
    scene.grant(scene.shared, namespace=fronted)

    status, requests = scene.ask()

    explaining = [
        f"list {API}/namespaces/{scene.frontend}/referencegrants",
        f"get /api/v1/namespaces/{fronted}",
    ]
    assert (status, requests) == (1, sorted([*scene.needed, *explaining, *scene.fixing]))


def test_for_a_grant_in_the_routes_namespace_other_namespaces_are_not_searched(scene: Scene) -> None:
    scene.grant(scene.frontend)

    status, requests = scene.ask()

    assert status == 1
    assert f"list {API}/namespaces/{scene.frontend}/referencegrants" in requests
    assert GRANTS not in requests


def test_where_no_grant_was_meant_for_the_reference_all_namespaces_are_searched_for_one(scene: Scene) -> None:
    status, requests = scene.ask()

    explaining = [f"list {API}/namespaces/{scene.frontend}/referencegrants", GRANTS]
    assert (status, requests) == (1, sorted([*scene.needed, *explaining, *scene.fixing]))
