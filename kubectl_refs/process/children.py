"""Other programs that run for this one, and end with it: none is left behind, and none of those that it started."""

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
"""By process."""
_starting = threading.RLock()
"""Held while a program is started and not yet among those that run. A signal may come in the thread that holds it."""


def output_of(
    words: Sequence[str], environment: Mapping[str, str], seconds: float | None, *, interactive: bool
) -> tuple[int, bytes]:
    """Run a program; its exit status, negative for a signal, and what it printed. Its standard error is ours.

    TimeLimitError where it does not end within `seconds`, None being any time; OSError or ValueError where it cannot
    be started. An `interactive` one reads our standard input. It stays in our process group, as the terminal lets no
    other read from it, and so gets what the terminal sends, such as Ctrl-C; any other has a process group of its own.
    """
    with _starting:
        process = _started(words, environment, interactive=interactive)
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
    """End the programs that still run, once this process ends: none is started any more. Safe to call from any thread."""
    # Never given back. The thread that has it may be the one that a signal interrupts here.
    _starting.acquire(timeout=GRACE)
    for child in list(_running.values()):
        child.end()
    if os.name != "nt":
        # One whose start was interrupted has done nothing yet that it would have to put in order.
        _signal(_descendants(os.getpid()), signal.SIGKILL)


def _started(words: Sequence[str], environment: Mapping[str, str], *, interactive: bool) -> subprocess.Popen[bytes]:
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
    """A running program. `grouped` says that it and what it started have a process group of their own."""

    def __init__(self, process: subprocess.Popen[bytes], *, grouped: bool) -> None:
        self._process = process
        self._grouped = grouped

    def end(self) -> None:
        """Ask it and all that it started to end, and after a while make them."""
        if os.name == "nt":
            self._process.kill()
            return
        # A group is named by a negative number.
        family = [-self._process.pid] if self._grouped else [self._process.pid, *_descendants(self._process.pid)]
        _signal(family, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
        _signal(family, signal.SIGKILL)


def _signal(family: Iterable[int], number: int) -> None:
    for pid in family:
        # What has ended already gets none.
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _descendants(pid: int) -> list[int]:
    """The processes that a process started, and those that they started, as `ps` knows them."""
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
