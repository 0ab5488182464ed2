"""watch --metrics and examples/monitoring: what is served, which rights suffice, and objects that a server accepts."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml
from prometheus_client import parser as exposition

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster import crds
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    backend,
    from_routes,
    gateway,
    grant,
    labelled,
    listener,
    route,
    service,
    to_backends,
    to_services,
)
from tests.support.cluster.watching import WITHIN, change, watching
from tests.support.promtool import promtool

MONITORING = Path(__file__).parents[2] / "examples" / "monitoring"
USER, TEAM = "cluster-reader", "app-dev"
OPERATOR, OPERATOR_VERSION = "github.com/prometheus-operator/prometheus-operator", "v0.85.0"


def objects(name: str) -> list[JSON]:
    return list(yaml.safe_load_all((MONITORING / name).read_text()))


Samples = Mapping[str, list[tuple[Mapping[str, str], float]]]


def scraped(port: int) -> Samples:
    """The samples at /metrics by name, none for a metric without values, after promtool has found no fault."""
    found: dict[str, list[tuple[Mapping[str, str], float]]] = {}
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=WITHIN) as answer:
        text = answer.read().decode()
    checked = promtool("check", "metrics", text=text)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    for family in exposition.text_string_to_metric_families(text):
        found.setdefault(family.name, [])
        for each in family.samples:
            found.setdefault(each.name, []).append((each.labels, each.value))
    return found


def value(samples: Samples, name: str, **labels: str) -> float:
    return sum(value for found, value in samples[f"kubectl_refs_{name}"] if labels.items() <= found.items())


def test_metrics_follow_what_is_told_and_the_role_suffices(cluster: ApiServer, fresh: Fresh) -> None:
    frontend, shared = fresh(cluster, "frontend"), fresh(cluster, "shared")
    permits = grant(shared, [from_routes(frontend)], [to_services(name="auth")])
    secure = listener("https", 443, protocol="HTTPS", tls={"certificateRefs": [{"name": "certificate"}]})
    cluster.apply(
        service(shared), route(frontend, to_backends(backend(shared, "auth"))), permits, gateway(shared, secure)
    )
    binding = next(each for each in objects("rbac.yaml") if each["kind"] == "ClusterRoleBinding")
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": USER}
    role = next(each for each in objects("rbac.yaml") if each["kind"] == "ClusterRole")
    cluster.apply(role, {**binding, "subjects": [subject]})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with watching(cluster, "watch", "-A", "--metrics", f"127.0.0.1:{port}", user=USER) as watched:
        begun = watched.until(lambda told: told["type"] == "Synced")
        before = scraped(port)
        cluster.kubectl("delete", f"referencegrant/{permits['metadata']['name']}", "-n", shared)
        cluster.apply(
            grant(shared, [from_routes(frontend, kind="Gateway")], [to_services(kind="Secret")], name="secrets")
        )
        told = watched.until(lambda told: told["type"] == "Permission" and told["to"]["kind"] == "Secret")
        after = scraped(port)
        for path in ("readyz", "healthz"):
            with urlopen(f"http://127.0.0.1:{port}/{path}", timeout=WITHIN) as answer:
                assert answer.status == 200
    # The role does not cover Secrets.
    assert {each["resource"] for each in (*begun, *told) if each["type"] == "Gap"} == {"secrets"}
    # Objects of other tests on this cluster may need more rights.
    assert value(before, "gaps") >= 1
    assert value(before, "references", verdict="refused", namespace=frontend) == 0
    assert value(after, "references", verdict="refused", namespace=frontend) == 1
    assert [value(each, "permission_changes_total", change="adds", kind="Secret") for each in (before, after)] == [0, 1]
    assert [value(each, "permissions", kind="Secret", namespace=shared) for each in (before, after)] == [0, 1]
    assert (value(after, "connected"), value(after, "changes_total", change="breaks")) == (1, 1)
    _names_what_is_there(after)


def test_the_role_of_a_namespace_suffices_for_what_is_in_it(cluster: ApiServer) -> None:
    """The one right that only a ClusterRole could give is reported once, and nothing else is missing."""
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": TEAM}
    for each in objects("namespace-role.yaml"):
        cluster.apply({**each, "subjects": [subject]} if each["kind"] == "RoleBinding" else each)
    own = gateway("shop", listener(namespaces=labelled(team="shop")))
    web = route("shop", to_backends(backend("shop", "auth")), parentRefs=[{"name": own["metadata"]["name"]}])
    cluster.apply(service("shop"), own, web)
    with watching(cluster, "watch", "-n", "shop", user=TEAM) as watched:
        begun = watched.until(lambda told: told["type"] == "Gap")
        cluster.kubectl("label", "namespace", "shop", "team=shop")
        labelling = watched.until(change("fixes", own["metadata"]["name"]))
        cluster.delete(service("shop"))
        deleting = watched.until(change("breaks", "auth"))
    told = [*begun, *labelling, *deleting]
    assert told[0]["summary"]["unknown"] == 0
    assert [(each["verb"], each["resource"]) for each in told if each["type"] == "Gap"] == [("get", "gatewayclasses")]
    assert labelling[-1]["cause"]["object"] == {"group": "", "kind": "Namespace", "namespace": "", "name": "shop"}
    cluster.delete(own, web)


def _names_what_is_there(samples: Samples) -> None:
    """Assert that rules and dashboard only use metrics and labels that exist."""
    rules = [rule["expr"] for group in objects("prometheusrule.yaml")[0]["spec"]["groups"] for rule in group["rules"]]
    panels = json.loads((MONITORING / "dashboard.json").read_text())["panels"]
    for expression in (*rules, *(target["expr"] for panel in panels for target in panel["targets"])):
        named = re.findall(r"(kubectl_refs_\w+)(?:\{([^}]*)\})?", expression)
        assert named
        for name, selected in named:
            assert name in samples, name
            for labels, _ in samples[name]:
                assert set(re.findall(r"(\w+)=", selected)) <= labels.keys()


@pytest.mark.parametrize("name", sorted(path.name for path in MONITORING.glob("*.yaml")))
def test_the_examples_are_taken_by_the_api_server(cluster: ApiServer, name: str) -> None:
    if "monitoring.coreos.com" in (MONITORING / name).read_text():
        kind = str(objects(name)[0]["kind"]).lower()
        place = f"example/prometheus-operator-crd/monitoring.coreos.com_{kind}s.yaml"
        crds.install_definitions(cluster, crds.definitions_in(OPERATOR, OPERATOR_VERSION, place))
    for namespace in ("kubectl-refs", "shop"):
        cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    cluster.apply(*objects(name))
