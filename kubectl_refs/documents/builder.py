"""Builds the values of YAML from its events, as kubectl converts YAML to JSON.

PyYAML's own constructors read YAML 1.1 more widely than kubectl does (`1:30` becomes a number, a timestamp no string)
and accept duplicate keys and alias bombs. So only its parser is used, and the values are built here from its events: in
one pass, without recursion, with limits on nesting and on what aliases repeat.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from kubectl_refs.documents.errors import yaml_error
from kubectl_refs.documents.limits import MAX_DEPTH, MAX_REPEATED, TOO_DEEP
from kubectl_refs.documents.scalars import ScalarError, plain, tagged

if TYPE_CHECKING:
    from yaml import Event, ScalarEvent

    class Mark(Protocol):
        """A place in a text, as either parser gives it."""

        line: int
        index: int


MERGE = "<<"


@dataclass(slots=True)
class _Open:
    """A mapping, list or document whose end has not come yet. `size` counts the values in it, with aliases expanded."""

    value: Any
    anchor: str | None = None
    size: int = 1
    key: str | None = None
    merges: bool = False
    """Whether `key` is a merge key."""
    keys: set[str] = field(default_factory=set)


class Builder:
    """Builds the values of documents from their YAML events. One limit on what aliases repeat covers all of them.

    With `unique_keys` a key set twice is an error; otherwise the last one counts.
    """

    def __init__(self, *, unique_keys: bool) -> None:
        import yaml

        # Looked up by type, for speed: a manifest of 20 MB has millions of events.
        self._handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._add_scalar,
            yaml.MappingStartEvent: lambda event: self._begin({}, event.anchor),
            yaml.SequenceStartEvent: lambda event: self._begin([], event.anchor),
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: lambda event: self._alias(event.anchor),
        }
        self._begins, self._ends = yaml.DocumentStartEvent, yaml.DocumentEndEvent
        self._unique_keys = unique_keys
        self._repeated = 0
        self._plain: dict[str, Any] = {}
        self._event: Event | None = None
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int] | None] = {}
        self._text = ""
        self._lines_before = 0
        self._may_escape_slash = False

    def first(self, events: Iterable[Event], text: str, lines_before: int) -> tuple[Any] | None:
        """The value of the first document of `text`, which has `lines_before` lines before it; None if there is no
        document. Later events are left in `events`. DocumentError for a document that kubectl does not accept."""
        self._text, self._lines_before = text, lines_before
        self._may_escape_slash = "\\/" in text
        handlers = self._handlers
        for event in events:
            kind = type(event)
            handler = handlers.get(kind)
            if handler is not None:
                self._event = event
                handler(event)
            elif kind is self._begins:
                self._anchors.clear()
                self._open = [_Open([])]
            elif kind is self._ends:
                return (self._open.pop().value[0],)
        return None

    def _add_scalar(self, event: ScalarEvent) -> None:
        value = self._scalar(event)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._put(value, 1, merge_key=value == MERGE and event.tag is None and event.implicit[0])

    def _scalar(self, event: ScalarEvent) -> Any:
        text, tag = event.value, event.tag
        if self._may_escape_slash and event.style == '"' and _escapes_slash(self._text, event):
            self._fail("found unknown escape character")
        try:
            if tag is not None:
                return tagged(text, tag)
            if not event.implicit[0]:
                return text
            if text not in self._plain:
                self._plain[text] = plain(text)
            return self._plain[text]
        except ScalarError as error:
            self._fail(str(error))

    def _begin(self, value: Any, anchor: str | None) -> None:
        if len(self._open) > MAX_DEPTH:
            self._fail(TOO_DEEP)
        parent = self._open[-1]
        if isinstance(parent.value, dict) and parent.key is None:
            self._fail("invalid map key: a key must be a scalar")
        if anchor:
            self._anchors[anchor] = None
        self._open.append(_Open(value, anchor))

    def _end(self, _event: Event) -> None:
        closed = self._open.pop()
        if closed.anchor:
            self._anchors[closed.anchor] = (closed.value, closed.size)
        self._put(closed.value, closed.size)

    def _alias(self, anchor: str | None) -> None:
        if anchor is None or anchor not in self._anchors:
            self._fail(f"unknown anchor '{anchor}' referenced")
        anchored = self._anchors[anchor]
        if anchored is None:
            self._fail(f"anchor '{anchor}' value contains itself")
        value, size = anchored
        self._repeated += size
        if self._repeated > MAX_REPEATED:
            self._fail("document contains excessive aliasing")
        self._put(value, size)

    def _put(self, value: Any, size: int, *, merge_key: bool = False) -> None:
        parent = self._open[-1]
        parent.size += size
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.key is None:
            parent.key = self._key(parent, value, merge_key)
            parent.merges = merge_key
        else:
            if parent.merges:
                self._merge(parent.value, value)
            else:
                parent.value[parent.key] = value
            parent.key = None

    def _key(self, parent: _Open, value: Any, merge_key: bool) -> str:
        if value is None or isinstance(value, (dict, list)):
            self._fail("invalid map key: a key must be a string, a number or a boolean")
        key = value if isinstance(value, str) else json.dumps(value)
        if not merge_key:
            if self._unique_keys and key in parent.keys:
                self._fail(f"key {json.dumps(key)} already set in map")
            parent.keys.add(key)
        return key

    def _merge(self, target: dict[str, Any], merged: Any) -> None:
        """Merge keys as kubectl does: later fields win, and the first of several sources wins over the others."""
        sources = merged if isinstance(merged, list) else [merged]
        for source in reversed(sources):
            if not isinstance(source, dict):
                self._fail("map merge requires map or sequence of maps as the value")
            target.update(source)

    def _fail(self, problem: str) -> NoReturn:
        mark: Mark | None = None if self._event is None else self._event.start_mark
        raise yaml_error(None if mark is None else mark.line + 1 + self._lines_before, problem) from None


def _escapes_slash(text: str, event: ScalarEvent) -> bool:
    """Whether a double-quoted scalar holds `\\/`: YAML 1.2 and JSON have this escape, kubectl's library does not."""
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        return False
    written = text[start.index : end.index]
    return "\\/" in written.replace("\\\\", "")
