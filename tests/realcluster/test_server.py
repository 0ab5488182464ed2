"""What the real API server serves, admits and refuses: the basis for choosing versions and for near misses."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.support.cluster import access
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import from_routes, grant, path_of, to_services

GROUP = "gateway.networking.k8s.io"
DNS_GROUP = "should match '^$|^[a-z0-9]"
DNS_NAMESPACE = "should match '^[a-z0-9]"


def tried(namespace: str, from_: dict[str, Any] | None = None, to: dict[str, Any] | None = None) -> dict[str, Any]:
    """A sound grant with some fields of its two entries replaced."""
    return dict(grant(namespace, [from_routes("frontend") | (from_ or {})], [to_services() | (to or {})], "tried"))


def served_versions(server: ApiServer, plural: str) -> list[str]:
    """The versions of Gateway API's group that serve a resource, the preferred one first."""
    _, body = server.get(f"/apis/{GROUP}")
    versions = [version["version"] for version in json.loads(body)["versions"]]
    return [
        version
        for version in versions
        if plural
        in {resource["name"] for resource in json.loads(server.get(f"/apis/{GROUP}/{version}")[1])["resources"]}
    ]


def test_release_1_6_serves_grants_as_v1_and_v1beta1(cluster: ApiServer) -> None:
    assert served_versions(cluster, "referencegrants") == ["v1", "v1beta1"]


def test_release_1_1_serves_grants_as_v1beta1_alone(old_cluster: ApiServer) -> None:
    assert served_versions(old_cluster, "referencegrants") == ["v1beta1"]


def test_a_grant_written_as_v1_is_refused_by_release_1_1(old_cluster: ApiServer, fresh: Fresh) -> None:
    written = tried(fresh(old_cluster, "backend")) | {"apiVersion": f"{GROUP}/v1"}

    done = old_cluster.kubectl("create", "-f", "-", input=json.dumps(written), check=False)

    assert done.returncode == 1
    assert 'no matches for kind "ReferenceGrant" in version "gateway.networking.k8s.io/v1"' in done.stderr


def test_both_served_versions_show_the_same_grant(cluster: ApiServer, fresh: Fresh) -> None:
    namespace = fresh(cluster, "backend")
    written = tried(namespace)
    cluster.apply(written)

    shown = [
        json.loads(cluster.get(f"/apis/{GROUP}/{version}/namespaces/{namespace}/referencegrants/tried")[1])["spec"]
        for version in ("v1", "v1beta1")
    ]

    assert shown == [written["spec"], written["spec"]]


@pytest.mark.parametrize(
    ("from_", "to"),
    [
        pytest.param({}, {"group": "core"}, id="group core"),
        pytest.param({}, {"kind": "services"}, id="a plural as target kind"),
        pytest.param({"kind": "httproutes"}, {}, id="a plural as referrer kind"),
        pytest.param({"kind": "httproute"}, {"kind": "service"}, id="lower-case kinds"),
        pytest.param({"group": "networking.gateway.k8s.io"}, {}, id="a group with its words swapped"),
        pytest.param({"group": ""}, {"group": GROUP}, id="groups swapped"),
        pytest.param({"namespace": "no-such-namespace"}, {}, id="a namespace that does not exist"),
        pytest.param({}, {"name": "no-such-service"}, id="a target that does not exist"),
    ],
)
def test_a_grant_that_matches_nothing_is_admitted(
    cluster: ApiServer, fresh: Fresh, from_: dict[str, Any], to: dict[str, Any]
) -> None:
    written = tried(fresh(cluster, "backend"), from_, to)

    done = cluster.kubectl("create", "-f", "-", "-o", "json", input=json.dumps(written))

    assert json.loads(done.stdout)["spec"] == written["spec"]


@pytest.mark.parametrize(
    ("from_", "to", "message"),
    [
        pytest.param({"namespace": "*"}, {}, f"spec.from[0].namespace in body {DNS_NAMESPACE}", id="namespace *"),
        pytest.param(
            {"namespace": ""},
            {},
            "spec.from[0].namespace in body should be at least 1 chars long",
            id="an empty namespace",
        ),
        pytest.param({"group": "Gateway.networking.k8s.io"}, {}, f"spec.from[0].group in body {DNS_GROUP}", id="case"),
        pytest.param({"group": f"{GROUP}/v1"}, {}, f"spec.from[0].group in body {DNS_GROUP}", id="group with version"),
        pytest.param({}, {"group": "Core"}, f"spec.to[0].group in body {DNS_GROUP}", id="upper-case target group"),
        pytest.param({}, {"name": ""}, "spec.to[0].name in body should be at least 1 chars long", id="an empty name"),
        pytest.param({}, {"kind": "*"}, "spec.to[0].kind in body should match", id="kind *"),
    ],
)
def test_a_grant_outside_the_schema_is_refused_naming_the_field(
    cluster: ApiServer, fresh: Fresh, from_: dict[str, Any], to: dict[str, Any], message: str
) -> None:
    written = tried(fresh(cluster, "backend"), from_, to)

    done = cluster.kubectl("create", "-f", "-", input=json.dumps(written), check=False)

    assert done.returncode == 1
    assert message in done.stderr


@pytest.mark.parametrize("entry", ["from", "to"])
def test_a_grant_without_a_group_is_refused(cluster: ApiServer, fresh: Fresh, entry: str) -> None:
    written = tried(fresh(cluster, "backend"))
    del written["spec"][entry][0]["group"]

    done = cluster.kubectl("create", "-f", "-", input=json.dumps(written), check=False)

    assert done.returncode == 1
    assert f"spec.{entry}[0].group: Required value" in done.stderr


@pytest.mark.parametrize("entry", ["from", "to"])
def test_sixteen_entries_are_admitted_and_seventeen_refused(cluster: ApiServer, fresh: Fresh, entry: str) -> None:
    namespace = fresh(cluster, "backend")
    full, overfull = tried(namespace), tried(namespace)
    full["spec"][entry] *= 16
    overfull["spec"][entry] *= 17

    refused = cluster.kubectl("create", "-f", "-", input=json.dumps(overfull), check=False)
    admitted = cluster.kubectl("create", "-f", "-", input=json.dumps(full), check=False)

    assert f"spec.{entry}: Too many: 17: must have at most 16 items" in refused.stderr
    assert admitted.returncode == 0


def test_a_namespace_beside_the_target_is_refused_by_kubectl_as_an_unknown_field(
    cluster: ApiServer, fresh: Fresh
) -> None:
    written = tried(fresh(cluster, "backend"), to={"namespace": "elsewhere"})

    done = cluster.kubectl("create", "-f", "-", input=json.dumps(written), check=False)

    assert done.returncode == 1
    assert 'unknown field "spec.to[0].namespace"' in done.stderr


def test_a_namespace_beside_the_target_is_dropped_where_nobody_asks_for_validation(
    cluster: ApiServer, fresh: Fresh
) -> None:
    namespace = fresh(cluster, "backend")
    written = tried(namespace, to={"namespace": "elsewhere"})

    cluster.kubectl("create", "--validate=ignore", "-f", "-", input=json.dumps(written))

    kept = cluster.kubectl("get", "referencegrant", "tried", "-n", namespace, "-o", "jsonpath={.spec.to}")
    assert json.loads(kept.stdout) == [{"group": "", "kind": "Service"}]


def test_the_server_fills_in_the_defaults_of_a_reference(cluster: ApiServer, fresh: Fresh) -> None:
    namespace = fresh(cluster, "frontend")
    route = {
        "apiVersion": f"{GROUP}/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"parentRefs": [{"name": "public"}], "rules": [{"backendRefs": [{"name": "web", "port": 80}]}]},
    }
    cluster.apply(route)

    kept = cluster.read(path_of(route))["spec"]

    assert kept["parentRefs"] == [{"group": GROUP, "kind": "Gateway", "name": "public"}]
    assert kept["rules"][0]["backendRefs"] == [{"group": "", "kind": "Service", "name": "web", "port": 80, "weight": 1}]


def test_a_user_of_one_namespace_is_forbidden_in_the_next(cluster: ApiServer, fresh: Fresh) -> None:
    own, other = fresh(cluster, "own"), fresh(cluster, "other")
    access.allow_in_namespace(cluster, "app-dev", own)

    listings = [
        cluster.kubectl(
            "get", "referencegrants", "-n", namespace, kubeconfig=cluster.kubeconfig("app-dev"), check=False
        )
        for namespace in (own, other)
    ]

    assert [done.returncode for done in listings] == [0, 1]
    assert (
        'referencegrants.gateway.networking.k8s.io is forbidden: User "app-dev" cannot list resource '
        f'"referencegrants" in API group "gateway.networking.k8s.io" in the namespace "{other}"' in listings[1].stderr
    )


def test_a_controllers_status_can_be_written_and_leaves_the_generation_alone(cluster: ApiServer, fresh: Fresh) -> None:
    namespace = fresh(cluster, "infra")
    gateway = {
        "apiVersion": f"{GROUP}/v1",
        "kind": "Gateway",
        "metadata": {"name": "public", "namespace": namespace},
        "spec": {"gatewayClassName": "any", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]},
    }
    cluster.apply(gateway)
    condition = {
        "type": "Accepted",
        "status": "True",
        "reason": "Accepted",
        "message": "",
        "lastTransitionTime": "2026-11-24T08:00:00Z",
        "observedGeneration": 1,
    }

    cluster.write_status(gateway, {"conditions": [condition]})

    kept = cluster.read(path_of(gateway))
    assert kept["status"]["conditions"] == [condition]
    assert kept["metadata"]["generation"] == 1


def test_a_users_requests_are_on_record(cluster: ApiServer, fresh: Fresh) -> None:
    namespace = fresh(cluster, "own")
    path = f"/api/v1/namespaces/{namespace}/services"

    with cluster.requests("nobody") as requests:
        cluster.kubectl("get", "--raw", path, check=False)
        cluster.kubectl("get", "--raw", path, kubeconfig=cluster.kubeconfig("nobody"), check=False)

    assert requests == [f"list {path}"]


def test_a_secrets_metadata_is_sent_without_its_data(cluster: ApiServer, fresh: Fresh) -> None:
    namespace = fresh(cluster, "certificates")
    metadata = {"name": "tls", "namespace": namespace}
    cluster.kubectl(
        "create", "-f", "-",
        input=json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"key": "SENSITIVE"}}),
    )  # fmt: skip
    path = f"/api/v1/namespaces/{namespace}/secrets"
    partial = "application/json;as={};g=meta.k8s.io;v=v1"

    one = cluster.get(f"{path}/tls", accept=partial.format("PartialObjectMetadata"))
    several = cluster.get(path, accept=partial.format("PartialObjectMetadataList"))

    for status, body in (one, several):
        assert status == 200
        assert '"name":"tls"' in body
        assert base64.b64encode(b"SENSITIVE").decode() not in body
