"""Text of manifests to plain values, as kubectl converts YAML to JSON.

PyYAML's own constructors read YAML 1.1 more widely than kubectl does (`1:30` is a number to them, a timestamp no
string) and take neither duplicate keys nor alias bombs for errors. So only its parser is used, and the values are
built here from its events: in one pass, without recursion, with a bound on nesting and on what aliases repeat.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from kubectl_refs.core.text.strict_json import no_constant

if TYPE_CHECKING:
    from yaml import Event, ScalarEvent

    class Mark(Protocol):
        """A place in a text, of either parser."""

        line: int
        index: int


MAX_DEPTH = 200
"""How deep mappings and lists may stand in each other; OpenAPI schemas in CRDs, the deepest manifests, stay below 60."""

TOO_DEEP = f"more than {MAX_DEPTH} mappings and lists stand in each other"

MAX_REPEATED = 500_000
"""How many values the aliases of one text may repeat in all."""

MERGE = "<<"

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"), False),
}
_NO_JSON = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_OCTAL = re.compile(r"[-+]?0[0-7]+")
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_TAG = "tag:yaml.org,2002:"
_TYPES: dict[str, tuple[type, ...]] = {
    f"{_TAG}null": (type(None),),
    f"{_TAG}bool": (bool,),
    f"{_TAG}int": (int,),
    f"{_TAG}float": (int, float),
}
_BINARY = f"{_TAG}binary"
_TIMESTAMP = f"{_TAG}timestamp"
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])_(?=[0-9])")
_NO_SPACE = re.compile(r"\S")
_SEPARATOR = re.compile(r"^---(.*)\n?", re.MULTILINE)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class DocumentError(Exception):
    """Text that is no YAML or JSON; the message continues kubectl's `error parsing FILE: `."""


def parse(text: str) -> list[Any]:
    """The values of a text's documents in order, None for an empty one. Raises DocumentError.

    As with kubectl, a stream of JSON objects needs no `---` between them, and what begins like JSON but is none is
    read as YAML.
    """
    if text.lstrip()[:1] == "{":
        try:
            return _parse_json(text)
        except RecursionError:
            raise DocumentError(TOO_DEEP) from None
        except ValueError:
            pass
    return _parse_yaml(text)


def _parse_json(text: str) -> list[Any]:
    decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=no_constant, parse_int=_json_integer)
    values: list[Any] = []
    start = _NO_SPACE.search(text)
    while start is not None:
        value, end = decoder.raw_decode(text, start.start())
        values.append(value)
        start = _NO_SPACE.search(text, end)
    _check_depth(values)
    if _SURROGATE.search(text):
        # Half a surrogate pair cannot be written out again; Go replaces it too.
        values = json.loads(json.dumps(values, ensure_ascii=False).encode("utf-8", "replace"))
    return values


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise DocumentError(f"json: key {json.dumps(key)} already set in map")
            seen.add(key)
    return result


def _check_depth(values: list[Any]) -> None:
    level: list[Any] = [values]
    for _ in range(MAX_DEPTH + 1):
        children: Iterable[Any] = (
            child for value in level for child in (value.values() if isinstance(value, dict) else value)
        )
        level = [child for child in children if isinstance(child, (dict, list))]
        if not level:
            return
    raise DocumentError(TOO_DEEP)


def _parse_yaml(text: str) -> list[Any]:
    import yaml

    builder = _Builder()
    try:
        for lines_before, document in _documents(text):
            builder.begin(document, lines_before)
            for event in yaml.parse(document, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
                builder.add(event)
            builder.end()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {builder.line_of(mark)}: " if mark else ""
        raise DocumentError(f"error converting YAML to JSON: yaml: {line}{error.problem}") from None
    except yaml.YAMLError as error:
        reason = getattr(error, "reason", None) or str(error)
        raise DocumentError(f"error converting YAML to JSON: yaml: {reason}") from None
    return builder.documents


def _documents(text: str) -> Iterator[tuple[int, str]]:
    """The documents of a text with the number of lines before each, split at lines as kubectl splits them.

    It does so before any YAML is read (k8s.io/apimachinery/pkg/util/yaml, YAMLReader): within a quoted string, too,
    and at `---# x`, which YAML itself does not take for a separator. Where nothing precedes the line, it is part of
    the document.
    """
    start = line = 0
    for separator in _SEPARATOR.finditer(text):
        rest = separator[1].strip()
        if rest and rest[0] != "#":
            raise DocumentError(f"invalid Yaml document separator: {rest[:60]}")
        if separator.start() > start:
            yield line, text[start : separator.start()]
            line += text.count("\n", start, separator.end())
            start = separator.end()
    yield line, text[start:]


@dataclass(slots=True)
class _Open:
    """A mapping, list or document whose end has not come yet. `size` counts the values in it, aliases spelt out."""

    value: Any
    anchor: str | None = None
    size: int = 1
    key: str | None = None
    merges: bool = False
    """Whether `key` is a merge key."""
    keys: set[str] = field(default_factory=set)


class _Builder:
    """Builds the values of a text's documents from its YAML events."""

    def __init__(self) -> None:
        import yaml

        # By type: of a manifest of 20 MB there are millions.
        self._handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._add_scalar,
            yaml.MappingStartEvent: lambda event: self._begin({}, event.anchor),
            yaml.SequenceStartEvent: lambda event: self._begin([], event.anchor),
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: lambda event: self._alias(event.anchor),
            yaml.DocumentStartEvent: self._begin_document,
            yaml.DocumentEndEvent: self._end_document,
        }
        self.documents: list[Any] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int] | None] = {}
        self._repeated = 0
        self._line = 0
        self._plain: dict[str, Any] = {}
        self._text = ""
        self._lines_before = 0
        self._begun = False
        self._may_escape_slash = False

    def begin(self, text: str, lines_before: int) -> None:
        """The events that follow are those of this document."""
        self._text, self._lines_before, self._begun = text, lines_before, False
        self._may_escape_slash = "\\/" in text

    def end(self) -> None:
        """The document that was begun is complete. One of comments alone counts, too, but before the first."""
        if not self._begun and self.documents and self._text.strip():
            self.documents.append(None)

    def line_of(self, mark: Mark) -> int:
        """The line of a place in the document that was begun, in the whole text, counted from 1."""
        return mark.line + 1 + self._lines_before

    def add(self, event: Event) -> None:
        handler = self._handlers.get(type(event))
        if handler is not None:
            mark = event.start_mark
            self._line = self.line_of(mark) if mark else 0
            handler(event)

    def _add_scalar(self, event: ScalarEvent) -> None:
        value = self._scalar(event)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._put(value, 1, merge_key=value == MERGE and event.tag is None and event.implicit[0])

    def _begin_document(self, _event: Event) -> None:
        if self._begun:
            self._fail("kubectl would read no further: a document begins here without a line of --- before it")
        self._begun = True
        self._anchors.clear()
        self._open = [_Open([])]

    def _end_document(self, _event: Event) -> None:
        self.documents.append(self._open.pop().value[0])

    def _scalar(self, event: ScalarEvent) -> Any:
        text, tag = event.value, event.tag
        if self._may_escape_slash and event.style == '"' and _escapes_slash(self._text, event):
            self._fail("found unknown escape character")
        if tag == _BINARY:
            return self._decoded(text)
        if tag == _TIMESTAMP and not _DATE.fullmatch(text):
            self._fail("cannot decode the value as a !!timestamp")
        if not (event.implicit[0] if tag is None else tag in _TYPES):
            return text
        if text not in self._plain:
            if _NO_JSON.fullmatch(text):
                self._fail(f"unsupported value: {text}")
            self._plain[text] = _plain(text)
        value = self._plain[text]
        if tag is not None and type(value) not in _TYPES[tag]:
            # What the text is instead is not told: it may be a secret.
            self._fail(f"cannot decode the value as a {tag.replace(_TAG, '!!')}")
        return value

    def _decoded(self, text: str) -> str:
        try:
            content = b64decode(re.sub(r"[\r\n]", "", text), validate=True)
        except ValueError:
            self._fail("!!binary value contains invalid base64 data")
        # Go's JSON puts this sign in the place of what is no UTF-8.
        return content.decode("utf-8", "replace")

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
            if key in parent.keys:
                self._fail(f"key {json.dumps(key)} already set in map")
            parent.keys.add(key)
        return key

    def _merge(self, target: dict[str, Any], merged: Any) -> None:
        """Merge keys as kubectl does: what stands later wins, the first of several sources before the others."""
        sources = merged if isinstance(merged, list) else [merged]
        for source in reversed(sources):
            if not isinstance(source, dict):
                self._fail("map merge requires map or sequence of maps as the value")
            target.update(source)

    def _fail(self, problem: str) -> NoReturn:
        raise DocumentError(f"error converting YAML to JSON: yaml: line {self._line}: {problem}")


def _escapes_slash(text: str, event: ScalarEvent) -> bool:
    """Whether a double-quoted scalar holds `\\/`: YAML 1.2 and JSON have this escape, kubectl's library does not."""
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        return False
    written = text[start.index : end.index]
    return "\\/" in written.replace("\\\\", "")


def _plain(text: str) -> Any:
    """What an unquoted scalar stands for, by the rules of kubectl's YAML library (go.yaml.in/yaml/v2, resolve.go)."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    digits = _BETWEEN_DIGITS.sub("", text) if text[0] == "." else text.replace("_", "")
    if len(digits) < 400:
        base = 8 if _OCTAL.fullmatch(digits) else 0 if _INTEGER.fullmatch(digits) else None
        if base is not None and -(2**63) <= (whole := int(digits, base)) < 2**64:
            return _number(whole)
    if _FLOAT.fullmatch(digits) and isfinite(number := float(digits)):
        # JSON has one kind of number: `port: 08080` is no octal, hence a float here, and 8080 to the API server.
        return _number(int(number)) if number.is_integer() else number
    return text


def _number(whole: int) -> int | float:
    """Beyond 64 bits with a sign, Go has no integer but the nearest float."""
    return whole if -(2**63) <= whole < 2**63 else float(whole)


def _json_integer(digits: str) -> int | float:
    return _number(int(digits))
