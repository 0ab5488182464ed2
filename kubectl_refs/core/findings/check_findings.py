"""The findings of a check on one object: on its references, and on what controllers report about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kubectl_refs.core.fields.extraction import held_by
from kubectl_refs.core.model.codes import Circumstance, Code
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.findings import CheckFinding
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.near_misses import Difference
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import ExplainedReference, Mechanism, Verdict
from kubectl_refs.core.model.values import text
from kubectl_refs.core.references.permission import grants_in
from kubectl_refs.core.view.view import View


def findings_of(references: Sequence[ExplainedReference], conditions: Sequence[Condition]) -> Iterator[CheckFinding]:
    """What is wrong with an object's references and conditions."""
    for explained in references:
        if explained.verdict is not Verdict.ALLOWED:
            yield _of_reference(explained)
    told: set[tuple[str, str]] = set()
    for condition in conditions:
        if condition.computed.reason == "InvalidRouteKinds":
            yield _of_kinds(condition)
        if condition.code is None:
            continue
        whole = _is_whole(condition)
        finding = _of_whole(condition, condition.code) if whole else _of_condition(condition, condition.code)
        if (finding.path, finding.target) not in told:
            told.add((finding.path, finding.target))
            yield finding


def _is_whole(condition: Condition) -> bool:
    """Whether what is wrong is one fact about everything that a controller wrote at a place, not one for each type."""
    silent = condition.code == Code.NO_STATUS and condition.controller_name is None
    return condition.parent_ref is not None and (silent or condition.code == Code.STALE_GENERATION)


def _of_whole(condition: Condition, code: Code) -> CheckFinding:
    said = "no status" if condition.reported is None else "the status is stale"
    writer = condition.controller_name or ""
    message = f"{said}: {condition.why}"
    return CheckFinding(code, code.severity, condition.object, _place(condition), writer, message, condition.advice)


def _of_reference(explained: ExplainedReference) -> CheckFinding:
    code = explained.code or Code.UNREADABLE
    unknown = explained.verdict is Verdict.UNKNOWN
    return CheckFinding(
        code,
        code.severity_in(Circumstance.NOT_KNOWN) if unknown else code.severity,
        explained.reference.referrer,
        explained.reference.path,
        target_of(explained),
        f"{explained.because}{_nearest(explained)}",
        explained.fixes[0].title if explained.fixes else f"ask: {explained.ask}" if explained.ask else "",
        explained.verdict,
    )


def target_of(explained: ExplainedReference) -> str:
    """What a reference leads to: group and kind, namespace and name, port and section. It is part of fingerprints."""
    reference = explained.reference
    to = reference.to
    port = f":{reference.port}" if reference.port is not None else ""
    section = f"#{reference.section_name}" if reference.section_name is not None else ""
    return f"{to.group_kind} {to.path}{port}{section}"


def _nearest(explained: ExplainedReference) -> str:
    """The grant that almost permits a reference, and the fields that keep it from doing so."""
    if explained.verdict is not Verdict.REFUSED or not explained.near_misses:
        return ""
    miss = explained.near_misses[0]
    # Of one in the wrong namespace the reason itself tells.
    differing = [_differing(each) for each in miss.differences if each.hint not in (Hint.SPLIT, Hint.WRONG_PLACEMENT)]
    return f"; nearest is ReferenceGrant {miss.grant}: {', and '.join(differing)}" if differing else ""


def _differing(difference: Difference) -> str:
    found = "missing" if difference.found is None else f'"{difference.found}"'
    return f'{difference.path} is {found}, not "{difference.wanted}"'


def _of_kinds(condition: Condition) -> CheckFinding:
    path = f"spec.listeners[{condition.listener}].allowedRoutes.kinds"
    advice = "name only kinds that the listener's protocol carries"
    code, message = Code.ROUTE_KINDS, condition.computed.message
    return CheckFinding(code, code.severity, condition.object, path, "", message, advice, Verdict.BROKEN)


def _of_condition(condition: Condition, code: Code) -> CheckFinding:
    reported = condition.reported
    said = f"{condition.type}={reported.status} ({reported.reason})" if reported else f"no {condition.type}"
    message = f"{said}: {condition.why}"
    if code in (Code.OTHER_CAUSE, Code.UNDECIDED) and reported and reported.message:
        message += f'; it says "{reported.message}"'
    return CheckFinding(
        code,
        code.severity,
        condition.object,
        f"{_place(condition)}.{condition.type}",
        condition.controller_name or "",
        message,
        condition.advice,
    )


def _place(condition: Condition) -> str:
    """Where a condition stands in the status, by what it is about: list indices there come and go."""
    if condition.parent_ref is not None:
        return f"status.parents[{_named(condition.parent_ref)}]"
    if condition.listener is not None:
        return f"status.listeners[{condition.listener}]"
    if condition.ancestor_ref:
        return f"status.ancestors[{_named(condition.ancestor_ref)}]"
    return "status"


def _named(ref: JSON) -> str:
    kind, namespace, name = (text(ref.get(field)) or "" for field in ("kind", "namespace", "name"))
    section, port = text(ref.get("sectionName")), ref.get("port")
    place = f"{namespace}/{name}" if namespace else name
    return (
        f"{kind or 'Gateway'} {place}" + (f"#{section}" if section else "") + (f":{port}" if port is not None else "")
    )


def ungranted_of(
    view: View, obj: JSON, references: Sequence[ExplainedReference], conditions: Sequence[Condition]
) -> Iterator[CheckFinding]:
    """Every crossing that no grant permits. What a mesh or a lax controller lets through now, a release that enforces
    grants will not (peers.md, mistake 18)."""
    reported = {
        condition.controller_name or "a controller"
        for condition in conditions
        if condition.type == "ResolvedRefs" and condition.reported and condition.reported.status == "True"
    }
    today = f"; {' and '.join(sorted(reported))} lets it pass today (ResolvedRefs=True)" if reported else ""
    in_mesh = {each.reference.path for each in references if each.mechanism is Mechanism.MESH}
    for explained in references:
        if explained.mechanism is Mechanism.REFERENCE_GRANT and explained.verdict in (Verdict.REFUSED, Verdict.UNKNOWN):
            finding = _of_reference(explained)
            passes = explained.verdict is Verdict.REFUSED and not explained.grants
            yield replace(finding, message=f"{finding.message}{today}") if passes else finding
    if not in_mesh:
        return
    held, _ = held_by(obj, view.catalog.table)
    # What is no reference, for want of a name or of a right type, is not among them.
    granted = {each.reference.path for each in held if each.field.governed_by is Mechanism.REFERENCE_GRANT}
    for explained in references:
        reference = explained.reference
        crosses = reference.path in granted and reference.crosses
        if explained.mechanism is not Mechanism.MESH or not crosses:
            continue
        grants = grants_in(view, reference)
        if grants is None or grants.matching(reference):
            continue
        yield CheckFinding(
            Code.UNGRANTED_IN_MESH,
            Code.UNGRANTED_IN_MESH.severity,
            reference.referrer,
            reference.path,
            target_of(explained),
            f"no ReferenceGrant in {reference.to.namespace} permits it; most meshes ask for none, Kuma does as of "
            f"August 2026{today}",
            f"write a ReferenceGrant in {reference.to.namespace} before the mesh asks for one",
            Verdict.ALLOWED,
        )
