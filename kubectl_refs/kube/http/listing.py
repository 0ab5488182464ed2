"""Lists, decoded as they arrive: of tens of thousands of objects, few at a time are in memory as the server sent them.

The beginning of a list, its items and its end are decoded separately, each by the decoder for whole bodies
(response.py). Pieces are checked as strictly as a whole body: items are cut off only where they decode by themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.text.strict_json import no_constant
from kubectl_refs.kube.http.limits import LARGEST_BODY, TooLargeError
from kubectl_refs.kube.http.response import NO_OBJECT, TOO_DEEP, decoded, parse

BATCH = 512 * 1024
"""Bytes of items decoded at once, about as many as in a page of kubectl's."""

_LONGEST_HEAD = 64 * 1024
_HEAD = re.compile(rb'[^\[\]]*?"items":\s*\[\s*(?=\{)')
_OPENING = re.compile(rb'\{"[^"\\]+":(?:"[^"\\]*",|\{)"[^"\\]+"')
"""How an item begins, up to its second field name: objects inside it, such as managedFields, seldom begin alike."""

_TRIES = 4
"""How many borders to try to cut at, beginning with the last."""

_DECODER = json.JSONDecoder(parse_constant=no_constant)

Take = Callable[[Sequence[Any]], Sequence[Any]]
"""Returns what to keep of some items, in their order."""


def read_list(pieces: Iterable[bytes], take: Take) -> JSON | str:
    """The JSON object in a body, with what `take` keeps of its items, given some at a time; or why there is none.

    TooLargeError if too much of it has to be decoded at once, and whatever the pieces raise.
    """
    listing = _Listing(take)
    for piece in pieces:
        problem = _problem_of(partial(listing.add, piece))
        if problem:
            return problem
        if listing.waiting > LARGEST_BODY:
            raise TooLargeError
    return _problem_of(listing.end) or listing.body


def _problem_of(step: Callable[[], None]) -> str:
    """Why the data so far is not a list; empty if it may be one."""
    try:
        step()
    except RecursionError:
        return TOO_DEEP
    except ValueError:
        return NO_OBJECT
    return ""


class _Listing:
    """A list that arrives piece by piece. ValueError or RecursionError if it turns out not to be one."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._rest = bytearray()
        self._head = b""
        self._border = b""
        self._kept: list[Any] = []
        self._enough = BATCH
        self.body: JSON | str = NO_OBJECT

    @property
    def waiting(self) -> int:
        """Bytes that could not be decoded yet."""
        return len(self._rest)

    def add(self, piece: bytes) -> None:
        self._rest += piece
        if len(self._rest) < self._enough:
            return
        if not self._border and not self._find_items():
            # Without a border it is decoded as a whole at the end.
            self._enough *= 2
            return
        self._take_complete_items()

    def _find_items(self) -> bool:
        """Whether it is known where the items begin, and how each of them does."""
        head = _HEAD.match(self._rest, 0, _LONGEST_HEAD)
        opening = head and _OPENING.match(self._rest, head.end())
        if not head or not opening:
            return False
        self._head = bytes(head[0])
        self._border = b"}," + opening[0]
        del self._rest[: head.end()]
        return True

    def _take_complete_items(self) -> None:
        """Take the items that have arrived in full."""
        end = len(self._rest)
        for _ in range(_TRIES):
            end = self._rest.rfind(self._border, 0, end)
            if end < 0:
                break
            try:
                found = decoded(b"[" + self._rest[: end + 1] + b"]")
            except ValueError:
                # This border is inside an item.
                continue
            self._kept += self._take(found)
            del self._rest[: end + 2]
            self._enough = len(self._rest) + BATCH
            return
        # Wait until there is twice as much, or the search would take quadratic time.
        self._enough = 2 * len(self._rest)

    def end(self) -> None:
        """Make the body, once everything has arrived."""
        if not self._head:
            self.body = parse(bytes(self._rest))
            if not isinstance(self.body, str) and isinstance(self.body.get("items"), list):
                self.body = {**self.body, "items": self._take(self.body["items"])}
            return
        text = f"[{self._rest.decode()}"
        _, after = _DECODER.raw_decode(text)
        last = len(text[1 : after - 1].encode())
        body = decoded(self._head + self._rest[last:])
        if not isinstance(body, dict) or body.get("items") != []:
            raise ValueError
        self._kept += self._take(decoded(b"[" + self._rest[:last] + b"]"))
        self.body = {**body, "items": self._kept}
