"""The way of one request: from a URL to a listener, a route and one of its rules."""

from __future__ import annotations

from enum import StrEnum

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """A client's request. `server_name` is the host of the URL, which TLS names (SNI), `host` that of the Host header;
    both are in lower case. `headers` have their names in lower case, each name once."""

    url: str
    scheme: str
    server_name: str
    host: str
    port: int
    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()


class Stop(StrEnum):
    """What a request fails to find."""

    LISTENER = "listener"
    ROUTE = "route"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class ListenerPlace:
    """A listener of a Gateway, or of a ListenerSet that belongs to one; `hostname` is empty where it has none."""

    holder: ObjectKey
    index: int
    name: str
    port: int | None
    protocol: str
    hostname: str


@dataclass(frozen=True, slots=True)
class RulePlace:
    """A rule of a route and its match that fits; `match` is None where the rule has no matches. `asks` says what the
    match requires, `hostname` is the route's hostname that fits, empty where it has none. `answer` says what the rule
    does instead of sending requests on, without full stop. `leads_nowhere` says that it has nowhere to send them."""

    route: ObjectKey
    rule: int
    match: int | None
    hostname: str
    asks: str
    answer: str = ""
    leads_nowhere: bool = False

    @property
    def path(self) -> str:
        return f"spec.rules[{self.rule}]" + ("" if self.match is None else f".matches[{self.match}]")


@dataclass(frozen=True, slots=True)
class ParentPlace:
    """A parentRef that does not attach: of a route that would take the request, or of a ListenerSet with a listener
    that would. It is `lost` if it names nothing that exists, and nothing says which Gateway it means."""

    route: ObjectKey
    path: str
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """The way through one Gateway, as far as it leads; `gateway` is None where none has a listener for the request.

    `because` says why it stops, `nearest` what nearly takes the request, `open` what is not known; all are sentences
    without full stop. `unattached` are the parentRefs of routes and ListenerSets that would take the request,
    perhaps before the rule does (lost ones only if no way leads to a rule); `unsure` are those of routes that may take
    it, as `open` says.
    """

    gateway: ObjectKey | None
    listener: ListenerPlace | None = None
    rule: RulePlace | None = None
    stop: Stop | None = None
    because: str = ""
    nearest: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    unattached: tuple[ParentPlace, ...] = ()
    unsure: tuple[ParentPlace, ...] = ()
