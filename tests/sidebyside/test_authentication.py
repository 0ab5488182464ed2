"""Authentication: with the same credentials, both programs look the same to the server."""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.fakes.api import TLS
from tests.support.side_by_side import Seen, Side, Sides, config, files

V1 = "client.authentication.k8s.io/v1"
CERTIFICATE = {"client-certificate": str(TLS[0]), "client-key": str(TLS[1])}
DATA = {f"{key}-data": base64.b64encode(Path(path).read_bytes()).decode() for key, path in CERTIFICATE.items()}
AS_FLAGS = ("--as=robot", "--as-uid=7", "--as-group=a", "--as-group", "b,c", "--as-user-extra=scope=x=y")
MIRROR = """
import json, os
info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
token = json.dumps([info, os.environ.get("EXTRA")], sort_keys=True).encode().hex()
print(json.dumps({"apiVersion": info["apiVersion"], "kind": "ExecCredential", "status": {"token": token}}))
"""
"""A credential plugin whose token repeats all the information that the plugin was given."""


def agreed(both: tuple[Side, Side]) -> Seen:
    kubectl, refs = both
    assert (kubectl.status, refs.status) == (0, 0), (kubectl.complaint, refs.complaint)
    assert refs.seen == kubectl.seen
    (seen,) = refs.seen
    return seen


def plugin(**fields: Any) -> dict[str, Any]:
    entry = {"apiVersion": V1, "command": sys.executable, "args": ["-c", MIRROR], "interactiveMode": "Never"}
    return {"exec": {**entry, **fields}}


@pytest.mark.parametrize(
    ("user", "words", "certificate"),
    [
        ({"token": "abc"}, (), None),
        ({"username": "jane", "password": "se:cret"}, (), None),
        ({"username": "jane"}, (), None),
        ({}, ("--username=jane", "--password=ü"), None),
        ({"username": "jane"}, ("--password=other",), None),
        ({"token": " abc "}, (), None),
        ({"token": "äöü\u6f22"}, (), None),
        (CERTIFICATE, (), "fake.test"),
        (DATA, (), "fake.test"),
        ({**DATA, "token": "abc"}, (), "fake.test"),
        ({"token": "abc"}, (f"--client-certificate={TLS[0]}", f"--client-key={TLS[1]}"), "fake.test"),
        (DATA, (f"--client-certificate={TLS[0]}", f"--client-key={TLS[1]}"), "fake.test"),
        ({"token": "abc", "client-key": str(TLS[1])}, (), None),
        ({"token": "abc"}, ("--token", "other"), None),
        ({**plugin(), "token": "abc"}, (), None),
        (plugin(), ("--token=abc",), None),
        ({**plugin(), **CERTIFICATE}, (), "fake.test"),
    ],
)
def test_credentials(sides: Sides, user: Mapping[str, Any], words: tuple[str, ...], certificate: str | None) -> None:
    listed = files(sides.write("config", config("a", sides.url("a"), user=user)))
    assert agreed(sides(*words, environ=listed)).certificate == certificate


@pytest.mark.parametrize(
    ("words", "token"),
    [((), "from-file"), (("--token=flag",), "from-file")],
)
def test_a_token_file_is_read(sides: Sides, words: tuple[str, ...], token: str) -> None:
    sides.write("token", f"{token}\n")
    listed = files(sides.write("config", config("a", sides.url("a"), user={"tokenFile": "token", "token": "old"})))
    assert agreed(sides(*words, environ=listed)).credentials == (("authorization", f"Bearer {token}"),)


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ({"as": "robot"}, ()),
        ({"as": "robot", "as-uid": "7", "as-groups": ["a", "b,c"], "as-user-extra": {"ex.com/S": ["1", "2"]}}, ()),
        ({}, AS_FLAGS),
        ({"as": "x", "as-groups": ["team"], "as-user-extra": {"scope": ["z"], "other": ["w"]}}, AS_FLAGS),
        ({"as": "x", "as-groups": ["team"]}, ("--as=robot",)),
        ({}, ("--as=robot", "--as-user-extra=nothing", "--as-user-extra=Ümlaut=1")),
        ({"as": "system:serviceaccount:shop:bot"}, ()),
        ({"as": "jäne \u6f22", "as-groups": [" spaces ", "ü"]}, ()),
    ],
)
def test_impersonation(sides: Sides, user: Mapping[str, Any], words: tuple[str, ...]) -> None:
    listed = files(sides.write("config", config("a", sides.url("a"), user={"token": "t", **user})))
    names = [name for name, _ in agreed(sides(*words, environ=listed)).credentials]
    assert names[0] == "authorization"
    assert names[1:]


@pytest.mark.parametrize("version", [V1, f"{V1}beta1"])
@pytest.mark.parametrize("mode", ["Never", "IfAvailable"])
@pytest.mark.parametrize("told", [True, False])
def test_plugins_are_told_the_same(sides: Sides, version: str, mode: str, told: bool) -> None:
    env = [{"name": "EXTRA", "value": "more"}]
    user = plugin(apiVersion=version, interactiveMode=mode, provideClusterInfo=told, env=env)
    extension = [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "me"}}]
    entry = config("a", sides.url("a"), user=user, cluster={"extensions": extension})
    ((_, sent),) = agreed(sides(environ=files(sides.write("config", entry)))).credentials
    info, extra = json.loads(bytes.fromhex(sent.removeprefix("Bearer ")))
    assert (info["apiVersion"], info["spec"]["interactive"], extra) == (version, False, "more")
    assert ("cluster" in info["spec"]) is told
    assert info["spec"].get("cluster", {}).get("config") == ({"audience": "me"} if told else None)


def test_a_plugin_is_told_where_there_is_no_configuration_of_its_own(sides: Sides) -> None:
    entry = config("a", sides.url("a"), user=plugin(provideClusterInfo=True), cluster={"disable-compression": True})
    ((_, sent),) = agreed(sides(environ=files(sides.write("config", entry)))).credentials
    assert json.loads(bytes.fromhex(sent.removeprefix("Bearer ")))[0]["spec"]["cluster"]["config"] is None


@pytest.mark.parametrize(
    "script",
    [
        f"print('apiVersion: {V1}\\nkind: ExecCredential\\nstatus: {{token: abc}}')",
        f'print(\'{{"apiVersion": "{V1}", "status": {{"token": " abc "}}}}\')',
        f'print(\'{{"apiVersion": "{V1}", "kind": "ExecCredential", "status": {{"token": "a", "other": 1}}}}\')',
    ],
)
def test_what_a_plugin_may_print(sides: Sides, script: str) -> None:
    entry = config("a", sides.url("a"), user=plugin(args=["-c", script]))
    assert agreed(sides(environ=files(sides.write("config", entry)))).credentials


@pytest.mark.parametrize(("env", "path"), [([{"name": "PATH", "value": "{folder}"}], "{path}"), ([], ".:{path}")])
def test_a_plugin_is_looked_for_in_the_path_of_the_program_and_in_no_relative_folder(
    sides: Sides, env: list[dict[str, str]], path: str
) -> None:
    Path(sides.write("no-login", "#!/bin/sh\nexit 1\n")).chmod(0o755)
    variables = [{**each, "value": each["value"].format(folder=sides.folder)} for each in env]
    entry = config("a", sides.url("a"), user=plugin(command="no-login", env=variables))
    environ = {"PATH": path.format(path=os.environ["PATH"]), **files(sides.write("config", entry))}
    kubectl, refs = sides(environ=environ)
    assert refs.complaint == kubectl.complaint
    assert "exec: executable no-login not found" in refs.complaint


@pytest.mark.parametrize(
    ("fields", "script"),
    [
        ({}, "import sys; sys.exit(3)"),
        ({}, "print('hello')"),
        ({}, "pass"),
        ({}, "import os; os.kill(os.getpid(), 9)"),
        ({}, f'print(\'{{"apiVersion": "{V1}", "kind": "ExecCredential", "status": null}}\')'),
        ({}, f'print(\'{{"apiVersion": "{V1}", "kind": "ExecCredential", "status": []}}\')'),
        ({}, f'print(\'{{"apiVersion": "{V1}", "kind": "ExecCredential", "status": {{"token": 5}}}}\')'),
        ({}, f'print(\'{{"apiVersion": "{V1}", "kind": "Other", "status": {{"token": "x"}}}}\')'),
        ({}, 'print(\'{"kind": "ExecCredential", "status": {"token": "x"}}\')'),
        ({}, f"print('apiVersion: {V1}\\nstatus: {{expirationTimestamp: soon, token: abc}}')"),
        (
            {},
            f"print('apiVersion: {V1}\\nkind: ExecCredential\\n"
            "status: {clientCertificateData: xx, clientKeyData: xx}')",
        ),
        ({}, f'print(\'{{"apiVersion": "{V1}", "kind": "ExecCredential"}}\')'),
        ({}, f'print(\'{{"apiVersion": "{V1}", "kind": "ExecCredential", "status": {{}}}}\')'),
        ({}, f'print(\'{{"apiVersion": "{V1}beta1", "kind": "ExecCredential", "status": {{"token": "x"}}}}\')'),
        ({}, f'print(\'{{"apiVersion": "{V1}", "kind": "ExecCredential", "status": {{"clientKeyData": "x"}}}}\')'),
        ({"interactiveMode": "Always"}, MIRROR),
    ],
)
def test_a_plugin_that_fails_ends_both_and_neither_asks_as_nobody(
    sides: Sides, fields: Mapping[str, Any], script: str
) -> None:
    entry = config("a", sides.url("a"), user=plugin(args=["-c", script], **fields))
    kubectl, refs = sides(environ=files(sides.write("config", entry)))
    assert (kubectl.status, refs.status) == (1, 2)
    assert kubectl.seen == refs.seen == frozenset()
    assert refs.complaint.startswith("Unable to connect to the server: getting credentials: ")
    # For output that is not JSON, each program uses the words of its own parser.
    if "decoding stdout" not in kubectl.complaint:
        assert refs.complaint == kubectl.complaint
