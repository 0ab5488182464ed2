"""Flags written as kubectl accepts them, the list of global flags, and their effects."""

from __future__ import annotations

from collections.abc import Sequence

import click
import pytest

from kubectl_refs.cli.durations import seconds
from kubectl_refs.cli.global_flags import GLOBALS
from kubectl_refs.cli.main import refs as group
from kubectl_refs.cli.pflag import Flags
from tests.support.fakes.api import Canned, FakeAPI
from tests.support.running import REFUSED, Done, Program, objects_of

ROUTE = ("httproute/frontend-routes", "-n", "frontend")


def read(*words: str, command: str = "grants", interspersed: bool = True) -> tuple[list[str], set[str]]:
    """The words of a command as click receives them, and the parameters that are false."""
    known = group.commands[command]
    flags = Flags(known.get_params(click.Context(known, help_option_names=["-h", "--help"])), interspersed=interspersed)
    flags.read(words)
    return flags.words, flags.false


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--all-namespaces=true"], ["--all-namespaces"]),
        (["-A=T"], ["--all-namespaces"]),
        (["-AR"], ["--all-namespaces", "--recursive"]),
        (["-Rnshop", "x"], ["--recursive", "--namespace=shop", "x"]),
        (["-Rn", "shop", "x"], ["--recursive", "--namespace=shop", "x"]),
        (["-Rn=shop"], ["--recursive", "--namespace=shop"]),
        (["-oyaml"], ["--output=yaml"]),
        (["-n", "shop", "-n="], ["--namespace=shop", "--namespace=="]),
        (["--namespace="], ["--namespace="]),
        (["-n", ""], ["--namespace="]),
        (["-n", "-A=x"], ["--namespace=-A=x"]),
        (["--namespace", "--bogus"], ["--namespace=--bogus"]),
        (["-v=6", "-v8", "--v=7", "-v", "9"], ["--v=6", "--v=8", "--v=7", "--v=9"]),
        (["--namespace=a=b", "c=d", "-"], ["--namespace=a=b", "c=d", "-"]),
        (["--all_namespaces", "--request_timeout=5s"], ["--all-namespaces", "--request-timeout=5s"]),
        (["--as-user-extra=a_b=c"], ["--as-user-extra=a_b=c"]),
        (["a", "--", "-A=x", "-n=y"], ["a", "--", "-A=x", "-n=y"]),
        (["--help", "-h=true"], ["--help"]),
        ([], []),
    ],
)
def test_flags_are_read_as_pflag_reads_them(words: Sequence[str], expected: Sequence[str]) -> None:
    assert read(*words) == (expected, set())


@pytest.mark.parametrize(
    "words", [["--all-namespaces=false"], ["-A=0"], ["-A", "--all-namespaces=F"], ["-A=1", "-A=FALSE"]]
)
def test_the_last_of_several_truths_wins(words: Sequence[str]) -> None:
    assert read(*words) == ([], {"all_namespaces"})
    assert read(*words, "-A") == (["--all-namespaces"], set())


def test_in_front_of_the_command_what_follows_the_first_word_is_left_alone() -> None:
    assert read("-n=x", "why", "-n=y", interspersed=False) == (["--namespace=x", "why", "-n=y"], set())


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--bogus"], "unknown flag: --bogus"),
        (["--bogus=1", "--worse"], "unknown flag: --bogus"),
        (["--bo_gus"], "unknown flag: --bo_gus"),
        (["-x"], "unknown shorthand flag: 'x' in -x"),
        (["-xR"], "unknown shorthand flag: 'x' in -xR"),
        (["-Rxn"], "unknown shorthand flag: 'x' in -xn"),
        (["-="], "unknown shorthand flag: '=' in -="),
        (["-=x"], "unknown shorthand flag: '=' in -=x"),
        (["-R="], "unknown shorthand flag: '=' in -="),
        (["---x"], "bad flag syntax: ---x"),
        (["--=x"], "bad flag syntax: --=x"),
        (["--context"], "flag needs an argument: --context"),
        (["-An"], "flag needs an argument: 'n' in -n"),
        (
            ["-A=maybe"],
            'invalid argument "maybe" for "-A, --all-namespaces" flag: strconv.ParseBool: parsing "maybe": ',
        ),
        (["--all-namespaces="], 'invalid argument "" for "-A, --all-namespaces" flag: strconv.ParseBool: parsing "": '),
        (["--help=maybe"], 'invalid argument "maybe" for "-h, --help" flag: strconv.ParseBool: parsing "maybe": '),
    ],
)
def test_what_is_wrong_is_told_in_pflags_words(refs: Program, words: Sequence[str], problem: str) -> None:
    done = refs("grants", *words)
    assert (done.status, done.out) == (2, "")
    first, second = done.err.splitlines()
    assert first.removesuffix("invalid syntax") == f"error: {problem}"
    assert second == "See 'kubectl refs grants --help' for usage."


@pytest.mark.parametrize(
    ("flag", "limit"),
    [("--chunk-size=0x10", "16"), ("--chunk-size=010", "8"), ("--chunk-size=1_0", "10"), ("--chunk-size=+2", "2")],
)
def test_numbers_may_be_written_as_in_go(refs: Program, flag: str, limit: str) -> None:
    with FakeAPI(objects_of(REFUSED)) as api:
        refs.use(api)
        assert refs("grants", "-A", flag).status == 0
        assert {request.query["limit"] for request in api.requests if "limit" in request.query} == {limit}


@pytest.mark.parametrize(
    ("flag", "problem"),
    [
        ("--chunk-size=1e3", "invalid syntax"),
        ("--chunk-size=0x", "invalid syntax"),
        ("--chunk-size=09_", "invalid syntax"),
        ("--chunk-size= 5", "invalid syntax"),
        ("--chunk-size=٣", "invalid syntax"),
        ("--chunk-size=9223372036854775808", "value out of range"),
        ("-v=0x6", "invalid syntax"),
        ("-v=1_0", "invalid syntax"),
        ("-v=-2147483649", "value out of range"),
    ],
)
def test_other_numbers_are_refused(refs: Program, flag: str, problem: str) -> None:
    name, _, value = flag.partition("=")
    names = "-v, --v" if name == "-v" else name
    expected = f'error: invalid argument "{value}" for "{names}" flag: strconv.ParseInt: parsing "{value}": {problem}'
    assert refs("grants", flag).err.splitlines()[0] == expected


def test_a_flag_in_front_of_the_command_may_be_taken_back_behind_it(refs: Program) -> None:
    with FakeAPI(objects_of(REFUSED)) as api:
        api.warnings = ("one",)
        refs.use(api)
        assert refs("--warnings-as-errors", "why", *ROUTE).status == 2
        assert refs("--warnings-as-errors", "why", *ROUTE, "--warnings-as-errors=false").status == 1


def test_help_that_is_not_wanted_is_not_given(refs: Program) -> None:
    assert refs("why", "-f", REFUSED, "--help=false") == refs("why", "-f", REFUSED)


@pytest.mark.parametrize("format_", ["JSON", "Json"])
def test_formats_may_be_written_large(refs: Program, format_: str) -> None:
    assert refs("why", "-f", REFUSED, "-o", format_) == refs("why", "-f", REFUSED, "-o", "json")


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


@pytest.mark.parametrize("flag", ["--cache-dir=/nowhere", "--match-server-version", "--match-server-version=false"])
def test_a_flag_without_effect_is_taken_and_says_so(refs: Program, flag: str) -> None:
    with FakeAPI(objects_of(REFUSED)) as api:
        refs.use(api)
        assert refs("why", *ROUTE, flag) == refs(flag, "why", *ROUTE) == refs("why", *ROUTE)
    told = refs("options").out.partition(f"    {flag.partition('=')[0]}=")[2].splitlines()[1]
    assert told.startswith("\tHas no effect. Accepted for scripts that pass it to kubectl: ")


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
