"""The parent of a ListenerSet: may its listeners join the Gateway? `allowedListeners` decides (docs/rules.md 5.5)."""

from __future__ import annotations

from kubectl_refs.core.attachment.namespace_rules import ALLOWED_LISTENERS, UNREAD, read_labels
from kubectl_refs.core.attachment.verdicts import assumed_verdict, verdict_of_check, verdict_without_parent
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.judgements import Assumption, Layer, Verdict
from kubectl_refs.core.model.kinds import GATEWAY, namespace_key
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference
from kubectl_refs.core.model.selectors import labelled
from kubectl_refs.core.model.values import at
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
    settled = verdict_without_parent(view, found, gateway, "admits this ListenerSet")
    if settled is not None:
        return settled if gateway.known else settled.with_judgement(ask=question_to_gateway(reference))
    rule, namespace = at(gateway.object, "spec", "allowedListeners", "namespaces"), reference.referrer.namespace
    effect = f"the labels of namespace {namespace} are not known, and {reference.to} asks for them"
    asked = ALLOWED_LISTENERS.needs_labels(rule, namespace)
    labels = read_labels(view, namespace, effect) if asked else UNREAD
    allowed, because = ALLOWED_LISTENERS.admits(rule, reference.to.namespace, namespace, labels)
    if allowed:
        return verdict_of_check(found, Verdict.ALLOWED, "Accepted", None, because)
    if allowed is None and labels.assumed:
        assumption = Assumption(namespace_key(namespace), f"is {labelled(at(rule, 'selector'))}")
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
