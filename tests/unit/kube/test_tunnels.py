"""Tunnels through a proxy to a server with TLS."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.kube.config.connection import Connection
from kubectl_refs.kube.http.client import Client
from kubectl_refs.kube.http.response import Response
from tests.support.connecting import connect_with
from tests.support.fakes.api import TLS, TLS_NAME, FakeAPI
from tests.support.fakes.proxy import FakeProxy

SERVER = "cluster.test"


def through(proxy_url: str, folder: Path, secure: FakeAPI) -> Connection:
    config = secure.kubeconfig(token="t")
    config["clusters"][0]["cluster"] |= {"server": f"https://{SERVER}", "proxy-url": proxy_url}
    return connect_with(config, folder)


def answered(connection: Connection) -> list[int]:
    client = Client(connection)
    answers = [client.get("/apis"), client.get("/apis")]
    return [each.status for each in answers if isinstance(each, Response)]


def test_a_way_is_opened_once_and_the_proxy_is_told_who_asks(secure: FakeAPI, tmp_path: Path) -> None:
    with FakeProxy(secure.address) as proxy:
        assert answered(through(f"http://me:p%40ss@127.0.0.1:{proxy.port}", tmp_path, secure)) == [200, 200]
    (asked,) = proxy.asked
    assert asked.splitlines()[:3] == [
        f"CONNECT {SERVER}:443 HTTP/1.1",
        f"Host: {SERVER}:443",
        "Proxy-Authorization: Basic bWU6cEBzcw==",
    ]
    assert [request.header("host") for request in secure.requests] == [[SERVER]] * 2
    assert [request.header("proxy-authorization") for request in secure.requests] == [[], []]


def test_a_proxy_may_speak_tls_itself(secure: FakeAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS[0]))
    monkeypatch.setattr(socket, "getaddrinfo", _found_here(socket.getaddrinfo))
    with FakeProxy(secure.address, tls=TLS) as proxy:
        assert answered(through(f"https://{TLS_NAME}:{proxy.port}", tmp_path, secure)) == [200, 200]
    assert len(proxy.asked) == 1


def _found_here(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda host, *rest, **options: real(b"127.0.0.1" if host == TLS_NAME.encode() else host, *rest, **options)
