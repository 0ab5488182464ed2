"""Work that mostly waits, done side by side.

concurrent.futures would do as well, but importing it takes longer than a server takes to answer.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def run_in_parallel(work: Callable[[_Item], _Result], items: Sequence[_Item], most: int) -> list[_Result]:
    """The results of `work` for each item, in order, by `most` threads at most.

    If work raises for an item, the error of the first such item is raised, and nothing more is begun. What has begun
    continues in daemon threads, which do not keep the process from ending.
    """
    waiting = deque(enumerate(items))
    ended: SimpleQueue[tuple[int, tuple[_Result] | Exception]] = SimpleQueue()

    def run() -> None:
        while waiting:
            try:
                number, item = waiting.popleft()
            except IndexError:
                # Another thread took the last one.
                return
            try:
                ended.put((number, (work(item),)))
            except Exception as error:  # Raised where the result is waited for.
                waiting.clear()
                ended.put((number, error))

    for _ in range(min(most, len(items))):
        threading.Thread(target=run, name="side by side", daemon=True).start()
    done: dict[int, tuple[_Result] | Exception] = {}
    results = []
    try:
        for wanted in range(len(items)):
            while wanted not in done:
                number, outcome = ended.get()
                done[number] = outcome
            found = done.pop(wanted)
            if isinstance(found, Exception):
                raise found
            results.append(found[0])
    finally:
        waiting.clear()
    return results
