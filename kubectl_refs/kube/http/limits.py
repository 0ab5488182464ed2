"""How long and how large an answer may be.

Timeouts of sockets do not see to it: a server that sends a byte now and then never exceeds the time between two.
"""

from __future__ import annotations

import time

import urllib3

LARGEST_BODY = 512 * 1024 * 1024
"""Bytes of one answer, decompressed; the largest objects that a server stores, a page of them, need less."""

GRACE = 0.25
"""Seconds beyond a request's time for the timeouts of sockets, which know what they wait for, to come first."""

_PIECE = 256 * 1024


class TooLargeError(ValueError):
    """An answer larger than any that makes sense."""


class SlowBodyError(TimeoutError):
    """An answer that had begun and was not complete in time."""


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
