"""Reading what an analysis needs, while it finds out what that is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.view.reads import Answer, Read, Source
from kubectl_refs.core.view.store import Library, LocalLibrary
from kubectl_refs.core.view.view import View

S = TypeVar("S")
T = TypeVar("T")


def inquire(source: Source, think: Callable[[View], T]) -> T:
    """Run an analysis until it looks at nothing that has not been read.

    A run's result is provisional while its View has needs. Needs are read all at once, so an analysis costs as many
    rounds as its questions build on each other: one where the source is a set of manifests.
    """
    if not source.catalog.live:
        return think(View(source.catalog, LocalLibrary(source)))
    answers: dict[Read, Answer] = {}
    memo: dict[Hashable, Any] = {}
    while True:
        view = View(source.catalog, answers, memo)
        result = think(view)
        if not view.needs:
            return result
        answers.update(source.read(tuple(view.needs)))


def inquire_each(
    source: Source, library: Library, items: Iterable[S], think: Callable[[View, S], T]
) -> tuple[list[T], tuple[Gap, ...]]:
    """Run an analysis of each item until it looks at nothing that has not been read; the results, and all gaps.

    Items may still be arriving: those that are there are looked at meanwhile. Items whose questions are answered are
    not looked at again, so a round costs only what is still open. All Views share results made from answers, also with
    other inquiries of the same library.
    """
    results: dict[int, T] = {}
    gaps: dict[Hashable, Gap] = {}
    open_: Iterable[tuple[int, S]] = enumerate(items)
    while True:
        needs: dict[Read, None] = {}
        again = []
        for index, item in open_:
            view = View(source.catalog, library, library.memo)
            result = think(view, item)
            if view.needs:
                needs.update(view.needs)
                again.append((index, item))
                continue
            results[index] = result
            for gap in view.gaps:
                gaps.setdefault(gap.request, gap)
        if not again:
            return [results[index] for index in sorted(results)], tuple(gaps.values())
        library.add(source.read(tuple(needs)))
        open_ = again
