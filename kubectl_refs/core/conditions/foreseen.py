"""What a lasting defect of a controller does to references that grants permit, as long as no controller has reported on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubectl_refs.core.conditions.defects import defect_of
from kubectl_refs.core.fields.controllers import controller_of
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.kinds import ROUTES
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import replace
from kubectl_refs.core.targets.backend_kinds import serving_controllers
from kubectl_refs.core.view.view import View


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
