"""The line of each field of a document, kept apart from its value and as a number: there may be millions."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING

from kubectl_refs.documents.builder import MERGE
from kubectl_refs.documents.scalars import plain, tagged

if TYPE_CHECKING:
    from yaml import CollectionEndEvent, Event, NodeEvent, ScalarEvent

_INDEX = re.compile(r"\[([0-9]+)\]\.?")
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"(?:\s*+:)?|[\[\]{}\n]|[^\s\[\]{}:,"]+')
"""A token of JSON: a key with its colon, another scalar, a bracket, a line break."""

_WHOLE: Callable[[re.Match[str]], str] = itemgetter(0)

_NONE: Mapping[int, int] = MappingProxyType({})

_FEW = 20
"""Elements before this index are counted each time: keeping them all would take more memory than the text."""


Node = tuple[int, int, str | None]
"""The depth of a value, its line, and its name in the mapping that holds it, None in a list."""


class Lines:
    """The nodes of one document in the order in which they begin; the first is the document itself.

    A node is a value. Its children are deeper: the first is the next node, each other one begins where the one before
    ends. `merges` are the nodes that are the value of a merge key, `aliases` says which node each alias stands for.
    """

    def __init__(self, nodes: Iterable[Node], merges: Collection[int] = (), aliases: Mapping[int, int] = _NONE) -> None:
        self._lines, self._ends = array("I"), array("I")
        self._keys: list[str | None] = []
        self._many: dict[int, list[int]] = {}
        """The children of lists that have many."""
        self._found: dict[str, int] = {}
        # A loop without calls: manifests of 20 MB have a million nodes.
        add_line, add_end, add_key, ends = self._lines.append, self._ends.append, self._keys.append, self._ends
        open_: list[tuple[int, int]] = []
        """The nodes that hold the next one, outermost first, each with its depth."""
        node = last = -1
        for depth, line, key in nodes:
            if depth > last:
                open_.append((node, last))
            else:
                while depth <= open_[-1][1]:
                    ends[open_.pop()[0]] = node + 1
            node, last = node + 1, depth
            add_line(line)
            add_end(node + 1)
            add_key(key)
        for held, _ in open_[1:]:
            ends[held] = node + 1
        # Both are filled while the nodes are gone through.
        self._merges, self._aliases = merges, aliases

    def line(self, path: str) -> int:
        """The line of a field, or of the value that would hold it if it is missing, counted from 1 in the document."""
        line = self._found.get(path)
        if line is None:
            # Documents that share a layout are asked about the same paths.
            line = self._found[path] = self._lines[self._node(path)] if self._lines else 1
        return line

    def _node(self, path: str) -> int:
        node = begin = 0
        while begin < len(path):
            found = self._step(node, path, begin)
            if found is None:
                break
            node, begin = found
        return node

    def _step(self, node: int, path: str, begin: int) -> tuple[int, int] | None:
        """The child of a node that a path leads to from `begin` on, and where the rest of the path begins."""
        if self._aliases:
            node = self._aliases.get(node, node)
        if path[begin] == "[" and (index := _INDEX.match(path, begin)):
            child = self._element(node, int(index[1]))
            return None if child is None else (child, index.end())
        # A loop without calls: it runs for each field on the way to each of thousands of references.
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
            # Later fields win, and `a.b` means the field of that name before a field `b` within `a`.
            if inner is not None and (found is None or inner[1] >= found[1]):
                found = inner
            child = ends[child]
        return found

    def _merged(self, node: int, path: str, begin: int) -> tuple[int, int] | None:
        """The field that a merge key brings in, from one mapping or from the first in a list that has it."""
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


def lines_of_json(text: str) -> Lines:
    """The lines of a text that is one JSON value."""
    return Lines(_nodes_of_json(text))


def _nodes_of_json(text: str) -> Iterator[Node]:
    line = 1
    depth, begins = 0, line
    """`begins` is the line where the next node begins; if it has a key, that may be lines above."""
    key: str | None = None
    for token in map(_WHOLE, _TOKEN.finditer(text)):
        if token == "\n":
            line += 1
            begins = begins if key is not None else line
        elif token[-1] == ":":
            written = token[:-1].rstrip()
            key = json.loads(written) if "\\" in written else written[1:-1]
            line += token.count("\n", len(written))
        elif token in "]}":
            depth -= 1
        else:
            yield depth, begins, key
            key, begins = None, line
            if token in "{[":
                depth += 1


def lines_of_yaml(events: Iterable[Event]) -> Lines:
    """The lines of the first document among events, which has already been read without errors."""
    merges: set[int] = set()
    aliases: dict[int, int] = {}
    return Lines(_nodes_of_yaml(events, merges, aliases), merges, aliases)


def _nodes_of_yaml(events: Iterable[Event], merges: set[int], aliases: dict[int, int]) -> Iterator[Node]:
    """The nodes of the first document. Notes merged nodes in `merges` and aliases in `aliases` on the way."""
    import yaml

    open_: list[bool] = []
    """For each value that holds the next one, whether it is a mapping."""
    key: tuple[str, int] | None = None
    node = 0
    anchored: dict[str, int] = {}
    names: dict[str, str] = {}
    for event in _first_document(events):
        if isinstance(event, yaml.CollectionEndEvent):
            open_.pop()
            continue
        line = line_of(event)
        if isinstance(event, yaml.ScalarEvent) and event.anchor:
            names[event.anchor] = _name(event)
        if open_ and open_[-1] and key is None:
            key = _name(event) if isinstance(event, yaml.ScalarEvent) else names[str(event.anchor)], line
            if isinstance(event, yaml.ScalarEvent) and _merges(event):
                merges.add(node)
            continue
        if not isinstance(event, yaml.AliasEvent):
            if event.anchor:
                anchored[event.anchor] = node
        elif event.anchor in anchored:
            aliases[node] = anchored[event.anchor]
        name, line = key or (None, line)
        yield len(open_), line, name
        key, node = None, node + 1
        if isinstance(event, yaml.CollectionStartEvent):
            open_.append(isinstance(event, yaml.MappingStartEvent))


def line_of(event: Event) -> int:
    """The line where an event begins, in the text that was parsed, counted from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1


def _first_document(events: Iterable[Event]) -> Iterator[NodeEvent | CollectionEndEvent]:
    """The events within the first document."""
    import yaml

    for event in events:
        if isinstance(event, yaml.DocumentEndEvent):
            return
        if isinstance(event, (yaml.NodeEvent, yaml.CollectionEndEvent)):
            yield event


def _merges(key: ScalarEvent) -> bool:
    """Whether a key is a merge key."""
    return key.value == MERGE and key.tag is None and key.implicit[0]


def _name(event: ScalarEvent) -> str:
    """A scalar as the name of a field."""
    value = tagged(event.value, event.tag) if event.tag is not None else event.value
    if event.tag is None and event.implicit[0]:
        value = plain(event.value)
    return value if isinstance(value, str) else json.dumps(value)
