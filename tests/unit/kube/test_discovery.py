from __future__ import annotations

from pathlib import Path

import pytest

from kubectl_refs.core.model.kinds import GATEWAY, HTTP_ROUTE, REFERENCE_GRANT, SERVICE
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind
from kubectl_refs.core.view.catalog import CORE_KINDS, Catalog, ServedKind
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from kubectl_refs.kube.discovery import ACCEPT, discover
from kubectl_refs.kube.http.client import Client
from kubectl_refs.process.errors import RefsError
from tests.support.connecting import connect_to
from tests.support.fakes.api import Canned, FakeAPI, status

TRUST_BUNDLE = next(kind for kind in GATEWAY_API_KINDS if kind.kind == "ClusterTrustBundle")
OTHER = ServedKind("example.com", "Widget", "widgets", ("v2", "v1"), True, "widget", ("wd",))
DEPLOYMENT = ServedKind("apps", "Deployment", "deployments", ("v1",), True, "deployment", ("deploy",))


def catalog_of(api: FakeAPI, folder: Path) -> Catalog:
    return discover(Client(connect_to(api, folder)))


def test_one_request_tells_all_kinds(tmp_path: Path) -> None:
    with FakeAPI(kinds=(*CORE_KINDS, *GATEWAY_API_KINDS, OTHER, DEPLOYMENT)) as api:
        catalog = catalog_of(api, tmp_path)
        assert [(request.path, request.accept) for request in api.requests] == [("/apis", ACCEPT)]
    assert set(catalog) == {*CORE_KINDS, *GATEWAY_API_KINDS, OTHER, DEPLOYMENT}
    assert catalog.stale_groups == frozenset()


def test_the_older_aggregated_format_serves_as_well(tmp_path: Path) -> None:
    with FakeAPI(discovery="v2beta1") as api:
        assert set(catalog_of(api, tmp_path)) == {*CORE_KINDS, *GATEWAY_API_KINDS}
        assert api.paths == ["/apis"]


def test_the_version_of_grants_is_the_best_served(tmp_path: Path) -> None:
    for versions in (("v1", "v1beta1"), ("v1beta1", "v1")):
        grant = ServedKind(REFERENCE_GRANT.group, REFERENCE_GRANT.kind, "referencegrants", versions)
        with FakeAPI(kinds=(grant,)) as api:
            assert catalog_of(api, tmp_path).grant_version == "gateway.networking.k8s.io/v1"


def test_a_kind_that_is_not_installed_is_not_listed(tmp_path: Path) -> None:
    with FakeAPI(kinds=[kind for kind in GATEWAY_API_KINDS if kind.group_kind != REFERENCE_GRANT]) as api:
        catalog = catalog_of(api, tmp_path)
    assert catalog.served(REFERENCE_GRANT) is None
    assert catalog.served(GATEWAY) is not None
    assert catalog.served(SERVICE) is not None


@pytest.mark.parametrize("discovery", ["v2", "legacy"])
def test_a_group_whose_server_is_down_is_stale(tmp_path: Path, discovery: str) -> None:
    with FakeAPI(stale=["multicluster.x-k8s.io"], kinds=GATEWAY_API_KINDS[:4], discovery=discovery) as api:
        catalog = catalog_of(api, tmp_path)
    assert catalog.stale_groups == {"multicluster.x-k8s.io"}
    assert catalog.served(HTTP_ROUTE) is not None


def test_what_can_be_neither_read_nor_listed_is_no_kind(api: FakeAPI, tmp_path: Path) -> None:
    def resource(kind: str, plural: str, *verbs: str) -> dict[str, object]:
        return {"resource": plural, "responseKind": {"kind": kind}, "scope": "Namespaced", "verbs": list(verbs)}

    resources = [
        resource("Review", "reviews", "create"),
        resource("Widget", "widgets", "list"),
        resource("Widget", "widgets/status", "get"),
        resource("Gadget", "gadgets", "get"),
    ]
    group = {"metadata": {"name": "example.com"}, "versions": [{"version": "v1", "resources": resources}]}
    api.fault = lambda request: Canned(body={"kind": "APIGroupDiscoveryList", "items": [group]})
    found = {kind.plural for kind in catalog_of(api, tmp_path) if kind.group == "example.com"}
    assert found == {"widgets", "gadgets"}


def test_an_old_server_is_asked_for_the_groups_of_gateway_api_alone(tmp_path: Path) -> None:
    with FakeAPI(kinds=(*CORE_KINDS, *GATEWAY_API_KINDS, OTHER, DEPLOYMENT), discovery="legacy") as api:
        catalog = catalog_of(api, tmp_path)
        assert api.paths == [
            "/apis",
            "/apis/gateway.networking.k8s.io/v1",
            "/apis/gateway.networking.k8s.io/v1beta1",
            "/apis/gateway.networking.k8s.io/v1alpha3",
            "/apis/gateway.networking.k8s.io/v1alpha2",
            "/apis/gateway.networking.x-k8s.io/v1alpha1",
            "/apis/multicluster.x-k8s.io/v1alpha1",
        ]
    assert {*catalog, TRUST_BUNDLE} == {*CORE_KINDS, *GATEWAY_API_KINDS}
    # These groups' kinds were not requested, so their absence proves nothing.
    assert catalog.stale_groups == {"apps", "certificates.k8s.io", "example.com"}


FRESH = {"version": "v1", "freshness": "Current"}


@pytest.mark.parametrize(
    "versions",
    [
        None,
        "v1",
        [None],
        [{"freshness": "Current"}],
        [{**FRESH, "version": 1}],
        [{**FRESH, "resources": {}}],
        [{**FRESH, "resources": ["httproutes"]}],
        [{**FRESH, "resources": [{"verbs": [{}]}]}, {**FRESH, "version": None}],
    ],
)
def test_a_group_whose_kinds_are_not_told_in_the_form_of_discovery_is_stale(
    api: FakeAPI, tmp_path: Path, versions: object
) -> None:
    groups = [{"metadata": {"name": "example.com"}, "versions": versions}]
    api.fault = lambda request: Canned(body={"kind": "APIGroupDiscoveryList", "items": groups})
    catalog = catalog_of(api, tmp_path)
    assert (set(catalog), catalog.stale_groups) == (set(CORE_KINDS), frozenset({"example.com"}))


@pytest.mark.parametrize("resources", [None, [], [{"resource": 1, "verbs": "get"}, {"verbs": [{}, [], None]}]])
def test_a_group_without_a_kind_that_can_be_read_is_not_stale(api: FakeAPI, tmp_path: Path, resources: object) -> None:
    groups = [{"metadata": {"name": "example.com"}, "versions": [{**FRESH, "resources": resources}]}]
    api.fault = lambda request: Canned(body={"kind": "APIGroupDiscoveryList", "items": groups})
    catalog = catalog_of(api, tmp_path)
    assert (set(catalog), catalog.stale_groups) == (set(CORE_KINDS), frozenset())


@pytest.mark.parametrize("body", [{"kind": "Status", "apiVersion": "v1"}, {"kind": "APIResourceList", "resources": 3}])
def test_a_version_that_an_old_server_answers_with_something_else_leaves_its_group_stale(
    tmp_path: Path, body: JSON
) -> None:
    with FakeAPI(discovery="legacy") as api:
        api.fault = lambda request: Canned(body=body) if request.path == f"/apis/{GATEWAY_GROUP}/v1" else None
        assert GATEWAY_GROUP in catalog_of(api, tmp_path).stale_groups


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (
            Canned(403, status(403, "Forbidden", 'forbidden: User "x" cannot get path "/apis"')),
            'Error from server (Forbidden): forbidden: User "x" cannot get path "/apis"',
        ),
        (Canned(404, "Not Found"), "Error from server (NotFound): the server could not find the requested resource"),
        (Canned(500, "<html>"), "Error from server (InternalError): the server answered with status 500"),
        (Canned(200, "<html>"), "Error from server (Unknown): the server's answer is not a JSON object"),
        *(
            (Canned(200, body), "Error from server (Unknown): the server's answer does not list its API groups")
            for body in (
                {},
                {"kind": "Status", "apiVersion": "v1"},
                {"kind": "PodList", "items": []},
                {"kind": "APIGroupDiscoveryList"},
                {"kind": "APIGroupDiscoveryList", "items": {}},
                {"kind": "APIGroupDiscoveryList", "items": [None]},
                {"kind": "APIGroupDiscoveryList", "items": [{"metadata": 1, "versions": []}]},
                {"kind": "APIGroupList", "groups": None},
            )
        ),
    ],
)
def test_a_server_that_does_not_tell_is_an_error(api: FakeAPI, tmp_path: Path, answer: Canned, line: str) -> None:
    api.fault = lambda request: answer
    with pytest.raises(RefsError) as caught:
        catalog_of(api, tmp_path)
    assert caught.value.line == line


def test_a_core_kind_of_that_name_in_another_group_is_its_own(tmp_path: Path) -> None:
    knative = ServedKind("serving.knative.dev", "Service", "services", ("v1",), True, "service")
    with FakeAPI(kinds=(*CORE_KINDS, knative)) as api:
        catalog = catalog_of(api, tmp_path)
    assert catalog.served(GroupKind("serving.knative.dev", "Service")) == knative
    core = catalog.served(SERVICE)
    assert core is not None
    assert core.group == ""
