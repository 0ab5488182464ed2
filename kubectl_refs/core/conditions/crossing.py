"""References into other namespaces under a controller that takes none there, whatever a ReferenceGrant says.

By the specification a grant decides; such a controller refuses with it as without it. So no grant is offered, and one that
permits is not called enough.
"""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.conditions.limits import unsupported_by
from kubectl_refs.core.fields.controllers import Controller, controller_of
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.kinds import ROUTES
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
