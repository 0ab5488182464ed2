"""Parents of a route: may it attach, and if not, which listener refuses it and why (docs/rules.md 5).

Gateways and ListenerSets decide by `allowedRoutes`, Services (mesh) admit every route. ReferenceGrants play no part in
either; a grant that was written for this purpose is reported as having no effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kubectl_refs.core.attachment import listeners
from kubectl_refs.core.attachment.listener_sets import explain_set_parent, question_to_gateway
from kubectl_refs.core.attachment.namespace_rules import UNREAD, Labels, read_labels
from kubectl_refs.core.attachment.verdicts import verdict_of_check, verdict_without_parent
from kubectl_refs.core.fields.binding import MESH_KINDS
from kubectl_refs.core.fields.controllers import LINKERD, controller_of
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import current_condition
from kubectl_refs.core.model.judgements import Assumption, Layer, Outcome, ReportedVerdict, Verdict
from kubectl_refs.core.model.kinds import (
    GATEWAY,
    HTTP_ROUTE,
    LISTENER_SETS,
    SERVICE,
    SERVICE_ENTRY,
    SERVICE_OF_CORE,
    namespace_key,
)
from kubectl_refs.core.model.listeners import hostnames_of, listeners_of, selects
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference, Reference
from kubectl_refs.core.model.values import at, entries, may_be, text, unsubstituted
from kubectl_refs.core.records import replace
from kubectl_refs.core.targets.ports import port_check
from kubectl_refs.core.text.language import enumerated, listing, several
from kubectl_refs.core.view.controllers import gateway_reference
from kubectl_refs.core.view.view import View

_WITH_LISTENERS = frozenset({GATEWAY, *LISTENER_SETS})


def explain_parent(view: View, found: FoundReference, route: JSON) -> EvaluatedReference:
    """The verdict on one parentRef."""
    kind = found.reference.to.group_kind
    if kind in _WITH_LISTENERS:
        return _explain_listeners(view, found, route)
    if kind == SERVICE_OF_CORE and _is_linkerds(route):
        meant = replace(found.reference, to=found.reference.to._replace(group=SERVICE.group))
        return replace(_explain_mesh(view, replace(found, reference=meant)), found=found)
    if kind == HTTP_ROUTE:
        # Imported here, as below: hardly any route names such a parent.
        from kubectl_refs.core.attachment.delegation import explain_parent_route

        return explain_parent_route(view, found, route)
    if kind in MESH_KINDS:
        return _explain_mesh(view, found)
    from kubectl_refs.core.attachment.other_parents import explain_other_parent

    return explain_other_parent(view, found)


def _is_linkerds(route: JSON) -> bool:
    """Whether Linkerd has written a status of the route: it takes "core" for the core group."""
    controllers = (text(at(each, "controllerName")) for each in entries(at(route, "status", "parents")))
    return any(controller_of(each) is LINKERD for each in controllers)


def _explain_listeners(view: View, found: FoundReference, route: JSON) -> EvaluatedReference:
    """The verdict by the listeners of a Gateway or ListenerSet. It depends only on the route's kind, its namespace and,
    where a listener has a hostname, its hostnames: all but the last is asked once for all that are alike."""
    reference = found.reference
    referrer = reference.referrer
    alike = (
        *(reference.to, reference.section_name, reference.port, found.field.governed_by),
        *(referrer.group, referrer.kind, referrer.namespace),
    )
    admission = view.once_as_read(("admission", alike), lambda subview: _Admission.of(subview, found))
    if admission.settled is not None:
        settled = admission.settled.for_alike(found)
        return settled.with_judgement(ask=_question_to_owner(reference, route)) if admission.unread else settled
    hostnames = hostnames_of(route)
    answers = [listeners.with_hostnames(answer, hostnames) for answer in admission.answers]
    accepting = [answer for answer in answers if answer.accepts]
    if not accepting:
        return _refusal(view, found, answers)
    by = tuple([answer.index for answer in accepting])
    accepted = view.once_as_read(("accepted", alike, by), lambda subview: _accepted(subview, found, accepting))
    return accepted.for_alike(found)


class _Admission(NamedTuple):
    """What a Gateway or ListenerSet says to all routes of a kind and namespace: the verdict if hostnames do not matter,
    or else the answers of the selected listeners, hostnames aside. `unread` says that its owner must be asked."""

    settled: EvaluatedReference | None = None
    answers: tuple[listeners.ListenerAnswer, ...] = ()
    unread: bool = False

    @classmethod
    def of(cls, view: View, found: FoundReference) -> _Admission:
        reference = found.reference
        read = view.get(reference.to, effect=f"whether {reference.to} lets this route attach is not known")
        settled = verdict_without_parent(view, found, read, "admits this route")
        if settled is not None:
            return cls(settled, unread=not read.known)
        parent = read.object or {}
        labels = namespace_labels(view, reference, parent)
        answers = tuple(
            listeners.answer_ignoring_hostnames(index, listener, reference.to.namespace, reference, labels)
            for index, listener in enumerate(listeners_of(parent))
            if selects(reference, listener)
        )
        if not answers:
            return cls(_placeholder_verdict(found, parent) or _no_listener(found, parent))
        if any(answer.host for answer in answers):
            return cls(answers=answers)
        accepting = [answer for answer in answers if answer.accepts]
        return cls(_accepted(view, found, accepting) if accepting else _refusal(view, found, answers))


def _accepted(view: View, found: FoundReference, accepting: Sequence[listeners.ListenerAnswer]) -> EvaluatedReference:
    """The verdict where some listeners accept."""
    joined = _listener_set_verdict(view, found)
    if joined is not None and joined.verdict is not Verdict.ALLOWED:
        return joined
    sure = [answer for answer in accepting if not answer.assumed]
    names = enumerated([f'"{answer.name}"' for answer in sure or accepting])
    plural = len(sure or accepting) > 1
    because = f"allowedRoutes of listener{'s' if plural else ''} {names} {'admit' if plural else 'admits'} it"
    labels_assumed = (
        () if sure else (Assumption(namespace_key(found.reference.referrer.namespace), accepting[0].assumed),)
    )
    because += "".join(f"; {each}" for each in labels_assumed)
    evaluated = verdict_of_check(found, Verdict.ALLOWED, "Accepted", None, because)
    return evaluated.with_judgement(
        listeners=tuple(answer.name for answer in accepting),
        assumptions=(*(joined.assumptions if joined else ()), *labels_assumed),
    )


def _listener_set_verdict(view: View, found: FoundReference) -> EvaluatedReference | None:
    """The verdict on whether a parent that is a ListenerSet is part of its own Gateway; None for any other parent. If
    it is not, or may not be, its listeners accept nothing, and controllers write nothing about its routes."""
    if found.reference.to.group_kind not in LISTENER_SETS:
        return None
    parent = view.get(found.reference.to, effect="").object or {}
    joining = gateway_reference(view, parent)
    if joining is None:
        return None
    joined, gateway = explain_set_parent(view, joining), joining.reference.to
    if joined.verdict is Verdict.ALLOWED:
        return joined
    if joined.verdict is Verdict.UNKNOWN:
        because = f"{found.reference.to} is not known to be part of {gateway}: {joined.because}"
        unknown = verdict_of_check(found, Verdict.UNKNOWN, None, Code.UNREADABLE, because)
        reported = _reported_refusals(found.reference, parent)
        ask = question_to_gateway(joining.reference, refused=bool(reported)) if joined.ask else ""
        return unknown.with_judgement(ask=ask, ask_in=gateway.namespace, reported=reported)
    because = f"{found.reference.to} is not part of {gateway}: {joined.because}"
    return verdict_of_check(found, Verdict.BROKEN, None, Code.PARENT_NOT_ACCEPTED, because, layer=Layer.TARGET)


def _reported_refusals(reference: Reference, listener_set: JSON) -> tuple[ReportedVerdict, ...]:
    """What a controller reports if it does not accept a ListenerSet as it is now; empty otherwise."""
    accepted = current_condition(listener_set, at(listener_set, "status", "conditions"), "Accepted")
    if accepted is None or accepted.status != "False":
        return ()
    words = f"{accepted.words('Accepted')} of {reference.to}"
    return (ReportedVerdict(Verdict.BROKEN, None, accepted.reason, words, message=accepted.message),)


def _question_to_owner(reference: Reference, route: JSON) -> str:
    referrer = reference.referrer
    names = listing(hostnames_of(route), " or ")
    listener = "a listener" if reference.section_name is None else f'listener "{reference.section_name}"'
    hosts = f" for {names}" if names else ""
    return f"Does {listener} of {reference.to} admit {several(referrer.kind)} in {referrer.namespace}{hosts}?"


def _refusal(view: View, found: FoundReference, answers: Sequence[listeners.ListenerAnswer]) -> EvaluatedReference:
    """The verdict where no listener accepts. The reason is that of the listener that came nearest to accepting."""
    because = listeners.refusal_reasons(answers)
    if any(answer.accepts is None for answer in answers):
        return verdict_of_check(found, Verdict.UNKNOWN, None, Code.UNREADABLE, because)
    if any(answer.admits for answer in answers):
        return verdict_of_check(
            found, Verdict.REFUSED, "NoMatchingListenerHostname", Code.NO_MATCHING_HOSTNAME, because
        )
    evaluated = verdict_of_check(
        found, Verdict.REFUSED, "NotAllowedByListeners", Code.NOT_ALLOWED_BY_LISTENERS, because, layer=Layer.PERMISSION
    )
    # Imported here: most parents admit what names them.
    from kubectl_refs.core.attachment.inert_grants import inert_grants

    return evaluated.with_notes(*inert_grants(view, found.reference, "allowedRoutes"))


def _placeholder_verdict(found: FoundReference, parent: JSON) -> EvaluatedReference | None:
    """The verdict where no listener has the name of the parentRef, but one may have it: the name of either is not
    substituted yet. None where that is not so."""
    wanted, port = found.reference.section_name, found.reference.port
    if wanted is None:
        return None
    for listener in listeners_of(parent):
        name = text(listener.get("name")) or ""
        if port in (None, listener.get("port")) and may_be(name, wanted):
            place = "sectionName" if unsubstituted(wanted) else f"the name of a listener of {found.reference.to}"
            because = f'{place} is "{wanted if unsubstituted(wanted) else name}", which is not substituted yet'
            return verdict_of_check(found, Verdict.UNKNOWN, None, Code.UNREADABLE, because)
    return None


def _no_listener(found: FoundReference, parent: JSON) -> EvaluatedReference:
    reference = found.reference
    offering = listeners_of(parent)
    names = [
        f'"{text(listener.get("name")) or ""}" (port {listener.get("port")}, {text(listener.get("protocol"))})'
        for listener in offering
    ]
    wanted = [f'named "{reference.section_name}"'] if reference.section_name is not None else []
    wanted += [f"on port {reference.port}"] if reference.port is not None else []
    offered = listing(names) or "none"
    because = f"{reference.to} has no listener {' '.join(wanted)}".rstrip() + f"; it has {offered}"
    return verdict_of_check(found, Verdict.BROKEN, "NoMatchingParent", Code.NO_MATCHING_PARENT, because)


def _explain_mesh(view: View, found: FoundReference) -> EvaluatedReference:
    reference = found.reference
    side = "consumer" if reference.crosses else "producer"
    answer = view.get(reference.to, effect=f"whether {reference.to} exists and has the port is not known")
    with_port = "" if reference.port is None else f" with port {reference.port}"
    settled = verdict_without_parent(view, found, answer, f"exists{with_port}")
    if settled is not None:
        return settled
    parent = answer.object or {}
    checked = reference.port is not None and reference.to.group_kind != SERVICE_ENTRY
    port = port_check(reference, parent) if checked else None
    if port and port.outcome is Outcome.FAILED:
        return verdict_of_check(
            found, Verdict.BROKEN, "NoMatchingParent", Code.PORT_NOT_FOUND, port.message, layer=Layer.PORT
        )
    because = f"mesh, {side} route: a {reference.to.kind} parent needs no permission"
    allowed = verdict_of_check(found, Verdict.ALLOWED, "Accepted", None, because)
    # Imported here: most parents are Gateways.
    from kubectl_refs.core.targets.parent_services import parent_service_check

    note = parent_service_check(reference, parent)
    return allowed if note is None else allowed.with_judgement(checks=(*allowed.checks, note))


def namespace_labels(view: View, reference: Reference, parent: JSON) -> Labels:
    """The labels of the route's namespace, read only where a listener that the reference selects asks for them."""
    if not listeners.needs_labels(parent, reference):
        return UNREAD
    namespace = reference.referrer.namespace
    effect = f"the labels of namespace {namespace} are not known, and a listener of {reference.to} asks for them"
    return read_labels(view, namespace, effect)
