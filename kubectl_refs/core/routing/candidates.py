"""The matches of all routes that a request may meet at one listener, whether the routes are attached to it or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.attachment.parents import explain_parent
from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import TCP_ROUTE
from kubectl_refs.core.model.listeners import hostnames_of
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.routing import ListenerPlace, Request, RulePlace
from kubectl_refs.core.model.values import at, key_of, mapping, text
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.routing.answers import rule_answer
from kubectl_refs.core.routing.hostnames import most_specific, specificity
from kubectl_refs.core.routing.matches import Fit, Rank, fit, matches_of
from kubectl_refs.core.view.view import View

HostRank = tuple[int, int]
Precedence = tuple[HostRank, Rank, str, str, int, int]


@dataclass(frozen=True, slots=True)
class RouteOnHost:
    """A route with a hostname that covers the host of a request, or without hostnames."""

    key: ObjectKey
    object: JSON
    hostname: str
    parents: tuple[EvaluatedReference, ...]

    def attached(self, place: ListenerPlace) -> bool | None:
        """Whether it attaches to a listener; None if that is not known."""
        here = [each for each in self.parents if each.reference.to == place.holder]
        if any(each.verdict is Verdict.ALLOWED and place.name in each.listeners for each in here):
            return True
        return None if any(each.verdict is Verdict.UNKNOWN for each in here) else False

    @property
    def attaches_nowhere(self) -> bool:
        return all(each.verdict is not Verdict.ALLOWED for each in self.parents)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One match of a route, or a rule without matches, and how it fits a request."""

    route: RouteOnHost
    rule: int
    match: int | None
    fit: Fit

    @property
    def host_rank(self) -> HostRank:
        characters = specificity(self.route.hostname)
        return -characters[0], -characters[1]

    @property
    def precedence(self) -> Precedence:
        """A sort key, smaller for what comes first: by hostname, match, age and name of the route, and place in it."""
        created = text(at(self.route.object, "metadata", "creationTimestamp")) or ""
        key = self.route.key
        number = 0 if self.match is None else self.match
        return self.host_rank, self.fit.rank, created, f"{key.namespace}/{key.name}", self.rule, number

    def may_precede(self, other: Candidate) -> bool:
        """Whether it comes first if it fits, as far as the specification says."""
        if self.host_rank != other.host_rank or not self.fit.unranked:
            return self.precedence < other.precedence
        return True

    def place(self, request: Request) -> RulePlace:
        rule = mapping(at(self.route.object, "spec", "rules", self.rule))
        answer = rule_answer(self.route.key.group_kind, rule, request)
        place = self.route.key, self.rule, self.match, self.route.hostname
        return RulePlace(*place, self.fit.asks, answer.words, answer.leads_nowhere)

    def __str__(self) -> str:
        where = f"spec.rules[{self.rule}]" + ("" if self.match is None else f".matches[{self.match}]")
        return f"{self.route.key} {where}"


def routes_on_host(view: View, routes: Sequence[JSON], host: str) -> list[RouteOnHost]:
    """The routes to which a host may lead, with the verdicts on their parentRefs."""
    return [found for route in routes for found in _on_host(view, route, host)]


def _on_host(view: View, route: JSON, host: str) -> Iterator[RouteOnHost]:
    key = key_of(route)
    names = [name.lower() for name in hostnames_of(route)]
    hostname = "" if key.group_kind == TCP_ROUTE or not names else most_specific(names, host)
    if hostname is None:
        return
    parents = tuple(
        explain_parent(view, each, route)
        for each in references_of(route, view.catalog.table)[0]
        if each.field.governed_by is Mechanism.ALLOWED_ROUTES
    )
    yield RouteOnHost(key, route, hostname, parents)


def candidates_of(routes: Sequence[RouteOnHost], request: Request) -> list[Candidate]:
    """The matches of these routes, in the order of precedence."""
    found = [
        Candidate(route, rule, number, fit(route.key.group_kind, match, request))
        for route in routes
        for rule, number, match in matches_of(route.key.group_kind, route.object)
    ]
    return sorted(found, key=lambda each: each.precedence)
