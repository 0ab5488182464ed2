"""The findings of a check on one object: about its references, and about what controllers report on them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import lru_cache

from kubectl_refs.core.model.codes import Circumstance, Code
from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SETS
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.serving import Serving, perhaps_wrong, unserved
from kubectl_refs.core.model.values import text
from kubectl_refs.core.references.cause import cause_key, cause_of, other_faults, slip_cause

NOTHING_SERVES_IT = "nothing serves it: "
"""Goes before the reason in a finding's message."""


class Messages:
    """The messages of findings on references, each built once for all references judged alike."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: dict[Hashable, tuple[str, EvaluatedReference]] = {}

    def of(self, evaluated: EvaluatedReference) -> str:
        key = cause_key(evaluated), evaluated.remedy.notes
        made = self._made.get(key)
        if made is None:
            # The key holds ids: keep the reference alive, so that no other object can get them.
            made = self._made[key] = _message(evaluated), evaluated
        return made[0]


def check_findings(
    references: Sequence[EvaluatedReference],
    conditions: Sequence[Condition],
    serving: Sequence[Serving],
    messages: Messages,
) -> Iterator[Finding]:
    """The findings on an object's references and conditions, and on nothing serving it. `messages` is shared by all
    objects that are checked together."""
    for evaluated in references:
        if not evaluated.in_order:
            yield reference_finding(evaluated, messages)
        elif evaluated.passes_by_default:
            yield default_mode_finding(evaluated)
    for row in unserved(serving):
        yield _serving_finding(row)
    yield from (_rule_finding(row) for row in serving if row.rule)
    # Only the Gateway itself gets this finding; its routes do not repeat it.
    yield from (_class_finding(row) for row in perhaps_wrong(serving) if row.fix and row.fix.object == row.object)
    told: set[tuple[str, str]] = set()
    for condition in conditions:
        code = condition.code
        if code is None:
            continue
        about_entry, entry = _is_about_entry(condition), _entry_of(condition)
        place = _interned(entry if about_entry else f"{entry}.{condition.type}")
        about = place, condition.controller_name or ""
        if about not in told:
            told.add(about)
            yield (_entry_finding if about_entry else _condition_finding)(condition, code, *about)


def _is_about_entry(condition: Condition) -> bool:
    """Whether the finding is on a parent's whole status entry, and so reported once and not for each condition."""
    without_entry = condition.code is Code.NO_STATUS and condition.controller_name is None
    whole = without_entry or condition.code is Code.STALE_GENERATION or condition.is_stray
    return condition.parent_ref is not None and whole


def _entry_finding(condition: Condition, code: Code, place: str, writer: str) -> Finding:
    said = "no status" if condition.reported is None else "the status is stale"
    message = _interned(condition.why if condition.is_stray else f"{said}: {condition.why}")
    return Finding(code, code.severity, condition.object, place, writer, message, condition.advice)


def default_mode_finding(evaluated: EvaluatedReference) -> Finding:
    """The finding on a reference that is allowed only because its implementation's default mode asks for no grant."""
    code, reference = Code.UNGRANTED_BY_DEFAULT, evaluated.reference
    message = f"no ReferenceGrant in {reference.to.namespace} is known to permit it; {evaluated.because}"
    advice = f"write a ReferenceGrant in {reference.to.namespace} before that mode is set"
    place = reference.referrer, reference.path, target_of(evaluated)
    return Finding(code, code.severity, *place, message, advice, Verdict.ALLOWED)


_CIRCUMSTANCES = {Verdict.UNKNOWN: Circumstance.NOT_KNOWN, Verdict.ALLOWED: Circumstance.ALLOWED_ALL_THE_SAME}


def reference_finding(evaluated: EvaluatedReference, messages: Messages) -> Finding:
    """The finding on a reference that is refused, broken, unknown, or allowed with a code."""
    code = evaluated.code or Code.UNREADABLE
    circumstance = _CIRCUMSTANCES.get(evaluated.verdict)
    return Finding(
        code,
        code.severity_in(circumstance) if circumstance else code.severity,
        evaluated.reference.referrer,
        evaluated.reference.path,
        target_of(evaluated),
        messages.of(evaluated),
        _advice(evaluated),
        evaluated.verdict,
        former_place=_former_place(evaluated),
    )


def _message(evaluated: EvaluatedReference) -> str:
    reason = _reason(evaluated)
    ending = evaluated.judgement.being_deleted
    said = (*map(str, evaluated.reported), *((ending,) if ending else ()))
    return "; ".join((reason, *said)) if said else reason


def _reason(evaluated: EvaluatedReference) -> str:
    whole = evaluated.verdict in (Verdict.ALLOWED, Verdict.REFUSED) or evaluated.unsupported
    if whole:
        reason = cause_of(evaluated)
    else:
        slip = evaluated.slip_among_manifests
        reason = evaluated.because if slip is None else slip_cause(evaluated, slip)
    if evaluated.verdict is not Verdict.REFUSED:
        return reason
    # Report all faults at once; otherwise the next one would show up only after the first is fixed.
    return "; ".join((reason, *(f"also, {message}" for message in other_faults(evaluated))))


def _advice(evaluated: EvaluatedReference) -> str:
    if evaluated.fixes:
        return evaluated.fixes[0].title
    if evaluated.by_hand:
        return evaluated.by_hand
    if evaluated.ask:
        return f"ask: {evaluated.ask}"
    if evaluated.notes and (evaluated.unsupported or evaluated.verdict is Verdict.ALLOWED):
        return evaluated.notes[-1]
    if evaluated.remedy.notes:
        return evaluated.remedy.notes[-1]
    return "name only kinds that the listener's protocol carries" if evaluated.code is Code.ROUTE_KINDS else ""


def _former_place(evaluated: EvaluatedReference) -> tuple[str, str] | None:
    """The path and target that earlier versions used for the kinds of a listener: one for all, by the listener's name."""
    if evaluated.code is not Code.ROUTE_KINDS:
        return None
    return f"spec.listeners[{evaluated.reference.section_name}].allowedRoutes.kinds", ""


def target_of(evaluated: EvaluatedReference) -> str:
    """The target of a reference as text: group and kind, namespace and name, port and section. Part of fingerprints."""
    reference = evaluated.reference
    return _target(reference.to, reference.port, reference.section_name)


@lru_cache(2**12)
def _target(to: ObjectKey, port: int | None, section_name: str | None) -> str:
    """Cached, because thousands of references name the same targets."""
    at_port = f":{port}" if port is not None else ""
    section = f"#{section_name}" if section_name is not None else ""
    return f"{to.group_kind} {to.path}{at_port}{section}"


@lru_cache(2**12)
def _interned(text: str) -> str:
    """One shared object for equal texts: thousands of routes may get the same, and copies take up much memory."""
    return text


def _serving_finding(row: Serving) -> Finding:
    code = Code.NOT_SERVED
    path = "spec.listeners" if row.object.group_kind in (GATEWAY, *LISTENER_SETS) else "spec.parentRefs"
    target = "" if row.parent is None else _target(row.parent, None, None)
    look_at = None if row.explain == row.object else row.explain
    advice = f"look at {look_at}" if look_at is not None else row.fix.title if row.fix else ""
    message = _interned(f"{NOTHING_SERVES_IT}{row.because}")
    return Finding(code, code.severity, row.object, path, target, message, _interned(advice), look_at=look_at)


def _rule_finding(row: Serving) -> Finding:
    code, advice = Code.LEADS_NOWHERE, "write backendRefs in the rule"
    return Finding(code, code.severity, row.object, row.rule, "", row.because, advice)


def _class_finding(row: Serving) -> Finding:
    code, path = Code.NEAR_TARGET, "spec.gatewayClassName"
    advice = row.fix.title if row.fix is not None else ""
    return Finding(code, code.severity, row.object, path, "", row.perhaps, advice)


_IN_ITS_WORDS = (Code.OTHER_CAUSE, Code.UNDECIDED, Code.UNSUPPORTED_BY_CONTROLLER)
"""Codes of conditions whose cause the controller's own message tells best."""


def _condition_finding(condition: Condition, code: Code, place: str, writer: str) -> Finding:
    reported = condition.reported
    said = f"{condition.type}={reported.status} ({reported.reason})" if reported else f"no {condition.type}"
    message = f"{said}: {condition.why}"
    if condition.agreement is Agreement.UNKNOWN and code in _IN_ITS_WORDS and reported and reported.message:
        message += f'; it says "{reported.message}"'
    return Finding(
        code,
        code.severity_in(Circumstance.REPORTED_FALSE) if condition.fails else code.severity,
        condition.object,
        place,
        writer,
        message,
        condition.advice,
    )


def _entry_of(condition: Condition) -> str:
    """The place of a condition in the status, named by its parent, listener or ancestor: list indices change."""
    if condition.parent_ref is not None:
        return f"status.parents[{_named(condition.parent_ref)}]"
    if condition.listener is not None:
        return f"status.listeners[{condition.listener}]"
    if condition.ancestor_ref:
        return f"status.ancestors[{_named(condition.ancestor_ref)}]"
    return "status"


def _named(ref: JSON) -> str:
    kind, namespace, name = text(ref.get("kind")) or "Gateway", text(ref.get("namespace")), text(ref.get("name")) or ""
    section, port = text(ref.get("sectionName")), ref.get("port")
    place = f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"
    return place + (f"#{section}" if section else "") + (f":{port}" if port is not None else "")
