"""Cluster, user and namespace: with the same files, both programs send the same request to the same server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.side_by_side import Config, Seen, Side, Sides, config, files


def bearer(name: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer token-{name}"),)


def agreed(both: tuple[Side, Side]) -> Seen:
    """The one request that both programs made, after checking that both succeeded."""
    kubectl, refs = both
    assert (kubectl.status, refs.status) == (0, 0), (kubectl.complaint, refs.complaint)
    assert refs.seen == kubectl.seen
    (seen,) = refs.seen
    return seen


def a(sides: Sides, **fields: object) -> dict[str, Any]:
    return config("a", sides.url("a"), **fields)  # type: ignore[arg-type]


def b(sides: Sides, **fields: object) -> dict[str, Any]:
    return config("b", sides.url("b"), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        pytest.param([a, b], "a", id="the first current-context"),
        pytest.param([lambda s: a(s, current=False), b], "b", id="a later one where the first has none"),
        pytest.param([lambda s: {**a(s), "current-context": ""}, b], "b", id="an empty one is none"),
        pytest.param([a, lambda s: {**b(s), "current-context": ""}], "a", id="a later empty one"),
        pytest.param([lambda s: "", b], "b", id="an empty file"),
        pytest.param([lambda s: "# nothing yet\n", b], "b", id="a file of comments"),
        pytest.param([None, b, a], "b", id="a missing file"),
        pytest.param([lambda s: {"current-context": "b"}, a, b], "b", id="a context that another file defines"),
        pytest.param([lambda s: "\ufeff" + str(a(s)), b], "a", id="a byte order mark"),
        pytest.param([lambda s: f"{a(s)}\n---\n{b(s)}"], "a", id="a second document"),
        pytest.param([lambda s: {**a(s), "contexts": [None, *a(s)["contexts"]]}], "a", id="a null"),
        pytest.param([lambda s: {**a(s), "extensions": [], "more": 1}], "a", id="an unknown field"),
    ],
)
def test_several_files_are_merged(
    sides: Sides, contents: list[Callable[[Sides], Config] | None], expected: str
) -> None:
    paths = [
        str(sides.folder / "missing") if content is None else sides.write(f"{number}.yaml", content(sides))
        for number, content in enumerate(contents)
    ]
    seen = agreed(sides(environ=files(*paths)))
    assert seen == Seen(expected, "default", bearer(expected))


def test_the_first_definition_of_a_name_wins(sides: Sides) -> None:
    first = sides.write("1", {**a(sides), "contexts": []})
    second = sides.write("2", config("a", sides.url("b"), user={"token": "other"}))
    assert agreed(sides(environ=files(first, second))) == Seen("a", "default", bearer("a"))


@pytest.mark.parametrize("listed", [None, ""])
def test_without_a_list_the_file_of_the_home_is_read(sides: Sides, listed: str | None) -> None:
    sides.write(".kube/config", a(sides))
    assert agreed(sides(environ={} if listed is None else {"KUBECONFIG": listed})).server == "a"


def test_an_explicit_file_replaces_the_list(sides: Sides) -> None:
    listed, explicit = sides.write("1", a(sides)), sides.write("2", b(sides))
    assert agreed(sides("--kubeconfig", explicit, environ=files(listed))).server == "b"


def test_relative_paths_are_those_of_their_own_file(sides: Sides) -> None:
    sides.write("users/token", "from-the-users-folder\n")
    user = {**a(sides, user={"tokenFile": "token"}), "contexts": [], "clusters": []}
    users = sides.write("users/config", user)
    clusters = sides.write("clusters/config", {**a(sides), "users": []})
    seen = agreed(sides(environ=files(clusters, users)))
    assert seen.credentials == (("authorization", "Bearer from-the-users-folder"),)


@pytest.mark.parametrize(
    ("words", "server", "user", "namespace"),
    [
        ((), "a", "a", "shop"),
        (("--context", "b"), "b", "b", "default"),
        (("--context=b", "-n", "infra"), "b", "b", "infra"),
        (("--cluster", "b"), "b", "a", "shop"),
        (("--user=b",), "a", "b", "shop"),
        (("--cluster", "b", "--user", "b"), "b", "b", "shop"),
        (("-n=infra",), "a", "a", "infra"),
        (("--namespace=infra", "-n", "shop"), "a", "a", "shop"),
        (("--namespace", ""), "a", "a", "shop"),
        (("--context", ""), "a", "a", "shop"),
        (("--context", "b", "--context", "a"), "a", "a", "shop"),
        (("--context", "b", "--cluster", "a", "--user", "a"), "a", "a", "default"),
        (("--token", "token-x"), "a", "x", "shop"),
        (("--request-timeout", "20s"), "a", "a", "shop"),
        (("--request-timeout=20", "--chunk-size=0"), "a", "a", "shop"),
        (("--disable-compression",), "a", "a", "shop"),
        (("--disable-compression=false", "--insecure-skip-tls-verify=false"), "a", "a", "shop"),
        (("--warnings-as-errors=true", "--cache-dir=/nowhere"), "a", "a", "shop"),
        (("--match-server-version=false", "--help=false"), "a", "a", "shop"),
        (("-Rninfra",), "a", "a", "infra"),
        (("-R=false", "-Rn=infra"), "a", "a", "infra"),
        (("--request_timeout=20s",), "a", "a", "shop"),
        (("--insecure_skip_tls_verify=false", "--chunk_size=0x10"), "a", "a", "shop"),
        (("-n", "infra", "--"), "a", "a", "infra"),
    ],
)
def test_flags_choose_server_user_and_namespace(
    sides: Sides, words: tuple[str, ...], server: str, user: str, namespace: str
) -> None:
    paths = sides.write("1", a(sides, context={"namespace": "shop"})), sides.write("2", b(sides))
    assert agreed(sides(*words, environ=files(*paths))) == Seen(server, namespace, bearer(user))


def test_a_server_given_as_a_flag_needs_its_own_trust(sides: Sides) -> None:
    listed = files(sides.write("1", a(sides)))
    server = ("--server", sides.url("b"))
    assert agreed(sides(*server, "--insecure-skip-tls-verify", environ=listed)) == Seen("b", "default", bearer("a"))
    assert agreed(sides("-s", sides.url("b"), "--tls-server-name=fake.test", environ=listed)).server == "b"
    kubectl, refs = sides(*server, environ=listed)
    assert kubectl.seen == refs.seen == frozenset()
    assert (kubectl.status, refs.status) == (1, 2)


def test_without_tls_no_credential_is_sent(sides: Sides) -> None:
    user = {"token": "secret", "as": "robot"}
    listed = files(sides.write("1", config("p", sides.url("plain"), user=user)))
    assert agreed(sides(environ=listed)).credentials == (("impersonate-user", "robot"),)
    assert agreed(sides("--token=secret", environ=listed)).credentials == (("impersonate-user", "robot"),)


@pytest.mark.parametrize("end", ["/", "?x=y", "#x", "/?x"])
def test_what_no_address_of_a_server_has_is_dropped(sides: Sides, end: str) -> None:
    entry = a(sides, cluster={"server": sides.url("a") + end})
    assert agreed(sides(environ=files(sides.write("1", entry)))).server == "a"


@pytest.mark.parametrize("server", ["{address}", "http://me:secret@{address}"])
def test_a_server_without_a_scheme_is_plain_and_a_login_in_the_url_is_sent(sides: Sides, server: str) -> None:
    address = sides.url("plain").partition("://")[2]
    cluster = {"certificate-authority-data": "eA=="}
    entry = config("p", server.format(address=address), cluster=cluster)
    seen = agreed(sides(environ=files(sides.write("1", entry))))
    assert seen.server == "plain"
    assert [name for name, _ in seen.credentials] == (["authorization"] if "@" in server else [])


def test_the_server_of_the_environment_is_the_default(sides: Sides) -> None:
    environ = {"KUBERNETES_MASTER": sides.url("plain"), **files(str(sides.folder / "none"))}
    assert agreed(sides(environ=environ)) == Seen("plain", "default")
