from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.model.kinds import GATEWAY, HTTP_ROUTE, NAMESPACE, REFERENCE_GRANT, SERVICE, SERVICE_IMPORT
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind, ObjectKey
from kubectl_refs.core.view.catalog import CORE_KINDS, ServedKind
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from kubectl_refs.core.view.reads import Answer, Failure, Get, List, Read, Source
from kubectl_refs.kube.cluster import Cluster
from kubectl_refs.process.errors import RefsError
from tests.support.connecting import connect_to
from tests.support.fakes.api import Canned, FakeAPI, Request, status

SECRET = GroupKind("", "Secret")
PAGE = 5
EXPIRED = Canned(410, status(410, "Expired", "The provided continue parameter is too old"))


def obj(group_kind: GroupKind, name: str, namespace: str | None = "shop", version: str = "v1", **fields: Any) -> JSON:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    api_version = f"{group_kind.group}/{version}" if group_kind.group else version
    return {"apiVersion": api_version, "kind": group_kind.kind, "metadata": metadata, **fields}


def get(group_kind: GroupKind, name: str, namespace: str = "shop", metadata_only: bool = False) -> Get:
    return Get(ObjectKey(group_kind.group, group_kind.kind, namespace, name), metadata_only)


def answer(cluster: Cluster, read: Read) -> Answer:
    return cluster.read([read])[read]


def reads_of(api: FakeAPI) -> list[Request]:
    """All requests except discovery."""
    return [request for request in api.requests if request.path != "/apis"]


def names(answer: Answer) -> list[str]:
    return [item["metadata"]["name"] for item in answer.objects]


@pytest.fixture
def cluster(api: FakeAPI, tmp_path: Path) -> Cluster:
    return Cluster(connect_to(api, tmp_path))


def test_a_cluster_is_a_source(api: FakeAPI, tmp_path: Path) -> None:
    config = connect_to(api, tmp_path)
    source: Source = Cluster(config)
    assert source.catalog.served(SERVICE) is not None
    assert Cluster(config).namespace == "default"


def test_discovery_is_asked_for_once_and_nothing_before_it_is_needed(api: FakeAPI, cluster: Cluster) -> None:
    assert api.requests == []
    assert cluster.catalog is cluster.catalog
    cluster.read([get(SERVICE, "web")])
    assert api.paths.count("/apis") == 1


@pytest.mark.parametrize(
    ("stored", "read", "path"),
    [
        (obj(SERVICE, "web"), get(SERVICE, "web"), "/api/v1/namespaces/shop/services/web"),
        (obj(NAMESPACE, "shop", None), get(NAMESPACE, "shop", ""), "/api/v1/namespaces/shop"),
        (
            obj(HTTP_ROUTE, "r"),
            get(HTTP_ROUTE, "r"),
            "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/r",
        ),
        (
            obj(REFERENCE_GRANT, "g", version="v1beta1"),
            get(REFERENCE_GRANT, "g"),
            "/apis/gateway.networking.k8s.io/v1beta1/namespaces/shop/referencegrants/g",
        ),
        (
            obj(GroupKind(GATEWAY_GROUP, "GatewayClass"), "c", None),
            get(GroupKind(GATEWAY_GROUP, "GatewayClass"), "c", "ignored"),
            "/apis/gateway.networking.k8s.io/v1/gatewayclasses/c",
        ),
    ],
)
def test_an_object_is_read_at_its_path(api: FakeAPI, cluster: Cluster, stored: JSON, read: Get, path: str) -> None:
    api.objects.append(stored)
    assert answer(cluster, read) == Answer((stored,))
    assert [request.path for request in reads_of(api)] == [path]


def test_grants_are_read_in_v1_where_the_server_prefers_another_version(tmp_path: Path) -> None:
    grants = ServedKind(GATEWAY_GROUP, "ReferenceGrant", "referencegrants", ("v1beta1", "v1"))
    with FakeAPI(kinds=(grants,)) as api:
        answer(Cluster(connect_to(api, tmp_path)), List(REFERENCE_GRANT, "shop"))
        assert api.paths[-1] == "/apis/gateway.networking.k8s.io/v1/namespaces/shop/referencegrants"


@pytest.mark.parametrize("metadata_only", [False, True])
def test_a_missing_object_is_absent(cluster: Cluster, metadata_only: bool) -> None:
    found = answer(cluster, get(SERVICE, "web", metadata_only=metadata_only))
    assert found == Answer()
    assert found.absent


def test_a_list_holds_one_namespace_or_all(api: FakeAPI, cluster: Cluster) -> None:
    api.objects += [obj(HTTP_ROUTE, "a"), obj(HTTP_ROUTE, "b", "billing"), obj(GATEWAY, "a")]
    assert names(answer(cluster, List(HTTP_ROUTE, "shop"))) == ["a"]
    assert sorted(names(answer(cluster, List(HTTP_ROUTE, None)))) == ["a", "b"]
    assert answer(cluster, List(HTTP_ROUTE, "empty")) == Answer()


def test_a_list_of_namespaces_is_not_taken_for_one_namespace(api: FakeAPI, cluster: Cluster) -> None:
    api.objects += [obj(NAMESPACE, "shop", None), obj(NAMESPACE, "billing", None)]
    assert names(answer(cluster, List(NAMESPACE, None))) == ["billing", "shop"]


def test_items_of_a_list_know_what_they_are(api: FakeAPI, cluster: Cluster) -> None:
    api.objects += [obj(SERVICE, "web", spec={"type": "ClusterIP"}), obj(HTTP_ROUTE, "r")]
    assert answer(cluster, List(SERVICE, "shop")).objects == (api.objects[0],)
    assert answer(cluster, List(HTTP_ROUTE, "shop")).objects == (api.objects[1],)


def test_a_list_by_name_is_made_by_the_server(api: FakeAPI, cluster: Cluster) -> None:
    api.objects += [obj(SERVICE, "web", ns) for ns in ("a", "b")] + [obj(SERVICE, "other", "a")]
    found = answer(cluster, List(SERVICE, None, name="web"))
    assert [item["metadata"]["namespace"] for item in found.objects] == ["a", "b"]
    assert reads_of(api)[0].query["fieldSelector"] == "metadata.name=web"


def test_a_long_list_comes_at_once(api: FakeAPI, cluster: Cluster) -> None:
    api.objects += [obj(SERVICE, f"s{i:05}") for i in range(10_000)]
    assert names(answer(cluster, List(SERVICE, None))) == [f"s{i:05}" for i in range(10_000)]
    assert [request.query for request in reads_of(api)] == [{}]


@pytest.fixture
def paged(api: FakeAPI, tmp_path: Path) -> Cluster:
    return Cluster(replace(connect_to(api, tmp_path), chunk=PAGE))


def test_a_list_comes_in_pages_where_they_are_asked_for(api: FakeAPI, paged: Cluster) -> None:
    api.objects += [obj(SERVICE, f"s{i:05}") for i in range(2 * PAGE + 1)]
    assert names(answer(paged, List(SERVICE, None))) == [f"s{i:05}" for i in range(2 * PAGE + 1)]
    assert [request.query["limit"] for request in reads_of(api)] == ["5"] * 3


def test_a_list_that_expires_half_way_starts_again_once(api: FakeAPI, paged: Cluster) -> None:
    api.objects += [obj(SERVICE, f"s{i:05}") for i in range(PAGE + 1)]
    expired = iter([EXPIRED])
    api.fault = lambda request: next(expired, None) if "continue" in request.query else None
    assert len(answer(paged, List(SERVICE, None)).objects) == PAGE + 1
    assert ["continue" in request.query for request in reads_of(api)] == [False, True, False, True]


def test_a_list_that_expires_again_is_a_failure_and_not_half_a_list(api: FakeAPI, paged: Cluster) -> None:
    api.objects += [obj(SERVICE, f"s{i:05}") for i in range(PAGE + 1)]
    api.fault = lambda request: EXPIRED if "continue" in request.query else None
    found = answer(paged, List(SERVICE, None))
    assert found == Answer(failure=Failure(410, "The provided continue parameter is too old"))
    assert len(reads_of(api)) == 4


def test_a_list_whose_second_page_fails_is_a_failure(api: FakeAPI, paged: Cluster) -> None:
    api.objects += [obj(SERVICE, f"s{i:05}") for i in range(PAGE + 1)]
    api.fault = lambda request: (
        Canned(500, status(500, "InternalError", "etcd")) if "continue" in request.query else None
    )
    assert answer(paged, List(SERVICE, None)) == Answer(failure=Failure(500, "etcd"))


@pytest.mark.parametrize("obedient", [True, False])
def test_a_secrets_data_is_not_read(api: FakeAPI, cluster: Cluster, obedient: bool) -> None:
    api.objects.append(obj(SECRET, "tls", data={"tls.key": "c2VjcmV0"}))
    if not obedient:
        disobey(api)
    expected = (obj(SECRET, "tls"),)
    assert answer(cluster, get(SECRET, "tls", metadata_only=True)).objects == expected
    assert answer(cluster, List(SECRET, "shop", metadata_only=True)).objects == expected
    assert [request.accept for request in reads_of(api)] == [
        "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
    ]


def disobey(api: FakeAPI) -> None:
    """Make the server send whole objects, whatever the client accepts."""

    def whole(request: Request) -> Canned | None:
        if request.path.endswith("/secrets/tls"):
            return Canned(body=api.objects[0])
        if request.path.endswith("/secrets"):
            return Canned(body={"kind": "SecretList", "items": [api.objects[0]]})
        return None

    api.fault = whole


def test_what_is_forbidden_is_a_failure_in_the_servers_words(api: FakeAPI, cluster: Cluster) -> None:
    api.objects += [obj(SERVICE, "web", "billing"), obj(SERVICE, "web")]
    api.forbid("services", "billing")
    api.forbid("services", "", verbs=["list"])
    hidden, listed, visible = get(SERVICE, "web", "billing"), List(SERVICE, None), get(SERVICE, "web")
    answers = cluster.read([hidden, listed, visible])
    assert answers[hidden].failure == Failure(
        403,
        'services "web" is forbidden: User "jane" cannot get resource "services" in API group "" in the namespace '
        '"billing"',
    )
    assert answers[listed].failure == Failure(
        403, 'services is forbidden: User "jane" cannot list resource "services" in API group "" at the cluster scope'
    )
    assert answers[visible].known


@pytest.mark.parametrize("read", [get(REFERENCE_GRANT, "g"), List(REFERENCE_GRANT, "shop")])
def test_a_kind_that_is_not_served_is_no_request(tmp_path: Path, read: Read) -> None:
    with FakeAPI(kinds=[kind for kind in GATEWAY_API_KINDS if kind.group_kind != REFERENCE_GRANT]) as api:
        assert answer(Cluster(connect_to(api, tmp_path)), read) == Answer(served=False)
        assert reads_of(api) == []


def test_a_kind_of_a_dead_api_is_not_known_to_be_absent(tmp_path: Path) -> None:
    with FakeAPI(stale=[SERVICE_IMPORT.group], kinds=CORE_KINDS) as api:
        found = answer(Cluster(connect_to(api, tmp_path)), get(SERVICE_IMPORT, "web"))
    assert found.failure is not None
    assert "multicluster.x-k8s.io" in found.failure.message
    assert not found.absent


@pytest.mark.parametrize("read", [get(HTTP_ROUTE, "r"), List(HTTP_ROUTE, None)])
@pytest.mark.parametrize(
    "gone",
    [
        Canned(404, "404 page not found\n", {"Content-Type": "text/plain; charset=utf-8"}),
        Canned(404, status(404, "NotFound", "the server could not find the requested resource")),
        Canned(404, "<html>", {"Content-Type": "text/html"}),
    ],
)
def test_a_404_that_is_not_about_the_object_says_nothing_of_it(
    api: FakeAPI, cluster: Cluster, read: Read, gone: Canned
) -> None:
    api.fault = lambda request: gone if request.path != "/apis" else None
    assert answer(cluster, read).failure == Failure(404, "the server could not find the requested resource")


NOT_A_LIST = "the server's answer is not a list of services"
WEB = obj(SERVICE, "web")


def services(*items: Any, **fields: Any) -> JSON:
    return {"kind": "ServiceList", "apiVersion": "v1", "metadata": {}, "items": list(items), **fields}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "Status", "apiVersion": "v1", "status": "Success"},
        {"kind": "Service", "apiVersion": "v1", "items": []},
        {"kind": ["ServiceList"], "items": []},
        {"kind": "ServiceList", "apiVersion": "v1"},
        services(apiVersion=1),
        services(kind="ReferenceGrantList", apiVersion="gateway.networking.k8s.io/v1"),
        services(kind="PodList"),
        services(kind="PartialObjectMetadataList", apiVersion="meta.k8s.io/v1"),
        services(items={}),
        services(items="none"),
        services(metadata="none"),
        services(metadata={"continue": 3}),
        services(None),
        services("web"),
        services({}),
        services({"metadata": None}),
        services({"metadata": {"name": 3, "namespace": "shop"}}),
        services({"metadata": {"name": "web"}}),
        services(obj(SERVICE, "web", "elsewhere")),
        services(WEB, {**WEB, "kind": "Secret"}),
        services({**WEB, "apiVersion": "serving.knative.dev/v1"}),
        services({**WEB, "apiVersion": None}),
        services({**WEB, "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}),
    ],
    ids=json.dumps,
)
def test_a_list_of_something_else_is_no_list_and_not_an_empty_one_either(
    api: FakeAPI, cluster: Cluster, body: JSON
) -> None:
    api.fault = lambda request: Canned(body=body) if request.path.endswith("/services") else None
    assert answer(cluster, List(SERVICE, "shop")) == Answer(failure=Failure(200, NOT_A_LIST))


@pytest.mark.parametrize(
    ("body", "objects"),
    [
        (services(items=None), ()),
        (services(metadata=None), ()),
        (services(kind="AllServicesList"), ()),
        (services(WEB, {"metadata": WEB["metadata"]}), (WEB, WEB)),
    ],
)
def test_a_list_may_have_no_items_and_they_no_kind(
    api: FakeAPI, cluster: Cluster, body: JSON, objects: tuple[JSON, ...]
) -> None:
    api.fault = lambda request: Canned(body=body) if request.path.endswith("/services") else None
    assert answer(cluster, List(SERVICE, "shop")) == Answer(objects)


def test_a_list_by_name_that_holds_another_name_is_no_answer(api: FakeAPI, cluster: Cluster) -> None:
    api.fault = lambda request: Canned(body=services(WEB)) if request.path.endswith("/services") else None
    assert answer(cluster, List(SERVICE, None, name="api")) == Answer(failure=Failure(200, NOT_A_LIST))


def test_a_list_that_continues_where_it_was_before_is_not_read_for_ever(api: FakeAPI, cluster: Cluster) -> None:
    page = services(WEB, metadata={"continue": "again"})
    api.fault = lambda request: Canned(body=page) if request.path.endswith("/services") else None
    message = "the server's list has no end: it continues where it was before"
    assert answer(cluster, List(SERVICE, "shop")) == Answer(failure=Failure(200, message))
    assert len(reads_of(api)) == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "Status", "apiVersion": "v1", "status": "Success"},
        {"metadata": WEB["metadata"]},
        {**WEB, "kind": "Secret"},
        {**WEB, "apiVersion": "serving.knative.dev/v1"},
        {**WEB, "kind": None},
        {**WEB, "metadata": None},
        obj(SERVICE, "other"),
        obj(SERVICE, "web", "elsewhere"),
        obj(SERVICE, "web", None),
        services(WEB),
        {**WEB, "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"},
    ],
    ids=json.dumps,
)
def test_something_else_than_the_object_is_not_the_object(api: FakeAPI, cluster: Cluster, body: JSON) -> None:
    api.fault = lambda request: Canned(body=body) if request.path.endswith("/web") else None
    failure = Failure(200, "the server's answer is not the object asked for")
    assert answer(cluster, get(SERVICE, "web")) == Answer(failure=failure)


@pytest.mark.parametrize("name", ["..", ".", "web/status", "a%2fb", ""])
def test_no_request_is_made_for_a_name_that_no_object_can_have(api: FakeAPI, cluster: Cluster, name: str) -> None:
    api.objects.append(obj(SERVICE, "web"))
    reads: list[Read] = [get(SERVICE, name), get(SERVICE, "web", name), List(SERVICE, name), List(SERVICE, None, name)]
    assert cluster.read(reads) == dict.fromkeys(reads, Answer())
    assert reads_of(api) == []


def test_names_are_quoted(api: FakeAPI, cluster: Cluster) -> None:
    cluster.read([get(SERVICE, "a b?c#d", "é")])
    cluster.read([List(SERVICE, None, "a,b=c\\d&e")])
    first, second = reads_of(api)
    assert first.path == "/api/v1/namespaces/%C3%A9/services/a%20b%3Fc%23d"
    assert second.query["fieldSelector"] == "metadata.name=a\\,b\\=c\\\\d&e"


def test_the_same_read_is_made_once(api: FakeAPI, cluster: Cluster) -> None:
    api.objects.append(obj(SERVICE, "web"))
    assert len(cluster.read([get(SERVICE, "web")] * 3 + [List(SERVICE, "shop")] * 2)) == 2
    assert len(reads_of(api)) == 2


def test_reads_run_side_by_side(api: FakeAPI, cluster: Cluster) -> None:
    together = threading.Barrier(4)

    def meet(request: Request) -> None:
        if request.path != "/apis":
            together.wait(timeout=20)

    api.fault = meet
    answers = cluster.read([get(SERVICE, f"s{i}") for i in range(4)])
    assert all(found.absent for found in answers.values())


def test_one_lost_answer_leaves_the_others(api: FakeAPI, cluster: Cluster) -> None:
    api.objects += [obj(SERVICE, "web"), obj(SERVICE, "lost")]
    api.fault = lambda request: Canned(reset=True) if request.path.endswith("/lost") else None
    lost, web = get(SERVICE, "lost"), get(SERVICE, "web")
    answers = cluster.read([lost, web])
    assert answers[lost].failure == Failure(None, "EOF")
    assert answers[web].object == api.objects[0]


def test_a_login_that_is_refused_later_is_raised(api: FakeAPI, cluster: Cluster) -> None:
    api.fault = lambda request: Canned(401, "") if request.path.endswith("/b") else None
    with pytest.raises(RefsError, match="You must be logged in"):
        cluster.read([get(SERVICE, name) for name in "abc"])


def test_nothing_but_get_is_sent(api: FakeAPI, cluster: Cluster) -> None:
    api.warnings = ("old version",)
    cluster.read([get(SERVICE, "a"), List(HTTP_ROUTE, None), get(SECRET, "s", metadata_only=True)])
    assert {request.method for request in api.requests} == {"GET"}
    assert cluster.warnings == ("old version",)


def test_reading_nothing_answers_nothing(cluster: Cluster) -> None:
    assert cluster.read([]) == {}
