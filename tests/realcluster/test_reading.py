"""`Cluster` against a real API server: discovery, reads, and the answers when something cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kubectl_refs.core.model.kinds import (
    GATEWAY,
    HTTP_ROUTE,
    LISTENER_SET,
    NAMESPACE,
    REFERENCE_GRANT,
    SERVICE,
    SERVICE_IMPORT,
)
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.reads import Answer, Failure, Get, List
from kubectl_refs.kube.cluster import Cluster
from kubectl_refs.kube.connecting import connection
from kubectl_refs.process.errors import RefsError
from tests.support.cluster import access
from tests.support.cluster.api_server import ADMINISTRATOR, ApiServer
from tests.support.cluster.bulk import post_all
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import from_routes, grant, to_services

SECRET = GroupKind("", "Secret")
CONFIG_MAP = GroupKind("", "ConfigMap")


PAGE = 20


def reader(server: ApiServer, user: str = ADMINISTRATOR, chunk: int = 0) -> Cluster:
    return reader_with(server.kubeconfig(user), chunk)


def reader_with(kubeconfig: Path, chunk: int = 0) -> Cluster:
    return Cluster(replace(connection(str(kubeconfig), None, {}, kubeconfig.parent), chunk=chunk))


def config_map(namespace: str, name: str) -> JSON:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}}


def from_frontend(namespace: str) -> JSON:
    return grant(namespace, [from_routes("frontend")], [to_services()])


def one(cluster: Cluster, read: Get | List) -> Answer:
    return cluster.read([read])[read]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("gtw", GATEWAY),
        ("lset", LISTENER_SET),
        ("refgrant", REFERENCE_GRANT),
        ("httproute", HTTP_ROUTE),
        ("httproutes.v1beta1.gateway.networking.k8s.io", HTTP_ROUTE),
        ("xbackends.gateway.networking.x-k8s.io", GroupKind("gateway.networking.x-k8s.io", "XBackend")),
    ],
)
def test_discovery_knows_kinds_by_the_servers_names(cluster: ApiServer, word: str, kind: GroupKind) -> None:
    served = reader(cluster).catalog.resolve(word)

    assert served is not None
    assert served.group_kind == kind


def test_discovery_knows_scope_and_versions(cluster: ApiServer) -> None:
    catalog = reader(cluster).catalog

    grants, classes = catalog.served(REFERENCE_GRANT), catalog.resolve("gc")

    assert grants is not None
    assert classes is not None
    assert (grants.versions, grants.namespaced) == (("v1", "v1beta1"), True)
    assert (classes.group_kind, classes.namespaced) == (GroupKind(GATEWAY.group, "GatewayClass"), False)


def test_grants_are_written_in_the_newest_version_served(cluster: ApiServer, old_cluster: ApiServer) -> None:
    versions = [reader(server).catalog.grant_version for server in (cluster, old_cluster)]

    assert versions == ["gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1beta1"]


def test_kinds_are_discovered_in_one_request_by_a_user_without_rights(cluster: ApiServer) -> None:
    with cluster.requests("nobody") as requests:
        catalog = reader(cluster, "nobody").catalog

    assert catalog.served(HTTP_ROUTE)
    assert requests == ["get /apis"]


def test_core_kinds_taken_as_given_are_named_as_the_server_names_them(cluster: ApiServer) -> None:
    resources = json.loads(cluster.get("/api/v1")[1])["resources"]
    by_kind = {resource["kind"]: resource for resource in resources if "/" not in resource["name"]}

    given = [kind for kind in reader(cluster).catalog if not kind.group]

    assert given
    for kind in given:
        on_server = by_kind[kind.kind]
        assert (kind.plural, kind.namespaced, list(kind.short_names)) == (
            on_server["name"],
            on_server["namespaced"],
            on_server.get("shortNames", []),
        )


@pytest.fixture
def group_whose_server_is_down(cluster: ApiServer) -> Iterator[str]:
    group = "down.example.com"
    service = {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": f"v1.{group}"}}
    nowhere = {"namespace": "default", "name": "nobody-home"}
    numbers = {"group": group, "version": "v1", "groupPriorityMinimum": 1, "versionPriority": 1}
    cluster.apply(service | {"spec": numbers | {"service": nowhere, "insecureSkipTLSVerify": True}})
    cluster.wait_until(lambda: group in reader(cluster).catalog.stale_groups, f"show {group} as stale", 30)
    yield group
    cluster.delete(service)


def test_kinds_of_a_group_whose_server_is_down_are_unknown_rather_than_not_served(
    cluster: ApiServer, group_whose_server_is_down: str
) -> None:
    answer = one(reader(cluster), List(GroupKind(group_whose_server_is_down, "Widget"), "default"))

    assert not answer.known
    assert answer.served


@pytest.mark.parametrize("group_kind", [SERVICE_IMPORT, GroupKind(GATEWAY.group, "Service"), GroupKind("", "Widget")])
def test_a_kind_that_no_crd_brought_is_not_served(cluster: ApiServer, group_kind: GroupKind) -> None:
    get, listing = Get(ObjectKey(group_kind.group, group_kind.kind, "default", "any")), List(group_kind, "default")

    answers = reader(cluster).read([get, listing])

    assert answers == {get: Answer(served=False), listing: Answer(served=False)}


def test_a_kind_of_a_later_release_is_not_served_by_an_old_cluster(old_cluster: ApiServer) -> None:
    assert one(reader(old_cluster), List(LISTENER_SET, None)) == Answer(served=False)


def test_an_object_is_read_whole(cluster: ApiServer, fresh: Fresh) -> None:
    namespace = fresh(cluster, "backend")
    cluster.apply(from_frontend(namespace))

    answer = one(
        reader(cluster), Get(ObjectKey(REFERENCE_GRANT.group, REFERENCE_GRANT.kind, namespace, "from-frontend"))
    )

    assert answer.object is not None
    assert answer.object["spec"] == from_frontend(namespace)["spec"]


def test_grants_are_read_from_an_old_cluster(old_cluster: ApiServer, fresh: Fresh) -> None:
    namespace = fresh(old_cluster, "backend")
    old_cluster.apply(from_frontend(namespace))

    answer = one(reader(old_cluster), List(REFERENCE_GRANT, namespace))

    assert [key_of(found).path for found in answer.objects] == [f"{namespace}/from-frontend"]


@pytest.mark.parametrize("metadata_only", [False, True])
def test_an_absent_object_is_known_to_be_absent(cluster: ApiServer, fresh: Fresh, metadata_only: bool) -> None:
    namespace = fresh(cluster, "backend")
    reads = [
        Get(ObjectKey(kind.group, kind.kind, namespace, "absent"), metadata_only)
        for kind in (SERVICE, HTTP_ROUTE, SECRET)
    ]

    answers = reader(cluster).read(reads)

    assert list(answers.values()) == [Answer()] * 3
    assert all(answer.absent for answer in answers.values())


def test_an_object_in_an_absent_namespace_is_known_to_be_absent(cluster: ApiServer) -> None:
    get, listing = Get(ObjectKey("", "Service", "no-such-namespace", "any")), List(SERVICE, "no-such-namespace")

    answers = reader(cluster).read([get, listing])

    assert answers == {get: Answer(), listing: Answer()}


def test_items_of_a_list_say_what_they_are(cluster: ApiServer, fresh: Fresh) -> None:
    namespace = fresh(cluster, "backend")
    cluster.apply(config_map(namespace, "a"), config_map(namespace, "b"))

    answer = one(reader(cluster), List(CONFIG_MAP, namespace))

    assert [key_of(found) for found in answer.objects] == [
        ObjectKey("", "ConfigMap", namespace, name) for name in ("a", "b")
    ]


def test_a_list_by_name_finds_the_namesakes_in_all_namespaces(cluster: ApiServer, fresh: Fresh) -> None:
    namespaces = sorted(fresh(cluster, name) for name in ("one", "two"))
    name = f"twin-of-{namespaces[0]}"
    cluster.apply(*(config_map(namespace, name) for namespace in namespaces), config_map(namespaces[0], "other"))

    answer = one(reader(cluster), List(CONFIG_MAP, None, name))

    assert sorted(key_of(found).path for found in answer.objects) == [f"{namespace}/{name}" for namespace in namespaces]


def test_a_list_of_several_pages_is_read_to_its_end(cluster: ApiServer, fresh: Fresh) -> None:
    namespace = fresh(cluster, "many")
    access.allow_in_namespace(cluster, "auditor", namespace, [access.rule("", ["configmaps"])])
    names = {f"number-{number}" for number in range(PAGE + 1)}
    post_all(cluster, [(f"/api/v1/namespaces/{namespace}/configmaps", config_map(namespace, name)) for name in names])

    with cluster.requests("auditor") as requests:
        answer = one(reader(cluster, "auditor", chunk=PAGE), List(CONFIG_MAP, namespace))

    assert {key_of(found).name for found in answer.objects} == names
    assert len([request for request in requests if "configmaps" in request]) == 2


def test_a_secrets_data_does_not_come_back_with_its_metadata(cluster: ApiServer, fresh: Fresh) -> None:
    namespace = fresh(cluster, "certificates")
    metadata = {"name": "tls", "namespace": namespace}
    cluster.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"key": "SENSITIVE"}})
    get = Get(ObjectKey("", "Secret", namespace, "tls"), metadata_only=True)
    listing = List(SECRET, namespace, metadata_only=True)

    answers = reader(cluster).read([get, listing])

    for answer in answers.values():
        assert answer.object is not None
        assert key_of(answer.object) == get.key
        assert set(answer.object) == {"apiVersion", "kind", "metadata"}


def test_labels_come_with_the_metadata_of_namespaces(cluster: ApiServer, fresh: Fresh) -> None:
    namespace = fresh(cluster, "labelled", {"team": "web"})

    answer = one(reader(cluster), Get(ObjectKey("", "Namespace", "", namespace), metadata_only=True))

    assert answer.object is not None
    assert answer.object["metadata"]["labels"]["team"] == "web"


def test_what_a_user_of_one_namespace_may_not_read_fails_in_the_servers_words(cluster: ApiServer, fresh: Fresh) -> None:
    own, other = fresh(cluster, "own"), fresh(cluster, "other")
    access.allow_in_namespace(cluster, "app-dev", own)
    mine, theirs = List(REFERENCE_GRANT, own), List(REFERENCE_GRANT, other)
    everywhere, secret, namespace = (
        List(HTTP_ROUTE, None),
        Get(ObjectKey("", "Secret", own, "tls"), metadata_only=True),
        Get(ObjectKey("", NAMESPACE.kind, "", own), metadata_only=True),
    )

    answers = reader(cluster, "app-dev").read([mine, theirs, everywhere, secret, namespace])

    gateway_api = 'in API group "gateway.networking.k8s.io"'
    forbidden = 'is forbidden: User "app-dev" cannot'
    assert answers[mine] == Answer()
    assert answers[theirs].failure == Failure(
        403,
        f'referencegrants.gateway.networking.k8s.io {forbidden} list resource "referencegrants" {gateway_api} '
        f'in the namespace "{other}"',
    )
    assert answers[everywhere].failure == Failure(
        403,
        f'httproutes.gateway.networking.k8s.io {forbidden} list resource "httproutes" {gateway_api} at the cluster scope',
    )
    assert answers[secret].failure == Failure(
        403,
        f'secrets "tls" {forbidden} get resource "secrets" in API group "" in the namespace "{own}"',
    )
    assert answers[namespace].failure == Failure(
        403,
        f'namespaces "{own}" {forbidden} get resource "namespaces" in API group "" in the namespace "{own}"',
    )


def altered(server: ApiServer, tmp_path: Path, old: str, new: str) -> Path:
    """The administrator's kubeconfig with one text in it replaced."""
    text = server.kubeconfig().read_text()
    assert old in text
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(text.replace(old, new))
    return kubeconfig


def test_an_unknown_token_is_a_refused_login(cluster: ApiServer, tmp_path: Path) -> None:
    kubeconfig = altered(cluster, tmp_path, cluster.bearer()["Authorization"].removeprefix("Bearer "), "unknown")

    with pytest.raises(RefsError, match=r"^error: You must be logged in to the server \(Unauthorized\)$"):
        one(reader_with(kubeconfig), List(SERVICE, "default"))


def test_a_server_with_a_certificate_of_nobody_known_is_not_trusted(cluster: ApiServer, tmp_path: Path) -> None:
    kubeconfig = altered(cluster, tmp_path, '"certificate-authority"', '"not-a-field"')

    with pytest.raises(RefsError, match=r"^Unable to connect to the server: tls: failed to verify certificate: "):
        one(reader_with(kubeconfig), List(SERVICE, "default"))
