"""What cannot be used: both programs say the same line; kubectl ends with 1, kubectl-refs with 2 (contract)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.sidebyside.running import Sides, config, files


def refused(sides: Sides, words: tuple[str, ...], environ: Mapping[str, str]) -> str:
    """The line that both complain with, without having asked any server."""
    kubectl, refs = sides(*words, environ=environ)
    assert refs.complaint == kubectl.complaint
    assert (kubectl.status, refs.status) == (1, 2)
    assert kubectl.seen == refs.seen == frozenset()
    return refs.complaint


@pytest.mark.parametrize(
    "words",
    [
        ("--context", "nope"),
        ("--cluster", "nope"),
        ("--user", "nope"),
        ("--user", "nope", "--cluster", "nope"),
        ("--kubeconfig", "nope"),
        ("--request-timeout", "soon"),
        ("--as-group", "admins"),
        ("--as-uid=7",),
        ("--as-user-extra=scope=all",),
        ("--username=jane", "--password=secret"),
        ("--client-certificate=/nope", "--client-key=/nope"),
        ("--client-certificate=/nope",),
        ("--certificate-authority=/nope",),
        ("--server=ftp://somewhere",),
        ("--server=127.0.0.1:1",),
        ("--server=https://me:secret@127.0.0.1:1",),
        ("--insecure-skip-tls-verify", "--certificate-authority=ok"),
        ("--insecure-skip-tls-verify=maybe",),
        ("--disable-compression=2",),
        ("-v", "much"),
        ("--v=much",),
        ("--chunk-size=many",),
        ("--bogus",),
        ("--bogus=1",),
        ("-x",),
        ("--context",),
        ("-n",),
        ("-s",),
        ("-n", "a/b"),
    ],
    ids=" ".join,
)
def test_flags_that_cannot_be_used(sides: Sides, words: tuple[str, ...]) -> None:
    ok = sides.write("ok", config("a", sides.url("a")))
    assert refused(sides, words, files(ok))


@pytest.mark.parametrize(
    ("cluster", "user"),
    [
        ({"certificate-authority": "/nope"}, None),
        ({"certificate-authority": "/nope", "certificate-authority-data": "eA=="}, None),
        ({"certificate-authority": None, "certificate-authority-data": "eA=="}, None),
        ({"insecure-skip-tls-verify": True}, None),
        ({"proxy-url": "gopher://proxy"}, None),
        ({"server": "127.0.0.1:1", "certificate-authority": None}, None),
        ({"server": "ftp://x"}, None),
        ({}, {"token": "a", "username": "b"}),
        ({}, {"tokenFile": "/nope"}),
        ({}, {"as-groups": ["a"], "token": "a"}),
        ({}, {"client-certificate": "/nope"}),
        ({}, {"client-certificate": "/nope", "client-key": "/nope", "token": "a", "password": "b"}),
        ({}, {"auth-provider": {"name": "foo"}}),
        ({}, {"auth-provider": {"name": "gcp"}}),
        ({}, {"auth-provider": {"name": "oidc"}, "exec": {"command": "x", "apiVersion": "x", "interactiveMode": "No"}}),
        ({}, {"exec": {"command": "x", "args": []}}),
        ({}, {"exec": {"command": "x", "apiVersion": "client.authentication.k8s.io/v1"}}),
        (
            {},
            {
                "exec": {
                    "command": "/nope/login",
                    "apiVersion": "client.authentication.k8s.io/v1",
                    "interactiveMode": "Never",
                }
            },
        ),
        (
            {},
            {
                "exec": {
                    "command": "no-such-plugin",
                    "apiVersion": "client.authentication.k8s.io/v1beta1",
                    "installHint": "get it from example.com",
                }
            },
        ),
    ],
)
def test_entries_that_cannot_be_used(sides: Sides, cluster: Mapping[str, Any], user: Mapping[str, Any] | None) -> None:
    entry = config("a", sides.url("a"), cluster=cluster, user=user)
    assert refused(sides, (), files(sides.write("config", entry)))


@pytest.mark.parametrize("content", ["current-context: nope\n", "apiVersion: v1\nkind: Config\ncurrent-context: x\n"])
def test_a_current_context_that_is_not_defined(sides: Sides, content: str) -> None:
    assert refused(sides, (), files(sides.write("config", content)))


@pytest.mark.parametrize("content", ["a: [\n", "users:\n- name: [\n", "\t\n", "{"])
def test_a_file_that_is_no_yaml_is_named(sides: Sides, content: str) -> None:
    path = sides.write("config", content)
    kubectl, refs = sides(environ=files(path))
    # The parsers number lines differently and have words of their own.
    start = f'error: error loading config file "{path}": yaml: '
    assert kubectl.complaint.startswith(start)
    assert refs.complaint.startswith(start)
    assert (kubectl.status, refs.status) == (1, 2)
