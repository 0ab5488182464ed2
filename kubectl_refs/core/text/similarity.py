"""Comparing words that people write: how far apart two names are, and what kind of slip turns one into the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from heapq import nsmallest

LIKELY = 100
"""Names that are compared letter by letter, where thousands might be meant."""


def edit_distance(left: str, right: str, limit: int | None = None) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.

    Beyond `limit` it is not worked out: the result is some number above it.
    """
    # What both begin or end with costs nothing.
    start = _common(left, right)
    left, right = left[start:], right[start:]
    end = _common(left[::-1], right[::-1])
    left, right = left[: len(left) - end], right[: len(right) - end]
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for row, a in enumerate(left, 1):
        if limit is not None and min(previous) > limit and (not before or min(before) > limit):
            return limit + 1
        current = [row]
        for column, b in enumerate(right, 1):
            cost = min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (a != b))
            if row > 1 and column > 1 and a == right[column - 2] and left[row - 2] == b:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]


def _common(left: str, right: str) -> int:
    """How many characters both begin with."""
    return next(
        (index for index, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )


@lru_cache(2**16)
def close(wanted: str, found: str) -> bool:
    """Whether a word is near enough to another that it may be a slip of the finger."""
    allowed = _allowed(max(len(wanted), len(found)))
    if abs(len(wanted) - len(found)) > allowed or wanted == found:
        return False
    return edit_distance(wanted, found, allowed) <= allowed


def _allowed(length: int) -> int:
    """How many slips a word may have."""
    return 0 if length < 4 else 1 if length < 6 else 2 if length < 16 else 3


@lru_cache(2**16)
def letters(word: str) -> int:
    """Which letters there are in a word, as a set of bits: two words that differ in many are not close."""
    bits = 0
    for char in word:
        bits |= 1 << (ord(char) & 63)
    return bits


def deliberate(wanted: str, found: str) -> bool:
    """Whether close words look like two names on purpose: `team-a` and `team-b`, `v1` and `v2`."""
    if re.sub(r"\d+", "", wanted) == re.sub(r"\d+", "", found):
        return True
    left, right = re.split(r"[-.]", wanted), re.split(r"[-.]", found)
    if len(left) != len(right):
        return False
    differing = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    return len(differing) == 1 and max(map(len, differing[0])) <= 2


def nearest(wanted: str, candidates: Sequence[str]) -> str | None:
    """The close word among candidates, the nearest one; None if none is close.

    Of very many no more than LIKELY are looked at closely, those first that are spelt with the same letters.
    """
    # Each slip changes two letters at most.
    own, most = letters(wanted), 2 * _allowed(len(wanted) + 3)
    likely = [(changed, word) for word in candidates if (changed := (own ^ letters(word)).bit_count()) <= most]
    near = [word for _, word in nsmallest(LIKELY, likely) if close(wanted, word)]
    return min(near, key=lambda word: (edit_distance(wanted, word), word), default=None)
