"""The fixes of a parentRef: changes to the route, a listener's `allowedRoutes`, or a Gateway's `allowedListeners`."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.attachment import listeners
from kubectl_refs.core.attachment.listener_sets import explain_set_parent
from kubectl_refs.core.attachment.namespace_rules import Labels
from kubectl_refs.core.attachment.parents import namespace_labels
from kubectl_refs.core.fixes.admission_patches import admit_kind, admit_listener_sets, admit_routes
from kubectl_refs.core.fixes.edits import Edit, joined_patches
from kubectl_refs.core.fixes.json_patch import applied
from kubectl_refs.core.fixes.parent_refs import (
    answers_of,
    is_already_named,
    keeps_protocol,
    labels_of_namespace,
    parent_of,
    same_protocol,
    with_section_name,
)
from kubectl_refs.core.fixes.reference_fixes import fitting_targets, meaning_fix, only_near_target
from kubectl_refs.core.fixes.referrer_patches import choose_listener
from kubectl_refs.core.fixes.trial import tried_on_other, tried_on_referrer, verdict_after, with_remains
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.judgements import KIND_FAULTS, Verdict
from kubectl_refs.core.model.listeners import hostnames_of
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference
from kubectl_refs.core.model.values import text
from kubectl_refs.core.records import replace
from kubectl_refs.core.targets.near_targets import with_near_target
from kubectl_refs.core.view.controllers import gateway_reference
from kubectl_refs.core.view.view import View


def parent_fixes(view: View, evaluated: EvaluatedReference, obj: JSON) -> tuple[Fix, ...]:
    """The fixes of one parentRef of a route or ListenerSet, the recommended one first, each with what remains after it.

    A change of the referrer after which the reference still fails is offered only if no other change is known.
    """
    tried = [
        tried_on_referrer(view, evaluated.found, obj, fix)
        if fix.object == evaluated.reference.referrer
        else tried_on_other(view, evaluated.found, obj, fix)
        for fix in _candidates(view, evaluated, obj)
    ]
    return tuple(fix for fix in tried if fix is not None) or _corrected_then_admitted(view, evaluated, obj)


def _corrected_then_admitted(view: View, evaluated: EvaluatedReference, obj: JSON) -> tuple[Fix, ...]:
    """The reference is corrected to the only likely parent, and that parent is then changed to admit it. If no such
    change is known to be enough, the correction alone, with what remains after it."""
    near = only_near_target(evaluated)
    if near is None:
        return ()
    found, meant = evaluated.found, with_near_target(evaluated.found, near)
    if is_already_named(view, meant, obj) or not keeps_protocol(view, found.reference, meant.reference, obj):
        return ()
    first = meaning_fix(evaluated, near)
    changed = applied(obj, first.patch)
    after = verdict_after(view, found, changed)
    if after.code in _OF_PARENT:
        admitting = (fix for fix in _candidates(view, after, changed) if fix.object != evaluated.reference.referrer)
        tried = (tried_on_other(view, after.found, changed, fix) for fix in admitting)
        second = next((fix for fix in tried if fix is not None and not fix.remains), None)
        if second is not None:
            # The second change is no surer than the first.
            return (first, replace(second, confidence=first.confidence, follows=True))
    # A parent that takes no routes at all is not the one meant.
    return () if after.fault in KIND_FAULTS else (with_remains(first, after),)


def _candidates(view: View, evaluated: EvaluatedReference, obj: JSON) -> tuple[Fix, ...]:
    found, code = evaluated.found, evaluated.code
    if evaluated.near_targets:
        meant = ((near, with_near_target(found, near)) for near in fitting_targets(evaluated))
        return tuple(
            meaning_fix(evaluated, near)
            for near, other in meant
            if not is_already_named(view, other, obj) and keeps_protocol(view, found.reference, other.reference, obj)
        )
    if code not in _OF_PARENT:
        return ()
    parent = parent_of(view, found.reference)
    match code:
        case Code.NOT_ALLOWED_BY_LISTENERS:
            return _admission(view, found, obj, parent) or _admission_besides_hostname(view, evaluated, obj, parent)
        case Code.NO_MATCHING_HOSTNAME:
            return _admission_by_hostname(view, found, obj, parent)
        case Code.NOT_ALLOWED_BY_GATEWAY:
            # Imported here: hardly any route's parent is a ListenerSet that its Gateway refuses.
            from kubectl_refs.core.fixes.ignored_selectors import heed_selector_of_gateway

            labels = labels_of_namespace(view, found.reference.referrer.namespace)
            heeding = heed_selector_of_gateway(view, found.reference, parent)
            return (*heeding, *admit_listener_sets(found.reference, parent, labels))
    return _admission_of_parent(view, parent)


_OF_PARENT = (
    Code.NOT_ALLOWED_BY_LISTENERS,
    Code.NO_MATCHING_HOSTNAME,
    Code.NOT_ALLOWED_BY_GATEWAY,
    Code.PARENT_NOT_ACCEPTED,
)
"""The codes that a change of the parent helps against."""


def _admission(
    view: View, found: FoundReference, route: JSON, parent: JSON, *, hostnames: Sequence[str] = ()
) -> tuple[Fix, ...]:
    """The fixes that admit the route at the first selected listener that may take its kind, and the one that names
    another listener, which accepts the route already. With `hostnames`, only listeners with one of them count.

    A route that names a listener means that one, and another may be open to the world: so the latter fix is a guess,
    unless the selected listeners cannot carry the route's kind.
    """
    reference, labels = found.reference, namespace_labels(view, found.reference, parent)
    answers = [
        (listener, answer)
        for listener, answer in answers_of(reference, route, parent, labels)
        if not hostnames or text(listener.get("hostname")) in hostnames
    ]
    others = [
        listener
        for listener, answer in answers
        if not answer.selected
        and answer.would_accept
        and not is_already_named(view, with_section_name(found, listener), route)
        and same_protocol(reference, route, parent, listener)
    ]
    refusing = [answer for _, answer in answers if answer.selected and answer.hostname]
    admitting = _admitting(view, reference, parent, refusing, labels)
    choosing = tuple(choose_listener(found, listener) for listener in others[:1])
    if not any(answer.selected and not answer.admits and _carries(reference, listener) for listener, answer in answers):
        return (*choosing, *admitting)
    return (*admitting, *(replace(fix, confidence=Confidence.GUESS) for fix in choosing))


def _admitting(
    view: View,
    reference: Reference,
    parent: JSON,
    refusing: Sequence[listeners.ListenerAnswer],
    labels: Labels,
) -> tuple[Fix, ...]:
    """The fixes that admit the route at the first refusing listener that may take its kind."""
    by_namespace = next((answer for answer in refusing if answer.kind is not False), None)
    if by_namespace is not None:
        # Imported here: most routes are admitted by their parents.
        from kubectl_refs.core.fixes.ignored_selectors import heed_selector_of_listener

        heeding = heed_selector_of_listener(view, reference, parent, by_namespace.index)
        return (*heeding, *admit_routes(reference, parent, by_namespace.index, labels))
    of_kind = (_with_kind(reference, parent, answer, labels) for answer in refusing)
    return next((fixes for fixes in of_kind if fixes), ())


def _carries(reference: Reference, listener: JSON) -> bool:
    """Whether the protocol of a listener may carry the route's kind."""
    kinds = listeners.carried_kinds(listener)
    return kinds is None or reference.referrer.group_kind in kinds


def _admission_by_hostname(view: View, found: FoundReference, route: JSON, parent: JSON) -> tuple[Fix, ...]:
    """The same if a listener admits the route but has another hostname. A listener with exactly the hostname of the
    route is the one meant; any other that covers it is a guess, since the route's hostname may be wrong instead."""
    meant = _admission(view, found, route, parent, hostnames=hostnames_of(route))
    return meant or tuple(replace(fix, confidence=Confidence.GUESS) for fix in _admission(view, found, route, parent))


def _admission_besides_hostname(
    view: View, evaluated: EvaluatedReference, route: JSON, parent: JSON
) -> tuple[Fix, ...]:
    """The same if the only selected listener has another hostname too. A guess: the route may not be meant for that
    listener. Nothing if another listener was made for the route's namespace."""
    # Imported here: most routes are admitted by their parents.
    from kubectl_refs.core.fixes.parents_by_hand import own_listener

    reference = evaluated.reference
    labels = namespace_labels(view, reference, parent)
    selected = [answer for _, answer in answers_of(reference, route, parent, labels) if answer.selected]
    if len(selected) != 1 or own_listener(view, evaluated, route):
        return ()
    admitting = _admitting(view, reference, parent, selected, labels)
    return tuple(replace(fix, confidence=Confidence.GUESS) for fix in admitting)


def _with_kind(reference: Reference, parent: JSON, answer: listeners.ListenerAnswer, labels: Labels) -> tuple[Fix, ...]:
    """The change that makes a listener admit the route's kind, and its namespace if that is not admitted either."""
    kind = admit_kind(reference, parent, answer.index)
    if kind is None or answer.namespace:
        return () if kind is None else (kind,)
    # The namespace rule then applies to all listed kinds, so build it on the patched parent.
    by_name = (fix for fix in admit_routes(reference, applied(parent, kind.patch), answer.index, labels) if fix.patch)
    namespace = next(by_name, None)
    both = None if namespace is None else joined_patches(kind.patch, namespace.patch)
    if namespace is None or both is None:
        return (kind,)
    title = f"{kind.title}, and admit namespace {reference.referrer.namespace} there"
    return (replace(Edit((kind, namespace), both, ()).as_fix, title=title),)


def _admission_of_parent(view: View, listener_set: JSON) -> tuple[Fix, ...]:
    """The fixes that let a ListenerSet, the parent of a route, join its own Gateway."""
    found = gateway_reference(view, listener_set)
    joining = None if found is None else explain_set_parent(view, found)
    if joining is None or joining.verdict is Verdict.ALLOWED:
        return ()
    return _candidates(view, joining, listener_set)
