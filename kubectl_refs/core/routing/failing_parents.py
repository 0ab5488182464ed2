"""The parentRefs that keep a route from the listeners that take a request."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.attachment.parents import explain_parent
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.near_targets import NearTarget
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.model.routing import ParentPlace, Request
from kubectl_refs.core.records import replace
from kubectl_refs.core.routing.candidates import RouteOnHost
from kubectl_refs.core.routing.listeners import GatewayListener, Listeners
from kubectl_refs.core.targets.near_targets import near_targets, with_near_target
from kubectl_refs.core.view.view import View


def failing_parents(
    view: View, route: RouteOnHost, listeners: Listeners, request: Request, at_listener: GatewayListener | None
) -> Iterator[ParentPlace]:
    """The parentRefs that keep a route from a listener, or (None) from all that take the request. One to a listener
    that does not take it keeps the route from nothing. One to what does not exist counts if a slip explains it;
    otherwise, if the route is attached to nothing, it is `lost`: it may be meant for any Gateway, here or elsewhere."""
    for each in route.parents:
        if not each.verdict.fails:
            continue
        asked = [
            listener
            for reference in (_meant_by_slips(view, each, route.object) or [each.reference])
            for listener in listeners.meant_by(reference)
        ]
        if at_listener is not None:
            concerns = at_listener.place in [listener.place for listener in asked]
        else:
            concerns = any(not listener.differences(request) for listener in asked)
        if concerns or (not asked and route.attaches_nowhere):
            yield ParentPlace(route.key, each.reference.path, lost=not asked)


def _meant_by_slips(view: View, parent: EvaluatedReference, route: JSON) -> list[Reference]:
    """What a parentRef that names nothing means, if slips are all that is wrong with it."""
    found, fault = parent.found, parent.fault
    if fault is None or found.reference.unsubstituted:
        return []

    def meant(subview: View) -> list[Reference]:
        near = (_weighed(subview, parent, each, route) for each in near_targets(subview, found, fault))
        return [with_near_target(found, each).reference for each in near if each.surely_meant]

    return view.without_gaps(meant)


def _weighed(view: View, parent: EvaluatedReference, near: NearTarget, route: JSON) -> NearTarget:
    would = explain_parent(view, with_near_target(parent.found, near), route)
    return near if would.verdict is Verdict.ALLOWED else replace(near, needs=(would.because,))
