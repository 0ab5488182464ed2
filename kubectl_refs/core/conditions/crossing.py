"""References into other namespaces under a controller that refuses them whatever a ReferenceGrant says.

By the specification a grant decides. Where a controller takes no backend there, no grant is offered, and one that permits is
not called enough. A lasting defect is noted as long as no controller has reported on the reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubectl_refs.core.conditions.defects import defect_of
from kubectl_refs.core.conditions.limits import unsupported_by
from kubectl_refs.core.fields.controllers import Controller, controller_of
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.kinds import ROUTES
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference, Verdict
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import replace
from kubectl_refs.core.targets.backend_kinds import serving_controllers
from kubectl_refs.core.view.view import View

_INSTEAD = "use a backend of the route's own namespace, or another implementation; no ReferenceGrant can help here"


def with_uncrossable(
    view: View, references: Sequence[EvaluatedReference], obj: JSON, conditions: Sequence[Condition]
) -> list[EvaluatedReference]:
    """The references of a route; of those that need a grant it is told where no controller of its parents takes them."""
    crossing = [
        each
        for each in references
        if each.mechanism is Mechanism.REFERENCE_GRANT and each.verdict in (Verdict.REFUSED, Verdict.ALLOWED)
    ]
    if not crossing or key_of(obj).group_kind not in ROUTES:
        return list(references)
    rows = [controller_of(name) for name in serving_controllers(view, obj)]
    if not rows or not all(row is not None and row.never_crosses for row in rows):
        return list(references)
    reported = any(each.reported is not None for each in conditions)
    told = {id(each): _unsupported(rows, each) for each in crossing}
    return [_with(each, said, reported=reported) if (said := told.get(id(each))) else each for each in references]


def _unsupported(rows: Sequence[Controller | None], each: EvaluatedReference) -> str:
    """What all controllers have in common; empty where they differ."""
    said = {unsupported_by(row, [each]) for row in rows}
    return said.pop() if len(said) == 1 else ""


def _with(each: EvaluatedReference, unsupported: str, *, reported: bool) -> EvaluatedReference:
    notes = (*each.notes, _INSTEAD)
    if each.verdict is Verdict.REFUSED:
        return replace(each, unsupported=unsupported, notes=notes)
    # What the controller reports tells it already.
    if reported or each.code is not None:
        return each
    return replace(each, unsupported=unsupported, code=Code.UNSUPPORTED_BY_CONTROLLER, notes=notes)


def with_foreseen(
    view: View,
    references: Sequence[EvaluatedReference],
    obj: JSON,
    conditions: Sequence[Condition],
    grants: Mapping[GrantName, Grant],
) -> list[EvaluatedReference]:
    """The references of a route; of one that is permitted it is noted where a controller of its parents is known to refuse it
    all the same. That is no finding: what else the controller has loaded may make up for the defect."""
    reported = any(each.reported is not None and each.code is not Code.STALE_GENERATION for each in conditions)
    if reported or key_of(obj).group_kind not in ROUTES or not any(each.grants for each in references):
        return list(references)
    controllers = [controller_of(name) for name in serving_controllers(view, obj)]
    noted = []
    for each in references:
        defects = (
            defect_of("False", {"RefNotPermitted"}, [each], grants, controller, lambda: None)
            for controller in controllers
            if each.in_order and each.grants
        )
        said = dict.fromkeys(defect.text for defect in defects if defect is not None and defect.lasts)
        noted.append(replace(each, notes=(*each.notes, *said)) if said else each)
    return noted
