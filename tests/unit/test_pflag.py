"""Flags written as kubectl takes them, the list of global flags, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kubectl_refs.cli import refs as group
from kubectl_refs.global_flags import GLOBALS
from kubectl_refs.parameters import seconds
from kubectl_refs.pflag import normalised
from tests.fakeapi import Canned, FakeAPI
from tests.running import REFUSED, Done, Program, objects_of

ROUTE = ("httproute/frontend-routes", "-n", "frontend")


@pytest.fixture
def refs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    return Program(capsys, monkeypatch, tmp_path)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["grants", "--all-namespaces=true"], ["grants", "--all-namespaces"]),
        (["grants", "--all-namespaces=false"], ["grants"]),
        (["grants", "-A=0"], ["grants"]),
        (["grants", "-A=T"], ["grants", "-A"]),
        (["grants", "-A", "--all-namespaces=F"], ["grants"]),
        (["grants", "--all-namespaces=false", "-A"], ["grants", "-A"]),
        (["--insecure-skip-tls-verify", "why", "--insecure-skip-tls-verify=FALSE"], ["why"]),
        (["why", "-n=shop"], ["why", "-n", "shop"]),
        (["why", "-n="], ["why", "-n", ""]),
        (["why", "-v=6", "-v8", "--v=7"], ["why", "-v", "6", "-v8", "--v=7"]),
        (["why", "--namespace=a=b"], ["why", "--namespace=a=b"]),
        (["why", "--", "-A=x", "-n=y"], ["why", "--", "-A=x", "-n=y"]),
        (["why", "--unheard=of"], ["why", "--unheard=of"]),
        ([], []),
    ],
)
def test_words_are_rewritten_for_click(words: Sequence[str], expected: Sequence[str]) -> None:
    assert normalised(words, group) == expected


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("30s", 30.0),
        ("1m30s", 90.0),
        ("1.5h", 5400.0),
        ("250ms", 0.25),
        (".5s", 0.5),
        ("-2s", -2.0),
        ("0", 0.0),
        ("5", None),
        ("s", None),
        ("1 s", None),
        ("", None),
        ("1d", None),
    ],
)
def test_durations_are_gos(written: str, found: float | None) -> None:
    assert seconds(written) == found


def test_options_lists_every_global_flag_once_and_sorted(refs: Program) -> None:
    done = refs("options")
    flags = [line.strip() for line in done.out.splitlines() if line.startswith("    -")]
    names = [flag.split("--")[1].partition("=")[0] for flag in flags]
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("The following options can be passed to any command:\n\n    --as='':\n\tUsername to ")
    assert names == sorted({each.names[-1][2:] for each in GLOBALS} | {"namespace", "context", "kubeconfig"})
    assert "    -s, --server='':\n\tThe address and port of the Kubernetes API server\n" in done.out


def test_help_does_not_repeat_the_global_flags_but_names_the_list(refs: Program) -> None:
    for words in (["why", "--help"], ["--help"]):
        out = refs(*words).out
        assert "--token" not in out
        assert out.endswith(' options" for a list of global command-line options (applies to all commands).\n')


@pytest.mark.parametrize("before", [True, False])
def test_a_global_flag_counts_in_front_of_the_command_and_after_it(refs: Program, before: bool) -> None:
    flags = ("--as=robot", "--as-group=a", "--as-group=b", "-v=6")
    with FakeAPI(objects_of(REFUSED)) as api:
        refs.use(api)
        done = refs(*flags, "why", *ROUTE) if before else refs("why", *ROUTE, *flags)
        sent = {(*request.header("impersonate-user"), *request.header("impersonate-group")) for request in api.requests}
    assert done.status == 1
    assert sent == {("robot", "a", "b")}
    assert '"Response" verb="GET"' in done.err


def test_a_flag_after_the_command_wins_over_one_in_front_of_it(refs: Program) -> None:
    with FakeAPI(objects_of(REFUSED)) as api:
        refs.use(api)
        refs("--as=one", "--request-timeout=1h", "why", *ROUTE, "--as=two")
        assert {tuple(request.header("impersonate-user")) for request in api.requests} == {("two",)}


def test_requests_are_shown_from_level_6_on(refs: Program) -> None:
    with FakeAPI(objects_of(REFUSED)) as api:
        refs.use(api)
        told = {level: refs("why", *ROUTE, "-o", "json", f"-v={level}") for level in (0, 5, 6, 7, 8)}
    assert {done.out for done in told.values()} == {told[0].out}
    assert (told[0].err, told[5].err) == ("", "")
    assert told[6].err.count('"Response" verb="GET"') == len(api.requests) / 5
    assert "headers=<" not in told[6].err
    assert "\tUser-Agent: kubectl-refs/" in told[7].err
    assert '"Response Body"' not in told[7].err
    assert '"Response Body" body="{' in told[8].err


@pytest.mark.parametrize(("flag", "status"), [("--warnings-as-errors", 2), ("--warnings-as-errors=false", 1)])
def test_warnings_may_be_errors(refs: Program, flag: str, status: int) -> None:
    with FakeAPI(objects_of(REFUSED)) as api:
        api.warnings = ("one", "two")
        refs.use(api)
        done = refs("why", *ROUTE, flag)
        quiet = refs("why", "-f", REFUSED, flag)
    assert done.status == status
    assert done.out
    assert done.err.splitlines()[:2] == ["Warning: one", "Warning: two"]
    assert done.err.splitlines()[2:] == (["error: 2 warnings received"] if status == 2 else [])
    assert quiet == Done(1, quiet.out, "")


@pytest.mark.parametrize(("chunk", "limit"), [("2", ["2"]), ("0", []), ("-1", [])])
def test_lists_are_read_in_chunks_of_the_size_asked_for(refs: Program, chunk: str, limit: list[str]) -> None:
    with FakeAPI(objects_of(REFUSED)) as api:
        refs.use(api)
        assert refs("grants", "-A", f"--chunk-size={chunk}").status == 0
        (first, *_) = [request for request in api.requests if request.path.endswith("/referencegrants")]
    assert [*first.query.values()] == limit


@pytest.mark.parametrize(("written", "line"), [("300ms", "0.3"), (".3s", "0.3")])
def test_a_request_takes_no_longer_than_asked(refs: Program, written: str, line: str) -> None:
    with FakeAPI() as api:
        refs.use(api)
        api.fault = lambda request: Canned(delay=30)
        done = refs("why", *ROUTE, "--request-timeout", written)
    assert done == Done(2, "", f"Unable to connect to the server: no answer within {line} seconds\n")


def test_without_a_limit_a_slow_answer_is_waited_for(refs: Program) -> None:
    with FakeAPI(objects_of(REFUSED)) as api:
        refs.use(api)
        api.fault = lambda request: Canned(delay=0.2, status=403) if request.path == "/apis" else None
        done = refs("why", *ROUTE, "--request-timeout=0")
    assert done.err == "Error from server (Forbidden): the server refused the request\n"
