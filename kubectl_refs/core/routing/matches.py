"""Whether a match of a rule fits a request, and how closely (HTTPRouteMatch and GRPCRouteMatch).

Regular expressions are not evaluated: their dialect and their precedence are up to the implementation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from kubectl_refs.core.model.kinds import GRPC_ROUTE, HTTP_ROUTE
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.routing import Request
from kubectl_refs.core.model.values import at, entries, mapping, text
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.text.similarity import edit_distance

_REGEX = "RegularExpression"

Rank = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Fit:
    """How a match compares with a request.

    `differences` are what keeps it from fitting; `expressions` are the regular expressions that decide if nothing
    differs. `rank` is smaller for what comes first, and means nothing if the path is a regular expression
    (`unranked`). `asks` is the match in words, `distance` how far its path is from the request's.
    """

    differences: tuple[str, ...]
    expressions: tuple[str, ...]
    rank: Rank
    asks: str
    unranked: bool = False
    distance: int = 0

    @property
    def fits(self) -> bool | None:
        """Whether it fits; None if a regular expression decides."""
        return False if self.differences else None if self.expressions else True


def fit(kind: GroupKind, match: JSON, request: Request) -> Fit:
    """How a match of a route of this kind fits; kinds without matches take all that comes to their listener."""
    if kind == HTTP_ROUTE:
        return _http(match, request)
    if kind == GRPC_ROUTE:
        return _grpc(match, request)
    return Fit((), (), (1, 0, 0, 0, 0, 0), "all connections")


class _Comparison:
    """Collects what a match asks for and where a request differs."""

    def __init__(self) -> None:
        self.differences: list[str] = []
        self.expressions: list[str] = []
        self.asks: list[str] = []

    def values(self, what: str, wanted: Sequence[JSON], found: Mapping[str, str], *, fold: bool) -> int:
        """Compare headers or query parameters, of which each name counts once; return how many there are."""
        seen: dict[str, JSON] = {}
        for each in wanted:
            name = text(each.get("name")) or ""
            seen.setdefault(name.lower() if fold else name, each)
        for name, each in seen.items():
            value, has = text(each.get("value")) or "", found.get(name)
            regex = each.get("type") == _REGEX
            self.asks.append(f'{what} {name} {"matches" if regex else "is"} "{value}"')
            if has is None:
                self.differences.append(f'{what} {name} is missing, expected "{value}"')
            elif regex:
                self.expression(f"{what} {name}", value, has)
            elif has != value:
                self.differences.append(f'{what} {name} is "{has}", expected "{value}"')
        return len(seen)

    def expression(self, what: str, expression: str, found: str) -> None:
        """Compare by a regular expression; one that fits in no dialect is a difference."""
        if _cannot_match(expression, found):
            self.differences.append(f'{what} is {found}, expected to match "{expression}"')
        else:
            self.expressions.append(f'{what} matches "{expression}"')

    def fit(self, rank: Rank, *, unranked: bool = False, distance: int = 0) -> Fit:
        asked = listing(self.asks)
        return Fit(tuple(self.differences), tuple(self.expressions), rank, asked, unranked, distance)


def _http(match: JSON, request: Request) -> Fit:
    found = _Comparison()
    path = mapping(match.get("path"))
    kind, value = text(path.get("type")) or "PathPrefix", text(path.get("value")) or "/"
    before = 1
    if kind == _REGEX:
        before = 2
        found.asks.append(f'path matches "{value}"')
        found.expression("the path", value, request.path)
    elif kind == "Exact":
        before = 0
        found.asks.append(f"path is {value}")
        if request.path != value:
            found.differences.append(f"the path is {request.path}, expected {value}")
    elif kind == "PathPrefix":
        prefix = value.rstrip("/")
        found.asks.append(f"path is {prefix} or below it" if prefix else "any path")
        if not _is_at_or_below(request.path, prefix):
            found.differences.append(f"the path is {request.path}, expected {prefix} or a path below it")
    else:
        found.expressions.append(f'the path is {kind} "{value}", a type of the implementation')
    method = text(match.get("method"))
    if method:
        found.asks.append(f"method is {method}")
        if method != request.method:
            found.differences.append(f"the method is {request.method}, expected {method}")
    headers = _headers(found, match, request)
    parameters: dict[str, str] = {}
    for name, given in request.query:
        parameters.setdefault(name, given)
    queries = found.values("query parameter", _entries(match, "queryParams"), parameters, fold=False)
    rank = (before, 0 if kind == _REGEX else -len(value), 0, 0 if method else 1, -headers, -queries)
    unranked = kind not in ("Exact", "PathPrefix")
    return found.fit(rank, unranked=unranked, distance=edit_distance(value, request.path))


def _is_at_or_below(path: str, prefix: str) -> bool:
    """Whether a path is that of a prefix or below it: prefixes are compared element by element (docs/rules.md 10.2)."""
    return path == prefix or path.startswith(f"{prefix}/")


def _grpc(match: JSON, request: Request) -> Fit:
    """How a match fits a gRPC call, whose path is /SERVICE/METHOD."""
    found = _Comparison()
    method = mapping(match.get("method"))
    wanted = {name: text(method.get(name)) or "" for name in ("service", "method")}
    parts = request.path.strip("/").split("/")
    called = dict(zip(("service", "method"), parts, strict=True)) if len(parts) == 2 else {}
    if not called:
        found.differences.append(f"the path is {request.path}, and a gRPC call has /SERVICE/METHOD")
    for name, value in wanted.items():
        if not value:
            continue
        if method.get("type") == _REGEX:
            found.asks.append(f'{name} matches "{value}"')
            found.expression(f"the {name}", value, called.get(name, ""))
        else:
            found.asks.append(f"{name} is {value}")
            if called and called[name] != value:
                found.differences.append(f"the {name} is {called[name]}, expected {value}")
    headers = _headers(found, match, request)
    if not found.asks:
        found.asks.append("all gRPC calls")
    service, called_method = (len(value) for value in wanted.values())
    exact = bool(service and called_method)
    rank = (0 if exact else 1, -service, -called_method, 1, -headers, 0)
    distance = edit_distance(f"/{wanted['service']}/{wanted['method']}", request.path)
    return found.fit(rank, unranked=method.get("type") == _REGEX, distance=distance)


def _headers(found: _Comparison, match: JSON, request: Request) -> int:
    return found.values("header", _entries(match, "headers"), dict(request.headers), fold=True)


def _entries(match: JSON, field: str) -> list[JSON]:
    return [mapping(each) for each in entries(match.get(field))]


def _cannot_match(expression: str, found: str) -> bool:
    """Whether an expression begins with letters that the text lacks: then it matches in no dialect, anchored or not."""
    start = re.match(r"\^?([-A-Za-z0-9/_]*)(.?)", expression)
    if start is None or "|" in expression or "(?" in expression:
        return False
    letters = start[1][:-1] if start[2] in ("*", "?", "{") and start[2] else start[1]
    return letters not in found


def matches_of(kind: GroupKind, route: JSON) -> Iterator[tuple[int, int | None, JSON]]:
    """The matches of a route with the indices of rule and match. A rule without matches takes everything, and an
    HTTPRoute without rules has one such rule."""
    rules = entries(at(route, "spec", "rules")) or (({},) if kind == HTTP_ROUTE else ())
    for index, rule in enumerate(map(mapping, rules)):
        found = entries(rule.get("matches"))
        if not found:
            yield index, None, {}
        for number, match in enumerate(found):
            yield index, number, mapping(match)
