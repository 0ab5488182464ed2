"""The collector of reference cycles, while there is nothing for it to find."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of reference cycles: nothing here makes any, and looking for them among hundreds of
    thousands of objects takes a third of the time. What is left at the end is
    never looked at again either, so that leaving costs nothing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
