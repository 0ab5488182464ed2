"""The standard streams as whoever started the program left them: closed, full, or of an encoding without a character.

An answer that could not be written is an error, and the caller's to tell. What could not be told on standard error is
lost, and changes neither the answer nor the exit status.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TextIO


def settle() -> None:
    """Make the streams of this process fit to be written to. Done once."""
    if sys.stdout is None:
        # Nobody wants the text, but the exit status still counts.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  it lives as long as the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  it lives as long as the process
    elif _is_file(sys.stderr):
        raw = _Unheard(sys.stderr.fileno(), "w", closefd=False)
        sys.stderr = io.TextIOWrapper(io.BufferedWriter(raw), sys.stderr.encoding, line_buffering=True)
    for stream in (sys.stdout, sys.stderr):
        # A locale without a character must not cost the answer; only a real text stream can be told so.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(line: str) -> None:
    """One line on standard error; it may quote a server or a manifest."""
    # Imported here: start-up time.
    from kubectl_refs.core.text.escaping import safe

    sys.stderr.write(f"{safe(line)}\n")
    sys.stderr.flush()


def show(page: str) -> None:
    """Write a page that a renderer made, which is safe already, on standard error."""
    sys.stderr.write(page)
    sys.stderr.flush()


def is_terminal(stream: object) -> bool:
    """Whether somebody can answer on a stream, or see it at once."""
    isatty = getattr(stream, "isatty", None)
    return isatty is not None and bool(isatty())


def abandon_output() -> None:
    """Keep the interpreter from complaining, when it ends, of what could not be written."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_file(stream: TextIO) -> bool:
    """Whether a stream writes to a descriptor as it is; the console of Windows is no such thing."""
    binary = getattr(stream, "buffer", None)
    # Without buffering, as PYTHONUNBUFFERED wants it, there is nothing in between.
    return isinstance(getattr(binary, "raw", binary), io.FileIO)


class _Unheard(io.FileIO):
    """Standard error, whose reader may have gone and whose disk may be full."""

    def write(self, data: bytes) -> int:  # type: ignore[override]
        try:
            return super().write(data)
        except OSError:
            return len(data)
