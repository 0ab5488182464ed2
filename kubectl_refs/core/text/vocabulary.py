"""A vocabulary of existing words, searched for the one that a misspelt word may mean."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import nsmallest

from kubectl_refs.core.text.similarity import SHORT, distance_if_close, letters, looks_deliberate, most_slips

LIKELY = 100
"""How many words are compared letter by letter, where thousands might be meant."""

LABEL = 63
"""The length of the longest name of most kinds. For a longer word not all slips are generated: there are too many."""

NEIGHBOURS = 200
"""How many words are looked at, if there are very many, on either side of the place where a misspelt word would stand:
once in the order of the beginnings, once in that of the ends."""


class Vocabulary:
    """Words, found by a similar spelling. However many words there are, a search takes no longer."""

    def __init__(self, words: Iterable[str]) -> None:
        self._letters = {word: letters(word) for word in words}
        self._nearest: dict[str, str | None] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._letters

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
        """The word in lower case, or the nearest close word (similarity.is_close), the first of several; None if none is
        close. Of several deliberate names (similarity.looks_deliberate), such as `api-1` and `api-2` for `api-3`, none
        is more likely than the others: None. A short word has many words near it: None if there are several.

        Of more than LIKELY words, only LIKELY are compared letter by letter: those with the most similar letters.
        """
        if wanted not in self._nearest:
            lower = wanted.lower()
            if lower != wanted and lower in self._letters:
                self._nearest[wanted] = lower
            else:
                self._nearest[wanted] = self._alone(wanted) if len(wanted) <= SHORT else self._of_long(wanted)
        return self._nearest[wanted]

    def _alone(self, wanted: str) -> str | None:
        """The only word that is one slip from a short word; deliberate names count only if there are no other words."""
        found = self._by_one_slip(wanted)
        slips = [word for word in found if not looks_deliberate(wanted, word)] or found
        return slips[0] if len(slips) == 1 else None

    def _of_long(self, wanted: str) -> str | None:
        many = len(self._letters) > LIKELY and len(wanted) <= LABEL
        near = (self._by_one_slip(wanted) if many else ()) or self._by_comparison(wanted)
        slips = [word for word in near if not looks_deliberate(wanted, word)]
        return slips[0] if slips else near[0] if len(near) == 1 else None

    def _by_one_slip(self, wanted: str) -> Sequence[str]:
        """The words that are one slip from another, in order. Most slips are single, and generating all of these is
        cheaper than comparing many words."""
        ends = [(wanted[:place], wanted[place:]) for place in range(len(wanted) + 1)]
        made = {start + end[1:] for start, end in ends if end}
        made |= {start + end[1] + end[0] + end[2:] for start, end in ends if len(end) > 1}
        made |= {start + char + end[skipped:] for start, end in ends for skipped in (0, 1) for char in self._alphabet}
        return sorted(word for word in made & self._letters.keys() if word != wanted and most_slips(wanted, word))

    def _by_comparison(self, wanted: str) -> Sequence[str]:
        """The nearest close words, all by equally many slips, in order."""
        own, length, most = letters(wanted), len(wanted), most_slips("", wanted)
        likely = []
        for word, distance in self._nearby_words(wanted).items():
            # Each slip changes at most two letters, and the length by at most one.
            changed = (own ^ self._letters[word]).bit_count()
            longer = len(word) - length
            slips = max((changed + 1) // 2, longer, -longer)
            if slips <= (most if longer <= 0 else most_slips("", word)):
                likely.append((slips, changed, distance, word))
        nearest: list[str] = []
        fewest = len(wanted)
        for slips, _, _, word in nsmallest(LIKELY, likely):
            if slips > fewest:
                break
            found = distance_if_close(wanted, word, min(most_slips(wanted, word), fewest))
            if found is not None:
                if found < fewest:
                    nearest.clear()
                fewest = found
                nearest.append(word)
        return sorted(nearest)

    def beginning(self, start: str) -> Sequence[str]:
        """The words with this beginning, at most NEIGHBOURS."""
        place = bisect_left(self._by_beginning, start)
        return [word for word in self._by_beginning[place : place + NEIGHBOURS] if word.startswith(start)]

    def _nearby_words(self, wanted: str) -> Mapping[str, int]:
        """The words that may be close, each with its distance in a sort order: words that differ in few letters
        begin or end alike."""
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
    """The close word among words that are searched only this once (Vocabulary.nearest)."""
    return Vocabulary(words).nearest(wanted)
