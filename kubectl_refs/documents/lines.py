"""The line of each field of a document: kept beside its value, as numbers, for a document may hold millions."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import TYPE_CHECKING

from kubectl_refs.documents.builder import MERGE
from kubectl_refs.documents.scalars import plain, tagged

if TYPE_CHECKING:
    from yaml import Event, ScalarEvent

_INDEX = re.compile(r"\[([0-9]+)\]\.?")
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"(?:\s*+:)?|[\[\]{}\n]|[^\s\[\]{}:,"]+')
"""Of JSON: a key with its colon, another scalar, a bracket, a line break."""

_WHOLE: Callable[[re.Match[str]], str] = itemgetter(0)

_FEW = 20
"""Children that are counted again each time: to keep them for every list would take more memory than the text."""


class Lines:
    """The nodes of one document in the order in which they begin; the first is the document itself.

    A node is a value; of its children, which follow it, the first is the next node, and each following one begins
    where the one before it ends.
    """

    def __init__(self) -> None:
        self._lines = array("I")
        self._ends = array("I")
        self._keys: list[str | None] = []
        self._merges: set[int] = set()
        """The nodes that are the value of a merge key."""
        self._aliases: dict[int, int] = {}
        """What each alias stands for."""
        self._many: dict[int, list[int]] = {}
        """The children of lists that have many."""

    def add(self, line: int, key: str | None) -> int:
        """A node that begins. `key` is its name in the mapping that holds it, None in a list."""
        self._lines.append(line)
        self._ends.append(len(self._lines))
        self._keys.append(key)
        return len(self._lines) - 1

    @property
    def last(self) -> int:
        """The node that began last."""
        return len(self._lines) - 1

    def end(self, node: int) -> None:
        self._ends[node] = len(self._lines)

    def merge(self, node: int) -> None:
        self._merges.add(node)

    def alias(self, node: int, target: int) -> None:
        self._aliases[node] = target

    def line(self, path: str) -> int:
        """The line of a field, or of what would hold it where it is not there."""
        if not self._lines:
            return 1
        node = begin = 0
        while begin < len(path):
            found = self._step(node, path, begin)
            if found is None:
                break
            node, begin = found
        return self._lines[node]

    def _step(self, node: int, path: str, begin: int) -> tuple[int, int] | None:
        """The child of a node that a path leads to from where it begins, and where the rest of the path does."""
        node = self._aliases.get(node, node)
        if index := _INDEX.match(path, begin):
            child = self._element(node, int(index[1]))
            return None if child is None else (child, index.end())
        # A loop without calls: it is gone through for each field on the way to each of thousands of references.
        keys, ends, merges = self._keys, self._ends, self._merges
        found: tuple[int, int] | None = None
        child, end = node + 1, ends[node]
        while child < end:
            key = keys[child]
            inner: tuple[int, int] | None = None
            if child in merges:
                inner = self._merged(child, path, begin)
            elif key is not None and path.startswith(key, begin):
                behind = begin + len(key)
                following = path[behind : behind + 1]
                if following in ("", "[", "."):
                    inner = child, behind + (following == ".")
            # What stands later wins, and `a.b` is the name of a field before it is a field within a field.
            if inner is not None and (found is None or inner[1] >= found[1]):
                found = inner
            child = ends[child]
        return found

    def _merged(self, node: int, path: str, begin: int) -> tuple[int, int] | None:
        """The field that a merge key brings in, of one mapping or of the first in a list that has it."""
        sources = self._children_of(self._aliases.get(node, node))
        listed = bool(sources) and self._keys[sources[0]] is None
        found = (self._step(source, path, begin) for source in (sources if listed else [node]))
        return next(filter(None, found), None)

    def _element(self, node: int, number: int) -> int | None:
        """A node's child by its number, if it is a list that has so many."""
        if number < _FEW:
            child, end = node + 1, self._ends[node]
            while number and child < end:
                child, number = self._ends[child], number - 1
            return child if child < end and self._keys[child] is None else None
        children = self._many.get(node)
        if children is None:
            children = self._many[node] = self._children_of(node)
        return children[number] if number < len(children) and self._keys[children[number]] is None else None

    def _children_of(self, node: int) -> list[int]:
        children = []
        child, end = node + 1, self._ends[node]
        while child < end:
            children.append(child)
            child = self._ends[child]
        return children


class _Recorder:
    """Records the nodes of a document as they are read."""

    def __init__(self) -> None:
        self.lines = Lines()
        self._open: list[tuple[int, bool]] = []
        self._key: tuple[str, int, bool] | None = None

    @property
    def wants_key(self) -> bool:
        return bool(self._open) and self._open[-1][1] and self._key is None

    def key(self, text: str, line: int, *, merges: bool = False) -> None:
        self._key = text, line, merges

    def leaf(self, line: int) -> int:
        if self._key is None:
            return self.lines.add(line, None)
        key, key_line, merges = self._key
        node = self.lines.add(key_line, key)
        if merges:
            self.lines.merge(node)
        self._key = None
        return node

    def begin(self, line: int, *, mapping: bool) -> int:
        node = self.leaf(line)
        self._open.append((node, mapping))
        return node

    def end(self) -> None:
        self.lines.end(self._open.pop()[0])


def lines_of_json(text: str, lines_before: int) -> Lines:
    """The lines of a text that is one value of JSON."""
    lines = Lines()
    add, end = lines.add, lines.end
    open_: list[int] = []
    key: str | None = None
    line = begins = lines_before + 1
    """`begins` is where the node does that comes next: if it has a key, that may be lines above."""
    for token in map(_WHOLE, _TOKEN.finditer(text)):
        if token == "\n":
            line += 1
            begins = begins if key is not None else line
        elif token[-1] == ":":
            written = token[:-1].rstrip()
            key = json.loads(written) if "\\" in written else written[1:-1]
            line += token.count("\n", len(written))
        elif token in "]}":
            end(open_.pop())
        else:
            node = add(begins, key)
            key, begins = None, line
            if token in "{[":
                open_.append(node)
    return lines


def lines_of_yaml(events: Iterable[Event], lines_before: int) -> Lines:
    """The lines of the first document among events, which has been read without a mistake."""
    import yaml

    recorder = _Recorder()
    nodes: dict[str, int] = {}
    names: dict[str, str] = {}
    for event in _of_first(events):
        line = line_of(event) + lines_before
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor:
                names[event.anchor] = _name(event)
            if recorder.wants_key:
                merges = event.value == MERGE and event.tag is None and event.implicit[0]
                recorder.key(_name(event), line, merges=merges)
                continue
            node = recorder.leaf(line)
        elif isinstance(event, yaml.AliasEvent):
            if recorder.wants_key:
                recorder.key(names[str(event.anchor)], line)
                continue
            node = recorder.leaf(line)
            if event.anchor in nodes:
                recorder.lines.alias(node, nodes[event.anchor])
            continue
        elif isinstance(event, yaml.CollectionStartEvent):
            node = recorder.begin(line, mapping=isinstance(event, yaml.MappingStartEvent))
        else:
            recorder.end()
            continue
        if event.anchor:
            nodes[event.anchor] = node
    return recorder.lines


def line_of(event: Event) -> int:
    """The line where an event begins, in the text that was parsed, counted from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1


def _of_first(events: Iterable[Event]) -> Iterator[Event]:
    """The events within the first document."""
    import yaml

    for event in events:
        if isinstance(event, yaml.DocumentEndEvent):
            return
        if isinstance(event, (yaml.NodeEvent, yaml.CollectionEndEvent)):
            yield event


def _name(event: ScalarEvent) -> str:
    """A scalar as the name of a field."""
    value = tagged(event.value, event.tag) if event.tag is not None else event.value
    if event.tag is None and event.implicit[0]:
        value = plain(event.value)
    return value if isinstance(value, str) else json.dumps(value)
