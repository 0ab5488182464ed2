"""`kubectl refs watch`, and -w of `check` and `grants`, as commands; their events are tested on a real API server."""

from __future__ import annotations

import pytest

from kubectl_refs.app.following.metrics import FirstValues
from kubectl_refs.app.following.metrics_server import address_of
from tests.support.builders import namespaces
from tests.support.fakes.api import FakeAPI
from tests.support.running import Done, Program


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["watch", "--only", "everything"], 'invalid argument "everything" for "--only" flag: must be one of breaks, fixes, adds, removes, alters, conditions, permissions, gaps'),
        (["check", "-f", "web.yaml", "-w"], "--filename and --watch are mutually exclusive"),
        (["check", "--watch-only", "--code", "not-granted"], "--code and --watch-only are mutually exclusive"),
        (["check", "-w", "-o", "sarif"], 'unable to match a printer suitable for the output format "sarif", allowed formats are: json,jsonpath,text,wide,yaml'),
        (["watch", "--metrics", "9090"], 'invalid argument "9090" for "--metrics" flag: must be HOST:PORT or :PORT'),
        (["watch", "--metrics", "::1:9090"], 'invalid argument "::1:9090" for "--metrics" flag: must be HOST:PORT or :PORT'),
        (["watch", "-o", "jsonpath={.type"], "error parsing jsonpath {.type, unclosed action"),
        (["grants", "-w", "--unused"], "--unused and --watch are mutually exclusive"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line(refs: Program, words: list[str], line: str) -> None:
    done = refs(*words)
    assert (done.status, done.out) == (2, "")
    assert done.err.splitlines()[0] == f"error: {line}"


def test_an_object_that_is_not_there_is_not_watched(refs: Program) -> None:
    with FakeAPI(namespaces("frontend")) as server:
        refs.use(server, "frontend")
        done = refs("watch", "httproute/nope", "--timeout", "5s")
    line = 'Error from server (NotFound): httproutes.gateway.networking.k8s.io "nope" not found\n'
    assert done == Done(2, "", line)


@pytest.mark.parametrize("words", [[], ["httproutes"], ["httproute/nope"], ["referencegrants"]])
def test_a_namespace_that_does_not_exist_is_not_watched(refs: Program, words: list[str]) -> None:
    with FakeAPI(namespaces("frontend")) as server:
        refs.use(server, "frontend")
        done = refs("watch", *words, "-n", "nosuch", "--timeout", "1s")
    assert done == Done(2, "", 'Error from server (NotFound): namespaces "nosuch" not found\n')


def test_a_namespace_that_may_not_be_read_is_watched(refs: Program) -> None:
    with FakeAPI(namespaces("frontend")) as server:
        server.forbid("namespaces")
        refs.use(server, "frontend")
        done = refs("watch", "-n", "nosuch", "--timeout", "1s")
    assert (done.status, done.err) == (0, "")


def test_addresses_are_those_that_go_programs_take() -> None:
    assert address_of(":9090") == ("", 9090)
    assert address_of("127.0.0.1:0") == ("127.0.0.1", 0)
    assert address_of("[::1]:9090") == ("::1", 9090)


def test_a_label_has_few_values() -> None:
    shown = FirstValues(2, ["Secret"])
    assert [shown(kind) for kind in ("Service", "ConfigMap", "Secret", "Service")] == [
        "Service",
        "other",
        "Secret",
        "Service",
    ]
