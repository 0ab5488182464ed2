"""How long and how large an answer may be.

Timeouts of sockets do not see to it: a server that sends a byte now and then never exceeds the time between two.
"""

from __future__ import annotations

LARGEST_BODY = 512 * 1024 * 1024
"""Bytes of one answer, decompressed; the largest objects that a server stores, a page of them, need less."""

LARGEST_LIST = 8 * LARGEST_BODY
"""Bytes of a list of which little is kept, decompressed."""

GRACE = 0.25
"""Seconds beyond a request's time for the timeouts of sockets, which know what they wait for, to come first."""

PIECE = 256 * 1024
"""Bytes that are read, and decompressed, at a time."""


class TooLargeError(ValueError):
    """An answer larger than any that makes sense."""


class UndecodableError(ValueError):
    """A body that is not what its headers say."""


class SlowBodyError(TimeoutError):
    """An answer that had begun and was not complete in time."""
