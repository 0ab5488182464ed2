"""After a change: poll the conditions of the objects it was for, until controllers agree with the specification."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.queries.resolution import Resolution, resolution_of
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.reads import Source

INTERVAL = 1.0
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A source of time; `now` is in seconds from any starting point."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def wait_for_agreement(
    source: Source,
    keys: Sequence[ObjectKey],
    seconds: float,
    progress: Callable[[Resolution], None],
    clock: Clock,
) -> Resolution:
    """Look once a second until all agree or the time is up; `progress` is called when the number still open changes."""
    deadline = clock.now() + seconds
    before: Resolution | None = None
    while True:
        waited = resolution_of(source, keys)
        if before is None or len(waited.unresolved) != len(before.unresolved):
            progress(waited)
        before = waited
        if waited.done or clock.now() + INTERVAL > deadline:
            return waited
        clock.sleep(INTERVAL)
