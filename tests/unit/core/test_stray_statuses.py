"""A status about a Gateway from another controller than the one that its class names: it decides nothing."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Agreement
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.model.serving import Serves
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.resolution import resolution_of
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.manifests.source import Manifests
from tests.support.builders import namespaces, service

OLD, NEW = "example.com/old", "example.com/new"
ISTIO = "istio.io/gateway-controller"
ENVOY, ANOTHER_ENVOY = "gateway.envoyproxy.io/gatewayclass-controller", "gateway.envoyproxy.io/another"
TRAEFIK = "traefik.io/gateway-controller"
GATEWAY = {"name": "public"}
SERVICE = {"group": "", "kind": "Service", "name": "api"}


def condition(type_: str, status: str) -> JSON:
    reason = type_ if status == "True" else "NoMatchingParent" if type_ == "Accepted" else "RefNotPermitted"
    return {"type": type_, "status": status, "reason": reason, "message": "", "observedGeneration": 1}


def entry(controller: str, *conditions: JSON, parent: JSON = GATEWAY, by: str = "parentRef") -> JSON:
    return {by: parent, "controllerName": controller, "conditions": list(conditions)}


def made(kind: str, name: str, spec: JSON, status: JSON | None = None, group: str = GATEWAY_GROUP) -> dict[str, Any]:
    about = {"name": name, "generation": 1, **({} if kind == "GatewayClass" else {"namespace": "shop"})}
    return {
        "apiVersion": f"{group}/v1",
        "kind": kind,
        "metadata": about,
        "spec": spec,
        **({"status": status} if status else {}),
    }


def around(by_class: str | None) -> list[JSON]:
    """A programmed Gateway of a class with that controller, or of one that cannot be looked up, and a ListenerSet of it."""
    listeners = [{"name": "http", "port": 80, "protocol": "HTTP"}]
    classes = [made("GatewayClass", "example", {"controllerName": by_class})] if by_class else []
    allowed = {"namespaces": {"from": "Same"}}
    return [
        *namespaces("shop"),
        *classes,
        made(
            "Gateway",
            "public",
            {"gatewayClassName": "example", "listeners": listeners, "allowedListeners": allowed},
            {"conditions": [condition("Programmed", "True")]},
        ),
        made("ListenerSet", "own", {"parentRef": GATEWAY, "listeners": listeners}),
        service("shop", "api"),
    ]


def route(*written: JSON, parent: JSON = GATEWAY, backend: JSON | None = None) -> JSON:
    to = backend or {"name": "api", "port": 80}
    spec = {"parentRefs": [parent], "rules": [{"backendRefs": [to]}]}
    return made("HTTPRoute", "web", spec, {"parents": list(written)})


def report_on(obj: JSON, by_class: str | None) -> Report:
    return investigate(Manifests([*around(by_class), obj], "shop"), [obj])


ACCEPTED, REFUSED = condition("Accepted", "True"), condition("Accepted", "False")
UNRESOLVED = condition("ResolvedRefs", "False")


@pytest.mark.parametrize("parent", [GATEWAY, {"kind": "ListenerSet", "name": "own"}])
def test_only_the_controller_of_the_class_decides(parent: JSON) -> None:
    left, own = entry(OLD, REFUSED, UNRESOLVED, parent=parent), entry(NEW, ACCEPTED, parent=parent)
    report = report_on(route(left, own, parent=parent), NEW)
    assert not report.reported_failures
    assert not report.unserved
    strays = [each for each in report.conditions if each.controller_name == OLD]
    assert [(each.type, each.agreement, each.code) for each in strays] == [
        ("Accepted", Agreement.UNKNOWN, Code.OTHER_CONTROLLER),
        ("ResolvedRefs", Agreement.UNKNOWN, Code.OTHER_CONTROLLER),
    ]


def test_a_refusal_of_the_controller_of_the_class_counts_whatever_another_wrote() -> None:
    report = report_on(route(entry(OLD, ACCEPTED), entry(NEW, REFUSED)), NEW)
    assert [each.controller_name for each in report.reported_failures] == [NEW]
    (row,) = report.unserved
    assert row.because == f"{NEW} reports Accepted=False (NoMatchingParent)"


def test_without_a_report_of_the_controller_of_the_class_one_is_missing() -> None:
    report = report_on(route(entry(OLD, ACCEPTED)), NEW)
    shown = {(each.type, each.controller_name): each for each in report.conditions}
    assert set(shown) == {("Accepted", None), ("ResolvedRefs", None), ("Accepted", OLD)}
    assert shown["Accepted", None].why.startswith(f"{NEW} has not reported on this parent: ")
    assert shown["Accepted", None].code is Code.NO_STATUS
    assert OLD not in report.serving[0].because


@pytest.mark.parametrize(
    ("by_class", "writer"),
    [
        # Of several controllers of one implementation, each may write under a name of its own.
        ("gateway.k8s.aws/alb", "gateway.k8s.aws/nlb"),
        # Istio writes under the name that it was given.
        ("istio.io/unmanaged-gateway", ISTIO),
        ("istio.io/unmanaged-gateway", "istio.aks.azure.com/gateway-controller"),
        (None, OLD),
    ],
)
def test_what_may_be_the_controller_of_the_class_counts(by_class: str | None, writer: str) -> None:
    report = report_on(route(entry(writer, REFUSED)), by_class)
    assert [each.controller_name for each in report.reported_failures] == [writer]
    assert report.unserved


@pytest.mark.parametrize(("by_class", "writer"), [(ISTIO, OLD), (ENVOY, ISTIO)])
def test_another_implementation_does_not(by_class: str, writer: str) -> None:
    report = report_on(route(entry(writer, REFUSED)), by_class)
    assert not report.reported_failures
    assert not report.unserved


def test_of_one_implementation_only_the_name_of_the_class_counts_where_it_has_written() -> None:
    report = report_on(route(entry(ANOTHER_ENVOY, REFUSED), entry(ENVOY, ACCEPTED)), ENVOY)
    assert not report.reported_failures
    assert not report.unserved


def test_without_the_class_it_is_not_known_which_of_two_controllers_decides() -> None:
    report = report_on(route(entry(OLD, REFUSED), entry(NEW, ACCEPTED)), None)
    (row,) = report.serving
    assert row.serves is Serves.UNKNOWN
    assert row.because == (
        f"{NEW} accepts the route, and {OLD} reports Accepted=False (NoMatchingParent): which of them handles Gateway "
        "shop/public is not known"
    )
    assert [each.controller_name for each in report.reported_failures] == [OLD]


def test_of_several_meshes_one_that_accepts_a_route_serves_it() -> None:
    left, own = entry(OLD, REFUSED, parent=SERVICE), entry(NEW, ACCEPTED, parent=SERVICE)
    report = report_on(route(left, own, parent=SERVICE), NEW)
    (row,) = report.serving
    assert (row.serves, row.because) == (
        Serves.YES,
        f"{NEW} accepts it, though {OLD} reports Accepted=False (NoMatchingParent)",
    )
    assert [each.controller_name for each in report.reported_failures] == [OLD]


@pytest.mark.parametrize(("by_class", "verdict"), [(TRAEFIK, Verdict.ALLOWED), (ENVOY, Verdict.BROKEN)])
def test_what_another_controller_resolved_makes_no_kind_of_backend_known(by_class: str, verdict: Verdict) -> None:
    backend = {"group": "traefik.io", "kind": "TraefikService", "name": "api@internal"}
    report = report_on(route(entry(TRAEFIK, condition("ResolvedRefs", "True")), backend=backend), by_class)
    assert [each.verdict for each in report.references if each.reference.to.name == "api@internal"] == [verdict]


@pytest.mark.parametrize(("by_class", "failing"), [(NEW, []), (OLD, [OLD])])
def test_the_status_of_a_policy_is_the_controllers_of_the_class_too(by_class: str, failing: list[str]) -> None:
    ancestor = {"group": GATEWAY_GROUP, "kind": "Gateway", "name": "public"}
    written = entry(OLD, condition("ResolvedRefs", "False"), REFUSED, parent=ancestor, by="ancestorRef")
    target = [{"group": "", "kind": "Service", "name": "api"}]
    spec = {"targetRefs": target, "validation": {"hostname": "a.b", "wellKnownCACertificates": "System"}}
    policy = made("BackendTLSPolicy", "tls", spec, {"ancestors": [written]})
    report = report_on(policy, by_class)
    assert sorted({each.controller_name or "" for each in report.reported_failures}) == failing


def test_nobody_waits_for_what_another_controller_wrote() -> None:
    resolved = condition("ResolvedRefs", "True")
    web = route(entry(OLD, UNRESOLVED), entry(NEW, ACCEPTED, resolved))
    assert resolution_of(Manifests([*around(NEW), web], "shop"), [key_of(web)]).done
