"""The fixes of a parentRef: changes to the route, a listener's `allowedRoutes`, or a Gateway's `allowedListeners`."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.attachment import listeners
from kubectl_refs.core.attachment.listener_sets import explain_set_parent
from kubectl_refs.core.attachment.parents import namespace_labels
from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fixes.edits import Edit, joined
from kubectl_refs.core.fixes.json_patch import applied
from kubectl_refs.core.fixes.object_changes import admit_kind, admit_listener_sets, admit_routes, choose_listener
from kubectl_refs.core.fixes.parent_refs import exclude_each_other, same_protocol
from kubectl_refs.core.fixes.reference_fixes import fitting_targets, meaning_fix
from kubectl_refs.core.fixes.trial import explained, of_other, of_referrer
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference
from kubectl_refs.core.model.selectors import wanted_labels
from kubectl_refs.core.model.values import at, entries, labels_of, text
from kubectl_refs.core.records import replace
from kubectl_refs.core.targets.near_targets import meaning
from kubectl_refs.core.text.language import listing, several
from kubectl_refs.core.view.ending import is_being_deleted
from kubectl_refs.core.view.view import View


def parent_fixes(view: View, evaluated: EvaluatedReference, obj: JSON) -> tuple[Fix, ...]:
    """The fixes of one parentRef of a route or ListenerSet, the recommended one first, each with what remains after it.

    A change of the referrer after which the reference still fails is left out.
    """
    tried = [
        of_referrer(view, evaluated.found, obj, fix)
        if fix.object == evaluated.reference.referrer
        else of_other(view, evaluated.found, obj, fix)
        for fix in _untried(view, evaluated, obj)
    ]
    return tuple(fix for fix in tried if fix is not None) or _in_two_steps(view, evaluated, obj)


def _in_two_steps(view: View, evaluated: EvaluatedReference, obj: JSON) -> tuple[Fix, ...]:
    """Two changes that help only together: the reference is corrected to the only likely parent, and that parent is
    changed to admit it. Nothing if the two are not enough."""
    if len(evaluated.near_targets) != 1 or is_being_deleted(obj):
        return ()
    (near,) = evaluated.near_targets
    meant = meaning(evaluated.found, near)
    if not near.needs or not evaluated.found.may_cross or named_already(view, meant, obj):
        return ()
    first = meaning_fix(evaluated, near)
    changed = applied(obj, first.patch)
    after = explained(view, evaluated.found, changed)
    if after.code not in _OF_PARENT:
        return ()
    admitting = (fix for fix in _untried(view, after, changed) if fix.object != evaluated.reference.referrer)
    tried = (of_other(view, after.found, changed, fix) for fix in admitting)
    second = next((fix for fix in tried if fix is not None and not fix.remains), None)
    # The second change is no surer than the first.
    return (first, replace(second, confidence=first.confidence, follows=True)) if second is not None else ()


def _untried(view: View, evaluated: EvaluatedReference, obj: JSON) -> tuple[Fix, ...]:
    found, code = evaluated.found, evaluated.code
    if evaluated.near_targets:
        meant = ((near, meaning(found, near)) for near in fitting_targets(evaluated))
        return tuple(
            meaning_fix(evaluated, near)
            for near, other in meant
            if not named_already(view, other, obj) and _keeps_protocol(view, found.reference, other.reference, obj)
        )
    if code not in _OF_PARENT:
        return ()
    parent = _parent(view, found.reference)
    match code:
        case Code.NOT_ALLOWED_BY_LISTENERS:
            return _admission(view, found, obj, parent)
        case Code.NO_MATCHING_HOSTNAME:
            return _admission_by_hostname(view, found, obj, parent)
        case Code.NOT_ALLOWED_BY_GATEWAY:
            return admit_listener_sets(found.reference, parent, _labels(view, found.reference))
    return _admission_of_parent(view, parent)


_OF_PARENT = (
    Code.NOT_ALLOWED_BY_LISTENERS,
    Code.NO_MATCHING_HOSTNAME,
    Code.NOT_ALLOWED_BY_GATEWAY,
    Code.PARENT_NOT_ACCEPTED,
)
"""The codes that a change of the parent helps against."""


def _labels(view: View, reference: Reference) -> listeners.Labels:
    """The labels of the referrer's namespace."""
    key = ObjectKey(NAMESPACE.group, NAMESPACE.kind, "", reference.referrer.namespace)
    effect = f"the labels of namespace {key.name} are not known"
    answer = view.without_gaps(lambda apart: apart.get(key, metadata_only=True, effect=effect))
    return listeners.Labels(labels_of(answer.object) if answer.object and not answer.partial else None)


def _parent(view: View, reference: Reference) -> JSON:
    return view.get(reference.to, effect=f"whether {reference.to} lets this route attach is not known").object or {}


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
        (listener, listeners.ask(index, listener, reference.to.namespace, reference, route, labels))
        for index, listener in enumerate(listeners.listeners_of(parent))
        if not hostnames or text(listener.get("hostname")) in hostnames
    ]
    others = [
        listener
        for listener, answer in answers
        if not answer.selected
        and answer.would_accept
        and not named_already(view, _selecting(found, listener), route)
        and same_protocol(reference, route, parent, listener)
    ]
    refusing = [answer for _, answer in answers if answer.selected and answer.hostname]
    by_namespace = next((answer for answer in refusing if answer.kind is not False), None)
    admitting = () if by_namespace is None else admit_routes(reference, parent, by_namespace.index, labels)
    if by_namespace is None:
        of_kind = (_with_kind(reference, parent, answer, labels) for answer in refusing)
        admitting = next((fixes for fixes in of_kind if fixes), ())
    choosing = tuple(choose_listener(found, listener) for listener in others[:1])
    if not any(answer.selected and not answer.admits and _carries(reference, listener) for listener, answer in answers):
        return (*choosing, *admitting)
    return (*admitting, *(replace(fix, confidence=Confidence.GUESS) for fix in choosing))


def _carries(reference: Reference, listener: JSON) -> bool:
    """Whether the protocol of a listener may carry the route's kind."""
    kinds = listeners.carried_kinds(listener)
    return kinds is None or reference.referrer.group_kind in kinds


def _admission_by_hostname(view: View, found: FoundReference, route: JSON, parent: JSON) -> tuple[Fix, ...]:
    """The same if a listener admits the route but has another hostname. A listener with exactly the hostname of the
    route is the one meant; any other that covers it is a guess, since the route's hostname may be wrong instead."""
    hostnames = [name for name in entries(at(route, "spec", "hostnames")) if isinstance(name, str)]
    meant = _admission(view, found, route, parent, hostnames=hostnames)
    return meant or tuple(replace(fix, confidence=Confidence.GUESS) for fix in _admission(view, found, route, parent))


def other_hostname(view: View, evaluated: EvaluatedReference, route: JSON) -> str:
    """Advice if the listeners that admit a route have other hostnames than the route: only the owners know which side
    is wrong."""
    reference = evaluated.reference
    parent = _parent(view, reference)
    labels = namespace_labels(view, reference, parent)
    asked = (
        listeners.ask(index, listener, reference.to.namespace, reference, route, labels)
        for index, listener in enumerate(listeners.listeners_of(parent))
    )
    names = listing([f'"{answer.name}"' for answer in asked if answer.selected and answer.admits], " or ")
    return f"give the route a hostname that listener {names} of {reference.to} matches, or change that of the listener"


def _with_kind(
    reference: Reference, parent: JSON, answer: listeners.ListenerAnswer, labels: listeners.Labels
) -> tuple[Fix, ...]:
    """The change that makes a listener admit the route's kind, and its namespace if that is not admitted either."""
    kind = admit_kind(reference, parent, answer.index)
    if kind is None or answer.namespace:
        return () if kind is None else (kind,)
    # The namespace rule then applies to all listed kinds, so build it on the patched parent.
    by_name = (fix for fix in admit_routes(reference, applied(parent, kind.patch), answer.index, labels) if fix.patch)
    namespace = next(by_name, None)
    both = None if namespace is None else joined(kind.patch, namespace.patch)
    if namespace is None or both is None:
        return (kind,)
    title = f"{kind.title}, and admit namespace {reference.referrer.namespace} there"
    return (replace(Edit((kind, namespace), both, ()).as_fix, title=title),)


def _selecting(found: FoundReference, listener: JSON) -> FoundReference:
    # Like choose_listener: drop a port that is not the listener's.
    port = found.reference.port if found.reference.port == listener.get("port") else None
    return replace(found, reference=replace(found.reference, section_name=text(listener.get("name")), port=port))


def named_already(view: View, meant: FoundReference, route: JSON) -> bool:
    """Whether the API server refuses a parentRef (or a policy's target) because of the others that the object has."""
    return any(
        other.reference.path != meant.reference.path and exclude_each_other(other.reference, meant.reference)
        for other in references_of(route, view.catalog.table)[0]
        if other.field.role is meant.field.role
    )


def _keeps_protocol(view: View, reference: Reference, other: Reference, route: JSON) -> bool:
    """Whether all listeners that the changed reference (`other`) selects have the protocol that was asked for."""
    if other.to != reference.to or other.section_name is None:
        return True
    parent = _parent(view, reference)
    selected = (each for each in listeners.listeners_of(parent) if text(each.get("name")) == other.section_name)
    return all(same_protocol(reference, route, parent, each) for each in selected)


def _admission_of_parent(view: View, listener_set: JSON) -> tuple[Fix, ...]:
    """The fixes that let a ListenerSet, the parent of a route, join its own Gateway."""
    for found in references_of(listener_set, view.catalog.table)[0]:
        if found.field.governed_by is Mechanism.ALLOWED_LISTENERS:
            joining = explain_set_parent(view, found)
            if joining.verdict is not Verdict.ALLOWED:
                return _untried(view, joining, listener_set)
    return ()


def own_listener(view: View, evaluated: EvaluatedReference, route: JSON) -> str:
    """Advice to name another listener of the same parent, which admits the route's namespace but not its hostnames:
    that listener was made for this namespace, so nobody else's should be opened. No patch, since only the owner knows
    the right hostname. Empty if there is no such listener."""
    if evaluated.code is not Code.NOT_ALLOWED_BY_LISTENERS:
        return ""
    found, reference = evaluated.found, evaluated.reference
    parent = _parent(view, reference)
    labels = namespace_labels(view, reference, parent)
    for index, listener in enumerate(listeners.listeners_of(parent)):
        answer = listeners.ask(index, listener, reference.to.namespace, reference, route, labels)
        admits = answer.admits and not answer.assumed and not answer.selected and not answer.hostname
        if not admits or named_already(view, _selecting(found, listener), route):
            continue
        if same_protocol(reference, route, parent, listener):
            return (
                f'name listener "{answer.name}", which takes routes of namespace {reference.referrer.namespace}, and a '
                f"hostname that matches its own, {text(listener.get('hostname'))}"
            )
    return ""


def listener_of_kind(view: View, evaluated: EvaluatedReference, route: JSON) -> str:
    """Advice if none of the listeners that a parentRef selects takes the route's kind; otherwise empty. No patch, since
    a listener needs a port and a certificate, which its owner chooses."""
    found, reference = evaluated.found, evaluated.reference
    parent, kind = _parent(view, reference), reference.referrer.group_kind
    protocols = listeners.protocols_of(kind)
    labels = namespace_labels(view, replace(reference, section_name=None, port=None), parent)
    others = []
    for index, listener in enumerate(listeners.listeners_of(parent)):
        answer = listeners.ask(index, listener, reference.to.namespace, reference, route, labels)
        if answer.selected and answer.kind is not False:
            return ""
        if answer.kind and not named_already(view, _selecting(found, listener), route):
            others += [answer] if same_protocol(reference, route, parent, listener) else []
    if not protocols:
        return ""
    if others:
        answer = others[0]
        return (
            f'name listener "{answer.name}" of {reference.to} in sectionName, once it admits the route ({answer.why})'
        )
    chosen = reference.section_name is not None or reference.port is not None
    name = ", and name that one in sectionName" if chosen else ""
    takes = f"takes {several(kind.kind)} of namespace {reference.referrer.namespace}"
    return f"add to {reference.to} a listener of protocol {listing(protocols, ' or ')} that {takes}{name}"


def other_label(view: View, evaluated: EvaluatedReference) -> str:
    """Advice if a selector asks for a label that the referrer's namespace has with another value; otherwise empty. No
    patch, since somebody else may rely on the present value."""
    reference = evaluated.reference
    parent = _parent(view, reference)
    if evaluated.code is Code.NOT_ALLOWED_BY_GATEWAY:
        rules = [at(parent, "spec", "allowedListeners", "namespaces")]
    elif evaluated.code is Code.NOT_ALLOWED_BY_LISTENERS:
        selected = (each for each in listeners.listeners_of(parent) if listeners.selects(reference, each))
        rules = [at(each, "allowedRoutes", "namespaces") for each in selected]
    else:
        return ""
    own = _labels(view, reference).values or {}
    for rule in rules:
        wanted = wanted_labels(at(rule, "selector")) if text(at(rule, "from")) == "Selector" else None
        other = {key: value for key, value in (wanted or {}).items() if own.get(key) not in (None, value)}
        if other:
            shown = " and ".join(f"{key}={value} in place of {own[key]}" for key, value in other.items())
            return (
                f"label namespace {reference.referrer.namespace} {shown}, if nothing relies on that value, or admit it in the "
                f"selector of {reference.to}"
            )
    return ""
