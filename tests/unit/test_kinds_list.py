"""`kubectl refs kinds`: the table, filters, and whether the cluster serves each kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from kubectl_refs.app.input.user_kinds import table_with
from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.view.catalog import CORE_KINDS, ServedKind
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS, IMPLEMENTATION_KINDS
from tests.support.fakes.api import FakeAPI
from tests.support.running import WORKING, Program

HTTP_ROUTE = "HTTPRoute.gateway.networking.k8s.io"


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("   ") if cell.strip()]


def kinds(out: str) -> list[str]:
    return [line.split()[0] for line in out.splitlines()]


def test_every_field_of_every_kind_has_a_line(refs: Program) -> None:
    done = refs("kinds", "-f", WORKING)
    header, *lines = done.out.splitlines()
    assert (done.status, done.err) == (0, "")
    assert cells(header) == ["KIND", "PATH", "GOVERNED BY", "DEFAULT", "IMPLEMENTATION", "SERVED"]
    assert len(lines) == sum(len(row.referrers) for row in TABLE)
    assert cells(lines[0]) == [
        HTTP_ROUTE,
        "spec.parentRefs[*]",
        "AllowedRoutes",
        "Gateway.gateway.networking.k8s.io",
        "<none>",
        "<unknown>",
    ]


def test_headers_can_be_left_out(refs: Program) -> None:
    done = refs("kinds", "-f", WORKING, "--no-headers")
    assert done.out == "".join(refs("kinds", "-f", WORKING).out.splitlines(keepends=True)[1:])


def test_wide_tells_role_and_note(refs: Program) -> None:
    header, line = refs("kinds", "pvc", "-o", "wide", "-f", WORKING).out.splitlines()
    assert cells(header)[-3:] == ["ROLE", "NOTE", "READ IN"]
    assert cells(line)[6] == "other"
    assert "CrossNamespaceVolumeDataSource" in line


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["gatewayclass"], {"GatewayClass.gateway.networking.k8s.io"}),
        (["gc"], {"GatewayClass.gateway.networking.k8s.io"}),
        (["GatewayClasses"], {"GatewayClass.gateway.networking.k8s.io"}),
        (["httproutes.gateway.networking.k8s.io"], {HTTP_ROUTE}),
        (["httproute.v1.gateway.networking.k8s.io"], {HTTP_ROUTE}),
        (["pvc,grpcroute"], {"PersistentVolumeClaim", "GRPCRoute.gateway.networking.k8s.io"}),
        (["pvc", "grpcroute"], {"PersistentVolumeClaim", "GRPCRoute.gateway.networking.k8s.io"}),
        (["httproute"], {HTTP_ROUTE, "HTTPRoute.policy.linkerd.io"}),
        (["trafficpolicies"], {"TrafficPolicy.gateway.kgateway.dev"}),
    ],
)
def test_words_choose_kinds_as_kubectl_does(refs: Program, words: list[str], found: set[str]) -> None:
    done = refs("kinds", *words, "--no-headers", "-f", WORKING)
    assert (done.status, set(kinds(done.out))) == (0, found)


def test_a_word_for_another_kind_or_for_none_is_a_mistake(refs: Program) -> None:
    pods = refs("kinds", "pods", "-f", WORKING)
    assert (pods.status, pods.out) == (2, "")
    assert pods.err == "error: pods hold no references that this version knows\n"
    none = refs("kinds", "nothing", "-f", WORKING)
    assert (none.status, none.err) == (2, 'error: the manifests have no resource type "nothing"\n')
    other = refs("kinds", "httproute.example.org", "-f", WORKING)
    assert (other.status, other.out) == (2, "")


def test_an_implementation_chooses_its_fields_in_any_case(refs: Program) -> None:
    done = refs("kinds", "--implementation", "KGATEWAY", "--no-headers", "-f", WORKING)
    assert {name.partition(".")[2] for name in kinds(done.out)} == {"gateway.kgateway.dev"}
    both = refs("kinds", "--implementation", "kgateway", "--implementation", "Kong", "-o", "name", "-f", WORKING)
    assert "kongplugininstallation.gateway-operator.konghq.com" in both.out.splitlines()
    assert "trafficpolicy.gateway.kgateway.dev" in both.out.splitlines()
    wrong = refs("kinds", "--implementation", "kgatewa", "-f", WORKING)
    assert wrong.status == 2
    assert wrong.err.startswith('error: no rows of implementation "kgatewa"; there are ')
    assert "Envoy Gateway" in wrong.err


def test_names_are_each_told_once(refs: Program) -> None:
    lines = refs("kinds", "-o", "name", "-f", WORKING).out.splitlines()
    assert lines[0] == "httproute.gateway.networking.k8s.io"
    assert lines == [str(kind).lower() for kind in TABLE.referrers]


def test_data_holds_the_fields_of_a_row_of_ones_own(refs: Program, tmp_path: Path) -> None:
    found = json.loads(refs("kinds", "securitypolicy", "-o", "json", "-f", WORKING).out)
    assert (found["apiVersion"], found["kind"]) == ("refs/v1alpha1", "ReferenceFieldList")
    assert found["fields"][0] == {
        "referrer": {"group": "gateway.envoyproxy.io", "kind": "SecurityPolicy"},
        "path": "spec.extAuth.grpc.backendRef",
        "governedBy": "ReferenceGrant",
        "default": {"group": "", "kind": "Service"},
        "role": "backend",
        "implementation": "Envoy Gateway",
        "note": None,
        "groupField": "group",
        "kindField": "kind",
        "portField": "port",
        "selects": False,
        "strictMode": None,
        "copiedInto": None,
        "since": None,
        "readIn": "envoyproxy/gateway at d32f282942 (1.9.0), the CRDs",
        "served": None,
    }
    assert yaml.safe_load(refs("kinds", "securitypolicy", "-o", "yaml", "-f", WORKING).out) == found
    copied = [
        {name: value for name, value in row.items() if name != "served" and value is not None}
        for row in found["fields"]
    ]
    file = tmp_path / "copied.yaml"
    file.write_text(yaml.safe_dump(copied))
    assert len(tuple(table_with([str(file)], {}))) == len(tuple(TABLE)) + len(copied)
    paths = refs("kinds", "pvc", "--query", "fields[].path", "-f", WORKING)
    assert json.loads(paths.out) == ["spec.dataSourceRef"]


def test_a_cluster_says_what_it_serves(refs: Program) -> None:
    envoy = [kind for kind in IMPLEMENTATION_KINDS if kind.kind == "SecurityPolicy"]
    with FakeAPI(kinds=(*CORE_KINDS, *GATEWAY_API_KINDS, *envoy), stale=["agentgateway.dev"]) as api:
        refs.use(api)
        lines = refs("kinds", "--no-headers").out.splitlines()
        assert [request.path for request in api.requests] == ["/apis"]
        assert refs("kinds", "sp", "--no-headers").out.splitlines()[0].endswith("yes")
    served = {line.split()[0]: cells(line)[5] for line in lines}
    assert served[HTTP_ROUTE] == "yes"
    assert served["PersistentVolumeClaim"] == "yes"
    assert served["SecurityPolicy.gateway.envoyproxy.io"] == "yes"
    assert served["ClientTrafficPolicy.gateway.envoyproxy.io"] == "no"
    assert served["TrafficPolicy.gateway.kgateway.dev"] == "no"
    assert served["AgentgatewayPolicy.agentgateway.dev"] == "<unknown>"


def test_without_a_cluster_the_table_is_told_and_then_what_is_wrong(refs: Program) -> None:
    done = refs("kinds", "gateway", "--no-headers", "--server", "http://127.0.0.1:9")
    assert done.status == 2
    assert kinds(done.out) == ["Gateway.gateway.networking.k8s.io"] * 9
    assert all(line.endswith("<unknown>") for line in done.out.splitlines())
    assert (
        done.err == "The connection to the server 127.0.0.1:9 was refused - did you specify the right host or port?\n"
    )


def test_a_users_own_kinds_are_listed_first(refs: Program, tmp_path: Path) -> None:
    rows = tmp_path / "rows.yaml"
    rows.write_text("- {referrer: {group: acme.org, kind: Widget}, path: spec.ref, governedBy: Local}\n")
    lines = refs("kinds", "--kinds", str(rows), "--no-headers", "-f", WORKING).out.splitlines()
    assert cells(lines[0]) == ["Widget.acme.org", "spec.ref", "Local", "<none>", "user-defined", "<unknown>"]


def test_a_kind_that_is_served_under_several_groups_is_meant_in_all_of_them(refs: Program) -> None:
    other = ServedKind("acme.org", "Backend", "backends", ("v1",))
    with FakeAPI(kinds=(*CORE_KINDS, *GATEWAY_API_KINDS, other)) as api:
        refs.use(api)
        assert kinds(refs("kinds", "backend", "--no-headers").out) == [
            "Backend.gateway.envoyproxy.io",
            "Backend.gateway.envoyproxy.io",
            "Backend.gateway.kgateway.dev",
        ]


def test_the_table_keeps_to_a_terminal_of_eighty_columns(refs: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    lines = refs("kinds").out.splitlines()
    assert [line for line in lines if len(line) > 80 and " " in line.strip()] == []
