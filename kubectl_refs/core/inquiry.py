"""Reading what an analysis needs, as it finds out what that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from kubectl_refs.core.snapshot import Answer, Read, Source, World

T = TypeVar("T")


def inquire(source: Source, think: Callable[[World], T], read: Mapping[Read, Answer] | None = None) -> T:
    """Run an analysis until it looks at nothing that has not been read.

    A run's result is provisional while its World has needs. Needs are read all at once, so an analysis costs as many
    rounds as its questions build on each other. `read` are answers that are there already.
    """
    answers = dict(read or {})
    while True:
        world = World(source.catalog, answers)
        result = think(world)
        if not world.needs:
            return result
        answers.update(source.read(tuple(world.needs)))
