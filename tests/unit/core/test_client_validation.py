"""CA certificates for the clients of a Gateway: which listeners need one, and what is said where none is valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.manifests.source import Manifests
from tests.support.builders import namespaces

SOUND = {"group": "", "kind": "ConfigMap", "name": "sound"}
MISSING = {"group": "", "kind": "ConfigMap", "name": "missing"}
UNGRANTED = {"group": "", "kind": "ConfigMap", "name": "foreign", "namespace": "trust"}
NOT_A_CA = {"group": "", "kind": "Service", "name": "api"}
CA = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "sound", "namespace": "infra"}}
LISTENERS = [
    {"name": "http", "port": 80, "protocol": "HTTP"},
    {"name": "https", "port": 443, "protocol": "HTTPS"},
    {"name": "admin", "port": 8443, "protocol": "HTTPS"},
    {"name": "tls", "port": 443, "protocol": "TLS", "tls": {"mode": "Terminate"}},
]


def validation(*refs: JSON, **more: Any) -> JSON:
    return {"validation": {"caCertificateRefs": list(refs), **more}}


def report_on(
    default: JSON, per_port: Mapping[int, JSON] | None = None, written: Mapping[str, Sequence[JSON]] | None = None
) -> Report:
    """The report on a Gateway with these settings for its clients, and conditions of its listeners."""
    ports = [{"port": port, "tls": tls} for port, tls in (per_port or {}).items()]
    gateway = {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": "Gateway",
        "metadata": {"name": "public", "namespace": "infra"},
        "spec": {
            "gatewayClassName": "example",
            "listeners": LISTENERS,
            "tls": {"frontend": {"default": default, "perPort": ports}},
        },
        "status": {"listeners": [{"name": name, "conditions": found} for name, found in (written or {}).items()]},
    }
    return investigate(Manifests([*namespaces("infra", "trust"), CA, gateway], "infra"), [gateway])


def accepted(report: Report) -> dict[str | None, Condition]:
    return {each.listener: each for each in report.conditions if each.type == "Accepted"}


@pytest.mark.parametrize("refs", [[MISSING], [UNGRANTED], [NOT_A_CA], [MISSING, UNGRANTED]])
@pytest.mark.parametrize("mode", [{}, {"mode": "AllowInsecureFallback"}])
def test_https_listeners_without_a_valid_ca_certificate_are_not_accepted(refs: list[JSON], mode: JSON) -> None:
    found = accepted(report_on(validation(*refs, **mode)))
    assert {name: (each.computed.status, each.computed.reason) for name, each in found.items()} == {
        "https": ("False", "NoValidCACertificate"),
        "admin": ("False", "NoValidCACertificate"),
    }
    assert found["https"].computed.message.count("caCertificateRefs[") == len(refs)


def test_with_one_that_is_valid_only_the_references_are_not_resolved() -> None:
    report = report_on(validation(SOUND, MISSING))
    assert accepted(report) == {}
    unresolved = [each.listener for each in report.conditions if each.computed.reason == "InvalidCACertificateRef"]
    assert unresolved == ["https", "admin"]


@pytest.mark.parametrize(
    ("default", "per_port", "refused"),
    [
        # What is set for a port replaces the default, even where it validates nobody.
        (validation(MISSING), {8443: validation(SOUND)}, ["https"]),
        (validation(SOUND), {8443: validation(MISSING)}, ["admin"]),
        (validation(MISSING), {443: {}}, ["admin"]),
        (validation(MISSING), {443: {}, 8443: validation(SOUND)}, []),
        ({}, {80: validation(MISSING)}, []),
    ],
)
def test_the_settings_of_a_port_replace_the_default_ones(
    default: JSON, per_port: Mapping[int, JSON], refused: list[str]
) -> None:
    assert list(accepted(report_on(default, per_port))) == refused


@pytest.mark.parametrize(
    ("default", "per_port", "effect"),
    [
        (validation(MISSING), {}, 'HTTPS listeners "https" and "admin" are not accepted and serve nothing'),
        (validation(MISSING), {443: {}}, 'HTTPS listener "admin" is not accepted and serves nothing'),
        (
            validation(MISSING, SOUND),
            {443: {}},
            'HTTPS listener "admin" is not accepted and serves nothing, unless another CA certificate is valid',
        ),
        (validation(MISSING), {443: {}, 8443: {}}, ""),
    ],
)
def test_the_effect_names_the_listeners(default: JSON, per_port: Mapping[int, JSON], effect: str) -> None:
    report = report_on(default, per_port)
    assert [each.effect for each in report.references if each.reference.to.name == "missing"] == [effect]


def reported(type_: str, status: str, reason: str = "") -> JSON:
    return {"type": type_, "status": status, "reason": reason or type_, "message": ""}


def test_what_a_controller_reports_is_compared() -> None:
    says = {"https": [reported("Accepted", "False", "NoValidCACertificate")], "admin": [reported("Accepted", "True")]}
    of_missing = accepted(report_on(validation(MISSING), written=says))
    assert of_missing["https"].agreement is Agreement.AGREES
    assert (of_missing["admin"].agreement, of_missing["admin"].code) == (Agreement.CONTRADICTS, Code.CONTRADICTION)
    of_ungranted = accepted(report_on(validation(UNGRANTED), written=says))
    assert of_ungranted["admin"].code is Code.NOT_ENFORCED


def test_what_is_reported_of_an_http_listener_is_not_about_the_certificates_of_clients() -> None:
    refused = [reported("ResolvedRefs", "False", "RefNotPermitted")]
    says = {"http": [reported("ResolvedRefs", "True")], "https": refused, "admin": refused}
    (ca,) = report_on(validation(UNGRANTED), written=says).references
    assert ca.effect == 'HTTPS listeners "https" and "admin" are not accepted and serve nothing'


def test_a_ca_certificate_for_backends_says_nothing_of_clients() -> None:
    backend = {
        "apiVersion": "gateway.networking.x-k8s.io/v1alpha1",
        "kind": "XBackend",
        "metadata": {"name": "api", "namespace": "infra"},
        "spec": {"tls": {"validation": {"caCertificateRefs": [MISSING]}}},
    }
    report = investigate(Manifests([*namespaces("infra"), backend], "infra", whole=True), [backend])
    assert [each.effect for each in report.references] == [""]
