"""Where keys and elements of lists stand in a document, whatever their values: of thousands of manifests many are alike in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from kubectl_refs.documents.lines import Lines, Node

Place = tuple[int, int, str | None]
"""Where in its line a key or an element of a list stands: the column where the line begins, the one where its key or value
does, further on behind a dash; and the key."""


class Layout:
    """The places of a document, line by line, None for one that is blank. Documents of the same text that are alike in them
    have one layout, and their lines are looked for once."""

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
            # An element is deeper than the key that holds it, which may begin in its column.
            if content > begins:
                yield 2 * begins + 2, number, None
            if key is not None:
                yield 2 * content + 1, number, key
