"""The command line as its users see it: help, mistakes, streams and exit statuses."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from kubectl_refs import __version__
from tests.support.fakes.api import Canned, FakeAPI, Request
from tests.support.running import EXAMPLES, REFUSED, ROOT, SCRIPT, WORKING, Done, Program, objects_of, script

ROUTE = ("httproute/frontend-routes", "-n", "frontend")
ENOUGH_FOR_ANY_PIPE = 1 << 20


def test_the_version_is_the_packages(refs: Program) -> None:
    assert refs("--version") == Done(0, f"{__version__}\n", "")


def test_a_renamed_script_calls_itself_by_its_new_name(tmp_path: Path) -> None:
    renamed = tmp_path / "kubectl-gateway_refs"
    renamed.symlink_to(SCRIPT)
    help_ = subprocess.run([renamed, "why", "-h"], capture_output=True, text=True, check=True).stdout
    assert "  kubectl gateway-refs why httproute/frontend-routes -n frontend\n" in help_
    assert "\nUsage:\n  kubectl gateway-refs why [" in help_
    assert "kubectl refs" not in help_


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["--bogus"], ["error: unknown flag: --bogus", "See 'kubectl refs --help' for usage."]),
        (["why", "--bogus"], ["error: unknown flag: --bogus", "See 'kubectl refs why --help' for usage."]),
        (["why", "-x"], ["error: unknown shorthand flag: 'x' in -x", "See 'kubectl refs why --help' for usage."]),
        (["bogus"], ['error: unknown command "bogus" for "kubectl refs"', "See 'kubectl refs --help' for usage."]),
        (["it's"], ['error: unknown command "it\'s" for "kubectl refs"', "See 'kubectl refs --help' for usage."]),
        (["get", "httproutes"], ['error: unknown command "get" for "kubectl refs": use \'kubectl refs check\'']),
        (["get", "refgrant", "x"], ['error: unknown command "get" for "kubectl refs": use \'kubectl refs grants\'']),
        (["describe"], ['error: unknown command "describe" for "kubectl refs": use \'kubectl refs why\'']),
        (["Apply"], ['error: unknown command "Apply" for "kubectl refs": use \'kubectl refs fix\'']),
        (["wye"], ['error: unknown command "wye" for "kubectl refs"', "", "Did you mean this?", "        why"]),
        (
            ["W"],
            [
                'error: unknown command "W" for "kubectl refs"',
                "",
                "Did you mean this?",
                "        watch",
                "        who-can",
                "        why",
            ],
        ),
        (["version", "a", "b"], ["error: extra arguments: [a b]", "See 'kubectl refs version --help' for usage."]),
        (["why", "-n"], ["error: flag needs an argument: 'n' in -n", None]),
        (["why", "--context"], ["error: flag needs an argument: --context", None]),
        (["why", "-f"], ["error: flag needs an argument: 'f' in -f", None]),
        (
            ["why", "-f", REFUSED, "--color", "bogus"],
            [
                "error: invalid argument for \"--color\" flag: 'bogus' is not one of 'auto', 'always', 'never'.",
                "See 'kubectl refs why --help' for usage.",
            ],
        ),
        (
            ["why", "-f", REFUSED, "-o", "bogus"],
            [
                'error: unable to match a printer suitable for the output format "bogus", '
                "allowed formats are: json,jsonpath,name,text,wide,yaml"
            ],
        ),
        (
            ["why", "-f", REFUSED, "-o", "wide", "--query", "a"],
            ["error: --query needs -o json or -o yaml, not -o wide"],
        ),
        (["why", "-f", "nowhere"], ['error: the path "nowhere" does not exist']),
        (["why", "-f", REFUSED, "nope/x"], ['error: the manifests have no resource type "nope"']),
        (
            ["why", "-f", REFUSED, "httproute/nope"],
            ['error: the manifests have no HTTPRoute "nope"'],
        ),
    ],
)
def test_a_mistake_is_told_on_standard_error_alone_with_status_2(
    refs: Program, words: Sequence[str], lines: Sequence[str | None]
) -> None:
    done = refs(*words)
    assert (done.status, done.out) == (2, "")
    told = done.err.splitlines()
    assert len(told) == len(lines)
    assert all(line in (None, found) for line, found in zip(lines, told, strict=True))


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["-f", WORKING], 0),
        (["-f", REFUSED], 1),
        (["-f", REFUSED, "--exit-zero"], 0),
        (["-f", REFUSED, "--exit-zero", "httproute/nope"], 2),
        (["-f", REFUSED, "httproute/api-routes"], 0),
        (["-f", REFUSED, "-f", WORKING], 0),
        (["-R", "-f", str(EXAMPLES / "shared-services"), "httproute/api-routes"], 0),
    ],
)
def test_the_exit_status_tells_what_was_found(refs: Program, words: Sequence[str], status: int) -> None:
    assert refs("why", *words).status == status


def test_the_found_are_answered_and_each_missing_one_is_a_line(refs: Program) -> None:
    done = refs("why", "-f", REFUSED, "httproute/nope", "httproute/api-routes", "tcproute/gone")
    assert done.status == 2
    assert "2 references: 2 allowed" in done.out.splitlines()
    assert done.err.splitlines() == [
        'error: the manifests have no HTTPRoute "nope"',
        'error: the manifests have no TCPRoute "gone"',
    ]


def test_manifests_without_references_say_so_and_are_no_error(refs: Program, tmp_path: Path) -> None:
    manifest = tmp_path / "service.yaml"
    manifest.write_text("apiVersion: v1\nkind: Service\nmetadata: {name: x}\n")
    done = refs("why", "-f", str(manifest))
    assert done == Done(0, "", "No resources with references found in the manifests.\n")
    named = "No resources with references found in other namespace of the manifests.\n"
    assert refs("why", "-f", str(manifest), "-n", "other") == Done(0, "", named)
    report = json.loads(refs("why", "-f", str(manifest), "-o", "json").out)
    assert (report["kind"], report["references"]) == ("ReferenceReport", [])


@pytest.mark.parametrize(
    "words",
    [
        ["why", "-n", "frontend", "-f", REFUSED, "httproute/frontend-routes"],
        ["why", "httproute/frontend-routes", "-f", REFUSED, "-n", "frontend"],
        ["-n", "frontend", "why", "httproute/frontend-routes", "-f", REFUSED],
        ["-n", "elsewhere", "why", "httproute/frontend-routes", "-f", REFUSED, "-n", "frontend"],
        ["--namespace=frontend", "why", f"--filename={REFUSED}", "httproute", "frontend-routes"],
    ],
)
def test_flags_stand_before_or_after_the_command_and_those_after_it_win(refs: Program, words: Sequence[str]) -> None:
    done = refs(*words)
    assert (done.status, done.err) == (1, "")
    assert "3 references: 2 allowed, 1 refused" in done.out.splitlines()


def test_a_flag_before_the_command_counts(refs: Program) -> None:
    assert refs("-n", "elsewhere", "why", "httproute/frontend-routes", "-f", REFUSED).status == 2


def test_colour_can_be_asked_for(refs: Program) -> None:
    assert "\x1b[31mrefused:\x1b[0m" in refs("why", "-f", REFUSED, "--color", "always").out
    assert "\x1b" not in refs("why", "-f", REFUSED).out


def test_a_query_replaces_the_report(refs: Program) -> None:
    done = refs("why", "-f", REFUSED, "--query", "references[?verdict=='refused'].to.name")
    assert (done.status, done.out) == (1, '[\n    "auth-service"\n]\n')


def test_an_interrupt_ends_the_program_with_130_and_without_a_word(refs: Program, mocker: MockerFixture) -> None:
    mocker.patch("kubectl_refs.app.why.find_objects", side_effect=KeyboardInterrupt)
    assert refs("why", "-f", REFUSED) == Done(130, "", "")


def test_an_object_deeper_than_this_program_can_follow_is_an_error(refs: Program, mocker: MockerFixture) -> None:
    mocker.patch("kubectl_refs.app.why.find_objects", side_effect=RecursionError)
    assert refs("why", "-f", REFUSED) == Done(2, "", "error: an object that was read is nested too deeply\n")


def test_an_interrupt_does_not_wait_for_a_server_that_does_not_answer(tmp_path: Path) -> None:
    asked = threading.Event()

    def silent(request: Request) -> Canned | None:
        if not request.path.endswith("/referencegrants"):
            return None
        asked.set()
        return Canned(delay=600, reset=True)

    with FakeAPI(objects_of(REFUSED)) as api:
        api.fault = silent
        config = api.write_kubeconfig(tmp_path / "config")
        with subprocess.Popen(
            [SCRIPT, "why", *ROUTE, "--kubeconfig", config], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert asked.wait(30)
            process.send_signal(signal.SIGINT)
            # Reads would time out only after 30 s.
            assert process.communicate(timeout=20) == (b"", b"")
        assert process.returncode == 130


def test_manifests_are_read_from_standard_input() -> None:
    done = script("why", "-f", "-", *ROUTE, stdin=Path(REFUSED).read_text())
    assert (done.status, done.err) == (1, "")
    # The places and commands differ, since standard input has no path and cannot be read again.
    head = done.out.partition("\n\n")[0].replace("STDIN:", f"{REFUSED}:").splitlines()[:4]
    assert head == script("why", "-f", REFUSED, *ROUTE).out.splitlines()[:4]
    assert " -f " not in done.out.replace(" -f -", "")


def test_an_empty_standard_input_is_a_mistake() -> None:
    assert script("why", "-f", "-") == Done(2, "", "error: no objects passed to why\n")


def shell(command: str) -> Done:
    """Run a line of bash with pipefail in the project's folder; `refs` is the script."""
    line = f'refs() {{ "{SCRIPT}" "$@"; }}; set -o pipefail; {command}'
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("command", "done"),
    [
        (f"refs why -f - {' '.join(ROUTE)} <&-", Done(2, "", "error: standard input is not open\n")),
        (f"refs why -f {REFUSED} >&-", Done(1, "", "")),
        ("refs why -f nowhere 2>&-", Done(2, "", "")),
        (f"refs why -f {REFUSED} >/dev/full", Done(2, "", "error: no space left on device\n")),
        ("refs --help >/dev/full", Done(2, "", "error: no space left on device\n")),
    ],
)
def test_a_stream_that_is_closed_or_full_is_no_accident(command: str, done: Done) -> None:
    assert shell(command) == done


@pytest.mark.parametrize("words", [["why", "-f", "big.yaml", "-o", "json"], ["why", "-f", "big.yaml"], ["--help"]])
def test_a_reader_that_has_seen_enough_ends_the_program_quietly(words: Sequence[str], tmp_path: Path) -> None:
    (tmp_path / "big.yaml").write_text(
        f"apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: x}}\n"
        f"spec: {{rules: [{{backendRefs: [{{name: {'x' * ENOUGH_FOR_ANY_PIPE}, port: 1}}]}}]}}\n"
    )
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run([SCRIPT, *words], stdout=write, stderr=subprocess.PIPE, cwd=tmp_path, check=False)
    os.close(write)
    assert (process.returncode, process.stderr) == (0, b"")


@pytest.mark.parametrize(
    "environ",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii"},
    ],
)
def test_a_locale_without_the_characters_costs_no_answer(environ: dict[str, str], tmp_path: Path) -> None:
    manifest = tmp_path / "odd.yaml"
    manifest.write_text(Path(WORKING).read_text().replace("name: http\n", 'name: "漢字 😀"\n'), encoding="utf-8")
    done = script("why", "-f", str(manifest), *ROUTE, environ=environ)
    assert (done.status, done.err) == (0, "")
    assert r"\u6f22\u5b57 \U0001f600" in done.out


def test_a_failure_of_the_programs_own_shows_on_standard_error_without_a_traceback(
    refs: Program, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_bytes(b"\xff\xfe\x00a: [")
    done = refs("why", "-f", str(broken))
    assert (done.status, done.out) == (2, "")
    assert re.fullmatch(r"error: .*\n", done.err)


def test_why_of_what_is_referenced_is_the_answer_of_grants(refs: Program) -> None:
    place = ("-n", "shared-services", "-f", REFUSED, "-o", "json")
    done = refs("why", "svc/auth-service", *place)
    assert done == refs("grants", "--to", "svc/auth-service", *place)
    assert (done.status, done.out.count('"refused"')) == (1, 1)
    assert refs("why", "svc", "auth-service", *place, "--exit-zero") == Done(0, done.out, "")
    named = refs("why", "refgrant/allow-app-routes", *place)
    assert named == refs("grants", "allow-app-routes", *place)


def test_why_asks_for_no_labels_of_what_is_named(refs: Program) -> None:
    done = refs("why", "referencegrant/allow-app-routes", "-l", "a=b", "-f", REFUSED)
    assert (done.status, done.err) == (2, "error: name cannot be provided when a selector is specified\n")
