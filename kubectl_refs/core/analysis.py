"""From objects to the report: what every command asks of the core.

`analyse` runs on what has been read so far; `investigate` reads what it needs (inquiry.py).
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kubectl_refs.core.commands import Kubectl
from kubectl_refs.core.conditions import conditions_of
from kubectl_refs.core.explained import Explained
from kubectl_refs.core.explanation import explain, malformed
from kubectl_refs.core.extract import held_by
from kubectl_refs.core.fixes import with_fixes
from kubectl_refs.core.grants import Grant
from kubectl_refs.core.inquiry import inquire
from kubectl_refs.core.kinds import GATEWAY, GATEWAY_CLASS
from kubectl_refs.core.model import (
    JSON,
    Condition,
    ExplainedReference,
    GrantName,
    Mechanism,
    ObjectKey,
    Report,
    Verdict,
)
from kubectl_refs.core.objects import at, key_of, text
from kubectl_refs.core.permission import Binding, grants_in
from kubectl_refs.core.snapshot import Source, World
from kubectl_refs.core.table import Role


def investigate(source: Source, objects: Sequence[JSON], kubectl: Kubectl) -> Report:
    """Explain every reference of some objects, reading from the source whatever that takes."""
    return inquire(source, lambda world: analyse(world, objects, kubectl))


def analyse(world: World, objects: Sequence[JSON], kubectl: Kubectl) -> Report:
    """The report on some objects, in their order; within one the worst verdict first, then by the table's order."""
    references: list[ExplainedReference] = []
    conditions: list[Condition] = []
    shown: dict[ObjectKey, JSON] = {}
    grants: dict[GrantName, JSON] = {}
    for obj in objects:
        found = analyse_object(world, obj, kubectl)
        references += found.references
        conditions += found.conditions
        shown[found.key] = obj
        grants.update((name, grant.source) for name, grant in found.grants.items())
    return Report(tuple(references), tuple(conditions), world.gaps, shown, grants)


_RANK: Mapping[Verdict, int] = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class Analysed:
    """One object explained: its references, the worst verdict first, its conditions, and the grants of every
    namespace that a reference which needs one leads to."""

    key: ObjectKey
    references: tuple[ExplainedReference, ...]
    conditions: tuple[Condition, ...]
    grants: Mapping[GrantName, Grant]


def analyse_object(world: World, obj: JSON, kubectl: Kubectl) -> Analysed:
    """Explain one object. What is the same for many objects is made once for all Worlds that share a memo."""
    held, problems = held_by(obj, world.catalog.table)
    binding = Binding.of([each.reference for each in held if each.field.role is Role.PARENT])
    explained = [Explained(each, explain(world, each, obj, binding, kubectl)) for each in held]
    explained = with_fixes(explained, lambda reference: grants_in(world, reference), kubectl)
    asked = {
        each.held.reference.to.namespace: grants_in(world, each.held.reference)
        for each in explained
        if each.explained.mechanism is Mechanism.REFERENCE_GRANT
    }
    grants = ChainMap(*(each.by_name for each in asked.values() if each))
    key = key_of(obj)
    told = [*(each.explained for each in explained), *(malformed(key, place) for place in problems)]
    conditions = conditions_of(
        obj, explained, grants, problems, live=world.catalog.live, controller=lambda: _controller_of(world, obj)
    )
    return Analysed(key, tuple(sorted(told, key=lambda each: _RANK[each.verdict])), conditions, grants)


def _controller_of(world: World, obj: JSON) -> str | None:
    """The controllerName of the class of a Gateway, or of the Gateway that a ListenerSet joins; None if not known.

    Unlike a route's, their status does not say who wrote it.
    """
    effect = f"which controller handles {key_of(obj)} is not known"
    gateway: JSON | None = obj
    if key_of(obj).group_kind != GATEWAY:
        parents = [each.reference.to for each in held_by(obj, world.catalog.table)[0] if each.field.role is Role.PARENT]
        gateway = world.get(parents[0], effect=effect).object if parents else None
    name = text(at(gateway, "spec", "gatewayClassName"))
    if not name:
        return None
    gateway_class = world.get(ObjectKey(GATEWAY_CLASS.group, GATEWAY_CLASS.kind, "", name), effect=effect)
    return text(at(gateway_class.object, "spec", "controllerName"))
