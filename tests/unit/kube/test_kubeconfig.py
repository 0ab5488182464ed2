from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.kube.config.kubeconfig import Kubeconfig, load, merge, select
from kubectl_refs.process.errors import RefsError


def config(name: str, *, current: str | None = None, cluster: JSON | None = None, user: JSON | None = None) -> Any:
    """A kubeconfig whose context, cluster and user share one name."""
    return {
        **({} if current is None else {"current-context": current}),
        "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": f"ns-{name}"}}],
        "clusters": [{"name": name, "cluster": cluster or {"server": f"https://{name}"}}],
        "users": [{"name": name, "user": user or {"token": name}}],
    }


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path


def listed(*paths: Path) -> dict[str, str]:
    return {"KUBECONFIG": os.pathsep.join(map(str, paths))}


@pytest.mark.parametrize(
    ("contents", "chosen"),
    [
        pytest.param([config("a", current="a"), config("b", current="b")], "a", id="the first current-context"),
        pytest.param([config("a"), config("b", current="b")], "b", id="a later one where the first has none"),
        pytest.param([config("a", current="a"), config("b", current="")], "a", id="a later empty one changes nothing"),
        pytest.param([config("a", current=""), config("b", current="b")], "b", id="an empty one is none"),
        pytest.param(["", config("b", current="b")], "b", id="an empty file is ignored"),
        pytest.param(["# nothing\n", config("b", current="b")], "b", id="a file of comments is ignored"),
        pytest.param([config("a", current="b"), config("b")], "b", id="a context that another file defines"),
    ],
)
def test_the_current_context_of_several_files(tmp_path: Path, contents: list[Any], chosen: str) -> None:
    paths = [write(tmp_path / str(i), content) for i, content in enumerate(contents)]
    selected = select(load(None, listed(*paths), tmp_path), None)
    assert (selected.context, selected.namespace) == (chosen, f"ns-{chosen}")
    assert selected.cluster == {"server": f"https://{chosen}"}
    assert selected.user == {"token": chosen}


def test_the_first_definition_of_a_name_wins_as_a_whole() -> None:
    first = config("a", cluster={"server": "https://first"}, user={"token": "first"})
    second = config("a", cluster={"server": "https://second", "proxy-url": "http://p"}, user={"username": "second"})
    merged = merge([(Path("/1"), first), (Path("/2"), second)])
    assert merged.clusters == {"a": {"server": "https://first"}}
    assert merged.users == {"a": {"token": "first"}}


def test_missing_files_of_the_list_are_ignored(tmp_path: Path) -> None:
    there = write(tmp_path / "there", config("a", current="a"))
    assert load(None, listed(tmp_path / "missing", there), tmp_path).current_context == "a"


@pytest.mark.parametrize("environ", [{}, {"KUBECONFIG": ""}])
def test_without_a_list_the_default_file_is_read(tmp_path: Path, environ: dict[str, str]) -> None:
    write(tmp_path / ".kube" / "config", config("home", current="home"))
    assert load(None, environ, tmp_path).current_context == "home"


def test_a_list_replaces_the_default_file(tmp_path: Path) -> None:
    write(tmp_path / ".kube" / "config", config("home", current="home"))
    assert load(None, listed(tmp_path / "missing"), tmp_path) == Kubeconfig()
    assert load(None, {"KUBECONFIG": os.pathsep}, tmp_path) == Kubeconfig()


def test_an_explicit_file_replaces_the_list(tmp_path: Path) -> None:
    explicit = write(tmp_path / "explicit", config("a", current="a"))
    other = write(tmp_path / "listed", config("b", current="b"))
    assert set(load(str(explicit), listed(other), tmp_path).contexts) == {"a"}


def test_relative_paths_are_taken_from_their_own_file(tmp_path: Path) -> None:
    cluster = write(tmp_path / "one" / "config", config("a", cluster={"certificate-authority": "ca.crt"}))
    user = {"client-certificate": "me.crt", "client-key": "../keys/me.key", "tokenFile": "token"}
    users = write(tmp_path / "two" / "config", config("b", user=user))
    merged = load(None, listed(cluster, users), tmp_path)
    assert merged.clusters["a"]["certificate-authority"] == str(tmp_path / "one" / "ca.crt")
    assert merged.users["b"] == {
        "client-certificate": str(tmp_path / "two" / "me.crt"),
        "client-key": str(tmp_path / "two" / ".." / "keys" / "me.key"),
        "tokenFile": str(tmp_path / "two" / "token"),
    }


@pytest.mark.parametrize(
    ("command", "resolved"),
    [("bin/login", "/folder/bin/login"), ("/opt/login", "/opt/login"), ("login", "login")],
)
def test_a_plugin_with_a_folder_is_taken_from_its_file(command: str, resolved: str) -> None:
    merged = merge([(Path("/folder/config"), config("a", user={"exec": {"command": command}}))])
    assert merged.users["a"]["exec"]["command"] == resolved


def wrong(found: str, field: str, type_: str) -> str:
    """Go's complaint about a field with the wrong type."""
    return f"json: cannot unmarshal {found} into Go struct field {field} of type {type_}"


def user(fields: str) -> str:
    return f"users: [{{name: a, user: {{{fields}}}}}]\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a: [\n", "yaml: line 2: "),
        ("kind: Config\nusers: !!int x\n", "yaml: line 2: cannot decode the value as a !!int"),
        (user("token: !!bool hunter2"), "yaml: line 1: cannot decode the value as a !!bool"),
        (user("token: !!timestamp hunter2"), "yaml: line 1: cannot decode the value as a !!timestamp"),
        ("- a\n", "a kubeconfig must be a mapping"),
        ("kind: Pod\n", 'no kind "Pod" is registered for version "v1"'),
        ("apiVersion: v2\n", 'no kind "Config" is registered for version "v2"'),
        ("users: 3\n", wrong("number", "Config.users", "[]v1.NamedAuthInfo")),
        ("users: [3]\n", wrong("number", "Config.users", "v1.NamedAuthInfo")),
        ("users: [{name: a, user: []}]\n", wrong("array", "NamedAuthInfo.users.user", "v1.AuthInfo")),
        ("current-context: 3\n", wrong("number", "Config.current-context", "string")),
        ("contexts: [{name: a}, {name: a}]\n", 'duplicate name "a" in contexts'),
        (user("tokenFile: 3"), wrong("number", "AuthInfo.users.user.tokenFile", "string")),
        (user("token: [a]"), wrong("array", "AuthInfo.users.user.token", "string")),
        (user("as-groups: a"), wrong("string", "AuthInfo.users.user.as-groups", "[]string")),
        (user("as-user-extra: {a: b}"), wrong("string", "AuthInfo.users.user.as-user-extra", "[]string")),
        (user("exec: {args: [1.5]}"), wrong("number", "ExecConfig.users.user.exec.args", "string")),
        (user("exec: {env: {A: b}}"), wrong("object", "ExecConfig.users.user.exec.env", "[]v1.ExecEnvVar")),
        (
            user("exec: {provideClusterInfo: 'true'}"),
            wrong("string", "ExecConfig.users.user.exec.provideClusterInfo", "bool"),
        ),
        (
            user("auth-provider: {config: {a: 1}}"),
            wrong("number", "AuthProviderConfig.users.user.auth-provider.config", "string"),
        ),
        (user("client-key-data: '%'"), "illegal base64 data at input byte 0"),
        (
            "clusters: [{name: a, cluster: {insecure-skip-tls-verify: 'false'}}]\n",
            wrong("string", "Cluster.clusters.cluster.insecure-skip-tls-verify", "bool"),
        ),
        (
            "contexts: [{name: a, context: {namespace: 5}}]\n",
            wrong("number", "Context.contexts.context.namespace", "string"),
        ),
    ],
)
def test_a_file_that_is_no_kubeconfig_is_an_error(tmp_path: Path, content: str, problem: str) -> None:
    path = write(tmp_path / "bad", content)
    with pytest.raises(RefsError) as caught:
        load(str(path), {}, tmp_path)
    assert caught.value.line.startswith(f'error: error loading config file "{path}": {problem}')


def test_a_missing_explicit_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RefsError) as caught:
        load(f"{tmp_path}/x", {}, tmp_path)
    assert caught.value.line == f"error: stat {tmp_path}/x: no such file or directory"


def test_a_folder_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(RefsError, match="is a directory"):
        load(str(tmp_path), {}, tmp_path)


def test_an_unknown_context_is_an_error_in_kubectls_words() -> None:
    merged = merge([(Path("/1"), config("a", current="a"))])
    with pytest.raises(RefsError) as caught:
        select(merged, "nope")
    assert caught.value.line == "Error in configuration: context was not found for specified context: nope"


def test_a_context_may_be_chosen_and_its_user_be_undefined() -> None:
    contexts = [{"name": "b", "context": {"cluster": "a", "user": "missing"}}]
    merged = merge([(Path("/1"), config("a", current="a")), (Path("/2"), {"contexts": contexts})])
    selected = select(merged, "b")
    assert selected.cluster == {"server": "https://a"}
    assert (selected.user_name, selected.user, selected.namespace) == ("missing", {}, "")


def test_nothing_configured_selects_nothing() -> None:
    selected = select(Kubeconfig(), None)
    assert (selected.context, selected.cluster, selected.user) == ("", {}, {})


def test_what_is_null_or_missing_is_empty(tmp_path: Path) -> None:
    path = write(
        tmp_path / "c", "contexts: null\nclusters: [null]\nusers: [{name: a}, {name: b, user: {token: null}}]\n"
    )
    found = load(str(path), {}, tmp_path)
    assert (found.contexts, found.clusters, found.users) == ({}, {}, {"a": {}, "b": {"token": None}})


def test_a_name_that_looks_like_a_date_is_a_name(tmp_path: Path) -> None:
    path = write(
        tmp_path / "c",
        "current-context: 2024-01-01\ncontexts: [{name: 2024-01-01, context: {namespace: 2024-01-02}}]\n",
    )
    assert select(load(str(path), {}, tmp_path), None).namespace == "2024-01-02"


def test_of_several_documents_the_first_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "c", "current-context: a\ncontexts: [{name: a}]\n---\ncurrent-context: b\n")
    assert load(str(path), {}, tmp_path).current_context == "a"
