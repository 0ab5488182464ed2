"""One or two slips in a reference to a backend or a parent: the answer names the fields and the object that is meant,
and the offered change makes the reference allowed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.core.references.cause import cause_of
from kubectl_refs.manifests.source import Manifests
from tests.support.builders import from_entry, grant, namespaces, patched, to_entry

BACKEND: Mapping[str, Any] = {"group": "", "kind": "Service", "namespace": "shared", "name": "payments", "port": 8080}
PARENT: Mapping[str, Any] = {
    "group": GATEWAY_GROUP,
    "kind": "Gateway",
    "namespace": "infra",
    "name": "public-gate",
    "sectionName": "web",
}
ALL = {"namespaces": {"from": "All"}}


def named(api: str, kind: str, namespace: str | None, name: str, spec: JSON) -> JSON:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec}


def around() -> list[JSON]:
    """Everything that a valid route needs, and other objects that people confuse with it."""
    listener = {"name": "web", "protocol": "HTTP", "port": 80, "hostname": "shop.example.com", "allowedRoutes": ALL}
    gateway_spec = {"gatewayClassName": "envoy", "listeners": [listener], "allowedListeners": ALL}
    return [
        *namespaces("shop", "shared", "infra"),
        named("v1", "Service", "shared", "payments", {"ports": [{"name": "http", "port": 8080, "targetPort": 9090}]}),
        grant([from_entry(namespace="shop")], [to_entry()], "shared"),
        named(f"{GATEWAY_GROUP}/v1", "GatewayClass", None, "envoy", {"controllerName": "example.com/gateway"}),
        named(f"{GATEWAY_GROUP}/v1", "Gateway", "infra", "public-gate", gateway_spec),
        named(
            "networking.k8s.io/v1",
            "Ingress",
            "shop",
            "shop-ingress",
            {"defaultBackend": {"service": {"name": "payments"}}},
        ),
    ]


def route(
    backend: Mapping[str, Any] = BACKEND, parent: Mapping[str, Any] = PARENT, host: str = "shop.example.com"
) -> JSON:
    spec = {
        "hostnames": [host],
        "parentRefs": [dict(parent)],
        "rules": [{"backendRefs": [dict(backend)]}],
    }
    return named(f"{GATEWAY_GROUP}/v1", "HTTPRoute", "shop", "web", spec)


def changed(reference: Mapping[str, Any], *changes: Mapping[str, Any]) -> dict[str, Any]:
    """The reference with some fields changed; a field that is None is left out."""
    merged = {**reference, **{field: value for change in changes for field, value in change.items()}}
    return {field: value for field, value in merged.items() if value is not None}


def asked(holder: JSON, path: str) -> EvaluatedReference:
    manifests = Manifests((*around(), holder), "shop")
    routes = [obj for obj in manifests.objects if obj["kind"] == "HTTPRoute"]
    (found,) = (each for each in investigate(manifests, routes).references if each.reference.path == path)
    return found


BACKEND_SLIPS: Mapping[str, Mapping[str, Any]] = {
    "name: a letter is missing": {"name": "paments"},
    "name: two letters exchanged": {"name": "paymnets"},
    "name: a letter doubled": {"name": "paymentss"},
    "name: NAME.NAMESPACE.svc.cluster.local": {"name": "payments.shared.svc.cluster.local"},
    "name: NAME.NAMESPACE.svc": {"name": "payments.shared.svc"},
    "name: NAMESPACE/NAME": {"name": "shared/payments"},
    "name: NAME:PORT": {"name": "payments:8080"},
    "kind: case": {"kind": "service"},
    "kind: plural": {"kind": "Services"},
    "kind: lower plural": {"kind": "services"},
    "kind: short name": {"kind": "svc"},
    "kind: typo": {"kind": "Servcie"},
    "group: core": {"group": "core"},
    "group: v1": {"group": "v1"},
    "group: that of Gateway API": {"group": GATEWAY_GROUP},
    "port: the targetPort": {"port": 9090},
    "port: another": {"port": 80},
    "port: left out": {"port": None},
    "namespace: typo": {"namespace": "shraed"},
    "namespace: left out": {"namespace": None},
}
PARENT_SLIPS: Mapping[str, Mapping[str, Any]] = {
    "name: a letter is missing": {"name": "public-gat"},
    "name: two letters exchanged": {"name": "pulbic-gate"},
    "name: NAMESPACE/NAME": {"name": "infra/public-gate"},
    "name: NAME.NAMESPACE": {"name": "public-gate.infra"},
    "name: that of its GatewayClass": {"name": "envoy"},
    "kind: case": {"kind": "gateway"},
    "kind: plural": {"kind": "Gateways"},
    "kind: short name": {"kind": "gtw"},
    "kind: typo": {"kind": "Gatway"},
    "group: Istio's": {"group": "networking.istio.io"},
    "group: an old one": {"group": "networking.x-k8s.io"},
    "group: typo": {"group": "gateway.network.k8s.io"},
    "namespace: typo": {"namespace": "infar"},
    "namespace: left out": {"namespace": None},
    "sectionName: typo": {"sectionName": "webb"},
    "sectionName: the port": {"sectionName": "80"},
    "sectionName: the hostname": {"sectionName": "shop.example.com"},
}
FIELDS = ("group", "kind", "namespace", "name", "sectionName", "port")


def told(found: EvaluatedReference, *slips: Mapping[str, Any]) -> None:
    """Assert that the cause names each changed field and the object that is meant."""
    assert found.verdict in (Verdict.BROKEN, Verdict.REFUSED)
    said = " ".join((cause_of(found), *(check.message for check in found.checks)))
    for field in {field for slip in slips for field in slip}:
        assert (
            any(difference.path.endswith(f".{field}") for near in found.near_targets for difference in near.differences)
            or field in said
        ), (
            field,
            said,
        )


def mended(holder: JSON, found: EvaluatedReference) -> EvaluatedReference:
    fix = first_patch(found)
    return asked(patched(holder, fix.patch), found.reference.path)


def first_patch(found: EvaluatedReference) -> Fix:
    (first, *_) = found.fixes
    assert first.object == found.reference.referrer
    return first


@pytest.mark.parametrize("slip", BACKEND_SLIPS.values(), ids=BACKEND_SLIPS)
def test_one_slip_in_a_backend(slip: Mapping[str, Any]) -> None:
    holder = route(backend=changed(BACKEND, slip))
    found = asked(holder, "spec.rules[0].backendRefs[0]")
    told(found, slip)
    assert mended(holder, found).verdict is Verdict.ALLOWED


@pytest.mark.parametrize("slip", PARENT_SLIPS.values(), ids=PARENT_SLIPS)
def test_one_slip_in_a_parent(slip: Mapping[str, Any]) -> None:
    holder = route(parent=changed(PARENT, slip))
    found = asked(holder, "spec.parentRefs[0]")
    told(found, slip)
    assert mended(holder, found).verdict is Verdict.ALLOWED


def pairs(slips: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[Mapping[str, Any], ...]]:
    return {
        f"{one}; {other}": (slips[one], slips[other])
        for one, other in combinations(slips, 2)
        if not set(slips[one]) & set(slips[other])
    }


UNTOLD = {"name: a letter is missing", "name: two letters exchanged", "name: a letter doubled", "name: NAME:PORT"}
"""A Service name that is misspelt or lacks a namespace is looked up in the written namespace, not in all others."""
BACKEND_PAIRS = {
    name: both
    for name, both in pairs(BACKEND_SLIPS).items()
    if not (name.endswith("namespace: left out") and name.partition(";")[0] in UNTOLD)
}
PARENT_PAIRS = pairs(PARENT_SLIPS)


@pytest.mark.parametrize("slips", BACKEND_PAIRS.values(), ids=BACKEND_PAIRS)
def test_two_slips_in_a_backend(slips: tuple[Mapping[str, Any], ...]) -> None:
    holder = route(backend=changed(BACKEND, *slips))
    found = asked(holder, "spec.rules[0].backendRefs[0]")
    told(found, *slips)
    assert mended(holder, found).verdict is Verdict.ALLOWED


@pytest.mark.parametrize("slips", PARENT_PAIRS.values(), ids=PARENT_PAIRS)
def test_two_slips_in_a_parent(slips: tuple[Mapping[str, Any], ...]) -> None:
    holder = route(parent=changed(PARENT, *slips))
    found = asked(holder, "spec.parentRefs[0]")
    told(found, *slips)
    assert mended(holder, found).verdict is Verdict.ALLOWED


@pytest.mark.parametrize("slip", PARENT_SLIPS.values(), ids=PARENT_SLIPS)
def test_one_slip_in_a_parent_is_mended_though_the_hostname_is_wrong_too(slip: Mapping[str, Any]) -> None:
    holder = route(parent=changed(PARENT, slip), host="other.example.com")
    found = asked(holder, "spec.parentRefs[0]")
    hostname = 'its hostname "shop.example.com" does not match "other.example.com"'
    fix = first_patch(found)
    assert fix.remains == f'this alone is not enough: listener "web": {hostname}'
    assert mended(holder, found).code is Code.NO_MATCHING_HOSTNAME
    # A namespace that is left out, or a name that is no slip, may be meant for something else.
    unsure = slip in (
        {"namespace": None},
        {"name": "envoy"},
        {"sectionName": "80"},
        {"sectionName": "shop.example.com"},
    )
    assert fix.confidence is (Confidence.GUESS if unsure else Confidence.LIKELY)


@pytest.mark.parametrize("slip", ["name: a letter is missing", "kind: case", "group: core", "namespace: typo"])
def test_one_slip_in_a_backend_is_mended_though_the_port_is_wrong_too(slip: str) -> None:
    service = named(
        "v1", "Service", "shared", "payments", {"ports": [{"name": "a", "port": 1}, {"name": "b", "port": 2}]}
    )
    holder = route(backend=changed(BACKEND, BACKEND_SLIPS[slip]))
    manifests = Manifests((*(each for each in around() if each["kind"] != "Service"), service, holder), "shop")
    (found,) = (each for each in investigate(manifests, [holder]).references if not each.is_parent)
    fix = first_patch(found)
    assert fix.confidence is Confidence.LIKELY
    assert fix.remains == "this alone is not enough: Service shared/payments has no port 8080; it has 1 (a), 2 (b)"


def test_a_label_is_offered_though_the_hostname_is_wrong_too() -> None:
    listener = {"name": "web", "protocol": "HTTP", "port": 80, "hostname": "shop.example.com"}
    selector = {"namespaces": {"from": "Selector", "selector": {"matchLabels": {"tenant": "b"}}}}
    spec = {"gatewayClassName": "envoy", "listeners": [{**listener, "allowedRoutes": selector}]}
    gate = named(f"{GATEWAY_GROUP}/v1", "Gateway", "infra", "labelled", spec)
    holder = route(parent={"namespace": "infra", "name": "labelled"}, host="other.example.com")

    def asked_with(labels: Mapping[str, str]) -> EvaluatedReference:
        shop = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}
        others = (each for each in around() if each["metadata"]["name"] != "shop")
        references = investigate(Manifests((*others, shop, gate, holder), "shop"), [holder]).references
        return next(each for each in references if each.is_parent)

    (label,) = asked_with({}).fixes
    assert (label.labels, label.confidence) == ({"tenant": "b"}, Confidence.GUESS)
    assert label.remains.startswith('this alone is not enough: listener "web": its hostname')
    found = asked_with({"tenant": "B"})
    assert found.fixes == ()
    assert found.by_hand.startswith(
        "in namespace shop change label tenant=B to b, if nothing relies on the present labels"
    )
    assert found.by_hand.endswith("then give the route a hostname that the listener matches")


@pytest.mark.parametrize(
    ("kind", "group"), [("GatewayClass", GATEWAY_GROUP), ("Ingress", "networking.k8s.io"), ("TLSRoute", GATEWAY_GROUP)]
)
def test_what_takes_no_routes_is_no_parent(kind: str, group: str) -> None:
    found = asked(route(parent={"group": group, "kind": kind, "name": "envoy"}), "spec.parentRefs[0]")
    assert (found.verdict, found.by_hand) == (Verdict.BROKEN, "name a Gateway or a ListenerSet, or in a mesh a Service")
    assert "takes no routes" in cause_of(found)


def test_the_service_behind_a_route_is_a_parent_in_a_mesh() -> None:
    parent = {"group": "", "kind": "Service", "namespace": "shared", "name": "payments"}
    found = asked(route(parent=parent), "spec.parentRefs[0]")
    assert (found.verdict, found.because.partition(",")[0]) == (Verdict.ALLOWED, "mesh")


@pytest.mark.parametrize("parent", [{"port": 443}, {"port": 443, "sectionName": None}])
def test_a_port_for_https_is_not_made_one_for_http(parent: Mapping[str, Any]) -> None:
    found = asked(route(parent=changed(PARENT, parent)), "spec.parentRefs[0]")
    assert (found.verdict, found.fixes) == (Verdict.BROKEN, ())
    assert found.by_hand


@pytest.mark.parametrize(
    ("others", "advice"),
    [
        ((), 'write port 80, that of listener "web", or leave port out'),
        (({"sectionName": "b", "port": 80},), 'write port 80, that of listener "web"'),
        (({"sectionName": "web", "port": 80},), None),
    ],
)
def test_a_listener_named_with_the_port_of_another_gets_its_own_port(
    others: tuple[Mapping[str, Any], ...], advice: str | None
) -> None:
    holder = route(parent=changed(PARENT, {"port": 443}))
    parents = [*holder["spec"]["parentRefs"], *(changed(PARENT, other) for other in others)]
    found = asked({**holder, "spec": {**holder["spec"], "parentRefs": parents}}, "spec.parentRefs[0]")
    if advice is None:
        (drop,) = found.fixes
        assert drop.title == "drop spec.parentRefs[0] from HTTPRoute shop/web; its allowed parentRef stays"
    else:
        assert (found.fixes, found.by_hand) == ((), advice)


def test_a_listener_without_a_port_is_not_meant_by_a_port() -> None:
    # The listener of an object that no API server has seen. Its port is unknown, so there is none to suggest.
    spec = {"gatewayClassName": "envoy", "listeners": [{"name": "web", "protocol": "HTTP", "allowedRoutes": ALL}]}
    gate = named(f"{GATEWAY_GROUP}/v1", "Gateway", "infra", "inner-gate", spec)
    parent = changed(PARENT, {"name": "inner-gate", "sectionName": None, "port": 8443})
    holder = route(parent=parent)
    (found,) = (
        each
        for each in investigate(Manifests((*around(), gate, holder), "shop"), [holder]).references
        if each.reference.path == "spec.parentRefs[0]"
    )
    assert found.verdict is Verdict.BROKEN
    assert not [each for near in found.near_targets for each in near.differences if each.path.endswith(".port")]
