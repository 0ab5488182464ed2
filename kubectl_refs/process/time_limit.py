"""Work that may never end, such as a request to a server or reading a pipe, with a time limit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

_Result = TypeVar("_Result")

TIMEOUT = 30.0
"""Seconds for a request, or for reading a file, without --request-timeout. kubectl would wait forever."""


class TimeLimitError(TimeoutError):
    """Work that was not done in time."""


def within(seconds: float | None, work: Callable[[], _Result]) -> _Result:
    """What `work` returns or raises; TimeLimitError if it takes longer than `seconds`, None for no limit.

    Work that is given up continues in a daemon thread, which does not keep the process from ending.
    """
    if seconds is None:
        return work()
    ended: SimpleQueue[tuple[_Result] | Exception] = SimpleQueue()

    def run() -> None:
        try:
            ended.put((work(),))
        except Exception as error:  # Raised where the result is waited for.
            ended.put(error)

    threading.Thread(target=run, name="work", daemon=True).start()
    try:
        found = ended.get(timeout=seconds)
    except Empty:
        raise TimeLimitError from None
    if isinstance(found, Exception):
        raise found
    return found[0]
