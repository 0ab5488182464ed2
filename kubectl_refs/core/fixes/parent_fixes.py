"""The fixes of a parentRef: of the route, of a listener's `allowedRoutes`, of a Gateway's `allowedListeners`."""

from __future__ import annotations

from kubectl_refs.core.attachment import listeners
from kubectl_refs.core.attachment.listener_sets import explain_set_parent
from kubectl_refs.core.attachment.parents import namespace_labels
from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fixes.object_changes import admit_listener_sets, admit_routes, choose_listener, write_namespace
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference, Verdict
from kubectl_refs.core.model.values import text
from kubectl_refs.core.text.vocabulary import nearest
from kubectl_refs.core.view.view import View


def parent_fixes(view: View, evaluated: EvaluatedReference, obj: JSON) -> tuple[Fix, ...]:
    """The fixes of one parentRef of a route or a ListenerSet, the recommended one first.

    They look at what its verdict was made of, which has been read.
    """
    found, code = evaluated.found, evaluated.code
    if code in (Code.NAMESPACE_OMITTED, Code.PARENT_NOT_FOUND):
        places = evaluated.other_namespaces
        return (write_namespace(found, places[0]),) if len(places) == 1 else ()
    if code not in _OF_PARENT:
        return ()
    parent = _parent(view, found.reference)
    match code:
        case Code.NOT_ALLOWED_BY_LISTENERS:
            return _admission(view, found, obj, parent)
        case Code.NO_MATCHING_PARENT:
            return _similar_listener(view, found, obj, parent)
        case Code.NOT_ALLOWED_BY_GATEWAY:
            return admit_listener_sets(found.reference, parent)
    return _admission_of_parent(view, parent)


_OF_PARENT = (
    Code.NOT_ALLOWED_BY_LISTENERS,
    Code.NO_MATCHING_PARENT,
    Code.NOT_ALLOWED_BY_GATEWAY,
    Code.PARENT_NOT_ACCEPTED,
)
"""What a change of the parent, or the choice of another listener of it, helps against."""


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
        if not answer.selected and answer.would_accept and not _named_already(view, found, route, listener)
    ]
    refusing = [answer for _, answer in answers if answer.selected and answer.kind is not False and answer.hostname]
    return (
        *(choose_listener(found, listener) for listener in others[:1]),
        *(admit_routes(reference, parent, refusing[0].index, labels) if refusing else ()),
    )


def _named_already(view: View, found: FoundReference, route: JSON, listener: JSON) -> bool:
    """Whether another parentRef of the route names a listener of the same parent: the API server refuses a second one
    (the CRDs' rule on parentRefs)."""
    return any(
        other.reference.path != found.reference.path
        and other.reference.to == found.reference.to
        and other.reference.section_name == text(listener.get("name"))
        for other in references_of(route, view.catalog.table)[0]
        if other.field.role is found.field.role
    )


def _similar_listener(view: View, found: FoundReference, route: JSON, parent: JSON) -> tuple[Fix, ...]:
    """The listener of the name, whose port is another, or one of a similar name; it must take the route's kind."""
    reference = found.reference
    offered = [
        listener
        for listener in listeners.listeners_of(parent)
        for kinds in (listeners.allowed_kinds(listener),)
        if (kinds is None or reference.referrer.group_kind in kinds)
        and not _named_already(view, found, route, listener)
    ]
    names = [text(listener.get("name")) or "" for listener in offered]
    wanted = reference.section_name or ""
    near = wanted if wanted in names else nearest(wanted, names)
    return () if near is None else (choose_listener(found, offered[names.index(near)]),)


def _admission_of_parent(view: View, listener_set: JSON) -> tuple[Fix, ...]:
    """What lets a ListenerSet, the parent of a route, join its own Gateway."""
    for found in references_of(listener_set, view.catalog.table)[0]:
        if found.field.governed_by is Mechanism.ALLOWED_LISTENERS:
            joined = explain_set_parent(view, found)
            if joined.verdict is not Verdict.ALLOWED:
                return parent_fixes(view, joined, listener_set)
    return ()
