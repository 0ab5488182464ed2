"""Who the server sees: the headers of a request with each kind of credential."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.kube.http.client import Client
from kubectl_refs.process.errors import RefsError
from tests.support.connecting import connect_to, connect_with
from tests.support.fakes.api import FakeAPI

V1 = "client.authentication.k8s.io/v1"


def header(api: FakeAPI, folder: Path, name: str, **user: Any) -> list[str]:
    """The values of a header as the server receives it."""
    Client(connect_to(api, folder, **user)).get("/apis")
    return api.requests[-1].header(name)


def plugin(answer: JSON | str, *, status: int = 0, **fields: Any) -> dict[str, Any]:
    """A credential plugin that prints an answer and exits."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    script = f"import sys; sys.stdout.write({text!r}); sys.exit({status})"
    return {
        "apiVersion": V1,
        "command": sys.executable,
        "args": ["-c", script],
        "interactiveMode": "Never",
        **fields,
    }


def credential(**status: str) -> JSON:
    return {"apiVersion": V1, "kind": "ExecCredential", "status": status}


def test_a_token_is_sent(secure: FakeAPI, tmp_path: Path) -> None:
    assert header(secure, tmp_path, "authorization", token="abc") == ["Bearer abc"]


def test_a_token_file_is_read_without_its_newline_and_wins(secure: FakeAPI, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")
    assert header(secure, tmp_path, "authorization", tokenFile="token", token="old") == ["Bearer from-file"]


def test_a_password_is_sent(secure: FakeAPI, tmp_path: Path) -> None:
    expected = "Basic " + base64.b64encode(b"jane:secret").decode()
    assert [
        value.lower() for value in header(secure, tmp_path, "authorization", username="jane", password="secret")
    ] == [expected.lower()]


def test_a_user_without_credentials_is_anonymous(secure: FakeAPI, tmp_path: Path) -> None:
    assert header(secure, tmp_path, "authorization") == []


def test_a_plugins_token_is_sent(secure: FakeAPI, tmp_path: Path) -> None:
    assert header(secure, tmp_path, "authorization", exec=plugin(credential(token="fresh"))) == ["Bearer fresh"]


def test_a_plugin_runs_once_for_all_requests(secure: FakeAPI, tmp_path: Path) -> None:
    script = f"open({str(tmp_path / 'runs')!r}, 'a').write('x'); print({json.dumps(credential(token='t'))!r})"
    client = Client(connect_to(secure, tmp_path, exec=plugin("", args=["-c", script])))
    client.get("/apis")
    client.get("/apis")
    assert (tmp_path / "runs").read_text() == "x"


def test_a_plugin_is_not_run_where_a_token_is_set(secure: FakeAPI, tmp_path: Path) -> None:
    sent = header(secure, tmp_path, "authorization", token="abc", exec=plugin("", status=1))
    assert sent == ["Bearer abc"]


def test_a_plugin_is_told_what_is_asked_and_gets_its_variables(secure: FakeAPI, tmp_path: Path) -> None:
    script = (
        "import json, os; info = json.loads(os.environ['KUBERNETES_EXEC_INFO']);"
        "token = '|'.join([info['spec']['cluster']['server'], info['spec']['cluster']['config']['audience'],"
        "str(info['spec']['interactive']), os.environ['EXTRA']]);"
        f"print(json.dumps({{'apiVersion': '{V1}', 'kind': 'ExecCredential', 'status': {{'token': token}}}}))"
    )
    config = secure.kubeconfig(
        exec=plugin("", args=["-c", script], env=[{"name": "EXTRA", "value": "more"}], provideClusterInfo=True)
    )
    config["clusters"][0]["cluster"]["extensions"] = [
        {"name": {"not": "a name"}},
        {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "me"}},
    ]
    Client(connect_with(config, tmp_path)).get("/apis")
    assert secure.requests[-1].header("authorization") == [f"Bearer {secure.url}|me|False|more"]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (plugin("oops", status=3), f"exec: executable {sys.executable} failed with exit code 3"),
        (plugin("", command="/nope/login"), "exec: fork/exec /nope/login: no such file or directory"),
        (plugin("", args=["a\0b"]), f"exec: fork/exec {sys.executable}: invalid argument"),
        (plugin("hello"), "decoding stdout: the exec plugin did not print an object in JSON"),
        (plugin("kind: !!int x"), "decoding stdout: the exec plugin did not print an object in JSON"),
        (plugin("[]"), "decoding stdout: the exec plugin did not print an object in JSON"),
        (
            plugin({**credential(token="t"), "kind": "Other"}),
            f'decoding stdout: no kind "Other" is registered for version "{V1}"',
        ),
        (
            plugin({**credential(), "status": ["s3cret"]}),
            "decoding stdout: the status must be an object with fields of text",
        ),
        (
            plugin({**credential(), "status": {"token": 5}}),
            "decoding stdout: the status must be an object with fields of text",
        ),
        (
            plugin(credential(token="t", expirationTimestamp="2999-01-01T00:00:00")),
            'decoding stdout: parsing time "2999-01-01T00:00:00" as "2006-01-02T15:04:05Z07:00"',
        ),
        (
            plugin(credential(token="t", expirationTimestamp="2999-13-01T00:00:00Z")),
            'decoding stdout: parsing time "2999-13-01T00:00:00Z" as "2006-01-02T15:04:05Z07:00"',
        ),
        (plugin({"apiVersion": V1, "kind": "ExecCredential"}), "exec plugin didn't return a status field"),
        (plugin(credential()), "exec plugin didn't return a token or cert/key pair"),
        (plugin(credential(token="")), "exec plugin didn't return a token or cert/key pair"),
        (
            plugin(credential(clientCertificateData="x")),
            "exec plugin returned only certificate or key, not both",
        ),
        (
            plugin({**credential(token="t"), "apiVersion": f"{V1}beta1"}),
            f"exec plugin is configured to use API version {V1}, plugin returned version {V1}beta1",
        ),
        (
            plugin(credential(token="t"), interactiveMode="Always"),
            "exec plugin cannot support interactive mode: standard input is not a terminal",
        ),
    ],
)
def test_a_failing_plugin_is_an_error_and_never_an_anonymous_request(
    secure: FakeAPI, tmp_path: Path, entry: JSON, problem: str
) -> None:
    with pytest.raises(RefsError) as caught:
        Client(connect_to(secure, tmp_path, exec=entry)).get("/apis")
    assert caught.value.line == f"Unable to connect to the server: getting credentials: {problem}"
    assert secure.requests == []


def test_a_plugin_that_is_not_installed_is_an_error_with_its_hint(secure: FakeAPI, tmp_path: Path) -> None:
    with pytest.raises(RefsError) as caught:
        connect_to(secure, tmp_path, exec=plugin("", command="no-such-plugin", installHint="get it at example.com"))
    assert caught.value.more[-1] == "get it at example.com"
    assert (
        caught.value.line
        == "Unable to connect to the server: getting credentials: exec: executable no-such-plugin not found"
    )


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            {"interactiveMode": None},
            "error: interactiveMode must be specified for jane to use exec authentication plugin",
        ),
        ({"apiVersion": None}, "error: apiVersion must be specified for jane to use exec authentication plugin"),
        ({"apiVersion": f"{V1}alpha1"}, f'error: exec plugin: invalid apiVersion "{V1}alpha1"'),
    ],
)
def test_an_incomplete_plugin_entry_is_an_error(secure: FakeAPI, tmp_path: Path, change: JSON, line: str) -> None:
    with pytest.raises(RefsError) as caught:
        connect_to(secure, tmp_path, exec={**plugin(credential(token="t")), **change})
    assert caught.value.line == line


def test_impersonation_is_sent_one_header_per_value(secure: FakeAPI, tmp_path: Path) -> None:
    user: dict[str, Any] = {
        "as": "robot",
        "as-uid": "7",
        "as-groups": ["admins", "a,b"],
        "as-user-extra": {"example.com/Scope": ["one", "two"]},
    }
    Client(connect_to(secure, tmp_path, token="t", **user)).get("/apis")
    sent = [pair for pair in secure.requests[-1].headers if pair[0].startswith("impersonate-")]
    assert sent == [
        ("impersonate-user", "robot"),
        ("impersonate-uid", "7"),
        ("impersonate-group", "admins"),
        ("impersonate-group", "a,b"),
        ("impersonate-extra-example.com%2fscope", "one"),
        ("impersonate-extra-example.com%2fscope", "two"),
    ]
    assert secure.requests[-1].header("authorization") == ["Bearer t"]
