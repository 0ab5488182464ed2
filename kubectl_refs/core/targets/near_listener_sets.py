"""The ListenerSets that have the listener which a route looks for on their Gateway."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS
from kubectl_refs.core.model.listeners import listener_named
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import replace
from kubectl_refs.core.view.controllers import gateway_reference
from kubectl_refs.core.view.view import View


def with_listener(view: View, reference: Reference) -> Iterator[Reference]:
    """The reference as it would be if it led to each ListenerSet of its Gateway with a listener of that name: a
    parentRef to a Gateway selects only the Gateway's own listeners (docs/rules.md 5.6)."""
    if reference.to.group_kind != GATEWAY or reference.section_name is None:
        return
    effect = f"which ListenerSets of {reference.to} have the listener is not known"
    for kind in LISTENER_SETS:
        if view.catalog.served(kind) is None:
            continue
        for obj in view.list(kind, None, effect=effect).objects:
            gateway = gateway_reference(view, obj) if listener_named(obj, reference.section_name) else None
            if gateway is not None and gateway.reference.to == reference.to:
                yield replace(reference, to=key_of(obj))
