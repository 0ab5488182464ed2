"""The admission policy on a real API server admits and refuses the same as `policy test`, in the same words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster import crds
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.asking import Program
from tests.support.cluster.binaries import Binaries
from tests.support.cluster.objects import from_routes, grant, to_services

ROUTES = from_routes("frontend")
API = to_services(name="api")
ENVOY = "gateway.envoyproxy.io"

ADMITTED: dict[str, tuple[Sequence[JSON], Sequence[JSON]]] = {
    "routes": ([ROUTES], [API]),
    "every-route": (
        [from_routes("frontend", kind=f"{name}Route") for name in ("HTTP", "GRPC", "TLS", "TCP", "UDP")],
        [API],
    ),
    "gateway-secret": ([from_routes("infra", kind="Gateway")], [to_services(kind="Secret", name="cert")]),
    "listener-set": ([from_routes("infra", kind="ListenerSet")], [to_services(kind="ConfigMap", name="ca")]),
    "policy": ([from_routes("frontend", group=ENVOY, kind="SecurityPolicy")], [API]),
    "envoy-backend": ([ROUTES], [{"group": ENVOY, "kind": "Backend", "name": "out"}]),
    "unknown-group": ([from_routes("frontend", group="example.org", kind="widgets")], [API]),
    "networking": ([from_routes("frontend", group="networking.k8s.io", kind="Ingress")], [API]),
    "experimental": ([from_routes("frontend", group="gateway.networking.x-k8s.io", kind="XListenerSet")], [API]),
    "claim": (
        [{"group": "", "kind": "PersistentVolumeClaim", "namespace": "frontend"}],
        [{"group": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "s"}],
    ),
    "gateway-from-policy": (
        [from_routes("frontend", group=ENVOY, kind="SecurityPolicy")],
        [{"group": GATEWAY_GROUP, "kind": "Gateway", "name": "public"}],
    ),
    "every-with-every": (
        [ROUTES, from_routes("infra", kind="Gateway")],
        [API, to_services(kind="Secret", name="cert")],
    ),
    "gateway-behind-a-tcp-route": (
        [from_routes("frontend", kind="TCPRoute")],
        [{"group": GATEWAY_GROUP, "kind": "Gateway", "name": "internal"}],
    ),
    "sixteen": (
        [from_routes(f"team-{number}") for number in range(16)],
        [to_services(name=f"s{number}") for number in range(16)],
    ),
}
REFUSED: dict[str, tuple[Sequence[JSON], Sequence[JSON]]] = {
    "plural-to": ([ROUTES], [to_services(kind="Services", name="api")]),
    "plural-from": ([from_routes("frontend", kind="HTTPRoutes")], [API]),
    "lower-plural": ([from_routes("frontend", kind="httproutes")], [API]),
    "case-to": ([ROUTES], [to_services(kind="service", name="api")]),
    "case-from": ([from_routes("frontend", kind="HttpRoute")], [API]),
    "case-policy": ([from_routes("frontend", group=ENVOY, kind="securityPolicy")], [API]),
    "core": ([ROUTES], [to_services(group="core", name="api")]),
    "core-secret": ([from_routes("infra", kind="Gateway")], [{"group": "core", "kind": "Secret", "name": "cert"}]),
    "version": ([ROUTES], [to_services(group="v1", name="api")]),
    "alpha-version": ([from_routes("frontend", group="v1beta1")], [API]),
    "old-group": ([from_routes("frontend", group="networking.x-k8s.io")], [API]),
    "x-group": ([from_routes("frontend", group="gateway.networking.x-k8s.io")], [API]),
    "gep-group": ([from_routes("frontend", group="networking.gateway.k8s.io")], [API]),
    "route-in-core": ([from_routes("frontend", group="")], [API]),
    "service-in-gateway-group": ([ROUTES], [to_services(group=GATEWAY_GROUP, name="api")]),
    "no-such-kind": ([from_routes("frontend", kind="WebRoute")], [API]),
    "no-such-core-kind": ([ROUTES], [to_services(kind="Backend", name="api")]),
    "no-such-envoy-kind": ([ROUTES], [{"group": ENVOY, "kind": "Upstream", "name": "api"}]),
    "cluster-scoped": ([from_routes("frontend", kind="GatewayClass")], [API]),
    "cluster-scoped-to": ([ROUTES], [to_services(kind="Namespace", name="backend")]),
    "own-namespace": ([from_routes("backend")], [API]),
    "parents": ([ROUTES], [{"group": GATEWAY_GROUP, "kind": "Gateway", "name": "public"}]),
    "listener-set-parents": ([from_routes("frontend", kind="ListenerSet")], [{"group": GATEWAY_GROUP, "kind": "Gateway", "name": "public"}]),
    "route-to-secret": ([ROUTES], [to_services(kind="Secret", name="cert")]),
    "route-to-service-and-secret": ([ROUTES], [API, to_services(kind="Secret", name="cert")]),
    "gateway-and-route-to-config-map": ([ROUTES, from_routes("infra", kind="Gateway")], [to_services(kind="ConfigMap", name="ca")]),
    "listener-set-of-a-tcp-route": ([from_routes("frontend", kind="TCPRoute")], [{"group": GATEWAY_GROUP, "kind": "ListenerSet", "name": "more"}]),
    "equal-entries": ([ROUTES, from_routes("frontend", kind="httproutes"), from_routes("frontend", kind="httproutes")], [API]),
    "star": ([ROUTES], [to_services(name="*")]),
    "unnamed-secret": ([from_routes("infra", kind="Gateway")], [to_services(kind="Secret")]),
    "unnamed-service": ([ROUTES], [to_services()]),
    "second-entry": ([ROUTES, from_routes("frontend", kind="grpcroute")], [API, to_services(kind="Secret")]),
    "two-mistakes": ([from_routes("backend"), from_routes("frontend", kind="gateways")], [API]),
}  # fmt: skip


@pytest.fixture(scope="module")
def server(programs: Binaries) -> Iterator[ApiServer]:
    """A cluster of its own, since a policy affects every namespace."""
    with ApiServer(programs) as server:
        crds.install(server, "1.6.3", "experimental")
        for name, label in (("backend", ""), ("frontend", "tenant=true"), ("infra", "")):
            server.kubectl("create", "namespace", name)
            if label:
                server.kubectl("label", "namespace", name, label)
        yield server


def made(name: str, cases: dict[str, tuple[Sequence[JSON], Sequence[JSON]]]) -> JSON:
    from_, to = cases[name]
    return grant("backend", from_, to, name=name)


def judged(refs: Program, server: ApiServer, tmp_path: Path, objects: Sequence[JSON], *flags: str) -> dict[str, Any]:
    """The result of `policy test` for each grant, by name."""
    file = tmp_path / "grants.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))
    done = refs(server.kubeconfig(), "policy", "test", "-f", str(file), "-o", "json", *flags)
    return {each["name"]: each for each in json.loads(done.stdout)["grants"]}


def applied(refs: Program, server: ApiServer, *flags: str) -> None:
    """Apply the policy as its help says, and wait until the server evaluates it, a while after the write."""
    done = refs(server.kubeconfig(), "policy", *flags)
    server.kubectl("apply", "-f", "-", input=done.stdout)
    # This mistake fails only the first policy. If two policies refuse, the API server reports either one, at random.
    probe = made("star", REFUSED)
    warned = "--warn" in flags

    def evaluated() -> bool:
        asked = server.kubectl("create", "--dry-run=server", "-f", "-", input=json.dumps(probe), check=False)
        return (asked.returncode != 0) is not warned and "[REF101]" in asked.stderr

    server.wait_until(evaluated, "evaluate the policy", 60)


def test_each_grant_is_admitted_or_refused_in_the_words_of_policy_test(
    server: ApiServer, refs: Program, tmp_path: Path
) -> None:
    applied(refs, server)
    said = judged(refs, server, tmp_path, [made(name, cases) for cases in (ADMITTED, REFUSED) for name in cases])
    for name in ADMITTED:
        assert said[name]["admitted"], said[name]
        server.kubectl("create", "--dry-run=server", "-f", "-", input=json.dumps(made(name, ADMITTED)))
    for name in REFUSED:
        asked = server.kubectl("create", "-f", "-", input=json.dumps(made(name, REFUSED)), check=False)
        assert asked.returncode != 0, name
        for refusal in said[name]["refusals"]:
            # Each part has one validation, and the API server reports the first that fails.
            if refusal.startswith(said[name]["refusals"][0][:9]):
                assert refusal in asked.stderr
    assert len(ADMITTED) + len(REFUSED) >= 40


def test_a_kind_may_be_left_without_a_name(server: ApiServer, refs: Program, tmp_path: Path) -> None:
    applied(refs, server, "--allow-unnamed", "service")
    unnamed = [made(name, REFUSED) for name in ("unnamed-service", "unnamed-secret")]
    said = judged(refs, server, tmp_path, unnamed, "--allow-unnamed", "services")
    assert [said[name]["admitted"] for name in ("unnamed-service", "unnamed-secret")] == [True, False]

    def as_said() -> bool:
        asked = [
            server.kubectl("create", "--dry-run=server", "-f", "-", input=json.dumps(each), check=False)
            for each in unnamed
        ]
        return [done.returncode for done in asked] == [0, 1]

    server.wait_until(as_said, "evaluate the changed policy", 60)


def test_a_warning_is_kubectls(server: ApiServer, refs: Program) -> None:
    applied(refs, server, "--warn")
    asked = server.kubectl("create", "--dry-run=server", "-f", "-", input=json.dumps(made("star", REFUSED)))
    assert "Warning: Validation failed for ValidatingAdmissionPolicy" in asked.stderr
    assert 'spec.to[0].name is "*", which names no object' in asked.stderr


def test_a_label_is_asked_of_the_namespaces_in_from(server: ApiServer, refs: Program, tmp_path: Path) -> None:
    applied(refs, server, "--from-label", "tenant=true")
    objects = [
        grant("backend", [ROUTES], [API], name="tenant"),
        grant("backend", [from_routes("infra")], [API], name="other"),
    ]
    labels = [
        json.loads(server.kubectl("get", "namespace", name, "-o", "json").stdout) for name in ("frontend", "infra")
    ]
    said = judged(refs, server, tmp_path, [*objects, *labels], "--from-label", "tenant=true")
    assert said["tenant"]["admitted"]
    (refusal,) = said["other"]["refusals"]

    def refused() -> bool:
        asked = server.kubectl("create", "--dry-run=server", "-f", "-", input=json.dumps(objects[1]), check=False)
        return refusal in asked.stderr

    server.wait_until(refused, "evaluate the second policy", 60)
    server.kubectl("create", "--dry-run=server", "-f", "-", input=json.dumps(objects[0]))
    # As its help says: no policy can look for a namespace that does not exist.
    missing = grant("backend", [from_routes("missing")], [API], name="missing")
    server.kubectl("create", "--dry-run=server", "-f", "-", input=json.dumps(missing))


def test_a_grant_that_was_there_before_can_still_be_labelled(server: ApiServer, refs: Program) -> None:
    server.kubectl("delete", "validatingadmissionpolicybindings", "--all")
    before = json.dumps(made("unnamed-secret", REFUSED))

    def created() -> bool:
        return server.kubectl("create", "-f", "-", input=before, check=False).returncode == 0

    server.wait_until(created, "stop refusing", 60)
    applied(refs, server)
    server.kubectl("label", "referencegrant/unnamed-secret", "-n", "backend", "a=b")
    changed = server.kubectl(
        "patch", "referencegrant/unnamed-secret", "-n", "backend", "--type=merge", "-p", '{"spec": {"to": [{"group": "", "kind": "ConfigMap"}]}}',
        check=False,
    )  # fmt: skip
    assert "[REF107]" in changed.stderr


def test_a_server_that_has_the_api_is_asked_and_not_written_to(server: ApiServer, refs: Program) -> None:
    done = refs(server.kubeconfig(), "policy", "--kubeconfig", str(server.kubeconfig("nobody")))
    assert (done.status, done.stderr) == (0, "")
