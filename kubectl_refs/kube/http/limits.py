"""How long and how large an answer may be.

Timeouts of sockets do not see to it: a server that sends a byte now and then never exceeds the time between two.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

import urllib3

_Answer = TypeVar("_Answer")

LARGEST_BODY = 512 * 1024 * 1024
"""Bytes of one answer, decompressed; the largest objects that a server stores, a page of them, need less."""

_PIECE = 256 * 1024
_GRACE = 0.25
"""Seconds for the timeouts of sockets, which know what they wait for, to come first."""


class TooLargeError(ValueError):
    """An answer larger than any that makes sense."""


class SlowBodyError(TimeoutError):
    """An answer that had begun and was not complete in time."""


class SlowHeadersError(TimeoutError):
    """An answer whose headers had begun and were not complete in time."""


def within(seconds: float | None, ask: Callable[[], _Answer]) -> _Answer:
    """What `ask` returns or raises; SlowHeadersError where it takes longer, None being any time.

    What is given up goes on in a thread of its own, which keeps nobody from leaving.
    """
    if seconds is None:
        return ask()
    ended: SimpleQueue[tuple[_Answer] | Exception] = SimpleQueue()

    def work() -> None:
        try:
            ended.put((ask(),))
        except Exception as error:  # It is raised where the answer is waited for.
            ended.put(error)

    threading.Thread(target=work, name="request", daemon=True).start()
    try:
        found = ended.get(timeout=seconds + _GRACE)
    except Empty:
        raise SlowHeadersError from None
    if isinstance(found, Exception):
        raise found
    return found[0]


def whole(raw: urllib3.BaseHTTPResponse, deadline: float | None) -> bytes:
    """The body, read piece by piece until `deadline` on the monotonic clock, None for none; TooLargeError, SlowBodyError."""
    pieces: list[bytes] = []
    size = 0
    while piece := raw.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_BODY:
            raw.close()
            raise TooLargeError
        if deadline is not None and time.monotonic() > deadline:
            raw.close()
            raise SlowBodyError
    raw.release_conn()
    return b"".join(pieces)
