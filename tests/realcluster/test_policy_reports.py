"""`check -o openreports` and `-o policyreport`: the API server takes them by their CRDs; a later one replaces them."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.support.cluster import crds
from tests.support.cluster.asking import Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import backend, from_routes, grant, route, service, to_backends, to_services


@pytest.mark.parametrize(
    ("format_", "module", "version", "place", "resource"),
    [
        ("openreports", "github.com/openreports/reports-api", "v0.2.1", "config/crd/", "reports.openreports.io"),
        ("policyreport", "github.com/kyverno/kyverno", "v1.19.1", "config/crds/policyreport/", "policyreports.wgpolicyk8s.io"),
    ],
)  # fmt: skip
def test_reports_are_taken_written_over_and_deleted_by_their_label(
    terminal: Terminal, fresh: Fresh, format_: str, module: str, version: str, place: str, resource: str
) -> None:
    server = terminal.server
    crds.install_definitions(server, crds.definitions_in(module, version, place))
    shared, frontend = (fresh(server, name) for name in ("shared", "frontend"))
    server.apply(service(shared), route(frontend, to_backends(backend(shared)), name="web"))

    def applied() -> list[tuple[str, str]]:
        """The results in the namespace's report after applying the output."""
        printed = terminal.refs(server.kubeconfig(), "check", "-n", frontend, "-o", format_).stdout
        server.apply(*yaml.safe_load_all(printed))
        found = json.loads(server.kubectl("get", resource, "kubectl-refs", "-n", frontend, "-o", "json").stdout)
        assert found["summary"]["fail"] == sum(each["result"] == "fail" for each in found.get("results", ()))
        return [(each["policy"], each["resources"][0]["name"]) for each in found.get("results", ())]

    assert ("no-grant", "web") in applied()
    server.apply(grant(shared, [from_routes(frontend)], [to_services(name="auth")]))
    assert ("no-grant", "web") not in applied()
    # For an emptied namespace nothing is printed that would replace its report.
    server.kubectl("delete", "httproute", "--all", "-n", frontend)
    assert f"namespace: {frontend}" not in terminal.refs(server.kubeconfig(), "check", "-A", "-o", format_).stdout
    of_the_cluster = f"cluster{resource}"
    # Where nothing is checked, there is still something to apply.
    printed = terminal.refs(server.kubeconfig(), "check", "-n", frontend, "-o", format_).stdout
    server.kubectl("apply", "--server-side", "-f", "-", input=printed)
    empty = json.loads(server.kubectl("get", of_the_cluster, "kubectl-refs", "-o", "json").stdout)
    assert (empty["summary"]["pass"], empty["results"]) == (0, [])
    server.kubectl("delete", f"{resource},{of_the_cluster}", "-A", "-l", "app.kubernetes.io/managed-by=kubectl-refs")
    assert json.loads(server.kubectl("get", resource, "-A", "-o", "json").stdout)["items"] == []
