"""Ctrl-C, wherever it comes.

Python raises KeyboardInterrupt in the main thread once that runs again. Where it waits for a lock that other threads
contend for, a signal may come between its last look and its falling asleep, and is noticed when the wait ends: after
the time that a request may take.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import NoReturn

from kubectl_refs.process.errors import INTERRUPTED

GRACE = 0.5
"""Seconds for the main thread to end by itself what it has begun."""


def watch() -> None:
    """End the process soon after an interrupt, whatever its main thread waits for."""
    read, write = os.pipe()
    if os.name != "nt":
        # Asked for, and to be had, on the other systems alone.
        os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    threading.Thread(target=_end, args=(read,), name="interrupt", daemon=True).start()


def _end(read: int) -> NoReturn:
    while signal.SIGINT not in os.read(read, 1):
        pass
    time.sleep(GRACE)
    os._exit(INTERRUPTED)
