"""`version` against a real server: kubectl says the same of the server, and the CRDs the same of Gateway API."""

from __future__ import annotations

import json

import pytest

from kubectl_refs import __version__
from tests.support.cluster import access
from tests.support.cluster.api_server import ADMINISTRATOR, ApiServer
from tests.support.cluster.asking import Program


def kubectls(server: ApiServer) -> str:
    return str(json.loads(server.kubectl("version", "-o", "json").stdout)["serverVersion"]["gitVersion"])


@pytest.mark.parametrize(
    ("which", "api", "grants"),
    [
        ("cluster", "v1.6.3 (experimental channel)", "v1, v1beta1"),
        ("old_cluster", "v1.1.0 (standard channel)", "v1beta1"),
    ],
)
def test_the_versions_are_the_clusters(
    request: pytest.FixtureRequest, refs: Program, which: str, api: str, grants: str
) -> None:
    server: ApiServer = request.getfixturevalue(which)
    done = refs(server.kubeconfig(ADMINISTRATOR), "version")
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"Client Version: v{__version__}",
        f"Server Version: {kubectls(server)}",
        f"Gateway API: {api}",
        f"ReferenceGrant: {grants}",
    ]


def test_whoever_may_not_read_crds_is_told_so(cluster: ApiServer, refs: Program) -> None:
    done = refs(cluster.kubeconfig("nobody"), "version")
    assert (done.status, done.stderr) == (3, "")
    assert "Gateway API: unknown\nReferenceGrant: v1, v1beta1\n" in done.stdout
    assert (
        'forbidden: User "nobody" cannot get customresourcedefinitions.apiextensions.k8s.io "httproutes.gateway.networking.k8s.io"'
        in done.stdout
    )


def test_reading_that_one_crd_is_right_enough(old_cluster: ApiServer, refs: Program) -> None:
    rule = access.rule("apiextensions.k8s.io", ["customresourcedefinitions"], ["get"])
    access.allow_everywhere(old_cluster, "auditor", [rule])
    done = refs(old_cluster.kubeconfig("auditor"), "version")
    assert (done.status, "Gateway API: v1.1.0 (standard channel)\n" in done.stdout) == (0, True)
