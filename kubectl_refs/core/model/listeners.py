"""The listeners and hostnames that parents and routes have, as they are written, and the listeners a parentRef selects."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import at, entries, mapping


def listeners_of(parent: JSON) -> Sequence[JSON]:
    """The listeners of a Gateway or ListenerSet."""
    return [mapping(listener) for listener in entries(at(parent, "spec", "listeners"))]


def listener_named(parent: JSON, name: str) -> JSON | None:
    """The listener of that name; None if there is none."""
    return next((each for each in listeners_of(parent) if each.get("name") == name), None)


def selects(reference: Reference, listener: JSON) -> bool:
    """Whether sectionName and port, where given, both fit the listener."""
    return (reference.section_name in (None, listener.get("name"))) and (reference.port in (None, listener.get("port")))


def hostnames_of(route: JSON) -> Sequence[str]:
    """The hostnames of a route; its listeners may have others."""
    return [name for name in entries(at(route, "spec", "hostnames")) if isinstance(name, str)]
