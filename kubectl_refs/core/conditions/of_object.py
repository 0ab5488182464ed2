"""The conditions of an object that are about its references, by the form its status has (spec.md 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kubectl_refs.core.conditions.of_listeners import listener_conditions
from kubectl_refs.core.conditions.of_policies import policy_conditions
from kubectl_refs.core.conditions.of_routes import route_conditions
from kubectl_refs.core.fields.extraction import Malformed
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.conditions import Condition
from kubectl_refs.core.model.kinds import BACKEND_TLS_POLICY, GATEWAY, LISTENER_SETS, ROUTES, X_TELEMETRY_POLICY
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.references.evaluated import Explained


def conditions_of(
    obj: JSON,
    references: Sequence[Explained],
    grants: Mapping[GrantName, Grant],
    malformed: Sequence[Malformed],
    *,
    gateway: JSON,
    live: bool,
    controller: Callable[[], str | None],
) -> tuple[Condition, ...]:
    """The computed conditions of an object, each beside what a controller reports; none for kinds without such.

    `gateway` is the Gateway that listeners belong to, empty where there is none or it is not known. `controller` tells
    the controllerName where the status does not; it is asked only where something differs.
    """
    kind = key_of(obj).group_kind
    # The specification's conditions are about its own fields; a user may have added others.
    references = [each for each in references if not each.held.field.implementation]
    if kind in ROUTES:
        return route_conditions(obj, references, grants, malformed, live=live)
    if kind in (GATEWAY, *LISTENER_SETS):
        return listener_conditions(obj, references, grants, gateway=gateway, live=live, controller=controller)
    if kind in (BACKEND_TLS_POLICY, X_TELEMETRY_POLICY):
        return policy_conditions(obj, references, grants, live=live)
    return ()
