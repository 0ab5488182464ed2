"""Paths that are not ordinary files, in every place that takes one: each run ends with one line and in time."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.fakes.api import TLS, FakeAPI
from tests.support.running import SCRIPT, WORKING, Done, Program

SECONDS = 0.3
"""The request timeout of a run."""

Place = Callable[[FakeAPI, Path, str], list[str]]
"""Makes the words of a run that reads a path in a certain place; the folder may hold other files of the run."""


def _kubeconfig(
    api: FakeAPI, folder: Path, user: dict[str, Any] | None = None, authority: str | None = None
) -> list[str]:
    config = api.kubeconfig(**(user or {"token": "t"}))
    if authority is not None:
        config["clusters"][0]["cluster"] = {"server": api.url, "certificate-authority": authority}
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    return ["--kubeconfig", str(file)]


def _pair(certificate: str, key: str) -> dict[str, str]:
    return {"client-certificate": certificate, "client-key": key}


def _provider(path: str) -> dict[str, Any]:
    config = {"idp-issuer-url": "https://127.0.0.1:1", "client-id": "x", "refresh-token": "z"}
    return {"auth-provider": {"name": "oidc", "config": {**config, "idp-certificate-authority": path}}}


PLACES: dict[str, Place] = {
    "-f": lambda api, folder, path: ["check", "-A", "-f", path],
    "--baseline": lambda api, folder, path: ["check", "-A", "-f", WORKING, "--baseline", path],
    "--kinds": lambda api, folder, path: ["check", "-A", "-f", WORKING, "--kinds", path],
    "--kubeconfig": lambda api, folder, path: ["check", "-A", "--kubeconfig", path],
    "certificate-authority": lambda api, folder, path: ["check", "-A", *_kubeconfig(api, folder, authority=path)],
    "--certificate-authority": lambda api, folder, path: [
        *("check", "-A", "--certificate-authority", path),
        *_kubeconfig(api, folder),
    ],
    "client-certificate": lambda api, folder, path: [
        *("check", "-A"),
        *_kubeconfig(api, folder, _pair(path, str(TLS[1]))),
    ],
    "client-key": lambda api, folder, path: ["check", "-A", *_kubeconfig(api, folder, _pair(str(TLS[0]), path))],
    "tokenFile": lambda api, folder, path: ["check", "-A", *_kubeconfig(api, folder, {"tokenFile": path})],
    "idp-certificate-authority": lambda api, folder, path: ["check", "-A", *_kubeconfig(api, folder, _provider(path))],
}

CONTENTS: dict[str, Callable[[FakeAPI], str]] = {
    "-f": lambda api: Path(WORKING).read_text(encoding="utf-8"),
    "--baseline": lambda api: '{"findings": []}',
    "--kinds": lambda api: "[]",
    "--kubeconfig": lambda api: yaml.safe_dump(api.kubeconfig(token="t")),
    "certificate-authority": lambda api: TLS[0].read_text(encoding="utf-8"),
    "--certificate-authority": lambda api: TLS[0].read_text(encoding="utf-8"),
    "client-certificate": lambda api: TLS[0].read_text(encoding="utf-8"),
    "client-key": lambda api: TLS[1].read_text(encoding="utf-8"),
    "tokenFile": lambda api: "t",
}
"""Valid contents for each place, except for the token provider, which is another server."""

TOO_LARGE = r"read {path}: it holds more than \d+ MiB"
TOO_LONG = r"read {path}: its end was not reached within 0.3 seconds \(see --request-timeout\)"
NOT_OPENED = r"open {path}: no such device or address"


def _unwritten(folder: Path, stack: ExitStack) -> str:
    os.mkfifo(folder / "pipe")
    return str(folder / "pipe")


def _silent(folder: Path, stack: ExitStack) -> str:
    path = _unwritten(folder, stack)
    stack.callback(os.close, os.open(path, os.O_RDWR))
    return path


def _trickling(folder: Path, stack: ExitStack) -> str:
    path = _unwritten(folder, stack)
    writer, over = os.open(path, os.O_RDWR), threading.Event()

    def write() -> None:
        while not over.wait(SECONDS / 10):
            os.write(writer, b"\n")

    thread = threading.Thread(target=write)
    thread.start()
    stack.callback(os.close, writer)
    stack.callback(thread.join)
    stack.callback(over.set)
    return path


def _socket(folder: Path, stack: ExitStack) -> str:
    # The path of a socket must be short, and the test's folder may not be.
    bound = stack.enter_context(socket.socket(socket.AF_UNIX))
    path = f"/tmp/kubectl-refs-{os.getpid()}"
    bound.bind(path)
    stack.callback(os.unlink, path)
    return path


PATHS: dict[str, tuple[Callable[[Path, ExitStack], str], str]] = {
    "a device without an end": (lambda folder, stack: "/dev/zero", f"({TOO_LARGE}|{TOO_LONG})"),
    "a pipe that nobody writes to": (_unwritten, TOO_LONG),
    "a pipe whose writer is silent": (_silent, TOO_LONG),
    "a pipe whose writer never ends": (_trickling, TOO_LONG),
    "a socket": (_socket, NOT_OPENED),
}


@pytest.fixture
def secure() -> Iterator[FakeAPI]:
    with FakeAPI(tls=TLS) as server:
        yield server


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without such paths")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", PATHS)
def test_a_path_that_cannot_be_read_to_its_end_is_one_line_in_time(
    secure: FakeAPI, refs: Program, tmp_path: Path, place: str, kind: str
) -> None:
    make, expected = PATHS[kind]
    with ExitStack() as stack:
        path = make(tmp_path, stack)
        begun = time.monotonic()
        done = refs(*PLACES[place](secure, tmp_path, path), f"--request-timeout={SECONDS * 1000:g}ms")
        took = time.monotonic() - begun
    assert (done.status, done.out) == (2, "")
    assert re.fullmatch(rf"error: .*{expected.format(path=re.escape(path))}\n", done.err), done.err
    assert took < SECONDS + 5


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without such paths")
@pytest.mark.parametrize("place", CONTENTS)
def test_a_pipe_that_delivers_is_read(secure: FakeAPI, refs: Program, tmp_path: Path, place: str) -> None:
    path, content = _unwritten(tmp_path, ExitStack()), CONTENTS[place](secure)
    writer = threading.Thread(target=Path(path).write_text, args=(content,), daemon=True)
    writer.start()
    done = refs(*PLACES[place](secure, tmp_path, path), "--tls-server-name=fake.test", "--request-timeout=10")
    writer.join(timeout=10)
    assert not writer.is_alive()
    assert done.err in ("", "No resources with references found.\n")
    assert done.status == 0


@pytest.mark.parametrize(
    "command",
    [
        '"$0" check -A -f <(cat "$1")',
        'cat "$1" | "$0" check -A -f /dev/stdin',
        '"$0" check -A -f /dev/stdin < "$1"',
        'cat "$1" | "$0" check -A -f -',
        '"$0" check -A -o sarif -f <(cat "$1") -f <(echo "{apiVersion: v1, kind: Namespace, metadata: {name: x}}")',
        '"$0" check -A -f "$1" --baseline <(echo "{\\"findings\\": []}")',
    ],
)
def test_a_shells_pipes_are_read(command: str) -> None:
    if not os.path.exists("/bin/bash"):
        pytest.skip("bash is not here")
    done = _bash(command)
    assert (done.status, done.err) == (0, "")
    assert done.out


def test_standard_input_without_an_end_is_one_line() -> None:
    if not os.path.exists("/bin/bash"):
        pytest.skip("bash is not here")
    done = _bash('"$0" check -A -f - < /dev/zero')
    assert (done.status, done.out, done.err) == (2, "", "error: read STDIN: it holds more than 512 MiB\n")


def _bash(command: str) -> Done:
    words = ["/bin/bash", "-c", command, str(SCRIPT), WORKING]
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
    return Done(done.returncode, done.stdout, done.stderr)
