"""The certificates that a connection trusts if the kubeconfig names no authority."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from kubectl_refs.kube.http import roots
from kubectl_refs.kube.http.tls import tls_context
from tests.support.fakes.api import TLS

AUTHORITY, _ = TLS


@pytest.fixture
def openssl_of_another_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An OpenSSL that finds nothing where it looks; returns a path that does not exist."""
    nowhere = tmp_path / "nowhere"
    monkeypatch.setenv("SSL_CERT_FILE", str(nowhere))
    monkeypatch.setenv("SSL_CERT_DIR", str(nowhere))
    return nowhere


def trusted(context: ssl.SSLContext) -> int:
    return context.cert_store_stats()["x509_ca"]


def test_where_openssl_finds_nothing_the_systems_own_file_is_read(
    openssl_of_another_system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roots, "FILES", (str(openssl_of_another_system), str(AUTHORITY), "/never/read"))
    assert trusted(tls_context()) == 1


def test_a_system_without_authorities_trusts_nobody(
    openssl_of_another_system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roots, "FILES", (str(openssl_of_another_system),))
    assert trusted(tls_context()) == 0


def test_what_openssl_finds_is_all_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY.with_name("issuer-cert.pem")))
    monkeypatch.setattr(roots, "FILES", (str(AUTHORITY),))
    assert trusted(tls_context()) == 1
