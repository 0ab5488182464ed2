"""No secret of a kubeconfig, a flag or an object in any output, at any verbosity, whatever goes wrong."""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fakeapi import TLS, Canned, FakeAPI, status
from tests.running import REFUSED, Done, Program, objects_of
from tests.unit.core.builders import grant, route, to_entry

SECRET = "hunter2-is-secret"
ENCODED = base64.b64encode(f"jane:{SECRET}".encode()).decode()
HIDDEN = (SECRET, ENCODED, base64.b64encode(SECRET.encode()).decode()[:-2])
ROUTE = ("httproute/frontend-routes", "-n", "frontend")
V1 = "client.authentication.k8s.io/v1"
ANSWER = json.dumps({"apiVersion": V1, "kind": "ExecCredential", "status": {"token": SECRET}})
PLUGIN = {
    "apiVersion": V1,
    "command": sys.executable,
    "args": ["-c", f"print({ANSWER!r})"],
    "interactiveMode": "Never",
    "env": [{"name": "PASSWORD", "value": SECRET}],
}

CREDENTIALS: Mapping[str, tuple[Mapping[str, Any], Sequence[str]]] = {
    "token": ({"token": SECRET}, ()),
    "token flag": ({}, ("--token", SECRET)),
    "token flag in one word": ({}, (f"--token={SECRET}",)),
    "password": ({"username": "jane", "password": SECRET}, ()),
    "password flag": ({}, ("--username=jane", f"--password={SECRET}")),
    "plugin": ({"exec": PLUGIN}, ()),
    "certificate": ({"client-certificate": str(TLS[0]), "client-key": str(TLS[1])}, ()),
    "token file": ({"tokenFile": "secret-token"}, ()),
    "login in the URL": ({}, ("--server", "{login}")),
    "proxy": ({}, ("--proxy-url", f"http://jane:{SECRET}@127.0.0.1:1")),
}

COMMANDS: Mapping[str, Sequence[str]] = {
    "why": ("why", *ROUTE),
    "why as data": ("why", *ROUTE, "-o", "json"),
    "grants": ("grants", "-A", "--findings"),
    "can-i": ("can-i", "httproute", "-n", "frontend", "service/auth-service.shared-services"),
    "who-can": ("who-can", "-n", "shared-services"),
    "fix": ("fix", *ROUTE),
}


@pytest.fixture
def refs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    (tmp_path / "secret-token").write_text(SECRET)
    return Program(capsys, monkeypatch, tmp_path)


def keep_secret(done: Done) -> None:
    key = TLS[1].read_text().splitlines()[1]
    for hidden in (*HIDDEN, key):
        assert hidden not in done.out + done.err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("credential", CREDENTIALS)
def test_credentials_stay_out_of_every_answer(refs: Program, command: str, credential: str) -> None:
    user, flags = CREDENTIALS[credential]
    with FakeAPI(objects_of(REFUSED), tls=TLS) as api:
        refs.use(api, **user)
        login = api.url.replace("https://", f"https://jane:{SECRET}@")
        words = [flag.format(login=login) for flag in flags]
        done = refs(*COMMANDS[command], *words, "--tls-server-name=fake.test", "-v=9")
        sent = [value for request in api.requests for value in request.header("authorization")]
    keep_secret(done)
    assert "Traceback" not in done.err
    if credential not in ("certificate", "proxy"):
        # They did travel, so there was something to show.
        assert sent
        assert all(SECRET in value or ENCODED in value for value in sent)
        assert re.search(r"^\tAuthorization: (Bearer|Basic) <masked>$", done.err, re.MULTILINE | re.IGNORECASE)


@pytest.mark.parametrize(
    "canned",
    [
        Canned(401, status(401, "Unauthorized", "Unauthorized"), {"Set-Cookie": SECRET}),
        Canned(403, status(403, "Forbidden", "no"), {"Set-Cookie": SECRET}),
        Canned(reset=True),
        Canned(500, "oops", {"Set-Cookie": f"session={SECRET}"}),
    ],
)
@pytest.mark.parametrize("credential", CREDENTIALS)
def test_credentials_stay_out_of_every_complaint(refs: Program, credential: str, canned: Canned) -> None:
    user, flags = CREDENTIALS[credential]
    with FakeAPI(tls=TLS) as api:
        api.fault = lambda request: canned
        refs.use(api, **user)
        login = api.url.replace("https://", f"https://jane:{SECRET}@")
        done = refs("why", *ROUTE, *(flag.format(login=login) for flag in flags), "-v=9")
    assert done.status == 2
    keep_secret(done)


def test_what_a_secret_holds_is_not_shown_at_any_level(refs: Program) -> None:
    annotation = {"kubectl.kubernetes.io/last-applied-configuration": SECRET}
    metadata = {"name": "key", "namespace": "backend", "annotations": annotation}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata}
    backend = {"group": "", "kind": "Secret", "name": "keys", "namespace": "backend"}
    nearly = grant(to=[to_entry(kind="Secret", name="key")])
    with FakeAPI([route({"rules": [{"backendRefs": [backend]}]}), nearly, secret]) as api:
        refs.use(api)
        done = refs("why", "httproute/web", "-n", "frontend", "-v=10")
        assert "/api/v1/namespaces/backend/secrets/key" in api.paths
    keep_secret(done)
    assert '"Response Body" body="<masked>"' in done.err


def test_a_printed_command_aims_at_the_same_cluster_and_holds_no_secret(refs: Program) -> None:
    with FakeAPI(objects_of(REFUSED), tls=TLS) as api:
        refs.use(api)
        login = api.url.replace("https://", f"https://jane:{SECRET}@")
        flags = ("--tls-server-name=fake.test", "--as=me", "--as-group", "a b", f"--token={SECRET}")
        done = refs("why", *ROUTE, "--server", login, *flags)
    keep_secret(done)
    (command,) = re.findall(r"^kubectl patch .*?\]'(.*)$", done.out, re.MULTILINE | re.DOTALL)[:1]
    assert command.splitlines()[0] == f" --server {api.url} --tls-server-name fake.test --as me --as-group 'a b'"
