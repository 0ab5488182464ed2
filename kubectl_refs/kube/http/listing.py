"""Lists, decoded as they come: of tens of thousands of objects no more than some are in memory as the server sent them.

The beginning of a list, its items and its end are decoded apart from each other, each by the decoder that takes whole
bodies (response.py). What is no JSON in one piece is none in several: an item is cut off only where it decodes by itself.
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
"""Bytes of items that are decoded at once, about as many as there are in a page of kubectl's."""

_LONGEST_HEAD = 64 * 1024
_HEAD = re.compile(rb'[^\[\]]*?"items":\s*\[\s*(?=\{)')
_OPENING = re.compile(rb'\{"[^"\\]+":(?:"[^"\\]*",|\{)"[^"\\]+"')
"""How an item begins, with two names: those within one, such as its managedFields, seldom begin as it does."""

_TRIES = 4
"""Borders at which it is tried to cut, from the last one on."""

_DECODER = json.JSONDecoder(parse_constant=no_constant)

Take = Callable[[Sequence[Any]], Sequence[Any]]
"""What is kept of some items, in their order."""


def read_list(pieces: Iterable[bytes], take: Take) -> JSON | str:
    """The JSON object that a body is, with what is kept of its items, which are taken some at a time; or why it is none.

    TooLargeError for one that cannot be taken bit by bit, and whatever the pieces raise.
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
    """Why what has come of a list is none; empty where it may be one."""
    try:
        step()
    except RecursionError:
        return TOO_DEEP
    except ValueError:
        return NO_OBJECT
    return ""


class _Listing:
    """A list of which more and more has come. ValueError or RecursionError where it is none."""

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
        if not self._border and not self._begins():
            # It will be decoded as a whole.
            self._enough *= 2
            return
        self._cut()

    def _begins(self) -> bool:
        """Whether items begin at a place that is known, and alike."""
        head = _HEAD.match(self._rest, 0, _LONGEST_HEAD)
        opening = head and _OPENING.match(self._rest, head.end())
        if not head or not opening:
            return False
        self._head = bytes(head[0])
        self._border = b"}," + opening[0]
        del self._rest[: head.end()]
        return True

    def _cut(self) -> None:
        """Take the items that are there in full."""
        end = len(self._rest)
        for _ in range(_TRIES):
            end = self._rest.rfind(self._border, 0, end)
            if end < 0:
                break
            try:
                found = decoded(b"[" + self._rest[: end + 1] + b"]")
            except ValueError:
                # It is within an item.
                continue
            self._kept += self._take(found)
            del self._rest[: end + 2]
            self._enough = len(self._rest) + BATCH
            return
        # To look for another one must not cost the square of a length.
        self._enough = 2 * len(self._rest)

    def end(self) -> None:
        """Make the body, once all has come."""
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
