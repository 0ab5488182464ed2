"""Status against verdict: what is said of a difference, depending on the controller that wrote the status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from kubectl_refs.core.conditions.defects import DEFECTS
from kubectl_refs.core.conditions.left_open import LIMITS
from kubectl_refs.core.fields.controllers import CONTROLLERS, controller_of
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.queries.check import check
from kubectl_refs.core.view.store import Library
from kubectl_refs.manifests.source import Manifests
from tests.support.builders import from_entry, grant, namespaces, service, to_entry

ISTIO = "istio.io/gateway-controller"
ENVOY = "gateway.envoyproxy.io/gatewayclass-controller"
KONG = "konghq.com/kic-gateway-controller"
CILIUM = "io.cilium/gateway-controller"
UNKNOWN = "example.com/controller"
THEN, LATER = "2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z"

GATEWAY: JSON = {
    "apiVersion": f"{GATEWAY_GROUP}/v1",
    "kind": "Gateway",
    "metadata": {"name": "public", "namespace": "frontend"},
    "spec": {
        "gatewayClassName": "example",
        "listeners": [
            {"name": "http", "port": 80, "protocol": "HTTP"},
            {"name": "udp", "port": 53, "protocol": "UDP"},
        ],
    },
}
GRANT = grant([from_entry()], [to_entry(name="api")])


def resolved(
    controller: str,
    status: str,
    *objects: JSON,
    reason: str = "RefNotPermitted",
    kind: str = "HTTPRoute",
    backend: Mapping[str, Any] | None = None,
    parent: Mapping[str, Any] | None = None,
    type_: str = "ResolvedRefs",
) -> Condition:
    """A condition of a route to Service backend/api, with what a controller reports."""
    ref = {"name": "api", "namespace": "backend", "port": 80, **(backend or {})}
    named = parent or {"name": "public", "namespace": "frontend"}
    condition = {
        "type": type_,
        "status": status,
        "reason": type_ if status == "True" else reason,
        "message": "",
        "observedGeneration": 1,
        "lastTransitionTime": THEN,
    }
    route = {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": kind,
        "metadata": {"name": "web", "namespace": "frontend", "generation": 1},
        "spec": {"parentRefs": [named], "rules": [{"backendRefs": [ref]}]},
        "status": {"parents": [{"parentRef": named, "controllerName": controller, "conditions": [condition]}]},
    }
    around = [*namespaces("frontend", "backend"), GATEWAY, service(), service("frontend", "api"), *objects]
    source = Manifests([*around, route], "default")
    (checked,) = check(source, Library(), [route]).objects
    (found,) = [each for each in checked.conditions if each.type == type_]
    return found


def outcome(condition: Condition) -> tuple[Agreement, str | None]:
    return condition.agreement, condition.code


def test_what_agrees_has_no_code_and_no_advice() -> None:
    for condition in (resolved(UNKNOWN, "True", GRANT), resolved(UNKNOWN, "False")):
        assert (*outcome(condition), condition.advice) == (Agreement.AGREES, None, "")


def test_every_difference_comes_with_advice() -> None:
    for condition in (
        resolved(UNKNOWN, "True"),
        resolved(ENVOY, "True"),
        resolved(UNKNOWN, "False", GRANT),
        resolved(ISTIO, "False", GRANT, reason="InvalidFilter"),
        resolved(UNKNOWN, "Unknown", GRANT),
    ):
        assert condition.code is not None
        assert condition.advice


WITHOUT_GRANT = {
    UNKNOWN: (Agreement.CONTRADICTS, Code.NOT_ENFORCED),
    # They never check grants, or not in some mode or release.
    "pingora.k8s.lex.la/gateway-controller": (Agreement.CONTRADICTS, Code.NOT_ENFORCED),
    "stunner.l7mp.io/gateway-operator": (Agreement.CONTRADICTS, Code.NOT_ENFORCED),
    "linkerd.io/policy-controller": (Agreement.CONTRADICTS, Code.NOT_ENFORCED),
    "kgateway.dev/kgateway": (Agreement.CONTRADICTS, Code.NOT_ENFORCED),
    "agentgateway.dev/agentgateway": (Agreement.CONTRADICTS, Code.NOT_ENFORCED),
    "ngrok.com/gateway-controller": (Agreement.CONTRADICTS, Code.NOT_ENFORCED),
    "traefik.io/gateway-controller": (Agreement.CONTRADICTS, Code.NOT_ENFORCED),
    "application-networking.k8s.aws/gateway-api-controller": (Agreement.CONTRADICTS, Code.NOT_ENFORCED),
    "gateways.kuma.io/controller": (Agreement.CONTRADICTS, Code.NOT_ENFORCED),
    # They check grants.
    ENVOY: (Agreement.CONTRADICTS, Code.NOT_REVOKED),
    ISTIO: (Agreement.CONTRADICTS, Code.NOT_REVOKED),
    "openshift.io/gateway-controller/v1": (Agreement.CONTRADICTS, Code.NOT_REVOKED),
    "apisix.apache.org/apisix-ingress-controller": (Agreement.CONTRADICTS, Code.NOT_REVOKED),
    CILIUM: (Agreement.CONTRADICTS, Code.NOT_REVOKED),
    "gateway.nginx.org/nginx-gateway-controller": (Agreement.CONTRADICTS, Code.NOT_REVOKED),
    "gateway.k8s.aws/alb": (Agreement.CONTRADICTS, Code.NOT_REVOKED),
    "solo.io/gloo-gateway": (Agreement.CONTRADICTS, Code.NOT_REVOKED),
    "gate.haproxy.org/hug": (Agreement.CONTRADICTS, Code.NOT_REVOKED),
    # Some of their releases keep a reference after its grant is gone.
    KONG: (Agreement.CONTRADICTS, Code.CONTROLLER_DEFECT),
    "konghq.com/gateway-operator": (Agreement.CONTRADICTS, Code.CONTROLLER_DEFECT),
    # It cannot have resolved the reference.
    "networking.gke.io/gateway": (Agreement.CONTRADICTS, Code.CONTRADICTION),
}
"""The outcome of a reported ResolvedRefs=True for a route without a grant, by controllerName."""


def test_every_controller_that_is_known_is_held_to_what_it_does() -> None:
    assert {controller_of(name) for name in WITHOUT_GRANT} == {None, *CONTROLLERS}


@pytest.mark.parametrize(
    ("controller", "agreement", "code"), [(name, *expected) for name, expected in WITHOUT_GRANT.items()]
)
def test_true_without_a_grant_is_held_against_what_the_controller_does(
    controller: str, agreement: Agreement, code: Code
) -> None:
    assert outcome(resolved(controller, "True")) == (agreement, code)


def test_a_grant_newer_than_the_status_makes_it_stale() -> None:
    newer = {**GRANT, "metadata": {**GRANT["metadata"], "creationTimestamp": LATER}}
    assert outcome(resolved(ISTIO, "False", newer)) == (Agreement.STALE, Code.STALE_GRANT)


def test_a_status_that_names_a_missing_permission_is_stale_where_a_newer_grant_permits_what_is_missing_now() -> None:
    newer = {**GRANT, "metadata": {**GRANT["metadata"], "creationTimestamp": LATER}}
    no_such_port = {"port": 81}
    stale = resolved(UNKNOWN, "False", newer, backend=no_such_port)
    assert outcome(stale) == (Agreement.STALE, Code.STALE_GRANT)
    assert stale.computed.reason == "BackendNotFound"
    old = {**GRANT, "metadata": {**GRANT["metadata"], "creationTimestamp": "2025-12-31T10:00:00Z"}}
    agreeing = resolved(UNKNOWN, "False", old, backend=no_such_port)
    assert outcome(agreeing) == (Agreement.AGREES, None)
    assert agreeing.why == "in its status alone: the reason is expected to be BackendNotFound"


def test_false_although_a_grant_permits_contradicts() -> None:
    assert outcome(resolved(UNKNOWN, "False", GRANT)) == (Agreement.CONTRADICTS, Code.CONTRADICTION)


@pytest.mark.parametrize("reason", ["UnsupportedProtocol", "InvalidFilter", "InvalidBackendTLS"])
def test_a_reason_that_is_not_about_references_contradicts_nothing(reason: str) -> None:
    assert outcome(resolved(ENVOY, "False", GRANT, reason=reason)) == (Agreement.UNKNOWN, Code.OTHER_CAUSE)


def test_kinds_that_a_controller_lets_no_grant_permit() -> None:
    udp = grant([from_entry(kind="UDPRoute")], [to_entry(name="api")])
    dns: JSON = {**service("backend", "api"), "spec": {"ports": [{"port": 80, "protocol": "UDP"}]}}
    parent = {"name": "public", "namespace": "frontend", "sectionName": "udp"}
    by_istio = resolved(ISTIO, "False", udp, dns, kind="UDPRoute", parent=parent)
    assert outcome(by_istio) == (Agreement.CONTRADICTS, Code.UNSUPPORTED_BY_CONTROLLER)
    assert "made by UDPRoutes" in by_istio.why
    imported = {
        "apiVersion": "multicluster.x-k8s.io/v1alpha1",
        "kind": "ServiceImport",
        "metadata": {"name": "api", "namespace": "backend"},
        "spec": {"ports": [{"port": 80}]},
    }
    allowed = grant([from_entry()], [to_entry("multicluster.x-k8s.io", "ServiceImport")])
    backend = {"group": "multicluster.x-k8s.io", "kind": "ServiceImport"}
    for controller, code in ((ISTIO, Code.UNSUPPORTED_BY_CONTROLLER), ("io.cilium/x", Code.CONTRADICTION)):
        assert resolved(controller, "False", imported, allowed, backend=backend).code == code


def test_defects_are_named_only_where_they_apply() -> None:
    first = grant([from_entry()], [to_entry(name="api"), to_entry(name="other")])
    last = grant([from_entry()], [to_entry(name="other"), to_entry(name="api")])
    assert resolved(ISTIO, "False", first).code == Code.CONTROLLER_DEFECT
    assert resolved(ISTIO, "False", last).code == Code.CONTRADICTION
    another = grant([from_entry()], [to_entry(name="other")], name="a")
    assert resolved(ENVOY, "False", another, GRANT).code == Code.CONTROLLER_DEFECT
    assert resolved(ENVOY, "False", GRANT).code == Code.CONTRADICTION
    own = {"namespace": "frontend"}
    assert resolved(KONG, "False", backend=own).code == Code.CONTROLLER_DEFECT
    assert resolved(ENVOY, "False", backend=own).code == Code.CONTRADICTION


WRONG_GROUPS = grant([from_entry()], [to_entry("core", name="api")], name="a")


def test_a_grant_that_fits_but_for_its_groups_may_be_the_one_that_envoy_gateway_loads() -> None:
    for hiding in (
        WRONG_GROUPS,
        grant([from_entry("gateway.networking.x-k8s.io")], [to_entry()], name="a"),
        grant([from_entry()], [to_entry("multicluster.x-k8s.io")], name="z"),
    ):
        found = resolved(ENVOY, "False", hiding, GRANT)
        assert outcome(found) == (Agreement.CONTRADICTS, Code.CONTROLLER_DEFECT)
        name = f"ReferenceGrant backend/{hiding['metadata']['name']}"
        assert name in found.why
        assert "without regard to groups" in found.why
        assert found.advice == f"correct the groups of {name}, or delete it"


@pytest.mark.parametrize("section", ["udp", "absent"])
def test_a_route_that_no_listener_takes_may_be_accepted_by_cilium_alone(section: str) -> None:
    parent = {"name": "public", "namespace": "frontend", "sectionName": section}
    by_cilium, by_another = (
        resolved(controller, "True", GRANT, parent=parent, type_="Accepted") for controller in (CILIUM, ENVOY)
    )
    assert by_cilium.code == Code.CONTROLLER_DEFECT
    assert "these need not be the same" in by_cilium.why
    assert by_another.code == Code.CONTRADICTION


def test_a_port_that_older_releases_of_cilium_overlook() -> None:
    found = resolved(CILIUM, "True", GRANT, backend={"port": 81})
    assert found.code == Code.CONTROLLER_DEFECT
    assert found.why == "if Cilium is older than 1.20.1, it does not check whether a Service has the port"
    assert resolved(ENVOY, "True", GRANT, backend={"port": 81}).code == Code.CONTRADICTION


def test_a_kind_that_older_releases_of_cilium_refuse_for_another_listener() -> None:
    found = resolved(CILIUM, "False", GRANT, reason="NotAllowedByListeners", type_="Accepted")
    assert found.code == Code.CONTROLLER_DEFECT
    assert found.why.startswith(
        "if Cilium is older than 1.20.1, it may refuse a route because a listener of the Gateway other than"
    )


def test_a_grant_that_another_hides_changes_nothing_when_it_is_written_later() -> None:
    newer = {**GRANT, "metadata": {**GRANT["metadata"], "creationTimestamp": LATER}}
    assert resolved(ENVOY, "False", WRONG_GROUPS, newer).code == Code.CONTROLLER_DEFECT
    assert outcome(resolved(ENVOY, "False", newer)) == (Agreement.STALE, Code.STALE_GRANT)
    assert outcome(resolved(ISTIO, "False", WRONG_GROUPS, newer)) == (Agreement.STALE, Code.STALE_GRANT)


@pytest.mark.parametrize(
    "beside",
    [
        grant([from_entry(kind="GRPCRoute")], [to_entry("core")], name="a"),
        grant([from_entry(namespace="other")], [to_entry("core")], name="a"),
        grant([from_entry()], [to_entry("core", "Secret")], name="a"),
        grant([from_entry()], [to_entry("core", name="other")], name="a"),
        grant([from_entry()], [to_entry("core", name="api")], "frontend", name="a"),
        grant([from_entry()], [to_entry(name="api")], name="a"),
    ],
)
def test_a_grant_hides_another_only_if_all_but_groups_fits(beside: JSON) -> None:
    assert "without looking at groups" not in resolved(ENVOY, "False", beside, GRANT).why


def test_a_grant_that_another_hides_explains_no_other_reason() -> None:
    assert resolved(ENVOY, "False", WRONG_GROUPS, GRANT, reason="BackendNotFound").code == Code.CONTRADICTION
    joined = resolved(ENVOY, "False", WRONG_GROUPS, GRANT, reason="BackendNotFound,RefNotPermitted")
    assert joined.code == Code.CONTROLLER_DEFECT


def test_of_reasons_that_are_joined_one_about_references_is_enough() -> None:
    assert resolved(ENVOY, "False", GRANT, reason="InvalidKind,UnsupportedValue").code == Code.CONTRADICTION
    assert resolved(ENVOY, "False", GRANT, reason="InvalidBackendTLS,UnsupportedValue").code == Code.OTHER_CAUSE


def test_envoy_gateway_takes_a_kind_of_any_group() -> None:
    backend = {"group": "", "kind": "Backend", "namespace": "frontend"}
    for controller, code in ((ENVOY, Code.CONTROLLER_DEFECT), (ISTIO, Code.CONTRADICTION)):
        found = resolved(controller, "True", backend=backend)
        assert (found.computed.reason, found.code) == ("InvalidKind", code)
    unheard_of = resolved(ENVOY, "True", backend={"group": "", "kind": "Thing", "namespace": "frontend"})
    assert unheard_of.code == Code.CONTRADICTION


def running(namespace: str, name: str, image: str, version: str = "") -> JSON:
    """A controller's Deployment."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/version": version}},
        "spec": {"template": {"spec": {"containers": [{"name": "controller", "image": image}]}}},
    }


TRAEFIK = "traefik.io/gateway-controller"


@pytest.mark.parametrize(
    ("deployment", "code", "said"),
    [
        (None, Code.NOT_ENFORCED, "if Traefik is older than 3.1.0, it asks for no grant (traefik#10338)"),
        (
            running("traefik", "traefik", "docker.io/traefik:v3.0.4"),
            Code.NOT_ENFORCED,
            "Deployment traefik/traefik runs Traefik v3.0.4, and before 3.1.0 it asks for no grant (traefik#10338)",
        ),
        (running("traefik", "traefik", "registry:5000/traefik:v3.1"), Code.NOT_REVOKED, "Traefik asks for grants"),
        (running("traefik", "traefik", "traefik@sha256:aa", "2.11.0"), Code.NOT_ENFORCED, "runs Traefik 2.11.0"),
        (running("traefik", "traefik", "registry:5000/traefik:latest"), Code.NOT_ENFORCED, "if Traefik is older"),
        (running("edge", "traefik", "traefik:v3.5.0"), Code.NOT_ENFORCED, "if Traefik is older"),
    ],
)
def test_what_holds_for_older_releases_is_told_of_the_one_that_runs(
    deployment: JSON | None, code: Code, said: str
) -> None:
    found = resolved(TRAEFIK, "True", *([deployment] if deployment else []))
    assert found.code == code
    assert said in found.why


@pytest.mark.parametrize(
    ("release", "affected"),
    [("1.6.9", True), ("1.7.3", True), ("1.7.4", False), ("1.8.0", True), ("1.8.1", False), ("1.9.1", False)],
)
def test_a_defect_is_told_of_releases_that_have_it(release: str, affected: bool) -> None:
    backend = {"group": "gateway.envoyproxy.io", "kind": "Backend"}
    deployment = running("envoy-gateway-system", "envoy-gateway", f"docker.io/envoyproxy/gateway:v{release}")
    found = resolved(ENVOY, "True", deployment, backend=backend)
    assert (found.code is Code.CONTROLLER_DEFECT) is affected
    assert (f"runs Envoy Gateway v{release}" in found.why) is affected


@pytest.mark.parametrize("reason", ["InvalidCertificateRef", "InvalidCACertificateRef", "InvalidClientCertificateRef"])
def test_a_certificate_may_be_refused_for_what_it_holds(reason: str) -> None:
    assert outcome(resolved(UNKNOWN, "False", GRANT, reason=reason)) == (Agreement.UNKNOWN, Code.OTHER_CAUSE)


IMPORT = {"group": "multicluster.x-k8s.io", "kind": "ServiceImport"}
IMPORTED: JSON = {
    "apiVersion": "multicluster.x-k8s.io/v1alpha1",
    "kind": "ServiceImport",
    "metadata": {"name": "api", "namespace": "backend"},
    "spec": {"ports": [{"port": 80}]},
}
TO_IMPORTS = grant([from_entry()], [to_entry("multicluster.x-k8s.io", "ServiceImport")])


@pytest.mark.parametrize(
    ("controller", "said"),
    [
        (UNKNOWN, "the controller does not take a ServiceImport of group multicluster.x-k8s.io as a backend"),
        (ENVOY, "Envoy Gateway does not take a ServiceImport of group multicluster.x-k8s.io as a backend"),
    ],
)
def test_a_kind_that_not_every_controller_takes_explains_invalid_kind(controller: str, said: str) -> None:
    found = resolved(controller, "False", TO_IMPORTS, IMPORTED, reason="InvalidKind", backend=IMPORT)
    assert outcome(found) == (Agreement.UNKNOWN, Code.UNSUPPORTED_BY_CONTROLLER)
    assert said in found.why
    assert resolved(controller, "False", GRANT, reason="InvalidKind").code is Code.CONTRADICTION


def test_a_type_that_controllers_should_not_take_explains_what_they_say_of_the_target() -> None:
    external: JSON = {
        **service("backend", "out"),
        "spec": {"type": "ExternalName", "externalName": "example.com", "ports": [{"port": 80}]},
    }
    to_any = grant([from_entry()], [to_entry()])
    found = resolved(UNKNOWN, "False", to_any, external, reason="BackendNotFound", backend={"name": "out"})
    assert outcome(found) == (Agreement.UNKNOWN, Code.UNSUPPORTED_BY_CONTROLLER)
    assert found.why.startswith("Service backend/out is of type ExternalName")
    assert resolved(UNKNOWN, "False", to_any, external, backend={"name": "out"}).code is Code.CONTRADICTION


@pytest.mark.parametrize(("status", "agreement"), [("True", Agreement.UNKNOWN), ("False", Agreement.AGREES)])
def test_of_a_failure_without_a_reason_it_is_not_said_that_it_could_not_be_checked(
    status: str, agreement: Agreement
) -> None:
    reason = "NoMatchingParent"
    missing = {"name": "missing", "namespace": "frontend"}
    found = resolved(UNKNOWN, status, GRANT, parent=missing, type_="Accepted", reason=reason)
    assert found.agreement is agreement
    assert "spec.parentRefs[0]" in found.why
    assert "Gateway frontend/missing does not exist" in found.why


def test_what_a_controller_does_not_look_at_is_no_contradiction() -> None:
    for controller, agreement in ((ISTIO, Agreement.AGREES), (UNKNOWN, Agreement.CONTRADICTS)):
        assert resolved(controller, "True", backend={"weight": 0}).agreement is agreement
        assert resolved(controller, "True", GRANT, backend={"port": 81}).agreement is agreement
    assert outcome(resolved(ISTIO, "True", backend={"weight": 1})) == (Agreement.CONTRADICTS, Code.NOT_REVOKED)


def test_a_grant_that_only_some_controllers_understand_is_not_portable() -> None:
    core = grant([from_entry()], [to_entry("core", name="api")])
    assert resolved("traefik.io/gateway-controller", "True", core).code == Code.NOT_PORTABLE
    assert resolved(ENVOY, "True", core).code == Code.NOT_REVOKED


def test_the_most_exact_row_is_a_controllers() -> None:
    operator, ingress = controller_of("konghq.com/gateway-operator"), controller_of(KONG)
    assert operator is not None
    assert ingress is not None
    assert (operator.takes_core, ingress.takes_core) == (True, False)
    assert controller_of(UNKNOWN) is None
    assert controller_of(None) is None


def test_every_controller_with_a_defect_is_found_by_its_name() -> None:
    for controller in (each for defect in DEFECTS for each in defect.controllers):
        assert controller_of(f"{controller.prefix}x") is controller


def test_sentences_of_the_tables_can_stand_within_a_sentence() -> None:
    texts = [text for each in CONTROLLERS for text in (each.never_asks, each.may_not_ask)]
    texts += [text for each in DEFECTS for text in (each.text, each.advice)]
    texts += [text for each in LIMITS for text in (each.text, each.advice)]
    assert all(not text.endswith(".") and "\n" not in text for text in texts)
