"""No secret of a kubeconfig, a flag or an object appears in any output, at any verbosity, whatever goes wrong."""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.builders import grant, route_with, to_entry
from tests.support.fakes import issuer as provider
from tests.support.fakes.api import TLS, Canned, FakeAPI, status
from tests.support.fakes.issuer import FakeIssuer
from tests.support.running import REFUSED, Done, Program, objects_of

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


def printing(output: str) -> Mapping[str, Any]:
    """A user with a credential plugin that prints `output`."""
    return {"exec": {**PLUGIN, "args": ["-c", f"print({output!r})"]}}


UNUSABLE: Mapping[str, tuple[Mapping[str, Any], Sequence[str]]] = {
    "token with a line break": ({"token": f"a\n{SECRET}"}, ()),
    "token flag with a line break": ({}, ("--token", f"{SECRET}\r\nX: y")),
    "token file of several lines": ({"tokenFile": "several-lines"}, ()),
    "token of another type": ({"token": [SECRET]}, ()),
    "token and password": ({"token": SECRET, "username": "jane", "password": SECRET}, ()),
    "key that is none": ({"client-certificate": str(TLS[0]), "client-key-data": HIDDEN[2] + "=="}, ()),
    "plugin that prints no JSON": (printing(f"token {SECRET}"), ()),
    "plugin that prints broken JSON": (printing(ANSWER[:-1]), ()),
    "plugin of another version": (printing(ANSWER.replace("/v1", "/v2")), ()),
    "plugin without a status": (printing(ANSWER.replace("status", "state")), ()),
    "plugin with a list for a token": (printing(ANSWER.replace(f'"{SECRET}"', f'["{SECRET}"]')), ()),
    "plugin with a line break": (printing(ANSWER.replace(SECRET, f"{SECRET}\\n")), ()),
    "plugin that fails": ({"exec": {**PLUGIN, "args": ["-c", f"{SECRET!r}; import sys; sys.exit(1)"]}}, ()),
    "plugin that is not there": ({"exec": {**PLUGIN, "command": "no-such-plugin"}}, ()),
    "proxy without a scheme": ({}, ("--proxy-url", f"jane:{SECRET}@127.0.0.1:1")),
    "proxy of another scheme": ({}, ("--proxy-url", f"ftp://jane:{SECRET}@127.0.0.1:1")),
    "proxy that is no URL": ({}, ("--proxy-url", f"http://jane:{SECRET}@[")),
    "proxy with a wrong escape": ({}, ("--proxy-url", f"http://jane:{SECRET}%zz@127.0.0.1:1")),
    "proxy with a path": ({}, ("--proxy-url", f"http://jane:{SECRET}@127.0.0.1:1/a@b")),
    "proxy with a slash in the password": ({}, ("--proxy-url", f"http://jane:a/{SECRET}@127.0.0.1:1")),
    "proxy with a sign in the password": ({}, ("--proxy-url", f"ftp://jane:{SECRET}@{SECRET}@127.0.0.1:1")),
    "server with a slash in the password": ({}, ("--server", f"https://jane:a/{SECRET}@127.0.0.1:1")),
    "server with a hash in the password": ({}, ("--server", f"https://jane:#{SECRET}@127.0.0.1:1")),
    "server without a scheme": ({}, ("--server", f"jane:{SECRET}@127.0.0.1:1")),
    "server of another scheme": ({}, ("--server", f"ftp://jane:{SECRET}@127.0.0.1:1")),
    "server that is no URL": ({}, ("--server", f"https://jane:{SECRET}@[")),
    "server without a host": ({}, ("--server", f"https://jane:{SECRET}@")),
    "server that refuses": ({}, ("--server", f"https://jane:{SECRET}@127.0.0.1:1")),
    "password with --token": ({}, ("--username=jane", f"--password={SECRET}", f"--token={SECRET}")),
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
    (tmp_path / "several-lines").write_text(f"{SECRET}\n{SECRET}\n")
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
        # The credentials were sent, so they could have been shown.
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


@pytest.mark.parametrize("credential", UNUSABLE)
def test_a_credential_that_cannot_be_used_is_not_shown(refs: Program, credential: str) -> None:
    user, flags = UNUSABLE[credential]
    with FakeAPI(objects_of(REFUSED), tls=TLS) as api:
        refs.use(api, **user)
        done = refs("why", *ROUTE, *flags, "-v=9")
        assert api.requests == []
    assert (done.status, done.out) == (2, "")
    assert re.search("^(error|Error|Unable|The connection)", done.err, re.MULTILINE)
    keep_secret(done)


def test_the_login_of_the_environments_proxy_is_not_shown(refs: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://jane:{SECRET}@127.0.0.1:1")
    done = refs("why", *ROUTE, "--server=https://10.0.0.1", "-v=9")
    assert done.status == 2
    keep_secret(done)


@pytest.mark.parametrize(
    "answer", [None, Canned(400, {"error": "invalid_grant", "error_description": "no"}), Canned(500, SECRET)]
)
def test_the_secrets_of_a_provider_are_not_shown(refs: Program, answer: Canned | None) -> None:
    with FakeIssuer() as issuer, FakeAPI(objects_of(REFUSED), tls=TLS) as api:
        issuer.answer = answer
        refs.use(api, **issuer.user())
        done = refs("why", *ROUTE, "-v=9")
        asked = issuer.forms
    assert done.status == (1 if answer is None else 2)
    assert asked
    for hidden in (provider.SECRET, provider.SECRET.replace("/", "%2F"), "r1", "r2", issuer.token(2), SECRET):
        assert not re.search(rf"(?<![\w-]){re.escape(hidden)}(?![\w-])", done.out + done.err)


def test_what_a_secret_holds_is_not_shown_at_any_level(refs: Program) -> None:
    annotation = {"kubectl.kubernetes.io/last-applied-configuration": SECRET}
    metadata = {"name": "key", "namespace": "backend", "annotations": annotation}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata}
    backend = {"group": "", "kind": "Secret", "name": "keys", "namespace": "backend"}
    nearly = grant(to=[to_entry(kind="Secret", name="key")])
    with FakeAPI([route_with({"rules": [{"backendRefs": [backend]}]}), nearly, secret]) as api:
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
        done = refs("why", *ROUTE, "-o", "wide", "--server", login, *flags)
    keep_secret(done)
    (command,) = re.findall(r"^kubectl patch .*?\]'(.*)$", done.out, re.MULTILINE | re.DOTALL)[:1]
    assert command.splitlines()[0] == f" --server {api.url} --tls-server-name fake.test --as me --as-group 'a b'"
