"""The conditions of an object that are about its references, by its kind."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.conditions.computed import with_parameters
from kubectl_refs.core.conditions.listeners import listener_conditions
from kubectl_refs.core.conditions.policies import policy_conditions
from kubectl_refs.core.conditions.routes import route_conditions
from kubectl_refs.core.conditions.statuses import Entry, Expected, Status
from kubectl_refs.core.conditions.unexpected import unexpected_failures
from kubectl_refs.core.fields.extraction import Malformed
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.kinds import BACKEND_TLS_POLICY, GATEWAY, LISTENER_SETS, ROUTES, X_TELEMETRY_POLICY
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import at, key_of

_ABSENCE = "no controller has written it: perhaps none is running for this class"


def conditions_of(
    status: Status, references: Sequence[EvaluatedReference], malformed: Sequence[Malformed], gateway: JSON
) -> tuple[Condition, ...]:
    """The computed conditions of an object, each beside what a controller reports; for kinds without any, what a
    controller reports as failing.

    `gateway` is the Gateway that listeners belong to; empty if there is none or it is not known.
    """
    kind = key_of(status.object).group_kind
    # The specification's conditions are about its own fields. Those of implementations and users have no part in them.
    references = [each for each in references if not each.field.implementation]
    expected: list[Condition] = []
    if kind in ROUTES:
        expected += route_conditions(status, references, malformed)
    elif kind in (GATEWAY, *LISTENER_SETS):
        expected += listener_conditions(status, references, gateway)
    elif kind in (BACKEND_TLS_POLICY, X_TELEMETRY_POLICY):
        expected += policy_conditions(status, references)
    parameters = [each for each in references if each.field.role is Role.PARAMETERS]
    if parameters:
        computed = with_parameters(parameters, key_of(status.object))
        itself = Entry(at(status.object, "status", "conditions"))
        expected.append(status.condition(itself, Expected("Accepted", computed, parameters, _ABSENCE)))
    return (*expected, *unexpected_failures(status, expected))
