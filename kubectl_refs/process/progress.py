"""Shows what is being read, on standard error, to a user at a terminal who has waited a while already."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable
from typing import Self, TextIO

PATIENCE = 1.0
"""Seconds before the first line: most answers have come by then."""

PAUSE = 0.1
"""Seconds between two lines; nobody can read more of them."""


class Progress:
    """A line that tells how many objects of which kinds have been read so far, erased at the end.

    Nothing is written if the stream is not a terminal. Safe to call from several threads.
    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._lock = threading.Lock()
        self._next = clock() + PATIENCE
        self._read: dict[str, int] = {}
        self._shown = 0
        self._over = self._stream is None or not self._stream.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        with self._lock:
            self._over = True
            if self._shown:
                self._write("")

    def __call__(self, resource: str, count: int) -> None:
        """Note that `count` more objects of a resource, named by its plural, have been read."""
        with self._lock:
            self._read[resource] = self._read.get(resource, 0) + count
            if self._over or self._clock() < self._next:
                return
            self._next = self._clock() + PAUSE
            # Imported here: start-up time. The names are the server's.
            from kubectl_refs.core.text.escaping import safe

            self._write(safe("read " + ", ".join(f"{number} {name}" for name, number in self._read.items()) + " ..."))

    def _write(self, line: str) -> None:
        # One column is left free: a terminal may break the line after the last.
        line = line[: shutil.get_terminal_size().columns - 1]
        self._stream.write(f"\r{line.ljust(self._shown)}" + ("" if line else "\r"))
        self._stream.flush()
        self._shown = len(line)
