"""The fixes of a parentRef: of the route, of a listener's `allowedRoutes`, of a Gateway's `allowedListeners`."""

from __future__ import annotations

from dataclasses import replace

from kubectl_refs.core.attachment import listeners
from kubectl_refs.core.attachment.listener_sets import explain_set_parent
from kubectl_refs.core.attachment.parents import namespace_labels
from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fixes.object_changes import admit_listener_sets, admit_routes, choose_listener
from kubectl_refs.core.fixes.reference_fixes import fitting_targets, meaning_fix
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference, Verdict
from kubectl_refs.core.model.values import text
from kubectl_refs.core.targets.near_targets import meaning
from kubectl_refs.core.view.view import View


def parent_fixes(view: View, evaluated: EvaluatedReference, obj: JSON) -> tuple[Fix, ...]:
    """The fixes of one parentRef of a route or a ListenerSet, the recommended one first.

    They look at what its verdict was made of, which has been read.
    """
    found, code = evaluated.found, evaluated.code
    if evaluated.near_targets:
        fitting = (near for near in fitting_targets(evaluated) if not _named_already(view, meaning(found, near), obj))
        return tuple(meaning_fix(evaluated, near) for near in fitting)
    if code not in _OF_PARENT:
        return ()
    parent = _parent(view, found.reference)
    match code:
        case Code.NOT_ALLOWED_BY_LISTENERS:
            return _admission(view, found, obj, parent)
        case Code.NOT_ALLOWED_BY_GATEWAY:
            return admit_listener_sets(found.reference, parent)
    return _admission_of_parent(view, parent)


_OF_PARENT = (
    Code.NOT_ALLOWED_BY_LISTENERS,
    Code.NOT_ALLOWED_BY_GATEWAY,
    Code.PARENT_NOT_ACCEPTED,
)
"""What a change of the parent, helps against."""


def _parent(view: View, reference: Reference) -> JSON:
    return view.get(reference.to, effect=f"whether {reference.to} lets this route attach is not known").object or {}


def _admission(view: View, found: FoundReference, route: JSON, parent: JSON) -> tuple[Fix, ...]:
    """Another listener that would accept the route, and the admission by the first that refuses its namespace alone."""
    reference, labels = found.reference, namespace_labels(view, found.reference, parent)
    answers = [
        (listener, listeners.ask(index, listener, reference.to.namespace, reference, route, labels))
        for index, listener in enumerate(listeners.listeners_of(parent))
    ]
    others = [
        listener
        for listener, answer in answers
        if not answer.selected and answer.would_accept and not _named_already(view, _selecting(found, listener), route)
    ]
    refusing = [answer for _, answer in answers if answer.selected and answer.kind is not False and answer.hostname]
    return (
        *(choose_listener(found, listener) for listener in others[:1]),
        *(admit_routes(reference, parent, refusing[0].index, labels) if refusing else ()),
    )


def _selecting(found: FoundReference, listener: JSON) -> FoundReference:
    return replace(found, reference=replace(found.reference, section_name=text(listener.get("name"))))


def _named_already(view: View, meant: FoundReference, route: JSON) -> bool:
    """Whether another parentRef of the route means the same: the API server refuses a second one (the CRDs' rule on
    parentRefs)."""
    reference = meant.reference
    return any(
        other.reference.path != reference.path
        and other.reference.to == reference.to
        and other.reference.section_name == reference.section_name
        and (reference.section_name is not None or other.reference.port == reference.port)
        for other in references_of(route, view.catalog.table)[0]
        if other.field.role is meant.field.role
    )


def _admission_of_parent(view: View, listener_set: JSON) -> tuple[Fix, ...]:
    """What lets a ListenerSet, the parent of a route, join its own Gateway."""
    for found in references_of(listener_set, view.catalog.table)[0]:
        if found.field.governed_by is Mechanism.ALLOWED_LISTENERS:
            joined = explain_set_parent(view, found)
            if joined.verdict is not Verdict.ALLOWED:
                return parent_fixes(view, joined, listener_set)
    return ()
