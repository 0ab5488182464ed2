"""Standard streams that are closed, full or no longer read, and interrupts: a clear end with the right status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.support.builders import grant
from tests.support.every_request import CLUSTER
from tests.support.fakes.api import Canned, FakeAPI, Request
from tests.support.running import REFUSED, SCRIPT, WORKING

FULL = f"error: {os.strerror(28).lower()}\n"
COMMANDS: Mapping[str, tuple[Sequence[str], int]] = {
    "why": (("why", "-f", REFUSED), 1),
    "check as junit": (("check", "-f", REFUSED, "-o", "junit"), 1),
    "graph": (("graph", "-f", REFUSED), 0),
    "diff": (("diff", "--base", REFUSED, "-f", WORKING), 0),
    "grants": (("grants", "-f", REFUSED), 0),
    "can-i": (("can-i", "httproute", "-n", "a", "service/b.c", "-f", REFUSED, "--whole"), 1),
    "fix": (("fix", "-f", REFUSED), 0),
    "who-can": (("who-can", "-f", REFUSED), 0),
    "who-can --suggest": (("who-can", "--suggest", "team", "-n", "backend"), 0),
    "kinds": (("kinds", "-f", REFUSED), 0),
    "version": (("version", "--client"), 0),
    "options": (("options",), 0),
    "completion": (("completion", "bash"), 0),
    "help": (("--help",), 0),
    "a mistake": (("why", "nope/x", "-f", REFUSED), 2),
    "an unknown flag": (("why", "--nope"), 2),
}
"""Each command, and the exit status of its answer."""
SILENT = ("a mistake", "an unknown flag")
"""Commands that print nothing on standard output."""


UNBUFFERED = {"PYTHONUNBUFFERED": "1"}
CASES = [*((name, {}) for name in COMMANDS), *((name, UNBUFFERED) for name in ("why", "fix", "a mistake"))]
"""Each command with Python's default buffering, and some commands unbuffered."""


@pytest.fixture
def environ(tmp_path: Path) -> Mapping[str, str]:
    """The environment without the variables of Python and of the shell."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "_"))}
    return {**kept, "HOME": str(tmp_path), "KUBECONFIG": str(tmp_path / "none")}


@pytest.fixture
def nobody() -> Iterator[int]:
    """The write end of a pipe that nobody reads."""
    read, write = os.pipe()
    os.close(read)
    yield write
    os.close(write)


def run(words: Sequence[str], environ: Mapping[str, str], **streams: Any) -> tuple[int, str, str]:
    """The exit status and the contents of both streams, empty for streams that are passed in."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
    done = subprocess.run([str(SCRIPT), *words], env=environ, timeout=60, check=False, **{**pipes, **streams})
    return done.returncode, (done.stdout or b"").decode(), (done.stderr or b"").decode()


@pytest.mark.parametrize(("name", "variables"), CASES)
def test_an_answer_that_cannot_be_written_is_an_error(
    name: str, variables: Mapping[str, str], environ: Mapping[str, str], nobody: int
) -> None:
    words, status = COMMANDS[name]
    environ = {**environ, **variables}
    with open("/dev/full", "wb") as full:
        found, _, err = run(words, environ, stdout=full)
    assert found == 2
    assert err.endswith(FULL) or name in SILENT
    assert "Traceback" not in err
    assert "Exception" not in err
    # A reader that stops reading has seen enough.
    found, _, err = run(words, environ, stdout=nobody)
    assert found == (status if name in SILENT else 0)
    assert "Traceback" not in err
    assert "Exception" not in err


@pytest.mark.parametrize(("name", "variables"), CASES)
def test_what_cannot_be_told_on_standard_error_changes_nothing(
    name: str, variables: Mapping[str, str], environ: Mapping[str, str], nobody: int
) -> None:
    words, status = COMMANDS[name]
    # A shell passes the path of the program in `_`, from which the program learns its own name.
    environ = {**environ, **variables, "_": str(SCRIPT)}
    found, answer, _ = run(words, environ)
    assert found == status
    with open("/dev/full", "wb") as full:
        assert run(words, environ, stderr=full) == (status, answer, "")
    assert run(words, environ, stderr=nobody) == (status, answer, "")
    # Nothing can be printed on a closed stream either.
    assert shell('"$0" "$@" 2>&-', words, environ) == (status, answer, "")
    assert shell('"$0" "$@" <&- >&- 2>&-', words, environ) == (status, "", "")


def shell(line: str, words: Sequence[str], environ: Mapping[str, str]) -> tuple[int, str, str]:
    """Like `run`, but through a line of bash."""
    done = subprocess.run(
        ["bash", "-c", line, SCRIPT, *words], env=environ, capture_output=True, timeout=60, check=False
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_completion_succeeds_also_where_nobody_listens(environ: Mapping[str, str], nobody: int) -> None:
    words = [str(SCRIPT.with_name("kubectl_complete-refs")), "wh"]
    with open("/dev/full", "wb") as full:
        for stream in (full, nobody):
            done = subprocess.run(words, env=environ, stdout=stream, stderr=subprocess.PIPE, timeout=60, check=False)
            assert (done.returncode, done.stderr) == (0, b"")


def test_a_baseline_that_cannot_be_written_is_an_error(environ: Mapping[str, str]) -> None:
    done = run(("check", "-f", REFUSED, "--write-baseline", "/dev/full"), environ)
    assert done == (2, "", "error: open /dev/full: no space left on device\n")


@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "C"}])
@pytest.mark.parametrize("name", ["why", "check as junit", "fix", "who-can --suggest", "a mistake"])
def test_an_encoding_without_the_characters_costs_no_answer(
    name: str, environ: Mapping[str, str], variables: Mapping[str, str], tmp_path: Path
) -> None:
    words, status = COMMANDS[name]
    manifest = tmp_path / "漢字 é.yaml"
    manifest.write_text(Path(REFUSED).read_text().replace("auth-service", "漢字-é-😀"), encoding="utf-8")
    words = [word.replace(REFUSED, str(manifest)).replace("team", "é漢") for word in words]
    encoding = {**variables, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [SCRIPT, *words], env={**environ, **encoding}, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout == b"") == (status, name in SILENT)
    assert b"Traceback" not in done.stderr
    if name == "check as junit":
        # The document declares itself as UTF-8.
        assert "漢字-é" in str(ElementTree.fromstring(done.stdout).find(".//failure").attrib)  # type: ignore[union-attr]


# Ctrl-C.

PHASES: Mapping[str, tuple[Sequence[str], str]] = {
    "discovery": (("why", "httproute/web", "-n", "frontend"), "/apis"),
    "the object": (("why", "httproute/web", "-n", "frontend"), "/httproutes/web"),
    "what it needs": (("why", "httproute/web", "-n", "frontend"), "/referencegrants"),
    "a list that arrives": (("check", "-A"), "/httproutes"),
    "what is read beside it": (("check", "-A"), "/referencegrants"),
    "grants": (("grants", "-A"), "/referencegrants"),
    "who-can": (("who-can", "-n", "backend"), "/selfsubjectaccessreviews"),
    "can-i": (("can-i", "httproute", "-n", "frontend", "service/api.backend"), "/referencegrants"),
    "version": (("version",), "/version"),
    "kinds": (("kinds",), "/apis"),
    "rights": (("fix", "httproute/web", "-n", "frontend", "--apply", "--yes"), "/selfsubjectaccessreviews"),
}
"""A command, and the end of the path of the request during which it is interrupted."""


def interrupted(words: Sequence[str], environ: Mapping[str, str], ready: Callable[[], bool]) -> tuple[int, str, str]:
    """The status and output of a run that is interrupted as soon as it is `ready`."""
    with subprocess.Popen(
        [SCRIPT, *words],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert ready()
        # A terminal also sends the signal to all foreground processes.
        os.killpg(process.pid, signal.SIGINT)
        # Reads would time out only after 30 s.
        out, err = process.communicate(timeout=20)
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("phase", PHASES)
def test_an_interrupt_ends_every_wait_for_a_server_at_once(
    phase: str, environ: Mapping[str, str], tmp_path: Path
) -> None:
    words, ending = PHASES[phase]
    asked = threading.Event()

    def silent(request: Request) -> Canned | None:
        if not request.path.endswith(ending):
            return None
        asked.set()
        return Canned(delay=600, reset=True)

    unpermitted = [obj for obj in CLUSTER if obj["kind"] != "ReferenceGrant"]
    with FakeAPI([*unpermitted, grant(namespace="elsewhere")]) as api:
        api.fault = silent
        config = api.write_kubeconfig(tmp_path / "config")
        done = interrupted([*words, "--kubeconfig", str(config)], environ, lambda: asked.wait(30))
    assert done == (130, "", "" if phase != "rights" else done[2])
    assert "Traceback" not in done[2]


def test_an_interrupt_ends_a_wait_for_a_credential_plugin(environ: Mapping[str, str], tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "sh",
        "args": ["-c", f"touch '{mark}'; exec sleep 600"],
        "interactiveMode": "Never",
    }
    with FakeAPI() as api:
        config = api.write_kubeconfig(tmp_path / "config", exec=plugin)
        words = ("why", "httproute/x", "--kubeconfig", str(config), "--server", "https://127.0.0.1:1")
        assert interrupted(words, environ, lambda: _eventually(mark.exists)) == (130, "", "")


def test_an_interrupt_ends_a_wait_for_standard_input(environ: Mapping[str, str], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    opened: list[int] = []

    def ready() -> bool:
        # Opening returns once the program has opened the other end for reading.
        opened.append(os.open(pipe, os.O_WRONLY))
        return True

    try:
        assert interrupted(("why", "-f", str(pipe)), environ, ready) == (130, "", "")
    finally:
        os.close(opened[0])


LOADING = """
import os, signal, sys
from importlib.abc import MetaPathFinder

module = sys.argv.pop(1)

class Finder(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)

from kubectl_refs.__main__ import main

sys.meta_path.insert(0, Finder())
main()
"""


@pytest.mark.parametrize(
    "module", ["kubectl_refs.process.streams", "kubectl_refs.cli.main", "click", "yaml", "kubectl_refs.render.why"]
)
def test_an_interrupt_while_modules_are_loaded_shows_no_traceback(environ: Mapping[str, str], module: str) -> None:
    words = [sys.executable, "-c", LOADING, module, "why", "-f", REFUSED]
    done = subprocess.run(words, env=environ, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def _eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()
