"""From a request through each Gateway to a rule, or to where it stops."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.attachment.listeners import carried_kinds
from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.model.kinds import GRPC_ROUTE, HTTP_ROUTE, TCP_ROUTE, TLS_ROUTE
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.model.routing import ParentPlace, Request, Stop, Way
from kubectl_refs.core.model.values import at, entries, key_of
from kubectl_refs.core.records import replace
from kubectl_refs.core.routing.candidates import Candidate, RouteOnHost, candidates_of, routes_on_host
from kubectl_refs.core.routing.hostnames import covers, specificity
from kubectl_refs.core.routing.listeners import GatewayListener, Listeners, gateway_listeners, nearest_listeners, taking
from kubectl_refs.core.routing.readable import Readable, readable
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.text.similarity import edit_distance
from kubectl_refs.core.view.view import View

_KINDS = {"http": (HTTP_ROUTE, GRPC_ROUTE, TCP_ROUTE), "https": (HTTP_ROUTE, GRPC_ROUTE, TLS_ROUTE, TCP_ROUTE)}
"""The kinds of routes that a request of a scheme may meet."""


def ways(view: View, request: Request, namespace: str | None) -> tuple[Way, ...]:
    """The way through each Gateway that has a listener for a request; those that lead to a rule first. One way without a
    Gateway where none has such a listener. `namespace` is looked through where not all may be."""
    listeners = gateway_listeners(view, namespace)
    effect = "whether a route of this kind takes this request is not known"
    read = [readable(view, kind, namespace, effect=effect) for kind in _KINDS[request.scheme]]
    routes = Readable([obj for each in read for obj in each.objects], all=all(each.all for each in read))
    found = []
    for gateway in dict.fromkeys(each.gateway for each in listeners.joined):
        mine = taking([each for each in listeners.joined if each.gateway == gateway], request)
        if mine:
            way = _through(view, request, mine, routes)
            before = _apart(listeners, request, mine[0])
            found.append(replace(way, unattached=(*before, *way.unattached)))
    if found:
        return tuple(sorted(found, key=lambda way: way.rule is None))
    return (_without_listener(view, request, listeners, routes.objects),)


def _apart(listeners: Listeners, request: Request, best: GatewayListener | None) -> dict[ParentPlace, GatewayListener]:
    """The ListenerSets that are not part of their Gateway and have a listener for a request, by their parentRefs; beside the
    `best` of a Gateway those whose listener would count before it."""
    return {
        parent: listener
        for listener, parent in reversed(listeners.apart)
        if not listener.differences(request) and (best is None or _precedes(listener, best))
    }


def _precedes(listener: GatewayListener, best: GatewayListener) -> bool:
    more = specificity(listener.place.hostname) > specificity(best.place.hostname)
    return listener.gateway == best.gateway and more


def _said(listener: GatewayListener) -> str:
    place = listener.place
    return f'listener "{place.name}" of {place.holder}, which is not part of {listener.gateway}'


def _without_listener(view: View, request: Request, listeners: Listeners, routes: Sequence[JSON]) -> Way:
    if listeners.joined:
        among = "" if listeners.all else " in what could be read"
        because = (
            f"no Gateway{among} has a listener for {request.scheme} requests to {request.host} on port {request.port}"
        )
    else:
        among = "among these manifests" if not view.catalog.live else "in what could be read"
        because = f"there is no Gateway {among}"
    meant = _fitting(routes_on_host(view, routes, request.host), request)
    apart = _apart(listeners, request, None)
    # What keeps a set apart is told of the routes that name it.
    told = {parent.reference.to for each in meant for parent in each.route.parents}
    return Way(
        None,
        stop=Stop.LISTENER,
        because=because,
        nearest=tuple(map(_said, apart.values())) or tuple(nearest_listeners(listeners.joined, request)),
        unattached=(*(each for each in apart if each.route not in told), *_parents(meant, None)),
    )


def _through(view: View, request: Request, listeners: Sequence[GatewayListener], routes: Readable) -> Way:
    """The way by the listener whose hostname counts first. Where it has no rule for the request, and a listener that counts
    less has one, a controller without listener isolation uses that."""
    first = _at_listener(view, request, listeners[0], routes)
    if first.rule is not None:
        return first
    for other in listeners[1:]:
        way = _at_listener(view, request, other, routes)
        if way.rule is not None:
            said = (
                f'listener "{other.place.name}" leads to {way.rule.route} {way.rule.path}; controllers without listener '
                "isolation may send the request there"
            )
            return replace(first, open=(*first.open, said))
    return first


def _at_listener(view: View, request: Request, listener: GatewayListener, routes: Readable) -> Way:
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
    fitting = [each for each in _fitting(on_host, request) if each.route not in attached]
    candidates = candidates_of(attached, request)
    best = next((each for each in candidates if each.fit.fits), None)
    before = [each for each in fitting if best is None or each.may_precede(best)]
    way = replace(
        way,
        open=(*_expressions(candidates, best), *_unsure(unsure, before), *_mixed(candidates, best)),
        unattached=_parents(before, listener),
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


def _parents(candidates: Sequence[Candidate], listener: GatewayListener | None) -> tuple[ParentPlace, ...]:
    """The parentRefs that keep the routes of these matches away, each once."""
    holder = None if listener is None else listener.place.holder
    return tuple(dict.fromkeys(parent for each in candidates for parent in each.route.failing_parents(holder)))


def _expressions(candidates: Sequence[Candidate], best: Candidate | None) -> list[str]:
    """Matches that may take the request instead."""
    return [
        f"{each} may take it{'' if best is None else ' instead'}, where {listing(each.fit.expressions, ' and ')}: regular "
        "expressions are up to the implementation"
        for each in candidates
        if each.fit.fits is None and (best is None or each.may_precede(best))
    ]


def _unsure(routes: Sequence[RouteOnHost], before: Sequence[Candidate]) -> list[str]:
    meant = {each.route.key for each in before}
    return [f"whether {each.key} is attached to this listener" for each in routes if each.key in meant]


def _mixed(candidates: Sequence[Candidate], best: Candidate | None) -> list[str]:
    """Of HTTPRoutes and GRPCRoutes with hostnames in common a listener accepts one kind: that of the oldest route."""
    if best is None:
        return []
    others = dict.fromkeys(each.route.key for each in candidates if each.route.key.kind != best.route.key.kind)
    return [
        f"{other} is attached for the same host, and a listener accepts only one of the two kinds" for other in others
    ]


def _nearest_rules(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """The two matches that nearly fit, with what differs."""
    differing = [each for each in candidates if each.fit.differences]
    differing.sort(key=lambda each: (len(each.fit.differences), each.fit.distance, each.route.key, each.rule))
    return tuple(f"{each}: {'; '.join(each.fit.differences)}" for each in differing[:2])


def _nearest_hostnames(
    view: View, routes: Sequence[JSON], listener: GatewayListener, request: Request
) -> tuple[str, ...]:
    """The two hostnames of routes that look most like the host, among the routes that name this listener as a parent."""
    host = listener.route_host(request)
    names = {
        (name, key_of(route))
        for route in routes
        if any(_names(each, listener) for each in references_of(route, view.catalog.table)[0])
        for name in entries(at(route, "spec", "hostnames"))
        if isinstance(name, str) and not covers(name, host)
    }
    nearest = sorted(names, key=lambda each: (edit_distance(each[0].lower(), host), each))[:2]
    return tuple(f'{key} has hostname "{name}"' for name, key in nearest)


def _names(found: FoundReference, listener: GatewayListener) -> bool:
    reference, place = found.reference, listener.place
    return (
        found.field.role is Role.PARENT
        and reference.to == place.holder
        and reference.section_name in (None, place.name)
        and reference.port in (None, place.port)
    )
