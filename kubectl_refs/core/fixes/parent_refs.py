"""What the changes of parentRefs have in common: the parent and the namespace's labels, the CRDs' rules for the parentRefs
of one object, and the protocol meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from kubectl_refs.core.attachment import listeners
from kubectl_refs.core.attachment.namespace_rules import Labels, read_labels
from kubectl_refs.core.fields.extraction import exclude_each_other, references_of
from kubectl_refs.core.model.listeners import listener_named, listeners_of, selects
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import FoundReference, Reference
from kubectl_refs.core.model.values import at, entries, text
from kubectl_refs.core.records import replace
from kubectl_refs.core.view.view import View


def labels_of_namespace(view: View, namespace: str) -> Labels:
    """The labels of a namespace. Only what a fix says depends on them, so that they are not known is no gap."""
    effect = f"the labels of namespace {namespace} are not known"
    return view.without_gaps(lambda subview: read_labels(subview, namespace, effect))


def parent_of(view: View, reference: Reference) -> JSON:
    return view.get(reference.to, effect=f"whether {reference.to} lets this route attach is not known").object or {}


def answers_of(
    reference: Reference, route: JSON, parent: JSON, labels: Labels
) -> Iterator[tuple[JSON, listeners.ListenerAnswer]]:
    """Each listener of a parent, with its answer to a parentRef of a route."""
    for index, listener in enumerate(listeners_of(parent)):
        yield listener, listeners.ask_listener(index, listener, reference.to.namespace, reference, route, labels)


def same_protocol(reference: Reference, route: JSON, parent: JSON, listener: JSON) -> bool:
    """Whether a listener can replace the one that a reference asks for without an unasked change between HTTP and
    HTTPS. No HTTPS listener can if the route redirects to HTTPS: it would redirect to itself there."""
    protocol = text(listener.get("protocol"))
    if protocol not in _WEB:
        return True
    if protocol == "HTTPS" and _redirects_to_https(route):
        return False
    selected = (each for each in listeners_of(parent) if selects(reference, each))
    meant = {text(each.get("protocol")) for each in selected}.intersection(_WEB)
    name = (reference.section_name or "").lower()
    if name == text(listener.get("name")):
        return True
    if not meant and name:
        meant = {"HTTPS"} if "https" in name or "tls" in name else {"HTTP"} if "http" in name else set()
    if not meant and reference.port in _WEB.values():
        meant = {each for each, port in _WEB.items() if port == reference.port}
    return not meant or protocol in meant


_WEB = {"HTTP": 80, "HTTPS": 443}
"""Protocols that must not be exchanged unasked, each with its usual port."""


def _redirects_to_https(route: JSON) -> bool:
    return any(
        at(filter_, "requestRedirect", "scheme") == "https"
        for rule in entries(at(route, "spec", "rules"))
        for filter_ in entries(at(rule, "filters"))
    )


def with_section_name(found: FoundReference, listener: JSON) -> FoundReference:
    """A parentRef as it would be if it named a listener in sectionName."""
    # Like choose_listener: drop a port that is not the listener's.
    port = found.reference.port if found.reference.port == listener.get("port") else None
    return replace(found, reference=replace(found.reference, section_name=text(listener.get("name")), port=port))


def is_already_named(view: View, meant: FoundReference, route: JSON) -> bool:
    """Whether some API servers refuse a parentRef (or a policy's target) because of the others that the object has."""
    found = [each for each in references_of(route, view.catalog.table)[0] if each.field.role is meant.field.role]
    after = [meant if each.reference.path == meant.reference.path else each for each in found]
    return bool(exclusions(after) - exclusions(found))


def exclusions(found: Iterable[FoundReference]) -> set[tuple[str, str, bool | None]]:
    """The pairs of some references of one object that not all API servers take together, and whether none does. An object
    of a cluster may have some."""
    pairs = combinations([each.reference for each in found], 2)
    judged = ((one.path, other.path, exclude_each_other(one, other)) for one, other in pairs)
    return {each for each in judged if each[-1] is not False}


def keeps_protocol(view: View, reference: Reference, other: Reference, route: JSON) -> bool:
    """Whether all listeners that the changed reference (`other`) selects have the protocol that was asked for."""
    if other.to != reference.to or other.section_name is None:
        return True
    parent = parent_of(view, reference)
    listener = listener_named(parent, other.section_name)
    return listener is None or same_protocol(reference, route, parent, listener)
