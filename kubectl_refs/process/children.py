"""Child programs, which end with this one: neither they nor the processes that they started are left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from kubectl_refs.process.time_limit import TimeLimitError

GRACE = 0.5
"""Seconds for a program to end by itself once it is asked to."""

_running: dict[int, _Child] = {}
"""The running programs, by process id."""
_starting = threading.RLock()
"""Held while a program is being started and is not in _running yet. A signal may come in the thread that holds it."""


def output_of(
    words: Sequence[str], environment: Mapping[str, str], seconds: float | None, *, interactive: bool
) -> tuple[int, bytes]:
    """Run a program; returns its exit status, negative for a signal, and its output. It shares our standard error.

    TimeLimitError if it does not end within `seconds`, None for no limit; OSError or ValueError if it cannot be
    started. An `interactive` program reads our standard input. It stays in our process group, as the terminal lets no
    other read from it, and so gets the terminal's signals, such as Ctrl-C; any other has a process group of its own.
    """
    with _starting:
        process = _start(words, environment, interactive=interactive)
    child = _running[process.pid]
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.end()
        raise TimeLimitError from None
    except BaseException:
        child.end()
        raise
    finally:
        del _running[process.pid]
    return process.returncode, output


def end_all() -> None:
    """End the programs that still run, as this process ends, and let none start any more. Safe from any thread."""
    # Never released. The thread that holds it may be the one that a signal interrupts here.
    _starting.acquire(timeout=GRACE)
    for child in list(_running.values()):
        child.end()
    if os.name != "nt":
        # A program whose start was interrupted has nothing to clean up yet.
        _signal(_descendants(os.getpid()), signal.SIGKILL)


def _start(words: Sequence[str], environment: Mapping[str, str], *, interactive: bool) -> subprocess.Popen[bytes]:
    grouped = os.name != "nt" and not interactive
    process = subprocess.Popen(
        words,
        stdin=None if interactive else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=environment,
        process_group=0 if grouped else None,
    )
    _running[process.pid] = _Child(process, grouped=grouped)
    return process


class _Child:
    """A running program. `grouped` says that it and its descendants have a process group of their own."""

    def __init__(self, process: subprocess.Popen[bytes], *, grouped: bool) -> None:
        self._process = process
        self._grouped = grouped

    def end(self) -> None:
        """Ask the program and its descendants to end, and kill them after a while."""
        if os.name == "nt":
            self._process.kill()
            return
        # A negative number names a process group.
        family = [-self._process.pid] if self._grouped else [self._process.pid, *_descendants(self._process.pid)]
        _signal(family, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
        _signal(family, signal.SIGKILL)


def _signal(family: Iterable[int], number: int) -> None:
    for pid in family:
        # The process may have ended already.
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _descendants(pid: int) -> list[int]:
    """The descendants of a process, according to `ps`."""
    try:
        table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, timeout=GRACE, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return []
    started: dict[int, list[int]] = {}
    for line in table.decode(errors="replace").splitlines():
        child, _, parent = line.strip().partition(" ")
        started.setdefault(int(parent), []).append(int(child))
    found, pending = [], [pid]
    while pending:
        children = started.get(pending.pop(), [])
        found += children
        pending += children
    return found
