"""The conditions of an object that are about its references, by its kind."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.conditions.computed import with_parameters
from kubectl_refs.core.conditions.listeners import listener_conditions
from kubectl_refs.core.conditions.routes import route_conditions
from kubectl_refs.core.conditions.statuses import NO_CONTROLLER, Entry, Expected, Status
from kubectl_refs.core.conditions.unexpected import unexpected_failures
from kubectl_refs.core.fields.extraction import Malformed
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.kinds import BACKEND_TLS_POLICY, GATEWAY, LISTENER_SETS, ROUTES, X_TELEMETRY_POLICY
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.reference_fields import Role, Shown
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import at
from kubectl_refs.core.records import replace


def conditions_of(
    status: Status, references: Sequence[EvaluatedReference], malformed: Sequence[Malformed], gateway: JSON
) -> tuple[Condition, ...]:
    """The computed conditions of an object, each beside what a controller reports; for kinds without any, the
    failures that a controller reports.

    `gateway` is the Gateway that listeners belong to; empty if there is none or it is not known.
    """
    kind = status.key.group_kind
    # The specification's conditions are about its own fields, not about those of implementations and users.
    own = [each for each in references if each.found.field.implementation]
    references = [each for each in references if not each.found.field.implementation] if own else references
    expected: list[Condition] = []
    if kind in ROUTES:
        expected += route_conditions(status, references, malformed)
    elif kind in (GATEWAY, *LISTENER_SETS):
        expected += listener_conditions(status, references, gateway)
    elif kind in (BACKEND_TLS_POLICY, X_TELEMETRY_POLICY):
        # Imported here: nearly all objects are routes, Gateways and ListenerSets.
        from kubectl_refs.core.conditions.policies import policy_conditions

        expected += policy_conditions(status, references)
    parameters = [each for each in references if each.found.field.role is Role.PARAMETERS]
    if parameters:
        computed = with_parameters(parameters, status.key)
        itself = Entry(at(status.object, "status", "conditions"))
        expected.append(status.condition(itself, Expected("Accepted", computed, parameters, NO_CONTROLLER)))
    if kind not in ROUTES:
        expected = [*expected, *unexpected_failures(status, expected, [*references, *own])]
    return tuple([_explained_by_own_fields(each, own) for each in expected] if own else expected)


def _explained_by_own_fields(condition: Condition, own: Sequence[EvaluatedReference]) -> Condition:
    """The condition, marked as explained if it is reported False but expected True, and a failing reference in an
    implementation's own field shows on such conditions."""
    if condition.type != "ResolvedRefs" or condition.code is not Code.CONTRADICTION or condition.parent_ref is None:
        return condition
    found = next((each for each in own if each.field.shown is Shown.PARENT and each.verdict.fails), None)
    if found is None or condition.computed.status != "True":
        return condition
    why = f"apart from {found.reference.path}, which {found.field.implementation} counts among them: {found.because}"
    return replace(condition, agreement=Agreement.AGREES, why=why, code=None, advice="")
