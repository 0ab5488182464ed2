"""The parent of a ListenerSet: may its listeners join the Gateway? `allowedListeners` decides (docs/rules.md 5.5)."""

from __future__ import annotations

from kubectl_refs.core.attachment.namespace_rules import ALLOWED_LISTENERS
from kubectl_refs.core.attachment.verdicts import assumed_verdict, verdict_of_check
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import Assumption, Layer, Verdict
from kubectl_refs.core.model.kinds import GATEWAY, NAMESPACE
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference
from kubectl_refs.core.model.selectors import INVALID_SELECTOR, invalid, labelled, matches, name_label, shown_labels
from kubectl_refs.core.model.values import at, labels_of, may_be
from kubectl_refs.core.view.view import View


def explain_set_parent(view: View, found: FoundReference) -> EvaluatedReference:
    """The verdict on a ListenerSet's parentRef. No ReferenceGrant plays a part in it."""
    reference = found.reference
    if view.catalog.is_open(str(reference.to.group_kind)):
        return assumed_verdict(found, "takes these listeners")
    if reference.to.group_kind != GATEWAY:
        message = f"how a {reference.to.group_kind} takes listeners is up to its implementation"
        return verdict_of_check(found, Verdict.UNKNOWN, None, Code.PARENT_KIND, message, Layer.KIND)
    gateway = view.get(reference.to, effect=f"whether {reference.to} takes these listeners is not known")
    if not gateway.known:
        unread = verdict_of_check(found, Verdict.UNKNOWN, None, Code.UNREADABLE, f"{reference.to} could not be read")
        return unread.with_judgement(ask=question_to_gateway(reference))
    if gateway.assumed:
        return assumed_verdict(found, "takes these listeners")
    if gateway.object is None:
        # Imported here: most parents exist.
        from kubectl_refs.core.targets.absence import absence

        message = absence(view, reference)
        return verdict_of_check(found, Verdict.BROKEN, None, Code.PARENT_NOT_FOUND, message, Layer.TARGET)
    allowed, because = _allowed(view, reference, gateway.object)
    if allowed:
        return verdict_of_check(found, Verdict.ALLOWED, "Accepted", None, because)
    if allowed is None and view.catalog.is_part:
        selector = at(gateway.object, "spec", "allowedListeners", "namespaces", "selector")
        namespace = ObjectKey(NAMESPACE.group, NAMESPACE.kind, "", reference.referrer.namespace)
        assumption = Assumption(namespace, f"is {labelled(selector)}")
        evaluated = verdict_of_check(found, Verdict.ALLOWED, "Accepted", None, str(assumption))
        return evaluated.with_judgement(assumptions=(assumption,))
    if allowed is None:
        return verdict_of_check(found, Verdict.UNKNOWN, None, Code.UNREADABLE, because)
    refused = verdict_of_check(found, Verdict.REFUSED, "NotAllowed", Code.NOT_ALLOWED_BY_GATEWAY, because)
    # Imported here: most parents admit what names them.
    from kubectl_refs.core.attachment.inert_grants import inert_grants

    return refused.with_notes(*inert_grants(view, reference, "allowedListeners"))


def question_to_gateway(reference: Reference, *, refused: bool = False) -> str:
    """The question to the owner of an unreadable Gateway: does it admit a ListenerSet or, if refused, could it?"""
    return f"{'Could' if refused else 'Does'} allowedListeners of {reference.to} admit {reference.referrer}?"


def _allowed(view: View, reference: Reference, gateway: JSON) -> tuple[bool | None, str]:
    rule = at(gateway, "spec", "allowedListeners", "namespaces")
    own = reference.referrer.namespace
    unheeded = f"{ALLOWED_LISTENERS.described(rule)}: " if ALLOWED_LISTENERS.ignores_selector(rule) else ""
    match ALLOWED_LISTENERS.from_of(rule):
        case "All":
            return True, "allowedListeners admits every namespace"
        case "Same":
            same = own == reference.to.namespace or (None if may_be(own, reference.to.namespace) else False)
            return same, f"{unheeded}allowedListeners admits ListenerSets of namespace {reference.to.namespace} alone"
        case "Selector":
            return _selected(view, reference, at(rule, "selector"))
        case "None":
            none = (
                "no ListenerSet may join"
                if unheeded
                else "allowedListeners admits no ListenerSet, which is its default"
            )
            return False, unheeded + none
        case _:
            return False, ALLOWED_LISTENERS.complaint(rule)


def _selected(view: View, reference: Reference, selector: object) -> tuple[bool | None, str]:
    if not isinstance(selector, dict):
        return False, "allowedListeners.namespaces.from is Selector, but there is no selector, which selects nothing"
    problem = invalid(selector)
    if problem:
        return False, INVALID_SELECTOR.format(field="allowedListeners.namespaces.selector", problem=problem)
    own = reference.referrer.namespace
    which = f"namespaces {labelled(selector)}" if labelled(selector) else "every namespace"
    because = f"allowedListeners admits ListenerSets of {which}"
    known = name_label(own)
    if matches(selector, known, complete=False) is None:
        namespace = view.get(
            ObjectKey(NAMESPACE.group, NAMESPACE.kind, "", own),
            metadata_only=True,
            whole=True,
            effect=f"the labels of namespace {own} are not known, and {reference.to} asks for them",
        )
        labels = labels_of(namespace.object) if namespace.object else {}
        selected = matches(
            selector, {**known, **labels}, complete=namespace.known and not namespace.partial and bool(known)
        )
        if selected is False:
            because += f"; namespace {own} has {shown_labels(labels)}"
    else:
        selected = matches(selector, known, complete=False)
    return selected, because if selected is not None else f"{because}, and the labels of {own} are not known"
