"""Ctrl-C and other requests to end, whenever they come; no child program is left behind.

Python raises KeyboardInterrupt in the main thread once that runs again. If it waits for a lock that other threads
contend for, a signal may come between its last check and its falling asleep, and is noticed only when the wait ends:
after the time that a request may take.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import NoReturn

GRACE = 0.5
"""Seconds for the main thread to finish by itself."""

_ENDING_SIGNALS = ("SIGTERM", "SIGHUP")
"""Other signals that end a process, if the system has them: that of `kill`, and that of a closed terminal."""


def watch() -> None:
    """End the process soon after an interrupt, whatever its main thread waits for."""
    read, write = os.pipe()
    if os.name != "nt":
        # Needed, and available, only on other systems than Windows.
        os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    for name in _ENDING_SIGNALS:
        number = getattr(signal, name, None)
        # A signal that is ignored, as under nohup, stays ignored.
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, lambda number, frame: _end_by(number))
    threading.Thread(target=_end, args=(read,), name="interrupt", daemon=True).start()


def exit_now(status: int) -> NoReturn:
    """End the process at once, and its child programs."""
    # If the module was not imported, nothing was started.
    if "kubectl_refs.process.children" in sys.modules:
        from kubectl_refs.process import children

        children.end_all()
    os._exit(status)


def _end_by(number: int) -> None:
    """End the child programs, and then this process by a signal's default action."""
    from kubectl_refs.process import children

    children.end_all()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _end(read: int) -> NoReturn:
    number = os.read(read, 1)[0]
    while number not in (signal.SIGINT, *(getattr(signal, name, None) for name in _ENDING_SIGNALS)):
        number = os.read(read, 1)[0]
    # For other signals, the main thread first ends the child programs, which takes longer.
    time.sleep(GRACE if number == signal.SIGINT else 3 * GRACE)
    # The status that a shell reports for a process ended by a signal.
    exit_now(128 + number)
