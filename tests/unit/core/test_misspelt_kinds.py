"""Kinds and groups that are slips of a kind that holds references, and others that only look like one."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.model.objects import GATEWAY_GROUP
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.core.view.misspelt_kinds import unknown_kind
from kubectl_refs.core.view.offline import offline_catalog
from tests.support.running import Program
from tests.unit.conftest import Files

X = "gateway.networking.x-k8s.io"


def meant(version: str, kind: str, catalog: Catalog | None = None, **metadata: Any) -> tuple[str, str] | None:
    obj = {"apiVersion": version, "kind": kind, "metadata": {"name": "x", **metadata}}
    found = unknown_kind(obj, catalog or offline_catalog())
    return None if found is None else (found.version, found.meant.kind)


@pytest.mark.parametrize(
    ("version", "kind", "found"),
    [
        (f"{GATEWAY_GROUP}/v1", "HttpRoute", "HTTPRoute"),
        (f"{GATEWAY_GROUP}/v1", "httproutes", "HTTPRoute"),
        (f"{GATEWAY_GROUP}/v1", "GatewayClasses", "GatewayClass"),
        (f"{GATEWAY_GROUP}/v1", "HTPPRoute", "HTTPRoute"),
        (f"{GATEWAY_GROUP}/v1", "HTTPRout", "HTTPRoute"),
        (f"{GATEWAY_GROUP}/v1", "BackendTlsPolicy", "BackendTLSPolicy"),
        ("networking.gateway.k8s.io/v1", "HTTPRoute", "HTTPRoute"),
        ("gateway.networking.k8s.oi/v1", "GRPCRoute", "GRPCRoute"),
        ("networking.k8s.io/v1", "Gateway", "Gateway"),
        ("networking.x-k8s.io/v1", "Gateway", "Gateway"),
        (f"{X}/v1", "ListenerSet", "ListenerSet"),
        ("v1", "HTTPRoute", "HTTPRoute"),
        (GATEWAY_GROUP, "ListenerSet", "ListenerSet"),
    ],
)
def test_a_slip_is_found(version: str, kind: str, found: str) -> None:
    assert meant(version, kind) == (f"{GATEWAY_GROUP}/v1", found)
    # A server that has stored it has such a kind.
    assert meant(version, kind, creationTimestamp="2026-01-01T00:00:00Z") is None


def test_an_experimental_kind_in_the_group_of_the_others_belongs_to_its_own() -> None:
    assert meant(f"{GATEWAY_GROUP}/v1alpha1", "XListenerSet") == (f"{X}/v1alpha1", "XListenerSet")


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        (f"{GATEWAY_GROUP}/v1", "HTTPRoute"),
        (f"{GATEWAY_GROUP}/v1beta1", "ReferenceGrants"),
        (f"{GATEWAY_GROUP}/v1", "MCPRoute"),
        (f"{GATEWAY_GROUP}/v1", "Mesh"),
        (f"{X}/v1alpha1", "XHTTPRoute"),
        ("networking.istio.io/v1", "Gateway"),
        ("traefik.io/v1alpha1", "HttpRoute"),
        ("configuration.konghq.com/v1", "HTTPRoute"),
        ("networking.k8s.io/v1", "IngressClass"),
        ("inference.networking.k8s.io/v1", "InferencePool"),
        ("route.openshift.io/v1", "Route"),
        ("v1", "Service"),
    ],
)
def test_what_is_no_slip_is_left_alone(version: str, kind: str) -> None:
    assert meant(version, kind) is None


@pytest.mark.parametrize(
    ("kind", "version", "said"),
    [
        ("HTTPRoute", "v1alpha2", "no release since Gateway API 0.8 serves HTTPRoute as v1alpha2"),
        ("GatewayClass", "v1alpha1", "no release of the Gateway API serves GatewayClass as v1alpha1"),
        ("GRPCRoute", "v1beta1", "no release of the Gateway API serves GRPCRoute as v1beta1"),
        ("BackendTLSPolicy", "v1alpha2", "no release since Gateway API 1.1 serves BackendTLSPolicy as v1alpha2"),
        ("BackendTLSPolicy", "v1alpha3", ""),
        ("TLSRoute", "v1alpha2", ""),
        ("HTTPRoute", "v2", ""),
    ],
)
def test_a_version_that_no_release_serves(kind: str, version: str, said: str) -> None:
    obj = {"apiVersion": f"{GATEWAY_GROUP}/{version}", "kind": kind, "metadata": {"name": "x"}}
    found = unknown_kind(obj, offline_catalog())
    assert (str(found) if found else "") == said
    assert found is None or found.advice == f"write apiVersion {GATEWAY_GROUP}/v1"
    assert unknown_kind({**obj, "metadata": {"creationTimestamp": "2026-01-01T00:00:00Z"}}, offline_catalog()) is None


def test_a_server_says_which_versions_it_serves() -> None:
    served = Catalog([ServedKind(GATEWAY_GROUP, "TLSRoute", "tlsroutes", ("v1alpha3", "v1alpha2"))], table=TABLE)
    assert meant(f"{GATEWAY_GROUP}/v1alpha2", "TLSRoute", served) is None
    obj = {"apiVersion": f"{GATEWAY_GROUP}/v1", "kind": "TLSRoute", "metadata": {"name": "x"}}
    assert str(unknown_kind(obj, served)) == "TLSRoute is served only as v1alpha3 and v1alpha2, not as v1"
    assert meant(f"{GATEWAY_GROUP}/v1", "TLSRoute", served) == (f"{GATEWAY_GROUP}/v1alpha3", "TLSRoute")
    assert meant("gateway.envoyproxy.io/v1alpha2", "SecurityPolicy") is None


def test_a_kind_that_a_server_or_a_crd_defines_exists() -> None:
    of_later = ServedKind(GATEWAY_GROUP, "UDPRoutes", "udproutess", ("v1",))
    assert meant(f"{GATEWAY_GROUP}/v1", "UDPRoutes", Catalog([of_later], table=TABLE)) is None
    assert meant(f"{GATEWAY_GROUP}/v1", "UDPRoutes") == (f"{GATEWAY_GROUP}/v1", "UDPRoute")


def test_the_version_to_write_is_one_that_is_served() -> None:
    served = Catalog([ServedKind(GATEWAY_GROUP, "TLSRoute", "tlsroutes", ("v1alpha2",))], table=TABLE)
    assert meant("networking.k8s.io/v1", "TLSRoute", served) == (f"{GATEWAY_GROUP}/v1alpha2", "TLSRoute")


def test_a_type_that_is_asked_for_includes_what_is_meant_to_be_of_it(refs: Program, files: Files) -> None:
    given = files(
        {"apiVersion": f"{GATEWAY_GROUP}/v1", "kind": "HttpRoute", "metadata": {"name": "a", "namespace": "shop"}},
        {"apiVersion": f"{GATEWAY_GROUP}/v1", "kind": "Gateways", "metadata": {"name": "b", "namespace": "infra"}},
    )
    for words, names in [
        ((), ["httproute", "gateways"]),
        (("httproutes",), ["httproute"]),
        (("-n", "infra"), ["gateways"]),
    ]:
        done = refs("check", *words, "-f", given, "-o", "name")
        assert [line.partition(".")[0] for line in done.out.splitlines()] == names
        assert done.status == 1


def test_a_change_that_brings_such_an_object_is_one_for_the_worse(refs: Program, files: Files) -> None:
    obj = {"apiVersion": f"{GATEWAY_GROUP}/v1", "kind": "HttpRoute", "metadata": {"name": "a", "namespace": "shop"}}
    old = files(name="old.json")
    new = files(obj, name="new.json")
    done = refs("diff", "--base", old, "-f", new)
    assert done.status == 1
    assert "the Gateway API has no kind HttpRoute" in done.out
    assert "write kind HTTPRoute" in done.out
    assert "no kind HttpRoute" in refs("diff", "--base", old, "-f", new, "-o", "markdown").out
    assert '"unknownKinds": []' not in refs("diff", "--base", old, "-f", new, "-o", "json").out
    assert refs("diff", "--base", new, "-f", new).status == 0
    assert refs("fix", "-f", new).status == 1
