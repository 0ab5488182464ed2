"""What controllers report about references that could not be checked: their report, beside a verdict of `unknown`.

Users who may read only one namespace often cannot see what governs a reference. The object's status, which they can
read, shows what the controller decided. The verdict stays unknown: a status alone proves nothing (docs/rules.md 6.8).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kubectl_refs.core.conditions.enforcement import shows_on
from kubectl_refs.core.conditions.reasons import ABOUT_CONTENT
from kubectl_refs.core.conditions.routes import parent_ref_of
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.judgements import Layer, Outcome, ReportedVerdict, Verdict
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Mechanism, Role, Shown
from kubectl_refs.core.model.references import EvaluatedReference

_BY_REASON: Mapping[str, Verdict] = {
    "RefNotPermitted": Verdict.REFUSED,
    "NotAllowedByListeners": Verdict.REFUSED,
    "NoMatchingListenerHostname": Verdict.REFUSED,
    "NotAllowed": Verdict.REFUSED,
    "NoMatchingParent": Verdict.BROKEN,
    "BackendNotFound": Verdict.BROKEN,
    "InvalidKind": Verdict.BROKEN,
    **dict.fromkeys(ABOUT_CONTENT, Verdict.BROKEN),
}
"""The verdict that each of the specification's reasons implies. Any other reason is about something else."""


def with_reports(
    references: Sequence[EvaluatedReference], obj: JSON, conditions: Sequence[Condition]
) -> list[EvaluatedReference]:
    """The references of an object; those that could not be checked are given what controllers report about them."""
    return [
        _with_reports(each, tuple(_reports(each, references, obj, conditions)))
        if each.judgement.verdict is Verdict.UNKNOWN
        else each
        for each in references
    ]


def _with_reports(unknown: EvaluatedReference, reports: tuple[ReportedVerdict, ...]) -> EvaluatedReference:
    return _with_fitting_question(unknown.with_judgement(reported=unknown.reported + reports) if reports else unknown)


def _with_fitting_question(unknown: EvaluatedReference) -> EvaluatedReference:
    """The reference with a question that fits the reports. Permission is decided before existence (GEP-709), so a
    report that the target is missing or invalid means that the controller found the reference permitted."""
    reasons = {each.reason for each in unknown.reported if each.alone and each.verdict is unknown.reported_verdict}
    if unknown.mechanism is not Mechanism.REFERENCE_GRANT or unknown.reported_verdict is not Verdict.BROKEN:
        return unknown
    to, port = unknown.reference.to, unknown.reference.port
    seen = all(each.layer is Layer.PERMISSION or each.outcome is not Outcome.UNKNOWN for each in unknown.checks)
    if reasons == {"BackendNotFound"} and not seen:
        return unknown.with_judgement(ask=f"Does {to} exist{'' if port is None else f', with port {port}'}?")
    if reasons <= ABOUT_CONTENT and not seen:
        return unknown.with_judgement(ask=f"Does {to} exist, and is its content valid?")
    return unknown.with_judgement(ask="")


def _reports(
    unknown: EvaluatedReference, references: Sequence[EvaluatedReference], obj: JSON, conditions: Sequence[Condition]
) -> Iterator[ReportedVerdict]:
    for condition in conditions:
        reported = condition.reported
        if reported is None or not condition.is_current or not _is_about(condition, unknown, obj):
            continue
        by = condition.controller_name
        words = reported.words(condition.type)
        if reported.status == "True":
            yield ReportedVerdict(Verdict.ALLOWED, by, reported.reason, words, message=reported.message)
            continue
        # Envoy Gateway joins the reasons for several references.
        reasons = reported.reason.split(",")
        verdicts = {_BY_REASON.get(each) for each in reasons}
        concerned = [each for each in references if _is_about(condition, each, obj)]
        if reasons == ["RefNotPermitted"]:
            concerned = [each for each in concerned if _may_need_permission(each)] or concerned
        if not any(each is unknown for each in concerned):
            continue
        others = [each for each in concerned if each is not unknown]
        explained = any(each.verdict.fails for each in others)
        if reported.status != "False" or explained or None in verdicts:
            continue
        verdict = min((each for each in verdicts if each is not None), key=lambda each: each.rank)
        alone = len(reasons) == 1 and not any(_may_be_meant(each, reported.reason) for each in others)
        yield ReportedVerdict(verdict, by, reported.reason, words, alone, reported.message)


def _is_about(condition: Condition, each: EvaluatedReference, obj: JSON) -> bool:
    """Whether a condition is about a reference."""
    if each.field.implementation or each.field.role is Role.POLICY_TARGET:
        return False
    if each.is_parent and each.field.shown is Shown.PARENT:
        return condition.type == "Accepted" and condition.parent_ref == parent_ref_of(each.reference)
    by = "Accepted" if each.is_parent or each.field.role is Role.PARAMETERS else "ResolvedRefs"
    return condition.type == by and shows_on(each, obj, condition)


def _may_need_permission(each: EvaluatedReference) -> bool:
    """Whether a controller may refuse a reference for want of a grant: it leads into another namespace."""
    return each.reference.crosses and each.mechanism is not Mechanism.LOCAL


def _may_be_meant(other: EvaluatedReference, reason: str) -> bool:
    """Whether a reason may be about another reference, which is not known to fail: it could not be checked either, the
    controller may not honour its grant, or its content is not read here."""
    if other.verdict is Verdict.UNKNOWN or reason in ABOUT_CONTENT:
        return True
    return reason == "RefNotPermitted" and other.mechanism is Mechanism.REFERENCE_GRANT
