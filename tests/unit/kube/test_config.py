from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.kube.config.connection import Connection
from kubectl_refs.kube.config.overrides import Overrides
from kubectl_refs.kube.connecting import connect, connection
from kubectl_refs.process.errors import RefsError
from tests.support.connecting import connect_with

POD = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}


def config(cluster: JSON, context: JSON | None = None, user: JSON | None = None) -> dict[str, Any]:
    return {
        "current-context": "x",
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u", **(context or {})}}],
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": user or {}}],
    }


def user_of(connection: Connection) -> JSON:
    user: JSON = connection.kubeconfig["users"][0]["user"]
    return user


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """The files of a pod's service account."""
    folder = tmp_path / "account"
    folder.mkdir()
    for name, content in (("token", "pod-token\n"), ("namespace", "pod-ns\n"), ("ca.crt", "certificate")):
        (folder / name).write_text(content)
    return folder


@pytest.mark.parametrize(
    ("cluster", "server"),
    [
        ({"server": "https://10.0.0.1:6443/k8s/clusters/c-1/"}, "https://10.0.0.1:6443/k8s/clusters/c-1"),
        ({"server": "10.0.0.1:8080"}, "http://10.0.0.1:8080"),
        ({"server": "10.0.0.1:6443", "insecure-skip-tls-verify": True}, "http://10.0.0.1:6443"),
        ({"server": "https://me:secret@10.0.0.1"}, "https://10.0.0.1"),
        ({}, "http://localhost:8080"),
    ],
)
def test_the_servers_address(tmp_path: Path, cluster: JSON, server: str) -> None:
    assert connect_with(config(cluster), tmp_path).server == server


def test_another_scheme_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RefsError) as caught:
        connect_with(config({"server": "ftp://x"}), tmp_path)
    assert caught.value.line == 'Unable to connect to the server: unsupported protocol scheme "ftp"'


@pytest.mark.parametrize(
    "server", ["http://[x", "http://h:abc", "http://h:99999", "http://a b", "http://", "://x", "http://h\x1b[2J"]
)
def test_what_is_no_url_is_an_error_in_kubectls_words(tmp_path: Path, server: str) -> None:
    with pytest.raises(RefsError) as caught:
        connect_with(config({"server": server}), tmp_path)
    assert caught.value.line == f'error: host must be a URL or a host:port pair: "{server}"'


def test_a_login_in_what_is_no_url_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(RefsError) as caught:
        connect_with(config({"server": "https://me:secret@[x"}), tmp_path)
    assert caught.value.line.startswith("error: host must be a URL or a host:port pair: ")
    assert "secret" not in caught.value.line


def test_the_namespace_is_the_contexts_or_default(tmp_path: Path) -> None:
    assert connect_with(config({"server": "https://a"}, {"namespace": "shop"}), tmp_path).namespace == "shop"
    assert connect_with(config({"server": "https://a"}), tmp_path).namespace == "default"


def test_connect_reads_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect_with(config({"server": "https://a"}), tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    assert connect(None, "x").server == "https://a"


def test_without_any_configuration_the_server_is_localhost(tmp_path: Path) -> None:
    made = connection(None, None, {}, tmp_path, tmp_path / "none")
    assert (made.server, made.namespace) == ("http://localhost:8080", "default")


def test_a_pod_without_kubeconfig_uses_its_service_account(tmp_path: Path, account: Path) -> None:
    made = connection(None, None, POD, tmp_path, account)
    assert (made.server, made.namespace) == ("https://10.0.0.1:443", "pod-ns")
    assert user_of(made) == {"token": "pod-token"}
    assert made.kubeconfig["clusters"][0]["cluster"]["certificate-authority"] == str(account / "ca.crt")


def test_in_a_pod_a_token_on_the_command_line_replaces_that_of_the_service_account(
    tmp_path: Path, account: Path
) -> None:
    made = connection(None, None, POD, tmp_path, account, Overrides(token="mine"))
    assert user_of(made) == {"token": "mine"}


def test_an_ipv6_address_of_a_pods_server_is_bracketed(tmp_path: Path, account: Path) -> None:
    made = connection(None, None, {**POD, "KUBERNETES_SERVICE_HOST": "fd00::1"}, tmp_path, account)
    assert made.server == "https://[fd00::1]:443"


def test_a_kubeconfig_wins_over_the_service_account(tmp_path: Path, account: Path) -> None:
    connect_with(config({"server": "https://a"}, {"namespace": "shop"}, {"token": "mine"}), tmp_path)
    made = connection(str(tmp_path / "kubeconfig"), None, POD, tmp_path, account)
    assert (made.server, made.namespace, user_of(made)) == ("https://a", "shop", {"token": "mine"})


def test_a_pods_namespace_stands_in_for_that_of_a_context(tmp_path: Path, account: Path) -> None:
    connect_with(config({"server": "https://a"}), tmp_path)
    made = connection(str(tmp_path / "kubeconfig"), None, POD, tmp_path, account)
    assert (made.server, made.namespace) == ("https://a", "pod-ns")


def test_the_environment_of_a_pod_without_a_token_is_no_pod(tmp_path: Path) -> None:
    assert connection(None, None, POD, tmp_path, tmp_path / "none").server == "http://localhost:8080"


@pytest.mark.parametrize(
    ("cluster", "user", "line"),
    [
        (
            {"certificate-authority": "/nope"},
            {},
            "error: unable to read certificate-authority /nope for c due to open /nope: no such file or directory",
        ),
        (
            {},
            {"client-certificate": "/nope"},
            "Error in configuration: \n* client-key-data or client-key must be specified for u to use the clientCert "
            "authentication method.\n* unable to read client-cert /nope for u due to open /nope: no such file or "
            "directory",
        ),
        (
            {"certificate-authority": __file__, "certificate-authority-data": "eA=="},
            {},
            "error: certificate-authority-data and certificate-authority are both specified for c. "
            "certificate-authority-data will override.",
        ),
        (
            {},
            {"token": "a", "username": "b"},
            "error: more than one authentication method found for u; found [token basicAuth], only one is allowed",
        ),
        ({}, {"tokenFile": "/nope"}, "error: open /nope: no such file or directory"),
        (
            {},
            {"token": 12},
            'error: error loading config file "{path}": json: cannot unmarshal number into Go struct field '
            "AuthInfo.users.user.token of type string",
        ),
        (
            {"insecure-skip-tls-verify": True, "certificate-authority-data": "eA=="},
            {},
            "error: specifying a root certificates file with the insecure flag is not allowed",
        ),
        ({}, {"auth-provider": {"name": "foo"}}, 'error: no Auth Provider found for name "foo"'),
        (
            {},
            {"as-groups": ["a"]},
            "error: requesting uid, groups or user-extra for u without impersonating a user",
        ),
    ],
)
def test_what_cannot_be_used_is_said_in_kubectls_words(tmp_path: Path, cluster: JSON, user: JSON, line: str) -> None:
    with pytest.raises(RefsError) as caught:
        connect_with(config({"server": "https://a", **cluster}, user=user), tmp_path)
    assert "\n".join([caught.value.line, *caught.value.more]) == line.replace("{path}", str(tmp_path / "kubeconfig"))
