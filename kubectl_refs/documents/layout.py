"""The places of keys and list elements in a document, whatever their values: many manifests share them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from kubectl_refs.documents.lines import Lines, Node

Place = tuple[int, int, str | None]
"""The place of a key or list element in its line: the column where the line begins, the column where the key or value
does (further right after a dash), and the key."""


class Layout:
    """The places of a document, line by line, None for a blank one. Documents of one text with equal places share a
    layout, so that their lines are computed once."""

    def __init__(self, places: Sequence[Place | None]) -> None:
        self._places = places

    @cached_property
    def lines(self) -> Lines:
        return Lines(self._nodes())

    def _nodes(self) -> Iterator[Node]:
        within = False
        for number, place in enumerate(self._places, start=1):
            if place is None:
                continue
            begins, content, key = place
            if not within:
                within = True
                yield 0, number, None
            # An element is deeper than the key that holds it, even if both begin in the same column.
            if content > begins:
                yield 2 * begins + 2, number, None
            if key is not None:
                yield 2 * content + 1, number, key
