"""The standard streams in the state the program was started with: closed, full, or lacking characters.

An answer that could not be written is an error, which the caller reports. A message that could not be written to
standard error is lost, and changes neither the answer nor the exit status.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TextIO


def make_streams_safe() -> None:
    """Make the streams of this process safe to write to. Called once."""
    if sys.stdout is None:
        # Nobody wants the text, but the exit status still counts.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  it lives as long as the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  it lives as long as the process
    elif _is_file(sys.stderr):
        raw = _BestEffortStream(sys.stderr.fileno(), "w", closefd=False)
        sys.stderr = io.TextIOWrapper(io.BufferedWriter(raw), sys.stderr.encoding, line_buffering=True)
    for stream in (sys.stdout, sys.stderr):
        # A character missing in the locale must not cost the answer; only real text streams can be configured.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(line: str) -> None:
    """Write one line to standard error; it may quote a server or a manifest."""
    # Imported here: start-up time.
    from kubectl_refs.core.text.escaping import safe

    sys.stderr.write(f"{safe(line)}\n")
    sys.stderr.flush()


def show(page: str) -> None:
    """Write a page from a renderer, which is safe already, to standard error."""
    sys.stderr.write(page)
    sys.stderr.flush()


def is_terminal(stream: object) -> bool:
    """Whether a stream is a terminal, where somebody can answer or see it at once."""
    isatty = getattr(stream, "isatty", None)
    return isatty is not None and bool(isatty())


def abandon_output() -> None:
    """Keep the interpreter from complaining, when it ends, about output that could not be written."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_file(stream: TextIO) -> bool:
    """Whether a stream writes straight to a file descriptor, unlike the console of Windows."""
    binary = getattr(stream, "buffer", None)
    # With PYTHONUNBUFFERED there is no buffer in between.
    return isinstance(getattr(binary, "raw", binary), io.FileIO)


class _BestEffortStream(io.FileIO):
    """Standard error that ignores failed writes: its reader may be gone, or its disk full."""

    def write(self, data: bytes) -> int:  # type: ignore[override]
        try:
            return super().write(data)
        except OSError:
            return len(data)
