"""What Cilium writes into `Accepted` for a route and a parent: a copy of its checks, each met by any of the listeners.

From cilium/cilium v1.20.2, operator/pkg/gateway-api/status_route.go and operator/pkg/gateway-api/routechecks/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubectl_refs.core.attachment.listeners import intersect
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.selectors import NAME_LABEL, matches
from kubectl_refs.core.model.values import at, entries
from tests.support.controllers.comparison import Difference, Written

_PROTOCOLS = {
    "HTTPRoute": ("HTTP", "HTTPS"),
    "GRPCRoute": ("HTTP", "HTTPS"),
    "TLSRoute": ("TLS",),
    "TCPRoute": ("TCP",),
    "UDPRoute": ("UDP",),
}


def accepted_by_checks_apart(difference: Difference) -> bool:
    return not difference.set_refused and _is_by_checks_apart(difference)


def set_taken_for_another_parent(difference: Difference) -> bool:
    several = len(difference.object["spec"].get("parentRefs", ())) > 1
    return difference.set_refused and several and _is_by_checks_apart(difference)


def _is_by_checks_apart(difference: Difference) -> bool:
    parent = difference.parent
    if difference.type != "Accepted" or parent is None:
        return False
    return difference.reported == _acceptance(
        difference.object, difference.condition["parentRef"], parent, difference.labels
    )


def _acceptance(route: JSON, parent_ref: JSON, parent: JSON, labels: Mapping[str, str]) -> Written:
    """The condition that Cilium's checks result in; `labels` are those of the route's namespace."""
    kind, section, port = route["kind"], parent_ref.get("sectionName"), parent_ref.get("port")
    listeners: Sequence[JSON] = parent["spec"]["listeners"]
    named = [each for each in listeners if section in (None, each["name"]) and port in (None, each["port"])]
    hostnames = entries(at(route, "spec", "hostnames")) if kind in ("HTTPRoute", "GRPCRoute", "TLSRoute") else []

    if all(each["protocol"] not in _PROTOCOLS[kind] for each in listeners):
        return "False", "NotAllowedByListeners"
    if named and not any(_lists(each, kind) for each in named):
        return "False", "NotAllowedByListeners"
    if port is not None and all(each["port"] != port for each in listeners):
        return "False", "NoMatchingParent"
    if not any(_takes_hostnames(each, hostnames, ()) for each in listeners):
        return "False", "NoMatchingListenerHostname"
    if section is not None and all(each["name"] != section for each in listeners):
        return "False", "NoMatchingParent"
    deciding = [each for each in named if "hostname" not in each or _takes_hostnames(each, hostnames, listeners)]
    namespaces = route["metadata"]["namespace"], parent["metadata"]["namespace"]
    if deciding and not any(_takes_namespace(each, *namespaces, labels) for each in deciding):
        return "False", "NotAllowedByListeners"
    return "True", "Accepted"


def _lists(listener: JSON, kind: str) -> bool:
    listed = entries(at(listener, "allowedRoutes", "kinds"))
    return not listed or any(each["kind"] == kind for each in listed)


def _takes_hostnames(listener: JSON, hostnames: Sequence[str], listeners: Sequence[JSON]) -> bool:
    """Whether a hostname of the route fits the listener and does not belong to a more specific one elsewhere."""
    own = listener.get("hostname", "")
    others = [each["hostname"] for each in listeners if each.get("hostname", own) != own]
    return not hostnames or any(
        own in ("", each) or (intersect(own, each) and not (own.startswith("*") and _taken(each, own, others)))
        for each in hostnames
    )


def _taken(hostname: str, own: str, others: Sequence[str]) -> bool:
    return any(
        hostname == each or (each.startswith("*") and hostname.endswith(each[1:]) and len(each) > len(own))
        for each in others
    )


def _takes_namespace(listener: JSON, namespace: str, parent_namespace: str, labels: Mapping[str, str]) -> bool:
    allowed = listener["allowedRoutes"]["namespaces"]
    match allowed["from"]:
        case "All":
            return True
        case "Selector":
            return matches(allowed["selector"], {NAME_LABEL: namespace, **labels}) is True
        case _:
            return namespace == parent_namespace
