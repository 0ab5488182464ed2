"""Conditions of policies: `ResolvedRefs` of every ancestor (`PolicyAncestorStatus`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.conditions.computed import obstacles_of, resolved_refs
from kubectl_refs.core.conditions.statuses import Entry, Expected, Status
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.records import replace

_ABSENCE = "no controller has written it: perhaps none knows what the policy targets"


def policy_conditions(status: Status, references: Sequence[EvaluatedReference]) -> Iterator[Condition]:
    """`ResolvedRefs` for each ancestor that a controller wrote about, or once if none did.

    It is not about what a policy targets: a missing target shows on `Accepted`.
    """
    concerned = [each for each in references if each.field.role is not Role.POLICY_TARGET]
    computed = resolved_refs(obstacles_of(concerned, status.key))
    for ancestor, entry in status.parts or [({}, Entry())]:
        condition = status.condition(
            replace(entry, ancestor_ref=ancestor), Expected("ResolvedRefs", computed, concerned, _ABSENCE)
        )
        if condition.reported is not None or not entry.is_stray:
            yield condition
