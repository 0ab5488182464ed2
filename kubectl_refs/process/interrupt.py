"""Ctrl-C, and other requests to end, wherever they come: no program that runs for this one is left behind.

Python raises KeyboardInterrupt in the main thread once that runs again. Where it waits for a lock that other threads
contend for, a signal may come between its last look and its falling asleep, and is noticed when the wait ends: after
the time that a request may take.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import NoReturn

GRACE = 0.5
"""Seconds for the main thread to end by itself what it has begun."""

_ENDING = ("SIGTERM", "SIGHUP")
"""What else ends a process, where the system has it: of `kill`, and of a terminal that is closed."""


def watch() -> None:
    """End the process soon after an interrupt, whatever its main thread waits for."""
    read, write = os.pipe()
    if os.name != "nt":
        # Asked for, and to be had, on the other systems alone.
        os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    for name in _ENDING:
        number = getattr(signal, name, None)
        # One that is ignored, as under nohup, stays so.
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, lambda number, frame: _end_by(number))
    threading.Thread(target=_end, args=(read,), name="interrupt", daemon=True).start()


def leave(status: int) -> NoReturn:
    """End the process at once, and the programs that run for it."""
    # Where it was not imported, nothing was started.
    if "kubectl_refs.process.children" in sys.modules:
        from kubectl_refs.process import children

        children.end_all()
    os._exit(status)


def _end_by(number: int) -> None:
    """End the process by a signal, as its default does, after the programs that run for it."""
    from kubectl_refs.process import children

    children.end_all()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _end(read: int) -> NoReturn:
    number = os.read(read, 1)[0]
    while number not in (signal.SIGINT, *(getattr(signal, name, None) for name in _ENDING)):
        number = os.read(read, 1)[0]
    # The main thread takes longer to end what runs for it than to end itself.
    time.sleep(GRACE if number == signal.SIGINT else 3 * GRACE)
    # As a shell tells of a process that a signal ended.
    leave(128 + number)
