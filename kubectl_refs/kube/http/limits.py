"""How long an answer may take and how large it may be.

Socket timeouts cannot ensure this: a server that sends a byte now and then never exceeds them.
"""

from __future__ import annotations

LARGEST_BODY = 512 * 1024 * 1024
"""The most bytes of one answer, decompressed; a page of the largest objects that a server stores needs less."""

LARGEST_LIST = 8 * LARGEST_BODY
"""The most bytes, decompressed, of a list of which little is kept."""

GRACE = 0.25
"""Seconds beyond a request's time, so that socket timeouts come first: they know what was waited for."""

PIECE = 256 * 1024
"""Bytes read, and decompressed, at a time."""


class TooLargeError(ValueError):
    """An answer that is larger than makes sense."""


class UndecodableError(ValueError):
    """A body that does not match its headers."""


class SlowBodyError(TimeoutError):
    """An answer that had begun and was not complete in time."""
