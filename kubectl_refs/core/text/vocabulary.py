"""The words that there are, among which the one is looked for that a misspelt word may mean."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import nsmallest

from kubectl_refs.core.text.similarity import SHORT, close_by, deliberate, letters, most_slips

LIKELY = 100
"""Words that are compared letter by letter, where thousands might be meant."""

LABEL = 63
"""The length of the longest name of most kinds: of a longer word not all slips are made, of which there are too many."""

NEIGHBOURS = 200
"""Of very many words those that are looked at: so many on either side of the place where a misspelt word would stand,
in the order of their beginnings and in that of their ends."""


class Vocabulary:
    """Words, found by one that is spelt nearly like them. Looking for one takes no longer the more of them there are."""

    def __init__(self, words: Iterable[str]) -> None:
        self._letters = {word: letters(word) for word in words}
        self._nearest: dict[str, str | None] = {}

    @cached_property
    def _alphabet(self) -> Sequence[str]:
        return sorted({char for word in self._letters for char in word})

    @cached_property
    def _by_beginning(self) -> Sequence[str]:
        return sorted(self._letters)

    @cached_property
    def _by_end(self) -> Sequence[str]:
        return sorted(word[::-1] for word in self._letters)

    def nearest(self, wanted: str) -> str | None:
        """The close word (similarity.close), the nearest one, the first of several; None if none is close. Near a short
        word there are many: of several none.

        Of more than LIKELY no more are looked at closely, those first that are spelt with the same letters.
        """
        if wanted not in self._nearest:
            self._nearest[wanted] = self._alone(wanted) if len(wanted) <= SHORT else self._of_long(wanted)
        return self._nearest[wanted]

    def _alone(self, wanted: str) -> str | None:
        """The word that one slip makes of a short one; where there are several, the one that is no name on purpose."""
        found = self._by_one_slip(wanted)
        slips = [word for word in found if not deliberate(wanted, word)] or found
        return slips[0] if len(slips) == 1 else None

    def _of_long(self, wanted: str) -> str | None:
        many = len(self._letters) > LIKELY and len(wanted) <= LABEL
        return next(iter(self._by_one_slip(wanted) if many else ()), None) or self._by_comparison(wanted)

    def _by_one_slip(self, wanted: str) -> Sequence[str]:
        """The words that one slip makes of another, in order: most slips are one, and to make them all is cheaper than to
        look at many words."""
        ends = [(wanted[:place], wanted[place:]) for place in range(len(wanted) + 1)]
        made = {start + end[1:] for start, end in ends if end}
        made |= {start + end[1] + end[0] + end[2:] for start, end in ends if len(end) > 1}
        made |= {start + char + end[skipped:] for start, end in ends for skipped in (0, 1) for char in self._alphabet}
        return sorted(word for word in made & self._letters.keys() if word != wanted and most_slips(wanted, word))

    def _by_comparison(self, wanted: str) -> str | None:
        own, length, most = letters(wanted), len(wanted), most_slips("", wanted)
        likely = []
        for word, distance in self._around(wanted).items():
            # Each slip changes two letters at most, and the length by one.
            changed = (own ^ self._letters[word]).bit_count()
            longer = len(word) - length
            slips = max((changed + 1) // 2, longer, -longer)
            if slips <= (most if longer <= 0 else most_slips("", word)):
                likely.append((slips, changed, distance, word))
        best: tuple[int, str] | None = None
        for slips, _, _, word in nsmallest(LIKELY, likely):
            limit = most_slips(wanted, word)
            if best is not None:
                if slips > best[0]:
                    break
                limit = min(limit, best[0])
            found = close_by(wanted, word, limit)
            if found is not None and (best is None or (found, word) < best):
                best = found, word
        return None if best is None else best[1]

    def beginning(self, start: str) -> Sequence[str]:
        """The words that begin so, no more than NEIGHBOURS."""
        place = bisect_left(self._by_beginning, start)
        return [word for word in self._by_beginning[place : place + NEIGHBOURS] if word.startswith(start)]

    def _around(self, wanted: str) -> Mapping[str, int]:
        """The words that may be close, each with its distance in an order: what differs in few letters begins or ends
        alike."""
        if len(self._letters) <= 4 * NEIGHBOURS:
            return dict.fromkeys(self._letters, 0)
        backward = {word[::-1]: distance for word, distance in _neighbours(self._by_end, wanted[::-1])}
        forward = _neighbours(self._by_beginning, wanted)
        return {**backward, **{word: min(distance, backward.get(word, distance)) for word, distance in forward}}


def _neighbours(words: Sequence[str], wanted: str) -> Iterator[tuple[str, int]]:
    place = bisect_left(words, wanted)
    first = max(place - NEIGHBOURS, 0)
    return ((word, abs(first + at - place)) for at, word in enumerate(words[first : place + NEIGHBOURS]))


def nearest(wanted: str, words: Iterable[str]) -> str | None:
    """The close word among some that are asked for one word alone (Vocabulary.nearest)."""
    return Vocabulary(words).nearest(wanted)
