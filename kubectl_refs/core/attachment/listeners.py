"""Does a listener accept a route? `allowedRoutes`, section name, port, kinds and hostnames (docs/rules.md 5.2).

A ReferenceGrant plays no part in this (docs/rules.md 5.1, GEP-724).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kubectl_refs.core.attachment.namespace_rules import ALLOWED_ROUTES, Labels
from kubectl_refs.core.model.kinds import GRPC_ROUTE, HTTP_ROUTE, TCP_ROUTE, TLS_ROUTE, UDP_ROUTE
from kubectl_refs.core.model.listeners import hostnames_of, listeners_of, selects
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind
from kubectl_refs.core.model.references import FoundReference, Reference
from kubectl_refs.core.model.selectors import labelled
from kubectl_refs.core.model.values import at, entries, integer, mapping, text, unsubstituted
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.text.language import enumerated, listing

_BY_PROTOCOL = {
    "HTTP": (HTTP_ROUTE, GRPC_ROUTE),
    "HTTPS": (HTTP_ROUTE, GRPC_ROUTE),
    "TLS": (TLS_ROUTE,),
    "TCP": (TCP_ROUTE,),
    "UDP": (UDP_ROUTE,),
}
WITH_HOSTNAMES = (HTTP_ROUTE, GRPC_ROUTE, TLS_ROUTE)
"""The route kinds that have hostnames, one of which must match the listener's."""


@dataclass(frozen=True, slots=True)
class ListenerAnswer:
    """What one listener says to a route. Each answer is None where it is not known.

    `selected` says whether sectionName and port choose this listener at all; `why` is the first refusal in words.
    `assumed` is what the answer assumes of the route's namespace, as in Assumption; empty where it assumes nothing.
    `host` is the listener's hostname, which one of the route's must match; empty where none need match.
    """

    index: int
    name: str
    selected: bool
    kind: bool | None
    namespace: bool | None
    hostname: bool
    why: str
    assumed: str = ""
    host: str = ""

    @property
    def accepts(self) -> bool | None:
        if not self.selected or not self.hostname or False in (self.kind, self.namespace):
            return False
        return None if None in (self.kind, self.namespace) else True

    @property
    def would_accept(self) -> bool:
        """Whether the listener would surely accept the route if the reference selected it."""
        return self.hostname and bool(self.kind) and bool(self.namespace)

    @property
    def admits(self) -> bool | None:
        """Whether allowedRoutes lets the route in, hostnames aside."""
        if False in (self.kind, self.namespace):
            return False
        return None if None in (self.kind, self.namespace) else True


def needs_labels(parent: JSON, reference: Reference) -> bool:
    """Whether a listener that the reference selects asks for labels of the route's namespace beyond its name."""
    namespace = reference.referrer.namespace
    return any(
        selects(reference, listener) and ALLOWED_ROUTES.needs_labels(namespace_rule(listener), namespace)
        for listener in listeners_of(parent)
    )


def ask_listener(
    index: int, listener: JSON, parent_namespace: str, reference: Reference, route: JSON, labels: Labels
) -> ListenerAnswer:
    """Ask one listener of a Gateway or ListenerSet about one parentRef of a route."""
    answer = answer_ignoring_hostnames(index, listener, parent_namespace, reference, labels)
    return with_hostnames(answer, hostnames_of(route))


def answer_ignoring_hostnames(
    index: int, listener: JSON, parent_namespace: str, reference: Reference, labels: Labels
) -> ListenerAnswer:
    """What a listener says to every route of a kind and namespace, whatever its hostnames."""
    kind = reference.referrer.group_kind
    reasons = []
    allowed = allowed_kinds(listener)
    kind_fits = None if allowed is None else kind in allowed
    if kind_fits is None:
        reasons.append(f'which kinds its protocol "{listener.get("protocol")}" carries is up to its implementation')
    if kind_fits is False:
        offered = ", ".join(each.kind for each in allowed or ())
        lists = ", ".join(map(_listed, listed_kinds(listener)))
        none = f"its allowedRoutes.kinds lists {lists}, which protocol {listener.get('protocol')} does not carry"
        reasons.append(f"it takes {offered}, not {kind.kind}" if offered else none)
    rule = namespace_rule(listener)
    namespace_fits, why = ALLOWED_ROUTES.admits(rule, parent_namespace, reference.referrer.namespace, labels)
    assumed = ""
    if namespace_fits is None and labels.assumed:
        namespace_fits = True
        assumed = f"is {labelled(at(rule, 'selector'))}"
    if namespace_fits is not True:
        reasons.append(why)
    return ListenerAnswer(
        index,
        text(listener.get("name")) or "",
        selects(reference, listener),
        kind_fits,
        namespace_fits,
        True,
        "; ".join(reasons),
        assumed,
        (text(listener.get("hostname")) or "") if kind in WITH_HOSTNAMES else "",
    )


def with_hostnames(answer: ListenerAnswer, hostnames: Sequence[str]) -> ListenerAnswer:
    """The same answer, to a route with these hostnames."""
    own = answer.host
    if not own or not hostnames or any(intersect(own, name) for name in hostnames):
        return answer
    if any(map(unsubstituted, (own, *hostnames))):
        return answer
    apex = own.startswith("*.") and own[2:].lower() in map(str.lower, hostnames)
    why = f" (a wildcard does not match {own[2:]} itself)" if apex else ""
    why = ' ("*" is no hostname; one that is left out stands for all)' if "*" in (own, *hostnames) else why
    # After a clause about the namespace, "its" would mean the namespace.
    whose = "its" if answer.namespace else "the listener's"
    reason = f'{whose} hostname "{own}" does not match {_quoted(hostnames)}{why}'
    return replace(answer, hostname=False, why=f"{answer.why}; {reason}" if answer.why else reason)


def refusal_reasons(answers: Iterable[ListenerAnswer]) -> str:
    """Why listeners do not accept a route, once for those that give the same reason."""
    names: dict[str, list[str]] = {}
    for answer in answers:
        names.setdefault(answer.why, []).append(f'"{answer.name}"')
    said = [
        (f"each of the listeners {enumerated(by)}" if by[1:] else f"listener {by[0]}", why) for why, by in names.items()
    ]
    return listing([f"{who}: {why}" for who, why in said], "; ")


def _listed(kind: GroupKind) -> str:
    return kind.kind if kind.group == GATEWAY_GROUP else f'{kind.kind} of group "{kind.group}"'


def allowed_kinds(listener: JSON) -> tuple[GroupKind, ...] | None:
    """The route kinds a listener takes: those it lists that its protocol can carry, or all its protocol can.

    None for a protocol of an implementation's own and no list: what it takes is not specified.
    """
    carried, listed = carried_kinds(listener), listed_kinds(listener)
    if not listed:
        return carried
    return listed if carried is None else tuple(kind for kind in listed if kind in carried)


def carried_kinds(listener: JSON) -> tuple[GroupKind, ...] | None:
    """The route kinds that a listener's protocol can carry; None for an implementation's own protocol."""
    protocol = text(listener.get("protocol")) or ""
    if protocol == "TLS" and at(listener, "tls", "mode") != "Passthrough":
        return (TLS_ROUTE, TCP_ROUTE)
    return _BY_PROTOCOL.get(protocol)


def protocols_of(kind: GroupKind) -> Sequence[str]:
    """The protocols that are meant for a route kind; none where no listener of Gateway API takes it."""
    return [protocol for protocol, kinds in _BY_PROTOCOL.items() if kind in kinds]


def listed_kinds(listener: JSON) -> tuple[GroupKind, ...]:
    """The route kinds that a listener lists."""
    return kinds_in(at(listener, "allowedRoutes", "kinds"))


def kinds_in(written: object) -> tuple[GroupKind, ...]:
    """The kinds in a list of RouteGroupKind."""
    return tuple(
        GroupKind(GATEWAY_GROUP if group is None else group, text(entry.get("kind")) or "")
        for entry in map(mapping, entries(written))
        for group in (text(entry.get("group")),)
    )


def is_validated_by(listener: JSON, ca: FoundReference, gateway: JSON) -> bool:
    """Whether a listener of a Gateway, or of one of its ListenerSets, validates its clients by a CA certificate that the
    Gateway names in `spec.tls.frontend`.

    Only HTTPS listeners do. Settings for a port replace the default ones (`FrontendTLSConfig`).
    """
    if not in_frontend_settings(ca) or listener.get("protocol") != "HTTPS":
        return False
    port = integer(listener.get("port"))
    per_port = [integer(at(entry, "port")) for entry in entries(at(gateway, "spec", "tls", "frontend", "perPort"))]
    if ".perPort[*]." in ca.field.path:
        return per_port[ca.indices[0]] == port
    return port not in per_port


def in_frontend_settings(ca: FoundReference) -> bool:
    """Whether a reference is in the settings of a Gateway for its clients."""
    return ca.field.path.startswith("spec.tls.frontend.") and not ca.field.implementation


def namespace_rule(listener: JSON) -> JSON:
    """The rule of a listener for the namespaces of routes."""
    return mapping(at(listener, "allowedRoutes", "namespaces"))


def intersect(listener: str, route: str) -> bool:
    """Whether two hostnames, each exact or with a leading `*.`, have a name in common.

    `*.example.com` covers `a.b.example.com` but not `example.com`; case does not count in DNS names.
    """
    listener, route = listener.lower(), route.lower()
    if listener == route:
        return True
    if listener.startswith("*.") and route.endswith(listener[1:]):
        return True
    return route.startswith("*.") and listener.endswith(route[1:])


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
