"""Only the metadata of Secrets and ConfigMaps is ever requested, whatever kind references them (requests recorded)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.view.catalog import CORE_KINDS
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS, IMPLEMENTATION_KINDS
from tests.support.fakes.api import FakeAPI
from tests.support.running import Done, Program

G = "gateway.networking.k8s.io/v1"
SECRET_BYTES = "bm90IHRvIGxlYXZl"
METADATA = "application/json;as=PartialObjectMetadata"


def obj(version: str, kind: str, name: str, namespace: str = "", **fields: Any) -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **fields}


def held(kind: str, name: str, namespace: str) -> dict[str, Any]:
    return obj("v1", kind, name, namespace, data={"ca.crt": SECRET_BYTES, "tls.crt": SECRET_BYTES})


CA = {"group": "", "kind": "ConfigMap", "name": "ca"}
GATEWAY = obj(
    G,
    "Gateway",
    "public",
    "infra",
    spec={
        "gatewayClassName": "c",
        "tls": {
            "frontend": {"default": {"validation": {"caCertificateRefs": [{**CA, "namespace": "certs"}, CA]}}},
            "backend": {"clientCertificateRef": {"name": "client", "namespace": "certs"}},
        },
        "listeners": [
            {
                "name": "https",
                "protocol": "HTTPS",
                "port": 443,
                "tls": {"certificateRefs": [{"name": "tls", "namespace": "certs"}, {"name": "own"}, {"name": "none"}]},
            }
        ],
    },
)
POLICY = obj(
    G,
    "BackendTLSPolicy",
    "tls",
    "infra",
    spec={
        "targetRefs": [{"group": "", "kind": "Service", "name": "api"}],
        "validation": {"caCertificateRefs": [{"group": "", "kind": "ConfigMap", "name": "elsewhere"}]},
    },
)
SECURITY = obj(
    "gateway.envoyproxy.io/v1alpha1",
    "SecurityPolicy",
    "sso",
    "infra",
    spec={"oidc": {"clientSecret": {"name": "client", "namespace": "certs"}}, "basicAuth": {"users": {"name": "own"}}},
)
CLASS = obj(G, "GatewayClass", "c", spec={"controllerName": "x/y", "parametersRef": {**CA, "namespace": "certs"}})
OBJECTS = [
    GATEWAY,
    POLICY,
    SECURITY,
    CLASS,
    obj("v1", "Service", "api", "infra", spec={"ports": [{"port": 80}]}),
    held("Secret", "tls", "certs"),
    held("Secret", "client", "certs"),
    held("Secret", "own", "infra"),
    held("ConfigMap", "ca", "certs"),
    held("ConfigMap", "elsewhere", "certs"),
]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (
            ["gateway/public"],
            {"configmaps/ca", "secrets/client", "secrets/tls", "secrets/own", "secrets/none", "secrets", "configmaps"},
        ),
        (["backendtlspolicy/tls"], {"configmaps/elsewhere", "configmaps"}),
        (["securitypolicy/sso"], {"secrets/client", "secrets/own"}),
        (["gatewayclass/c"], {"configmaps/ca"}),
    ],
)
def test_only_metadata_is_asked_for(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    words: list[str],
    asked: set[str],
) -> None:
    refs = Program(capsys, monkeypatch, tmp_path)
    with FakeAPI(OBJECTS, kinds=(*CORE_KINDS, *GATEWAY_API_KINDS, *IMPLEMENTATION_KINDS)) as api:
        refs.use(api)
        done: Done = refs("why", *words, "-n", "infra", "-o", "json")
        requests = [request for request in api.requests if "secrets" in request.path or "configmaps" in request.path]
    assert (done.status, done.err) in ((0, ""), (1, ""))
    assert {re.sub("^/api/v1/(namespaces/[^/]+/)?", "", request.path) for request in requests} == asked
    assert [request.path for request in requests if not request.accept.startswith(METADATA)] == []
    assert SECRET_BYTES not in done.out
