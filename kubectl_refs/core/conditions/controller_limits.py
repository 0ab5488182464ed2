"""What controllers are known not to support, to overlook or to refuse: what that says of a condition, and of the
references under it.

By the specification a grant decides. If no controller takes such backends, no grant is offered, and a grant that
permits one is not called enough. A lasting defect is noted as long as no controller has reported on the references.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kubectl_refs.core.conditions.defects import Defect, defect_of
from kubectl_refs.core.fields.controllers import Controller, controller_of
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.fixes import Confidence, Remedy
from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import REFERENCE_GRANT, ROUTES
from kubectl_refs.core.model.near_misses import GrantMatch, GrantName
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import BACKEND_ROLES, Mechanism, Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import replace
from kubectl_refs.core.targets.backend_kinds import serving_controllers
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.view import View

_INSTEAD = "use a backend of the route's own namespace, or another implementation; no ReferenceGrant can help here"


def unsupported_by(controller: Controller | None, references: Iterable[EvaluatedReference]) -> str:
    """A sentence about the first reference for which a controller honours no grant; empty if there is none."""
    if controller is None:
        return ""
    for each in references:
        reference, mechanism = each.reference, each.mechanism
        if mechanism is not Mechanism.REFERENCE_GRANT:
            continue
        if controller.never_crosses and each.field.role in BACKEND_ROLES:
            return controller.never_crosses
        for kind, honoured, verb in (
            (reference.referrer.group_kind, controller.referrers, "made by"),
            (reference.to.group_kind, controller.targets, "to"),
        ):
            if honoured is not None and kind not in honoured:
                return f"{controller.name} ignores grants for references {verb} {several(kind.kind)}"
    return ""


def overlooked_by(controller: Controller | None, references: Iterable[EvaluatedReference]) -> str:
    """A sentence about the failures, if the controller looks at none of them; empty if it does, or if nothing fails."""
    if controller is None:
        return ""
    told: dict[str, None] = {}
    for each in references:
        if not each.verdict.fails:
            continue
        weightless = each.field.role is Role.BACKEND and each.found.entry.get("weight") == 0
        if controller.skips_weight_zero and weightless:
            told["backends of weight 0"] = None
        elif controller.skips_ports and each.code is Code.PORT_NOT_FOUND:
            told["ports that a Service does not have"] = None
        else:
            return ""
    return f"apart from {' and '.join(told)}, which {controller.name} does not look at" if told else ""


def is_permitted_as_core(references: Iterable[EvaluatedReference]) -> bool:
    """Whether every refused reference would be permitted if the group "core" meant the core group."""
    refused = [each for each in references if each.reason == "RefNotPermitted"]
    return bool(refused) and all(
        any({difference.hint for difference in miss.differences} == {Hint.CORE_ALIAS} for miss in each.near_misses)
        for each in refused
    )


def with_controller_limits(
    view: View,
    references: Sequence[EvaluatedReference],
    obj: JSON,
    conditions: Sequence[Condition],
    grants: Mapping[GrantName, Grant],
) -> Sequence[EvaluatedReference]:
    """The references of a route, with what is known about its parents' controllers added to those that need a grant. To
    those of any other object that are refused, what its controller says it does not take is added."""
    crossing = [
        each
        for each in references
        if each.judgement.mechanism is Mechanism.REFERENCE_GRANT
        and each.judgement.verdict in (Verdict.REFUSED, Verdict.ALLOWED)
    ]
    if not crossing:
        return references
    if key_of(obj).group_kind not in ROUTES:
        return _with_reported_limits(references, crossing, conditions)
    rows = _controllers(view, obj)
    known = [row for row in rows if row is not None]
    if not known:
        return references
    if len(known) == len(rows) and all(row.never_crosses for row in known):
        references = _with_unsupported(references, crossing, known, conditions)
    return _with_known_defects(references, known, conditions, grants)


def _with_reported_limits(
    references: Sequence[EvaluatedReference],
    crossing: Sequence[EvaluatedReference],
    conditions: Sequence[Condition],
) -> Sequence[EvaluatedReference]:
    refused = [each for each in crossing if each.verdict is Verdict.REFUSED]
    failing = [each for each in conditions if each.fails]
    if not refused or not failing:
        return references
    # Imported here: few conditions are False.
    from kubectl_refs.core.conditions.left_open import reported_limit

    told: dict[int, EvaluatedReference] = {}
    for condition in failing:
        by = controller_of(condition.controller_name)
        limit = reported_limit(condition.reported, refused, by) if condition.reported else None
        if limit is not None:
            for each in filter(limit.concerns, refused):
                told[id(each)] = each.with_judgement(unsupported=limit.text).with_notes(limit.advice)
    return [told.get(id(each), each) for each in references] if told else references


def _controllers(view: View, route: JSON) -> list[Controller | None]:
    return [controller_of(name) for name in serving_controllers(view, route)]


def with_doubts_about_new_grants(
    view: View,
    references: Iterable[EvaluatedReference],
    remedies: Mapping[int, Remedy],
    obj: JSON,
    grants: Mapping[GrantName, Grant],
) -> Mapping[int, Remedy]:
    """The remedies of a route's references, by the references' ids. If its parents' controllers are known to refuse a
    reference even though a new grant permits it, a note says so, and the grant is not called certain to help."""
    mended = [each for each in references if _begins_with_new_grant(remedies[id(each)])]
    if not mended or key_of(obj).group_kind not in ROUTES:
        return remedies
    known = [row for row in _controllers(view, obj) if row is not None]
    found = dict(remedies)
    for each in mended if known else ():
        remedy = remedies[id(each)]
        first = remedy.fixes[0]
        new = GrantMatch(GrantName.of(first.object), 0, 0)
        permitted = each.with_judgement(grants=(new,))
        defects = dict.fromkeys(filter(None, (_lasting_defect(permitted, row, grants) for row in known)))
        if defects:
            notes = [f"a new ReferenceGrant may not be enough: {each.text}" for each in defects]
            likely = replace(first, confidence=Confidence.LIKELY)
            found[id(each)] = remedy._replace(fixes=(likely, *remedy.fixes[1:]), notes=(*notes, *remedy.notes))
    return found


def _begins_with_new_grant(remedy: Remedy) -> bool:
    first = next(iter(remedy.fixes), None)
    return first is not None and (first.action, first.object.group_kind) == ("create", REFERENCE_GRANT)


def _lasting_defect(
    permitted: EvaluatedReference, controller: Controller, grants: Mapping[GrantName, Grant]
) -> Defect | None:
    """The defect with which a controller refuses a permitted reference, whichever of its releases runs."""
    defect = defect_of("False", {"RefNotPermitted"}, [permitted], grants, controller, lambda: None)
    return defect if defect is not None and defect.lasts else None


def _with_unsupported(
    references: Sequence[EvaluatedReference],
    crossing: Sequence[EvaluatedReference],
    rows: Sequence[Controller],
    conditions: Sequence[Condition],
) -> list[EvaluatedReference]:
    """The references; those that need a grant are marked with the reason why no controller takes them."""
    reported = any(each.is_reported for each in conditions)
    told = {id(each): _unsupported(rows, each) for each in crossing}
    return [
        _marked_unsupported(each, said, reported=reported) if (said := told.get(id(each))) else each
        for each in references
    ]


def _unsupported(rows: Sequence[Controller], each: EvaluatedReference) -> str:
    """The sentence that applies to all controllers alike; empty if they differ."""
    said = {unsupported_by(row, [each]) for row in rows}
    return said.pop() if len(said) == 1 else ""


def _marked_unsupported(each: EvaluatedReference, unsupported: str, *, reported: bool) -> EvaluatedReference:
    if each.verdict is Verdict.REFUSED:
        return each.with_judgement(unsupported=unsupported).with_notes(_INSTEAD)
    # What the controller reports says so already.
    if reported or each.code is not None:
        return each
    return each.with_judgement(unsupported=unsupported, code=Code.UNSUPPORTED_BY_CONTROLLER).with_notes(_INSTEAD)


def _with_known_defects(
    references: Sequence[EvaluatedReference],
    controllers: Sequence[Controller],
    conditions: Sequence[Condition],
    grants: Mapping[GrantName, Grant],
) -> Sequence[EvaluatedReference]:
    """The references, with a note on each permitted one that a controller is known to refuse. That is no finding:
    something else that the controller has loaded may make up for the defect."""
    if any(each.is_current for each in conditions):
        return references
    noted = []
    for each in references:
        permitted = each.in_order and bool(each.grants)
        defects = (_lasting_defect(each, controller, grants) for controller in controllers if permitted)
        said = dict.fromkeys(defect.text for defect in defects if defect is not None)
        noted.append(each.with_notes(*said))
    return noted
