"""Constraints on a change of a parentRef: the CRDs' rules for the parentRefs of one object, and the protocol meant."""

from __future__ import annotations

from kubectl_refs.core.attachment import listeners
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import at, entries, text


def exclude_each_other(one: Reference, other: Reference) -> bool:
    """Whether the API server refuses two parentRefs together. Two to the same parent must differ in section or port,
    and must both set or both omit each of these (x-kubernetes-validations of `parentRefs`)."""
    if one.to != other.to:
        return False
    if bool(one.section_name) != bool(other.section_name) or bool(one.port) != bool(other.port):
        return True
    return (one.section_name or "", one.port or 0) == (other.section_name or "", other.port or 0)


def same_protocol(reference: Reference, route: JSON, parent: JSON, listener: JSON) -> bool:
    """Whether a listener can replace the one that a reference asks for without an unasked change between HTTP and
    HTTPS. No HTTPS listener can if the route redirects to HTTPS: it would redirect to itself there."""
    protocol = text(listener.get("protocol"))
    if protocol not in _WEB:
        return True
    if protocol == "HTTPS" and _redirects_to_https(route):
        return False
    selected = (each for each in listeners.listeners_of(parent) if listeners.selects(reference, each))
    meant = {text(each.get("protocol")) for each in selected}.intersection(_WEB)
    name = (reference.section_name or "").lower()
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
