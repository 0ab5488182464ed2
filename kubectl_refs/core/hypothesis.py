"""May something refer to something else, although neither need exist? The rules of real references, on a supposed one."""

from __future__ import annotations

from dataclasses import replace

from kubectl_refs.core.commands import Kubectl
from kubectl_refs.core.conditions import Explained
from kubectl_refs.core.explanation import explain
from kubectl_refs.core.extract import Held, held_by
from kubectl_refs.core.fixes import with_fixes
from kubectl_refs.core.kinds import GATEWAY, LISTENER_SET, ROUTES, ReferenceField, Role
from kubectl_refs.core.model import (
    JSON,
    ExplainedReference,
    Mechanism,
    ObjectKey,
    Outcome,
    Reference,
    Report,
    Verdict,
)
from kubectl_refs.core.objects import key_of
from kubectl_refs.core.permission import Binding, Permission, grants_in, permission
from kubectl_refs.core.snapshot import World

_VERDICTS = {Outcome.OK: Verdict.ALLOWED, Outcome.FAILED: Verdict.REFUSED, Outcome.UNKNOWN: Verdict.UNKNOWN}


def suppose(world: World, referrer: ObjectKey, target: ObjectKey, kubectl: Kubectl) -> Report:
    """Whether an object of the referrer's kind and namespace may refer to a target; a report with one reference.

    A grant's `from` has no name, so the referrer's plays no part. A route's way to a Gateway or ListenerSet is a
    parentRef, which allowedRoutes governs; every other pair of kinds is a matter of ReferenceGrants.
    """
    if referrer.group_kind in ROUTES and target.group_kind in (GATEWAY, LISTENER_SET):
        explained = _as_parent(world, referrer, target, kubectl)
    else:
        explained = _by_grant(world, referrer, target, kubectl)
    return Report((explained,), gaps=world.gaps)


def _as_parent(world: World, referrer: ObjectKey, target: ObjectKey, kubectl: Kubectl) -> ExplainedReference:
    parent = {"group": target.group, "kind": target.kind, "namespace": target.namespace, "name": target.name}
    route: JSON = {
        "apiVersion": f"{referrer.group}/v1",
        "kind": referrer.kind,
        "metadata": {"namespace": referrer.namespace, "name": referrer.name},
        "spec": {"parentRefs": [parent]},
    }
    (held,), _ = held_by(route)
    explained = explain(world, held, route, Binding.GATEWAY, kubectl)
    # What a supposed route would lose is nothing, and a change of the route itself is no answer.
    fixes = tuple(fix for fix in explained.fixes if fix.object != key_of(route))
    return replace(explained, effect="", fixes=fixes)


def _by_grant(world: World, referrer: ObjectKey, target: ObjectKey, kubectl: Kubectl) -> ExplainedReference:
    row = ReferenceField((referrer.group_kind,), "", Mechanism.REFERENCE_GRANT, Role.BACKEND, None)
    held = Held(row, Reference(referrer, "", target), {}, ())
    permitted = permission(world, held, Binding.GATEWAY)
    explained = Explained(held, _explained(held, permitted))
    (fixed,) = with_fixes([explained], lambda reference: grants_in(world, reference), kubectl)
    return fixed.explained


def _explained(held: Held, permitted: Permission) -> ExplainedReference:
    refused = permitted.outcome is Outcome.FAILED
    return ExplainedReference(
        held.reference,
        permitted.mechanism,
        _VERDICTS[permitted.outcome],
        "RefNotPermitted" if refused else None,
        permitted.code,
        permitted.because,
        grants=permitted.grants,
        near_misses=permitted.near_misses,
        notes=permitted.notes,
        ask=permitted.ask,
    )
