"""kubectl's JSONPath templates: text with expressions in braces, such as `{range .items[*]}{.name}{"\\n"}{end}`.

Supports what people use of the language (client-go util/jsonpath): fields, `['a.b']`, `.*`, `[*]`, `[n]`, `[a:b]`, `[0,2]`,
`..name`, filters `[?(@.x=="y")]`, `range`, `end`, quoted text, `$` and `@`. Missing fields print nothing, as in kubectl.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.escaping import safe

Step = Callable[[Any], Iterator[Any]]
"""Maps a value to the values that one step of a path leads to."""

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_ENTRY = rf"(?:{_QUOTED}|\*|-?\d+(?:\s*:\s*-?\d*){{0,2}}|:\s*-?\d*(?:\s*:\s*-?\d*)?)"
_TOKEN = re.compile(
    rf"""(?P<recursive>\.\.)(?=[\w*[-])
      | \.?(?P<field>(?:[\w$/-]|\\.)+|\*)
      | \.?\[\s*(?P<union>{_ENTRY}(?:\s*,\s*{_ENTRY})*)\s*\]
      | \.?\[\?\((?P<filter>(?:[^'")]|{_QUOTED})*)\)\s*\]""",
    re.VERBOSE,
)
_FILTER = re.compile(
    r"""\s*(?P<left>[@$](?:[^=!<>'"]|'[^']*'|"[^"]*")*?)\s*(?:(?P<op>[=!]=|[<>]=?)\s*(?P<right>.+?)\s*)?"""
)
_ACTION = re.compile(r"""\{((?:[^{}'"]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")*)\}""")


class TemplateError(ValueError):
    """An invalid template; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class _Path:
    """A path from the current value: within a range, `$` means the same as `@`."""

    steps: tuple[Step, ...]

    def found(self, here: Any) -> list[Any]:
        values = [here]
        for step in self.steps:
            values = [each for value in values for each in step(value)]
        return values


@dataclass(frozen=True, slots=True)
class _Range:
    """A range: `parts` are printed for each value at `path`."""

    path: _Path
    parts: tuple[str | _Path | _Range, ...]


_Part = str | _Path | _Range


def render_template(template: str, data: Any) -> str:
    """A template filled in with data of plain mappings and lists. Raises TemplateError if it is invalid."""
    return "".join(_printed(_parsed(template), data))


def _parsed(template: str) -> tuple[_Part, ...]:
    open_: list[tuple[_Path | None, list[_Part]]] = [(None, [])]
    end = 0
    while (start := template.find("{", end)) >= 0:
        action = _ACTION.match(template, start)
        if action is None:
            raise TemplateError("unclosed action")
        if template[end:start]:
            open_[-1][1].append(template[end:start])
        end = action.end()
        words = action[1].strip()
        if words == "end":
            path, parts = open_.pop()
            if path is None:
                raise TemplateError("not in range")
            open_[-1][1].append(_Range(path, tuple(parts)))
        elif words.startswith("range") and not words[5:6].isalnum():
            open_.append((_path(words[5:].strip()), []))
        elif words[:1] in ("'", '"'):
            open_[-1][1].append(_unquoted(words))
        else:
            open_[-1][1].append(_path(words))
    if template[end:]:
        open_[-1][1].append(template[end:])
    while len(open_) > 1:
        # As in kubectl, a range without an end extends to the end of the template.
        path, parts = open_.pop()
        if path is not None:
            open_[-1][1].append(_Range(path, tuple(parts)))
    return tuple(open_[0][1])


def _path(words: str) -> _Path:
    rest = words[1:] if words[:1] in ("$", "@") else words
    steps: list[Step] = []
    at = 0
    rest = "" if rest == "." else rest
    while at < len(rest):
        token = _TOKEN.match(rest, at)
        if token is None:
            raise TemplateError(f"unrecognized expression {rest[at:]!r} in {words!r}")
        steps.append(_step(token))
        at = token.end()
    return _Path(tuple(steps))


def _step(token: re.Match[str]) -> Step:
    kind, text = token.lastgroup, token[token.lastgroup or 0]
    if kind == "recursive":
        return _descendants
    if kind == "field":
        return _everything if text == "*" else _field(re.sub(r"\\(.)", r"\1", text))
    if kind == "filter":
        return _filter(text)
    return _union([_entry(each) for each in re.findall(_ENTRY, text)])


def _entry(text: str) -> Step:
    if text[:1] in ("'", '"'):
        return _field(re.sub(r"\\(.)", r"\1", text[1:-1]))
    return _everything if text == "*" else _slice(text)


def _union(entries: Sequence[Step]) -> Step:
    """The step of a union such as `[0,2]`, or of a single entry."""

    def step(value: Any) -> Iterator[Any]:
        for entry in entries:
            yield from entry(value)

    return step


def _field(name: str) -> Step:
    def step(value: Any) -> Iterator[Any]:
        if isinstance(value, Mapping) and name in value:
            yield value[name]

    return step


def _everything(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping | list):
        yield from value.values() if isinstance(value, Mapping) else value


def _descendants(value: Any) -> Iterator[Any]:
    """The value itself and everything below it."""
    yield value
    for each in _everything(value):
        yield from _descendants(each)


def _slice(text: str) -> Step:
    numbers = [int(each) if each.strip() else None for each in text.split(":")]

    def step(value: Any) -> Iterator[Any]:
        if not isinstance(value, list):
            return
        if len(numbers) > 1:
            yield from value[slice(*numbers)]
        elif numbers[0] is not None and -len(value) <= numbers[0] < len(value):
            yield value[numbers[0]]

    return step


def _filter(text: str) -> Step:
    condition = _FILTER.fullmatch(text)
    if condition is None:
        raise TemplateError(f"invalid filter {text!r}")
    left = _path(condition["left"])
    compare = _COMPARISONS.get(condition["op"] or "")
    right = _literal(condition["right"]) if compare else None

    def holds(value: Any) -> bool:
        found = left.found(value)
        if compare is None:
            return bool(found)
        try:
            return bool(found) and compare(found[0], right)
        except TypeError:
            return False

    def step(value: Any) -> Iterator[Any]:
        return filter(holds, value) if isinstance(value, list) else iter(())

    return step


def _literal(text: str) -> Any:
    if text[:1] in ("'", '"'):
        return _unquoted(text)
    try:
        return json.loads(text)
    except ValueError:
        raise TemplateError(f"invalid value {text!r} in a filter") from None


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def _unquoted(text: str) -> str:
    if len(text) < 2 or text[-1] != text[0]:
        raise TemplateError(f"unterminated quoted string {text}")
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text[1:-1])


def _printed(parts: Sequence[_Part], here: Any) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, _Path):
            yield " ".join(map(_text, part.found(here)))
        else:
            for value in part.path.found(here):
                yield from _printed(part.parts, value)


def _text(value: Any) -> str:
    """A value as kubectl prints it: text as it is, everything else as JSON. Control characters in text are escaped,
    except line breaks, which commands contain."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "\n".join(map(safe, value.split("\n")))
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
