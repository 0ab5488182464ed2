"""A credential plugin that does not end: one line within the request timeout, and no process left behind."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.fakes.api import TLS, FakeAPI
from tests.support.running import SCRIPT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a system without process groups")

PLUGIN = """
sleep 300 &
echo $! > "$PIDS.new"
echo $$ >> "$PIDS.new"
mv "$PIDS.new" "$PIDS"
{trap}
wait
sleep 300
"""
"""A shell that starts another program, records the ids of both, and waits for it."""


@pytest.fixture
def secure() -> Iterator[FakeAPI]:
    with FakeAPI(tls=TLS) as server:
        yield server


@pytest.fixture
def pids(tmp_path: Path) -> Iterator[Path]:
    """The file in which a plugin records its processes. They are killed after the test."""
    path = tmp_path / "pids"
    yield path
    for pid in _told(path):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _environ(api: FakeAPI, folder: Path, pids: Path, *, mode: str = "Never", trap: str = "") -> Mapping[str, str]:
    plugin: dict[str, Any] = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "sh",
        "args": ["-c", PLUGIN.format(trap=trap)],
        "env": [{"name": "PIDS", "value": str(pids)}],
        "interactiveMode": mode,
    }
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump(api.kubeconfig(exec=plugin)), encoding="utf-8")
    return {**os.environ, "KUBECONFIG": str(file), "HOME": str(folder)}


def _told(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    # A process that has ended stays in the table until its parent, which it may have lost, collects it.
    return bool(state) and not state.startswith("Z")


def _eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def _nothing_left(pids: Path) -> bool:
    assert len(_told(pids)) == 2
    return _eventually(lambda: not any(map(_alive, _told(pids))), 3)


@pytest.mark.parametrize("trap", ["", "trap '' TERM"], ids=["it ends when asked to", "it does not"])
def test_a_plugin_ends_with_the_request_timeout(secure: FakeAPI, tmp_path: Path, pids: Path, trap: str) -> None:
    done = subprocess.run(
        [SCRIPT, "check", "-A", "--request-timeout=1"],
        env=_environ(secure, tmp_path, pids, trap=trap),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.stderr == (
        "Unable to connect to the server: getting credentials: exec: executable sh did not end within 1 seconds "
        "(see --request-timeout)\n"
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert _nothing_left(pids)


ENDS = {signal.SIGINT: 130, signal.SIGTERM: -signal.SIGTERM, signal.SIGHUP: -signal.SIGHUP}
"""Signals that end the program, and the status that results."""


def _end_once_a_plugin_runs(
    words: Sequence[str | Path], environ: Mapping[str, str], pids: Path, number: signal.Signals
) -> None:
    with subprocess.Popen(
        words,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert _eventually(pids.exists)
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (ENDS[number], b"", b"")
    assert _nothing_left(pids)


@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
@pytest.mark.parametrize("trap", ["", "trap '' INT TERM HUP"], ids=["it ends when asked to", "it does not"])
def test_a_plugin_ends_with_the_program(
    secure: FakeAPI, tmp_path: Path, pids: Path, trap: str, number: signal.Signals
) -> None:
    _end_once_a_plugin_runs([SCRIPT, "check", "-A"], _environ(secure, tmp_path, pids, trap=trap), pids, number)


STARTS = """
import subprocess, sys, time
from kubectl_refs.process import children, interrupt
from kubectl_refs.process.parallel import run_in_parallel

class Slow(subprocess.Popen):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        time.sleep(0.3)

subprocess.Popen = Slow

def run(seconds):
    children.output_of(["sh", "-c", sys.argv[1]], None, seconds, interactive=False)

interrupt.watch()
try:
    {run}
except KeyboardInterrupt:
    interrupt.exit_now(130)
"""
"""A program that gets a signal after it has started another one and before it has recorded that."""


@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
@pytest.mark.parametrize("run", ["run(60)", "run_in_parallel(run, [60], 1)"], ids=["main thread", "another thread"])
def test_a_program_that_is_being_started_ends_as_well(
    tmp_path: Path, pids: Path, run: str, number: signal.Signals
) -> None:
    words = [sys.executable, "-c", STARTS.format(run=run), PLUGIN.format(trap="")]
    _end_once_a_plugin_runs(words, {**os.environ, "PIDS": str(pids)}, pids, number)


def test_completion_leaves_no_plugin_behind(secure: FakeAPI, tmp_path: Path, pids: Path) -> None:
    complete = SCRIPT.with_name("kubectl_complete-refs")
    environ = {**_environ(secure, tmp_path, pids), "KUBECTL_REFS_COMPLETION_TIMEOUT": "1.5"}
    done = subprocess.run(
        [complete, "why", "httproute/"], env=environ, capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, ":4\n", "")
    assert _nothing_left(pids)


def _at_terminal(words: Sequence[str | Path], environ: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """A run on a terminal of its own; the returned descriptor is the terminal's keyboard."""
    keyboard, terminal = pty.openpty()
    session = (
        "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", session, *words], env=environ, stdin=terminal, stdout=subprocess.PIPE, stderr=terminal
    )
    os.close(terminal)
    return process, keyboard


def test_a_plugin_at_a_terminal_is_waited_for_and_ends_with_ctrl_c(
    secure: FakeAPI, tmp_path: Path, pids: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = _environ(secure, tmp_path, pids, mode="IfAvailable")
    process, keyboard = _at_terminal([SCRIPT, "check", "-A"], environ)
    with process:
        assert _eventually(pids.exists)
        os.write(keyboard, b"\x03")
        assert process.wait(10) == 130
    os.close(keyboard)
    assert _nothing_left(pids)


@pytest.mark.parametrize("mode", ["Never", "IfAvailable", "Always"])
def test_a_plugin_at_a_terminal_ends_with_a_timeout_that_is_asked_for(
    secure: FakeAPI, tmp_path: Path, pids: Path, mode: str
) -> None:
    environ = _environ(secure, tmp_path, pids, mode=mode, trap="trap '' TERM")
    process, keyboard = _at_terminal([SCRIPT, "check", "-A", "--request-timeout=1"], environ)
    with process:
        assert process.wait(10) == 2
    assert b"did not end within 1 seconds" in os.read(keyboard, 4096)
    os.close(keyboard)
    assert _nothing_left(pids)


def test_a_plugin_at_a_terminal_reads_what_is_typed(secure: FakeAPI, tmp_path: Path) -> None:
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "sh",
        "args": [
            "-c",
            'read word; echo "{\\"apiVersion\\": \\"client.authentication.k8s.io/v1\\", \\"kind\\": '
            '\\"ExecCredential\\", \\"status\\": {\\"token\\": \\"$word\\"}}"',
        ],
        "interactiveMode": "Always",
    }
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(secure.kubeconfig(exec=plugin)), encoding="utf-8")
    process, keyboard = _at_terminal([SCRIPT, "check", "-A"], {**os.environ, "KUBECONFIG": str(file)})
    with process:
        os.write(keyboard, b"s3cret\n")
        assert process.wait(20) == 0
    os.close(keyboard)
    assert secure.requests[-1].header("Authorization") == ["Bearer s3cret"]
