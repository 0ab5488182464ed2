"""A View that notes what is looked at, to tell later what an answer depends on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, Self, TypeVar

from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Answers, Read
from kubectl_refs.core.view.view import View

S = TypeVar("S")


class NotingView(View, Generic[S]):
    """A View whose `seen` is what was looked at, for its own results or for shared ones, as `sights` describes it by
    the read and by what mattered about its objects (View.list)."""

    def __init__(
        self,
        catalog: Catalog,
        answers: Answers,
        sights: Callable[[Read, Hashable], Iterable[S]],
        memo: dict[Hashable, Any] | None = None,
    ) -> None:
        super().__init__(catalog, answers, memo)
        self._sights = sights
        self.seen: set[S] = set()

    def _look(self, read: Read, effect: str, *, required: bool = False, about: Hashable = None) -> Answer:
        self.seen.update(self._sights(read, about))
        return super()._look(read, effect, required=required, about=about)

    def _apart(self) -> Self:
        return type(self)(self.catalog, self._answers, self._sights, self._memo)

    @property
    def _has_noted(self) -> bool:
        return bool(self.seen) or super()._has_noted

    def _take_needs(self, other: Self) -> None:
        super()._take_needs(other)
        self.seen |= other.seen
