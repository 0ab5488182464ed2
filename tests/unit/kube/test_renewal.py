"""Credentials that change while the program runs: expired, refused, or replaced in their file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.kube.http.client import Client
from kubectl_refs.process.errors import RefsError
from tests.support.connecting import connect_to
from tests.support.fakes.api import TLS, Canned, FakeAPI, Request, status

V1 = "client.authentication.k8s.io/v1"
UNAUTHORIZED = Canned(401, status(401, "Unauthorized", "Unauthorized"))


def counting(folder: Path, *expirations: str) -> dict[str, Any]:
    """A plugin that yields tokens t1, t2 and so on, with these expirations; each run leaves a mark in `runs`."""
    script = (
        f"import json; open({str(folder / 'runs')!r}, 'a').write('x'); n = len(open({str(folder / 'runs')!r}).read());"
        f"times = {list(expirations)!r}; status = {{'token': f't{{n}}'}};"
        "status |= {'expirationTimestamp': times[n - 1]} if n <= len(times) and times[n - 1] else {};"
        f"print(json.dumps({{'apiVersion': {V1!r}, 'kind': 'ExecCredential', 'status': status}}))"
    )
    return {"apiVersion": V1, "command": sys.executable, "args": ["-c", script], "interactiveMode": "Never"}


def tokens(api: FakeAPI) -> list[str]:
    return [value.removeprefix("Bearer ") for request in api.requests for value in request.header("authorization")]


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text())


def refusing(*refused: str) -> Callable[[Request], Canned | None]:
    """Accept every token except these."""
    headers: Sequence[list[str]] = [[f"Bearer {token}"] for token in refused]
    return lambda request: UNAUTHORIZED if request.header("authorization") in headers else None


@pytest.mark.parametrize("expirations", [(), ("2999-01-01T00:00:00Z",), ("2999-01-01T00:00:00.123456789+02:00",)])
def test_a_plugins_token_is_kept_until_it_expires(
    secure: FakeAPI, tmp_path: Path, expirations: tuple[str, ...]
) -> None:
    client = Client(connect_to(secure, tmp_path, exec=counting(tmp_path, *expirations)))
    for _ in range(3):
        client.get("/apis")
    assert (tokens(secure), runs(tmp_path)) == (["t1", "t1", "t1"], 1)


def test_an_expired_token_is_renewed_before_it_is_sent(secure: FakeAPI, tmp_path: Path) -> None:
    client = Client(connect_to(secure, tmp_path, exec=counting(tmp_path, "2001-01-01T00:00:00Z")))
    client.get("/apis")
    client.get("/apis")
    assert (tokens(secure), runs(tmp_path)) == (["t2", "t2"], 2)


def test_a_token_refused_in_the_middle_is_renewed_and_the_request_made_once_more(
    secure: FakeAPI, tmp_path: Path
) -> None:
    client = Client(connect_to(secure, tmp_path, exec=counting(tmp_path)))
    client.get("/apis")
    secure.fault = refusing("t1")
    client.get("/api/v1/services")
    client.send("POST", "/apis/x/v1/y", {})
    assert (tokens(secure), runs(tmp_path)) == (["t1", "t1", "t2", "t2"], 2)


def test_a_fresh_token_that_is_refused_too_ends_the_run(secure: FakeAPI, tmp_path: Path) -> None:
    secure.fault = refusing("t1", "t2")
    with pytest.raises(RefsError) as caught:
        Client(connect_to(secure, tmp_path, exec=counting(tmp_path))).get("/apis")
    assert caught.value.line == "error: You must be logged in to the server (Unauthorized)"
    assert (tokens(secure), runs(tmp_path)) == (["t1", "t2"], 2)


def test_a_plugin_that_fails_when_a_token_expires_ends_the_run(secure: FakeAPI, tmp_path: Path) -> None:
    client = Client(connect_to(secure, tmp_path, exec=counting(tmp_path, "2001-01-01T00:00:00Z")))
    (tmp_path / "runs").unlink()
    (tmp_path / "runs").mkdir()
    with pytest.raises(RefsError, match=r"^Unable to connect to the server: getting credentials: exec: executable "):
        client.get("/apis")
    assert secure.requests == []


def test_static_credentials_that_are_refused_are_not_tried_again(secure: FakeAPI, tmp_path: Path) -> None:
    secure.fault = refusing("old")
    with pytest.raises(RefsError, match="You must be logged in"):
        Client(connect_to(secure, tmp_path, token="old")).get("/apis")
    assert tokens(secure) == ["old"]


def test_a_token_file_is_read_again_where_the_server_refuses_what_was_in_it(secure: FakeAPI, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("old\n")
    client = Client(connect_to(secure, tmp_path, tokenFile="token"))
    client.get("/apis")
    (tmp_path / "token").write_text("new\n")
    client.get("/apis")
    secure.fault = refusing("old")
    client.get("/apis")
    assert tokens(secure) == ["old", "old", "old", "new"]


def test_a_token_file_is_read_again_after_a_while(secure: FakeAPI, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("old\n")
    connection = connect_to(secure, tmp_path, tokenFile="token")
    (tmp_path / "token").write_text("new\n")
    Client(replace(connection, expires=0)).get("/apis")
    assert tokens(secure) == ["new"]


def test_a_plugins_certificate_is_used(secure: FakeAPI, tmp_path: Path) -> None:
    status_ = {"clientCertificateData": TLS[0].read_text(), "clientKeyData": TLS[1].read_text()}
    answer = json.dumps({"apiVersion": V1, "kind": "ExecCredential", "status": status_})
    plugin = {**counting(tmp_path), "args": ["-c", f"print({answer!r})"]}
    Client(connect_to(secure, tmp_path, exec=plugin)).get("/apis")
    assert secure.requests[0].certificate == "fake.test"
