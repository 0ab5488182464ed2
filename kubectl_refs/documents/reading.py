"""Turns text into documents: their plain values, as kubectl converts YAML to JSON, and on request their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kubectl_refs.documents.block import Block
from kubectl_refs.documents.builder import Builder
from kubectl_refs.documents.errors import DocumentError, yaml_error
from kubectl_refs.documents.layout import Layout
from kubectl_refs.documents.lines import Lines, line_of, lines_of_json, lines_of_yaml

if TYPE_CHECKING:
    from yaml import Event

_SEPARATOR = re.compile(r"^---(.*)\n?", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """One document of a text. `value` consists of mappings, lists, strings, numbers, booleans and None."""

    value: Any
    _text: str = field(repr=False, compare=False)
    _start: int = field(repr=False, compare=False)
    _end: int = field(repr=False, compare=False)
    _json: bool = field(repr=False, compare=False)
    _before: int = field(repr=False, compare=False)
    """The lines before it, counted as the text is read: counting them for each document would take quadratic time."""
    _layout: Layout | None = field(default=None, repr=False, compare=False)
    """The places of its fields, if found when it was read."""

    def line(self, path: str = "") -> int:
        """The line in the text, counted from 1, of a field such as `spec.rules[0].backendRefs[1]`: where its name is,
        or where a list element begins. It may be in what an alias or a merge key names. For a missing field it is the
        line of the value that would hold it; without a path that of the document's first value."""
        return self._before + self._lines.line(path)

    @cached_property
    def leading(self) -> str:
        """The comments and empty lines before the document's first value; empty in JSON, which has none."""
        start = self._start
        while not self._json and start < self._end:
            end = self._text.find("\n", start, self._end) + 1 or self._end
            if self._text[start:end].strip()[:1] not in ("", "#") and not self._text.startswith("---", start):
                break
            start = end
        return self._text[self._start : start]

    @cached_property
    def _lines(self) -> Lines:
        # Lines are needed of few documents, after all were read: computing them early would slow down all.
        if self._layout is not None:
            return self._layout.lines
        text = self._text[self._start : self._end]
        return lines_of_json(text) if self._json else lines_of_yaml(_events(text))


def read_documents(text: str) -> list[Document]:
    """The documents of a text in order, with None as the value of an empty one. Raises DocumentError.

    As with kubectl, JSON objects in a stream need no `---` between them, and text that only begins like JSON is read as
    YAML.
    """
    if text.lstrip()[:1] == "{":
        try:
            return list(_json_documents(text))
        except ValueError:
            pass
    block = Block()
    builder: Builder | None = None
    documents: list[Document] = []
    for line, start, end in _split(text):
        part = text[start:end]
        read = block.read(part)
        if read is not None:
            value, layout = read
            documents.append(Document(value, text, start, end, False, line, layout))
            continue
        # Made only now: it needs PyYAML, and few files do.
        builder = builder or Builder(unique_keys=True)
        events = _events(part)
        with _mistakes(line):
            found = builder.first(events, part, line)
            if found is not None and (again := _next_document(events)) is not None:
                problem = "kubectl would read no further: a document begins here without a line of --- before it"
                raise yaml_error(again + line, problem)
        # A document that holds only comments counts too, except before the first.
        if found is None and documents and part.strip():
            found = (None,)
        if found is not None:
            documents.append(Document(found[0], text, start, end, False, line))
    return documents


def _json_documents(text: str) -> Iterator[Document]:
    # Imported here: a kubeconfig is not a stream of objects.
    from kubectl_refs.documents import json_text

    counted = before = 0
    for start, end, value in json_text.values_of(text):
        before, counted = before + text.count("\n", counted, start), start
        yield Document(value, text, start, end, True, before)


def read_first(text: str) -> Any:
    """The value of the first document of a text, None if there is none. Raises DocumentError.

    client-go reads kubeconfigs like this: later documents are ignored, and of a key set twice the last one counts.
    """
    read = Block().read(text)
    if read is not None:
        return read[0]
    with _mistakes(0):
        found = Builder(unique_keys=False).first(_events(text), text, 0)
    return None if found is None else found[0]


def _events(text: str) -> Iterator[Event]:
    # Imported here: --help needs no YAML.
    import yaml

    return yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _next_document(events: Iterator[Event]) -> int | None:
    """The line of the next document among events, counted from 1; None if there is none."""
    from yaml import DocumentStartEvent

    return next((line_of(event) for event in events if isinstance(event, DocumentStartEvent)), None)


@contextmanager
def _mistakes(lines_before: int) -> Iterator[None]:
    """Raise the parser's errors as DocumentError."""
    import yaml

    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise yaml_error(mark.line + 1 + lines_before if mark else None, str(error.problem)) from None
    except yaml.reader.ReaderError:
        raise yaml_error(None, "control characters are not allowed") from None


def _split(text: str) -> Iterator[tuple[int, int, int]]:
    """The documents of a text: the number of lines before each, where it begins and where it ends, in characters.

    They are split at lines, as kubectl does before it reads any YAML (k8s.io/apimachinery/pkg/util/yaml, YAMLReader):
    within a quoted string, too, and at `---# x`, which is not a separator to YAML itself. A separator with nothing
    before it is part of the document.
    """
    start = line = 0
    for separator in _SEPARATOR.finditer(text):
        rest = separator[1].strip()
        if rest and rest[0] != "#":
            raise DocumentError(f"invalid Yaml document separator: {rest[:60]}")
        if separator.start() > start:
            yield line, start, separator.start()
            line += text.count("\n", start, separator.end())
            start = separator.end()
    yield line, start, len(text)
