"""One reference, explained: may it be made, is its target sound, what does a failure do to traffic."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from kubectl_refs.core.attachment.listener_sets import explain_set_parent
from kubectl_refs.core.attachment.parents import explain_parent
from kubectl_refs.core.attachment.verdicts import mark_parent_being_deleted, verdict_of_check
from kubectl_refs.core.fields.binding import RouteBinding
from kubectl_refs.core.fields.governing import is_ignored, listener_of
from kubectl_refs.core.fields.makers import maker_namespace_note
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.near_miss_search import compared_grants
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import current_condition
from kubectl_refs.core.model.judgements import REFERENCE_FAULTS, Assumption, Check, Judgement, Layer, Outcome, Verdict
from kubectl_refs.core.model.kinds import SERVICE
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Mechanism, Role, Shown
from kubectl_refs.core.model.references import EvaluatedReference, FoundReference
from kubectl_refs.core.model.values import at, entries, mapping, text
from kubectl_refs.core.records import replace
from kubectl_refs.core.references.kinds_without_group import ignored_group_remark, is_group_omitted, with_implied_group
from kubectl_refs.core.references.meant_targets import with_near_targets
from kubectl_refs.core.references.permission import PermissionDecision, permission
from kubectl_refs.core.references.refusal import explain_refusal
from kubectl_refs.core.references.remarks import field_remarks, namespace_without_effect, target_remarks
from kubectl_refs.core.targets.backend_kinds import serving_controllers
from kubectl_refs.core.targets.external_names import DIRECTLY
from kubectl_refs.core.targets.kind_checks import ControllerFacts
from kubectl_refs.core.targets.ports import wrong_port_check
from kubectl_refs.core.targets.requirements import has_reasons
from kubectl_refs.core.targets.result import Target
from kubectl_refs.core.targets.target import check_target
from kubectl_refs.core.view.status_entries import counting_entries
from kubectl_refs.core.view.view import View


def explain(view: View, found: FoundReference, route: JSON, binding: RouteBinding) -> EvaluatedReference:
    """The verdict on one reference and what supports it; its effect and fixes are added once everything is read."""

    def judge(subview: View) -> EvaluatedReference:
        evaluated = _evaluate(subview, found, route, binding)
        return evaluated if found.field.copied_into is None else _with_copy(subview, evaluated)

    def evaluate_meant(subview: View, meant: FoundReference) -> EvaluatedReference:
        # Near targets of a near target are not looked for.
        return _judged_once(subview, meant, binding, lambda then: _evaluate(then, meant, route, binding))

    evaluated = _judged_once(view, found, binding, judge)
    return with_near_targets(view, evaluated, evaluate_meant, route)


def _with_copy(view: View, evaluated: EvaluatedReference) -> EvaluatedReference:
    # Imported here: few fields are copied.
    from kubectl_refs.core.references.copies import with_copy

    return with_copy(view, evaluated)


def _judged_once(
    view: View, found: FoundReference, binding: RouteBinding, judge: Callable[[View], EvaluatedReference]
) -> EvaluatedReference:
    """The judgement of a reference, made once for all that are alike. Near targets cannot be shared: they depend on the
    name of the referrer, and their differences hold the path of each reference."""
    if not _are_judged_alike(found):
        return judge(view)
    memo_key = "judged", *_shared_key(found, binding)
    shared = view.once(memo_key, lambda subview: _SharedJudgement.of(subview, judge(subview)))
    if not shared.holds_for(found.reference.referrer.name):
        return judge(view)
    return shared.judged.for_alike(found)


def _evaluate(view: View, found: FoundReference, route: JSON, binding: RouteBinding) -> EvaluatedReference:
    if found.reference.repeats:
        return verdict_of_check(found, Verdict.BROKEN, None, Code.MALFORMED, _repetition(found))
    if found.reference.wrong_namespace:
        because = f'namespace is "{found.reference.to.namespace}", and no namespace can have that name'
        broken = verdict_of_check(found, Verdict.BROKEN, None, Code.MALFORMED, because, Layer.TARGET)
        # There is no namespace whose grants or listeners could decide.
        return broken.with_judgement(mechanism=Mechanism.UNGOVERNED)
    if found.field.role is Role.PARENT:
        if found.reference.wrong_port:
            check = wrong_port_check(found.reference, found.field.port_field, {})
            if check.outcome is Outcome.UNKNOWN:
                return verdict_of_check(found, Verdict.UNKNOWN, None, Code.UNREADABLE, check.message, layer=check.layer)
            return verdict_of_check(found, Verdict.BROKEN, None, Code.MALFORMED, check.message, layer=check.layer)
        by_listeners = found.field.governed_by is Mechanism.ALLOWED_LISTENERS
        evaluated = explain_set_parent(view, found) if by_listeners else explain_parent(view, found, route)
        return mark_parent_being_deleted(view, evaluated)
    if is_ignored(found, route):
        return _unused(found, listener_of(found, route))
    if is_group_omitted(view, found, route):
        found = with_implied_group(found)
    return _judge(view, found, route, binding)


def _repetition(found: FoundReference) -> str:
    """What is wrong with a reference that API servers do not take together with an earlier one."""
    port = " (or, in the experimental channel, its own port)" if found.field.role is Role.PARENT else ""
    names = f"{found.reference.repeats} names the same {found.reference.to.kind}"
    return f"{names}: API servers take both only if each has its own sectionName{port}"


def _are_judged_alike(found: FoundReference) -> bool:
    """Whether a reference is judged like all that are alike, whatever else their referrers say. That holds for
    references to Services (a cluster has thousands), with exceptions: remarks quote a wrong port or a namespace without
    effect, parents and certificates depend on more of their referrer, and a copy has the referrer's name."""
    reference, field = found.reference, found.field
    if reference.to.group_kind != SERVICE or field.role in (Role.PARENT, Role.CERTIFICATE):
        return False
    written = not reference.explicit_namespace and "namespace" in found.entry
    return not (
        written
        or reference.wrong_port
        or reference.wrong_weight
        or reference.repeats
        or field.by_kind
        or field.copied_into
    )


def _shared_key(found: FoundReference, binding: RouteBinding) -> tuple[Hashable, ...]:
    """The key of references that are judged alike, unless a grant has the name of one of their referrers. The kept
    judgement holds the table row, so no other row gets its id."""
    reference = found.reference
    of_reference = reference.to, reference.port, reference.section_name, reference.explicit_namespace
    return id(found.field), binding, reference.referrer[:3], *of_reference


class _SharedJudgement(NamedTuple):
    """A judged reference that stands for all that differ from it only in path and referrer's name, and the grants with
    target names that it was compared with: a grant that names a referrer may have exchanged `from` and `to`."""

    judged: EvaluatedReference
    target_names: Sequence[Grants]

    @classmethod
    def of(cls, view: View, judged: EvaluatedReference) -> _SharedJudgement:
        refused = judged.verdict is Verdict.REFUSED and judged.mechanism is Mechanism.REFERENCE_GRANT
        compared = compared_grants(view, judged.reference) if refused else ()
        return cls(judged, [each for each in compared if each.name_targets])

    def holds_for(self, name: str) -> bool:
        if not self.target_names:
            return True
        own = self.judged.reference.referrer.name
        return name == own or not any(each.names(name) or each.names(own) for each in self.target_names)


def _judge(view: View, found: FoundReference, route: JSON, binding: RouteBinding) -> EvaluatedReference:
    controller_facts = ControllerFacts(
        resolved=lambda: _resolved(view, found, route),
        controllers=lambda: serving_controllers(view, route),
        takes_any_secret=lambda: _taker_of_any_secret(view, route),
    )
    target = check_target(view, found, controller_facts)
    fault = target.code if target.code in REFERENCE_FAULTS else None
    besides = target.failure.message if target.failure else ""
    permitted = explain_refusal(view, found.reference, permission(view, found, binding), binding, fault, besides)
    verdict, reason, code, because = _decide(permitted, target, found)
    checks = (
        Check(Layer.PERMISSION, permitted.outcome, permitted.because),
        *field_remarks(found, permitted),
        *target.checks,
    )
    if verdict is Verdict.ALLOWED and code is None and (remark := ignored_group_remark(found)):
        code, permitted = Code.KIND_NOT_SUPPORTED, replace(permitted, notes=(*permitted.notes, remark.advice))
    evaluated = _evaluated(found, permitted, verdict, reason, code, because, checks, target.assumptions, fault)
    notes = [DIRECTLY] if code is Code.EXTERNAL_NAME else [target.advice] if target.advice else []
    if found.field.role is Role.CERTIFICATE and (verdict is not Verdict.ALLOWED or target.assumptions):
        notes += filter(None, [maker_namespace_note(route, found.reference.to.namespace)])
    if target.being_deleted or target.made_by is not None:
        evaluated = evaluated.with_judgement(being_deleted=target.being_deleted, made_by=target.made_by)
    return evaluated.with_notes(*notes)


def _taker_of_any_secret(view: View, holder: JSON) -> str:
    # Imported here: hardly any Secret is of another type.
    from kubectl_refs.core.targets.secret_types import taker_of_any_type

    return taker_of_any_type(view, holder)


def by_permission(found: FoundReference, permitted: PermissionDecision) -> EvaluatedReference:
    """The verdict on a reference by its permission alone; nothing is said of its target."""
    reason = "RefNotPermitted" if permitted.outcome is Outcome.FAILED else None
    verdict = _VERDICTS[permitted.outcome]
    return _evaluated(found, permitted, verdict, reason, permitted.code, permitted.because)


def _evaluated(
    found: FoundReference,
    permitted: PermissionDecision,
    verdict: Verdict,
    reason: str | None,
    code: Code | None,
    because: str,
    checks: tuple[Check, ...] = (),
    assumptions: tuple[Assumption, ...] = (),
    fault: Code | None = None,
) -> EvaluatedReference:
    judgement = Judgement(
        permitted.mechanism,
        verdict,
        reason,
        code,
        because,
        checks,
        permitted.grants,
        permitted.grants_omitted,
        permitted.near_misses.nearest,
        permitted.near_misses.omitted,
        permitted.notes,
        assumptions,
        ask="" if verdict is Verdict.BROKEN else permitted.ask,
        fault=fault,
    )
    return EvaluatedReference(found, judgement)


_VERDICTS = {Outcome.OK: Verdict.ALLOWED, Outcome.FAILED: Verdict.REFUSED, Outcome.UNKNOWN: Verdict.UNKNOWN}


def _unused(found: FoundReference, listener: JSON) -> EvaluatedReference:
    """The verdict on a certificate that its listener does not use: the field is ignored (ListenerTLSConfig.Mode)."""
    because = f'listener "{text(listener.get("name")) or ""}" does not terminate TLS itself and ignores certificateRefs'
    check = Check(Layer.PERMISSION, Outcome.OK, because)
    return EvaluatedReference(found, Judgement(Mechanism.UNGOVERNED, Verdict.ALLOWED, None, None, because, (check,)))


def _resolved(view: View, found: FoundReference, obj: JSON) -> bool:
    """Whether some controller reports ResolvedRefs=True, for the object as it is now, where a reference shows. One that
    does not handle the Gateway does not count."""
    statuses = _statuses(view, found, mapping(obj.get("status")), obj)
    reported = (current_condition(obj, at(each, "conditions"), "ResolvedRefs") for each in statuses)
    return any(each is not None and each.status == "True" for each in reported)


def _statuses(view: View, found: FoundReference, status: JSON, obj: JSON) -> Sequence[object]:
    """The parts of a status that hold the condition in which a reference shows."""
    match found.field.shown:
        case Shown.PARENT | Shown.ANCESTOR:
            return counting_entries(view, obj)
        case Shown.LISTENER:
            own = listener_of(found, obj).get("name")
            return [each for each in entries(status.get("listeners")) if own in (None, at(each, "name"))]
        case Shown.OBJECT:
            return [status]
        case Shown.NOWHERE:
            return []


def _decide(
    permitted: PermissionDecision, target: Target, found: FoundReference
) -> tuple[Verdict, str | None, Code | None, str]:
    """Permission decides first: if it is lacking or unknown, nothing else becomes the verdict (docs/rules.md 1.5), except
    that what no server takes needs no permission which is not known."""
    if permitted.outcome is Outcome.FAILED:
        by_grant = permitted.mechanism is Mechanism.REFERENCE_GRANT and has_reasons(found)
        return Verdict.REFUSED, "RefNotPermitted" if by_grant else None, permitted.code, permitted.because
    if permitted.outcome is Outcome.UNKNOWN and target.code is not Code.MALFORMED:
        return Verdict.UNKNOWN, None, permitted.code, permitted.because
    if target.failure is not None:
        because = filter(None, (target.failure.message, namespace_without_effect(found)))
        return Verdict.BROKEN, target.reason, target.code, "; ".join(because)
    if target.unknown:
        unknown = next(check.message for check in target.checks if check.outcome is Outcome.UNKNOWN)
        return Verdict.UNKNOWN, None, Code.UNREADABLE, unknown
    return (
        Verdict.ALLOWED,
        None,
        permitted.code or target.code,
        "; ".join((permitted.because, *target_remarks(target), *map(str, target.assumptions))),
    )
