"""A View that notes what is looked at, to tell later what an answer depends on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, Self, TypeVar

from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Answers, Read
from kubectl_refs.core.view.view import View

S = TypeVar("S")


class RecordingView(View, Generic[S]):
    """A View whose `seen` is what was looked at, for its own results or for shared ones, as `looks` describes it by
    the read and by what mattered about its objects (View.list)."""

    def __init__(
        self,
        catalog: Catalog,
        answers: Answers,
        looks: Callable[[Read, Hashable], Iterable[S]],
        memo: dict[Hashable, Any] | None = None,
    ) -> None:
        super().__init__(catalog, answers, memo)
        self._looks = looks
        self.seen: set[S] = set()

    def _find_answer(self, read: Read, effect: str, *, required: bool = False, aspect: Hashable = None) -> Answer:
        self.seen.update(self._looks(read, aspect))
        return super()._find_answer(read, effect, required=required, aspect=aspect)

    def _subview(self) -> Self:
        return type(self)(self.catalog, self._answers, self._looks, self._memo)

    @property
    def _has_recorded(self) -> bool:
        return bool(self.seen) or super()._has_recorded

    def _adopt_needs(self, other: Self) -> None:
        super()._adopt_needs(other)
        self.seen |= other.seen
