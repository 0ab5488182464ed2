"""The listeners of all Gateways and of their ListenerSets, and which of them a request comes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from kubectl_refs.core.attachment.listener_sets import explain_set_parent
from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS
from kubectl_refs.core.model.listeners import listeners_of, selects
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.routing import ListenerPlace, ParentPlace, Request
from kubectl_refs.core.model.values import integer, key_of, text
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.routing.hostnames import covers, specificity
from kubectl_refs.core.routing.readable import readable, with_named
from kubectl_refs.core.text.similarity import edit_distance
from kubectl_refs.core.view.controllers import gateway_reference
from kubectl_refs.core.view.view import View

_PROTOCOLS = {"http": ("HTTP", "TCP"), "https": ("HTTPS", "TLS", "TCP")}
"""The protocols of listeners that take requests of a scheme; TCP takes any."""


@dataclass(frozen=True, slots=True)
class GatewayListener:
    """A listener with the Gateway that it belongs to."""

    gateway: ObjectKey
    place: ListenerPlace
    entry: JSON

    def host(self, request: Request) -> str:
        """The host by which this listener is chosen: that of TLS if it speaks TLS."""
        return request.host if self.place.protocol == "HTTP" else request.server_name

    def route_host(self, request: Request) -> str:
        """The host by which its routes are chosen: that of the Host header if it reads HTTP."""
        return request.host if self.place.protocol in ("HTTP", "HTTPS") else request.server_name

    def asked_by(self, reference: Reference) -> bool:
        """Whether a parentRef asks for it, or for all listeners of its holder."""
        return reference.to == self.place.holder and selects(reference, self.entry)

    def differences(self, request: Request) -> list[str]:
        """Why a request does not come to it; empty if it does."""
        place, host = self.place, self.host(request)
        found = []
        if place.port != request.port:
            found.append(f"its port is {place.port}, not {request.port}")
        if place.protocol not in _PROTOCOLS[request.scheme]:
            found.append(f"its protocol is {place.protocol or 'not set'}, which takes no {request.scheme} requests")
        if not covers(place.hostname, host):
            found.append(f'its hostname "{place.hostname}" does not cover {host}')
        return found


@dataclass(frozen=True, slots=True)
class Listeners:
    """The listeners that may be read. `attached` has the listeners of each Gateway, then those of the ListenerSets
    that it admits; `detached` those of ListenerSets that it does not admit, each with the parentRef. `all` says whether
    there are no others. `by_holder` has both by the Gateway or ListenerSet that holds them."""

    attached: list[GatewayListener]
    detached: list[tuple[GatewayListener, ParentPlace]]
    all: bool
    by_holder: Mapping[ObjectKey, list[GatewayListener]]

    def meant_by(self, reference: Reference) -> list[GatewayListener]:
        """The listeners that a parentRef asks for; all listeners of its target if that has no such listener; none if
        the target does not exist."""
        own = self.by_holder.get(reference.to, [])
        return [each for each in own if each.asked_by(reference)] or own


def gateway_listeners(view: View, routes: Sequence[JSON], namespace: str | None) -> Listeners:
    """The listeners of all Gateways, or of those that routes name if not all may be listed (see `readable`)."""
    effect = "which listeners take this request is not known"
    sets_read = [
        with_named(view, readable(view, kind, namespace, effect=effect), kind, _parent_keys(view, routes))
        for kind in LISTENER_SETS
    ]
    referrers = (*routes, *(obj for sets in sets_read for obj in sets.objects))
    listed = readable(view, GATEWAY, namespace, effect=effect)
    gateways = with_named(view, listed, GATEWAY, _parent_keys(view, referrers))
    parents = [
        (explain_set_parent(view, joining), listener_set)
        for sets in sets_read
        for listener_set in sets.objects
        if (joining := gateway_reference(view, listener_set)) is not None
    ]
    joined = [(each.reference.to, obj) for each, obj in parents if each.verdict is Verdict.ALLOWED]
    apart = [
        (listener, ParentPlace(each.reference.referrer, each.reference.path))
        for each, obj in parents
        if each.verdict.fails
        for listener in _listeners(each.reference.to, obj)
    ]
    sets_of: dict[ObjectKey, list[JSON]] = defaultdict(list)
    for gateway, listener_set in joined:
        sets_of[gateway].append(listener_set)
    own = {key_of(obj): obj for obj in reversed(gateways.objects)}
    found: list[GatewayListener] = []
    for gateway in sorted(own):
        holders = (own[gateway], *sorted(sets_of[gateway], key=key_of))
        found += (listener for holder in holders for listener in _listeners(gateway, holder))
    by_holder: dict[ObjectKey, list[GatewayListener]] = defaultdict(list)
    for listener in (*found, *(each for each, _ in apart)):
        by_holder[listener.place.holder].append(listener)
    return Listeners(found, apart, gateways.all and all(sets.all for sets in sets_read), by_holder)


def _parent_keys(view: View, objects: Sequence[JSON]) -> Iterator[ObjectKey]:
    for obj in objects:
        yield from (
            each.reference.to for each in references_of(obj, view.catalog.table)[0] if each.field.role is Role.PARENT
        )


def _listeners(gateway: ObjectKey, holder: JSON) -> Iterator[GatewayListener]:
    for index, listener in enumerate(listeners_of(holder)):
        name, protocol, hostname = (text(listener.get(field)) or "" for field in ("name", "protocol", "hostname"))
        place = ListenerPlace(key_of(holder), index, name, integer(listener.get("port")), protocol, hostname.lower())
        yield GatewayListener(gateway, place, listener)


def taking(listeners: Sequence[GatewayListener], request: Request) -> list[GatewayListener]:
    """The listeners that a request may come to, the one whose hostname takes precedence first."""
    fitting = [each for each in listeners if not each.differences(request)]
    return sorted(fitting, key=lambda each: specificity(each.place.hostname), reverse=True)


def nearest_listeners(listeners: Sequence[GatewayListener], request: Request) -> list[str]:
    """The two listeners that come nearest to taking a request, with what differs."""

    def distance(each: GatewayListener) -> tuple[int, int]:
        return len(each.differences(request)), edit_distance(each.place.hostname, each.host(request))

    return [
        f'listener "{each.place.name}" of {each.place.holder}: {"; ".join(each.differences(request))}'
        for each in sorted(listeners, key=distance)[:2]
    ]
