"""After a change: the conditions of the objects it was for, until every controller says what the specification does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.core.view.reads import Get, Source

INTERVAL = 1.0
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the time comes from; `now` in seconds, from any beginning."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Waited:
    """The `ResolvedRefs` conditions at the last look, and the objects that could not be read at it, with the reason."""

    conditions: tuple[Condition, ...] = ()
    unread: tuple[tuple[ObjectKey, str], ...] = ()

    @property
    def open(self) -> tuple[Condition, ...]:
        """Those that do not say, or not yet, what the specification asks for."""
        return tuple(each for each in self.conditions if each.agreement is not Agreement.AGREES)

    @property
    def done(self) -> bool:
        return not self.open and not self.unread


def follow(
    source: Source,
    keys: Sequence[ObjectKey],
    seconds: float,
    progress: Callable[[Waited], None],
    clock: Clock,
) -> Waited:
    """Look once a second until all agree or the time is up; `progress` hears of each look that changes the picture."""
    deadline = clock.now() + seconds
    before: Waited | None = None
    while True:
        waited = _look(source, keys)
        if before is None or len(waited.open) != len(before.open):
            progress(waited)
        before = waited
        if waited.done or clock.now() + INTERVAL > deadline:
            return waited
        clock.sleep(INTERVAL)


def _look(source: Source, keys: Sequence[ObjectKey]) -> Waited:
    gets = [Get(key) for key in keys]
    answers = source.read(gets)
    objects = tuple(obj for get in gets if (obj := answers[get].object) is not None)
    unread = tuple(
        (get.key, failure.message if (failure := answers[get].failure) else "it does not exist any more")
        for get in gets
        if answers[get].object is None
    )
    report = investigate(source, objects)
    return Waited(tuple(each for each in report.conditions if each.type == "ResolvedRefs"), unread)
