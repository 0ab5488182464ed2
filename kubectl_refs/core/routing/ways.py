"""The way of a request through each Gateway to a rule, or to where it stops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.attachment.listeners import carried_kinds
from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import GRPC_ROUTE, HTTP_ROUTE, TCP_ROUTE, TLS_ROUTE
from kubectl_refs.core.model.listeners import hostnames_of
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference
from kubectl_refs.core.model.routing import ParentPlace, Request, Stop, Way
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import replace
from kubectl_refs.core.routing.candidates import Candidate, RouteOnHost, candidates_of, routes_on_host
from kubectl_refs.core.routing.failing_parents import failing_parents
from kubectl_refs.core.routing.hostnames import covers, specificity
from kubectl_refs.core.routing.listeners import GatewayListener, Listeners, gateway_listeners, nearest_listeners, taking
from kubectl_refs.core.routing.readable import Readable, readable
from kubectl_refs.core.text.language import enumerated
from kubectl_refs.core.text.similarity import edit_distance
from kubectl_refs.core.view.view import View

_KINDS = {"http": (HTTP_ROUTE, GRPC_ROUTE, TCP_ROUTE), "https": (HTTP_ROUTE, GRPC_ROUTE, TLS_ROUTE, TCP_ROUTE)}
"""The kinds of routes that requests of a scheme may meet."""


def ways(view: View, request: Request, namespace: str | None) -> tuple[Way, ...]:
    """The way through each Gateway that has a listener for a request, those that lead to a rule first; one way
    without a Gateway if none has such a listener. `namespace` is read if not all namespaces may be listed."""
    effect = "whether a route of this kind takes this request is not known"
    read = [readable(view, kind, namespace, effect=effect) for kind in _KINDS[request.scheme]]
    routes = Readable([obj for each in read for obj in each.objects], all=all(each.all for each in read))
    listeners = gateway_listeners(view, routes.objects, namespace)
    found = []
    for gateway in dict.fromkeys(each.gateway for each in listeners.attached):
        mine = taking([each for each in listeners.attached if each.gateway == gateway], request)
        if mine:
            way = _way_through(view, request, listeners, mine, routes)
            before = _listeners_of_detached_sets(listeners, request, mine[0])
            found.append(replace(way, unattached=(*before, *way.unattached)))
    if any(way.rule is not None for way in found):
        found = [
            replace(way, unattached=tuple(each for each in way.unattached if not each.lost))
            for way in sorted(found, key=lambda way: way.rule is None)
        ]
    if found:
        return tuple(found)
    return (_without_listener(view, request, listeners, routes.objects),)


def _listeners_of_detached_sets(
    listeners: Listeners, request: Request, best: GatewayListener | None
) -> dict[ParentPlace, GatewayListener]:
    """The listeners for a request in ListenerSets that are not part of their Gateway, by the parentRef of the set.
    With the `best` listener of a Gateway, only those that would take precedence over it."""
    return {
        parent: listener
        for listener, parent in reversed(listeners.detached)
        if not listener.differences(request) and (best is None or _precedes(listener, best))
    }


def _precedes(listener: GatewayListener, best: GatewayListener) -> bool:
    more = specificity(listener.place.hostname) > specificity(best.place.hostname)
    return listener.gateway == best.gateway and more


def _listener_words(listener: GatewayListener) -> str:
    place = listener.place
    return f'listener "{place.name}" of {place.holder}, which is not part of {listener.gateway}'


def _without_listener(view: View, request: Request, listeners: Listeners, routes: Sequence[JSON]) -> Way:
    if listeners.attached:
        among = "" if listeners.all else " in what could be read"
        because = (
            f"no Gateway{among} has a listener for {request.scheme} requests to {request.host} on port {request.port}"
        )
    else:
        among = "among these manifests" if not view.catalog.live else "in what could be read"
        because = f"there is no Gateway {among}"
    meant = _routes_of(_fitting(routes_on_host(view, routes, request.host), request))
    elsewhere = [each for route in meant for each in _elsewhere(route)]
    detached = _listeners_of_detached_sets(listeners, request, None)
    # If a route names the set, the route's own parentRef tells what keeps the set apart.
    told = {parent.reference.to for each in meant for parent in each.parents}
    return Way(
        None,
        stop=Stop.LISTENER,
        because=because,
        nearest=tuple(map(_listener_words, detached.values())) or tuple(nearest_listeners(listeners.attached, request)),
        open=tuple(_taken_elsewhere(elsewhere)),
        unattached=(
            *(each for each in detached if each.route not in told),
            *(each for route in meant for each in failing_parents(view, route, listeners, request, None)),
        ),
        unsure=tuple(map(_place, elsewhere)),
    )


def _way_through(
    view: View, request: Request, all_listeners: Listeners, listeners: Sequence[GatewayListener], routes: Readable
) -> Way:
    """The way by the listener whose hostname takes precedence. If that has no rule for the request, but a later
    listener has one, controllers without listener isolation use that."""
    first = _at_listener(view, request, all_listeners, listeners[0], routes)
    if first.rule is not None:
        return first
    for other in listeners[1:]:
        way = _at_listener(view, request, all_listeners, other, routes)
        if way.rule is not None:
            said = (
                f'listener "{other.place.name}" leads to {way.rule.route} {way.rule.path}; controllers without listener '
                "isolation may send the request there"
            )
            return replace(first, open=(*first.open, said))
    return first


def _at_listener(
    view: View, request: Request, listeners: Listeners, listener: GatewayListener, routes: Readable
) -> Way:
    """The way by one listener."""
    way = Way(listener.gateway, listener.place)
    carried = carried_kinds(listener.entry)
    on_host = routes_on_host(
        view,
        [each for each in routes.objects if carried is None or key_of(each).group_kind in carried],
        listener.route_host(request),
    )
    attached = [each for each in on_host if each.attached(listener.place)]
    unsure = [each for each in on_host if each.attached(listener.place) is None]
    there = {each.key for each in attached}
    fitting = [each for each in _fitting(on_host, request) if each.route.key not in there]
    candidates = candidates_of(attached, request)
    best = next((each for each in candidates if each.fit.fits), None)
    before = [each for each in fitting if best is None or each.may_precede(best)]
    meant = _routes_of(before)
    keys = {each.key for each in meant}
    here = [each for each in unsure if each.key in keys]
    undecided = {each.key for each in here}
    elsewhere = [each for route in meant if best is None and route.key not in undecided for each in _elsewhere(route)]
    way = replace(
        way,
        open=(
            *_expressions(candidates, best),
            *(f"whether {each.key} is attached to this listener" for each in here),
            *_taken_elsewhere(elsewhere),
            *_other_kind_sentences(candidates, best),
        ),
        unattached=tuple(
            each for route in meant for each in failing_parents(view, route, listeners, request, listener)
        ),
        unsure=tuple(map(_place, (*(each for route in here for each in _undecided(route)), *elsewhere))),
    )
    if best is not None:
        return replace(way, rule=best.place(request))
    host = listener.route_host(request)
    so = ": HTTP 404" if listener.place.protocol in ("HTTP", "HTTPS") and routes.all and not way.open else ""
    if attached:
        because = f"a route is attached for {host}, but no rule takes this request{so}"
        return replace(way, stop=Stop.RULE, because=because, nearest=_nearest_rules(candidates))
    among = "" if routes.all else " in what could be read"
    because = f"no route for {host}{among} is attached to this listener{so}"
    return replace(
        way, stop=Stop.ROUTE, because=because, nearest=_nearest_hostnames(view, routes.objects, listener, request)
    )


def _fitting(routes: Sequence[RouteOnHost], request: Request) -> list[Candidate]:
    return [each for each in candidates_of(routes, request) if each.fit.fits is not False]


def _routes_of(candidates: Sequence[Candidate]) -> list[RouteOnHost]:
    """The routes of these matches, each once."""
    return list({each.route.key: each.route for each in candidates}.values())


def _elsewhere(route: RouteOnHost) -> list[EvaluatedReference]:
    """The parentRefs by which a route that is attached to nothing may attach to a Gateway that could not be read."""
    return _undecided(route) if route.attaches_nowhere else []


def _undecided(route: RouteOnHost) -> list[EvaluatedReference]:
    return [each for each in route.parents if each.verdict is Verdict.UNKNOWN]


def _taken_elsewhere(parents: Sequence[EvaluatedReference]) -> Iterator[str]:
    """Sentences saying that routes may take the request through a Gateway, one for each Gateway."""
    for to in dict.fromkeys(each.reference.to for each in parents):
        routes = [str(each.reference.referrer) for each in parents if each.reference.to == to]
        yield f"whether {enumerated(routes)} {'takes' if len(routes) == 1 else 'take'} it through {to}"


def _place(parent: EvaluatedReference) -> ParentPlace:
    return ParentPlace(parent.reference.referrer, parent.reference.path)


def _expressions(candidates: Sequence[Candidate], best: Candidate | None) -> list[str]:
    """Sentences on the matches that take the request, or take it instead, if a regular expression fits."""
    return [
        f"{each} may take it{'' if best is None else ' instead'}, where {enumerated(each.fit.expressions)}: regular "
        "expressions are up to the implementation"
        for each in candidates
        if each.fit.fits is None and (best is None or each.may_precede(best))
    ]


def _other_kind_sentences(candidates: Sequence[Candidate], best: Candidate | None) -> list[str]:
    """Sentences on routes of the other kind: a listener takes either HTTPRoutes or GRPCRoutes for a shared hostname."""
    if best is None:
        return []
    others = dict.fromkeys(each.route.key for each in candidates if each.route.key.kind != best.route.key.kind)
    return [
        f"{other} is attached for the same host, and a listener accepts only one of the two kinds" for other in others
    ]


def _nearest_rules(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """The two matches that come nearest to fitting, with what differs."""
    differing = [each for each in candidates if each.fit.differences]
    differing.sort(key=lambda each: (len(each.fit.differences), each.fit.distance, each.route.key, each.rule))
    return tuple(f"{each}: {'; '.join(each.fit.differences)}" for each in differing[:2])


def _nearest_hostnames(
    view: View, routes: Sequence[JSON], listener: GatewayListener, request: Request
) -> tuple[str, ...]:
    """The two hostnames most like the host, among the routes that name this listener as a parent."""
    host = listener.route_host(request)
    names = {
        (name, key_of(route))
        for route in routes
        if any(_names(each, listener) for each in references_of(route, view.catalog.table)[0])
        for name in hostnames_of(route)
        if not covers(name, host)
    }
    nearest = sorted(names, key=lambda each: (edit_distance(each[0].lower(), host), each))[:2]
    return tuple(f'{key} has hostname "{name}"' for name, key in nearest)


def _names(found: FoundReference, listener: GatewayListener) -> bool:
    return found.field.role is Role.PARENT and listener.asked_by(found.reference)
