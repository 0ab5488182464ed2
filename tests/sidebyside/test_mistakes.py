"""Unusable input: both programs print the same line; kubectl exits with 1, kubectl-refs with 2 (contract)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.fakes.api import TLS
from tests.support.side_by_side import Sides, config, files

CERTIFICATE, KEY = map(str, TLS)
OTHER_KEY = str(TLS[1].with_name("issuer-key.pem"))
PLUGIN = {"command": "sh", "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never"}


def refused(sides: Sides, words: tuple[str, ...], environ: Mapping[str, str]) -> str:
    """The line that both programs print, without having asked any server."""
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
        ("--chunk-size=99999999999999999999",),
        ("-v=1_0",),
        ("-v=99999999999",),
        ("--request-timeout=\u0663",),
        ("---x",),
        ("--=x",),
        ("-=x",),
        ("-R=",),
        ("-xR",),
        ("-Rxn",),
        ("-Rn",),
        ("--bogus_flag",),
        ("--help=maybe",),
        ("-R=maybe",),
        ("--token=a\nb",),
        ("--as=a\nb",),
        ("--proxy-url=foo",),
        ("--proxy-url=127.0.0.1:1",),
        ("--proxy-url=http://proxy%zz",),
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
        ({"certificate-authority": "/tmp"}, None),
        ({"certificate-authority": None, "certificate-authority-data": "%"}, None),
        ({"certificate-authority": __file__}, None),
        ({"certificate-authority": None}, None),
        ({"insecure-skip-tls-verify": "false"}, None),
        ({"disable-compression": "true"}, None),
        ({"server": 5}, None),
        ({"server": "https://"}, None),
        ({"server": "127.0.0.1:1", "certificate-authority": None}, None),
        ({"server": "ftp://x"}, None),
        ({}, {"token": "a", "username": "b"}),
        ({}, {"tokenFile": "/nope"}),
        ({}, {"tokenFile": "/tmp"}),
        ({}, {"tokenFile": __file__}),
        ({}, {"token": 5}),
        ({}, {"token": "a\nb"}),
        ({}, {"token": "a", "as": "b\nImpersonate-Group: c"}),
        ({}, {"token": "a", "as": "b", "as-groups": "c"}),
        ({}, {"token": "a", "as": "b", "as-user-extra": {"c": "d"}}),
        ({}, {"client-certificate-data": "%", "client-key-data": "%"}),
        ({}, {"client-certificate-data": "eA==", "client-key-data": "eA=="}),
        ({}, {"client-certificate": KEY, "client-key": KEY}),
        ({}, {"client-certificate": CERTIFICATE, "client-key": CERTIFICATE}),
        ({}, {"client-certificate": CERTIFICATE, "client-key": OTHER_KEY}),
        ({}, {"client-certificate": __file__, "client-key": KEY}),
        ({}, {"client-certificate": CERTIFICATE, "client-key": __file__}),
        ({}, {"exec": {**PLUGIN, "args": [5]}}),
        ({}, {"exec": {**PLUGIN, "env": [{"value": "x"}]}}),
        ({}, {"exec": {**PLUGIN, "env": {"a": "b"}}}),
        ({}, {"exec": {**PLUGIN, "provideClusterInfo": "true"}}),
        ({}, {"exec": {**PLUGIN, "interactiveMode": 1}}),
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


@pytest.mark.parametrize("content", [{"contexts": {"a": 1}}, {"users": ["a"]}, {"current-context": 5}])
def test_a_file_of_other_types(sides: Sides, content: Mapping[str, Any]) -> None:
    assert refused(sides, (), files(sides.write("config", {**config("a", sides.url("a")), **content})))


@pytest.mark.parametrize("content", [{"kind": "Pod"}, {"apiVersion": "v2"}])
def test_a_file_of_another_kind(sides: Sides, content: Mapping[str, Any]) -> None:
    kubectl, refs = sides(environ=files(sides.write("config", {**config("a", sides.url("a")), **content})))
    # kubectl adds a line of its source code.
    assert kubectl.complaint.startswith(refs.complaint)
    assert refs.complaint.partition(": no kind ")[2]
    assert (kubectl.status, refs.status) == (1, 2)


@pytest.mark.parametrize("content", ["a: [\n", "users:\n- name: [\n", "\t\n", "{"])
def test_a_file_that_is_no_yaml_is_named(sides: Sides, content: str) -> None:
    path = sides.write("config", content)
    kubectl, refs = sides(environ=files(path))
    # The parsers number lines differently and word their errors differently.
    start = f'error: error loading config file "{path}": yaml: '
    assert kubectl.complaint.startswith(start)
    assert refs.complaint.startswith(start)
    assert (kubectl.status, refs.status) == (1, 2)
