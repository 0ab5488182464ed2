"""The way of one request: from a URL to a listener, a route and a rule of it."""

from __future__ import annotations

from enum import StrEnum

from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for. `server_name` is the host of the URL, which TLS names (SNI); `host` is that of the Host header,
    in lower case as well. `headers` have their names in lower case, each name once."""

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
    """What a request does not find."""

    LISTENER = "listener"
    ROUTE = "route"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class ListenerPlace:
    """A listener of a Gateway or of a ListenerSet that belongs to one; `hostname` is empty where it has none."""

    holder: ObjectKey
    index: int
    name: str
    port: int | None
    protocol: str
    hostname: str


@dataclass(frozen=True, slots=True)
class RulePlace:
    """A rule of a route and the match of it that fits; None where the rule has no matches. `asks` says what the match asks for,
    `hostname` is that of the route which fits, empty where it has none. `answer` says what the rule does other than to send
    requests on, without full stop; empty where it does nothing else. `leads_nowhere` says that there is nothing to send them to."""

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
    """A parentRef by which a route does not attach that would take the request, or a ListenerSet does not join its Gateway
    whose listener would."""

    route: ObjectKey
    path: str


@dataclass(frozen=True, slots=True)
class Way:
    """The way through one Gateway, as far as it leads; no Gateway where none has a listener for the request.

    `because` says why it stops, `nearest` what nearly takes the request, `open` what is not known; sentences without full
    stop. `unattached` are the parentRefs of routes and ListenerSets that would take it, or take it before the rule does;
    `unsure` those of routes of which `open` says that they may.
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
