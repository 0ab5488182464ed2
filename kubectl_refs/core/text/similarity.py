"""Comparing words that people write: how far apart two names are, and what kind of slip turns one into the other."""

from __future__ import annotations

import re
from functools import lru_cache

SHORT = 3
"""The length of the shortest words that may be slips of each other. Many of these differ in one letter by chance."""


def edit_distance(left: str, right: str, limit: int | None = None) -> int:
    """The number of insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.

    Beyond `limit` it is not computed: the result is some number above the limit. All rows of a column of the
    distance table are computed at once, one bit each (H. Hyyrö, A Bit-Vector Algorithm for Computing Levenshtein and
    Damerau Edit Distances, 2003).
    """
    left, right = _differing(left, right)
    if limit is not None and abs(len(left) - len(right)) > limit:
        return limit + 1
    if not left or not right:
        return len(left) + len(right)
    if limit == 1:
        # Within one slip, a single letter differs or two neighbours are swapped: no table is needed to see that.
        return 1 if len(left) == len(right) == 1 or (len(left) == 2 and left == right[::-1]) else 2
    rows = (1 << len(left)) - 1
    last = len(left) - 1
    places: dict[str, int] = {}
    for row, char in enumerate(left):
        places[char] = places.get(char, 0) | 1 << row
    distance, remaining = len(left), len(right)
    # One bit per row: it is more, or less, than the row above; its diagonal costs nothing; it has the previous letter.
    more, less, free, before = rows, 0, 0, 0
    for char in right:
        here = places.get(char, 0)
        swapped = ((~free & here) << 1) & before
        free = ((((here & more) + more) ^ more) | here | less | swapped) & rows
        grows, shrinks = less | (~(free | more) & rows), free & more
        distance += (grows >> last & 1) - (shrinks >> last & 1)
        grows, shrinks = grows << 1 | 1, shrinks << 1
        more, less, before = (shrinks | ~(free | grows)) & rows, free & grows & rows, here
        remaining -= 1
        if limit is not None and distance - remaining > limit:
            return limit + 1
    return distance


def _differing(left: str, right: str) -> tuple[str, str]:
    """Two words without their common beginning and end, which cost nothing."""
    shorter = min(len(left), len(right))
    start = 0
    while start < shorter and left[start] == right[start]:
        start += 1
    end, rest = 0, shorter - start
    while end < rest and left[-1 - end] == right[-1 - end]:
        end += 1
    return left[start : len(left) - end], right[start : len(right) - end]


@lru_cache(2**16)
def is_close(wanted: str, found: str) -> bool:
    """Whether a word is near enough to another to be a slip of the finger."""
    limit = most_slips(wanted, found)
    # Each slip changes at most two letters, so words that differ in more are rejected without a comparison.
    return (letters(wanted) ^ letters(found)).bit_count() <= 2 * limit and distance_if_close(
        wanted, found, limit
    ) is not None


@lru_cache(2**16)
def count_slips(wanted: str, found: str) -> int:
    """How many slips turn one word into another."""
    return edit_distance(wanted, found)


def distance_if_close(wanted: str, found: str, limit: int) -> int | None:
    """How many slips turn one word into another, at least 1; None for equal words and for more than `limit` slips."""
    if wanted == found or abs(len(wanted) - len(found)) > limit:
        return None
    distance = edit_distance(wanted, found, limit)
    return distance if distance <= limit else None


def most_slips(wanted: str, found: str) -> int:
    """How many slips apart two words may be and still be close."""
    length = max(len(wanted), len(found))
    return 0 if length < SHORT else 1 if length < 6 else 2 if length < 16 else 3


@lru_cache(2**16)
def letters(word: str) -> int:
    """The letters of a word as a set of bits: two words that differ in many letters are not close."""
    bits = 0
    for char in word:
        bits |= 1 << (ord(char) & 63)
    return bits


@lru_cache(2**12)
def looks_deliberate(wanted: str, found: str) -> bool:
    """Whether close words look like two deliberate names: `team-a` and `team-b`, `v1` and `v2`, `http` and `https`, and
    three-letter words that differ in a letter: `app` and `api`. Words that differ in their case alone do not."""
    if wanted.lower() == found.lower():
        return False
    if len(wanted) == len(found) == SHORT and sorted(wanted) != sorted(found):
        return True
    if wanted.replace("https", "http") == found.replace("https", "http"):
        return True
    if re.sub(r"\d+", "", wanted) == re.sub(r"\d+", "", found):
        return True
    left, right = re.split(r"[-.]", wanted), re.split(r"[-.]", found)
    if len(left) != len(right):
        return False
    differing = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    return len(differing) == 1 and max(map(len, differing[0])) <= 2


def is_affixed(one: str, other: str) -> bool:
    """Whether one name is the other with a word before or after it: `dev-api` for `api`, as kustomize's namePrefix
    makes them. No slip of the finger does that."""
    short, long = sorted((one, other), key=len)
    return long.endswith(f"-{short}") or long.startswith(f"{short}-")


def abbreviates(one: str, other: str) -> bool:
    """Whether two names are the same word for word, with some words abbreviated in one of them: `params` and
    `parameters`, `svc` and `service`."""
    if one == other:
        return False
    left, right = one.replace(".", "-").split("-"), other.replace(".", "-").split("-")
    if len(left) != len(right):
        return False
    return all(a == b or _shortened(*sorted((a, b), key=len)) for a, b in zip(left, right, strict=True))


def _shortened(short: str, long: str) -> bool:
    if len(short) < 3 or not long.startswith(short[0]) or len(long) - len(short) < 3:
        return False
    rest = iter(long)
    return all(char in rest for char in short)
