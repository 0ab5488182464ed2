"""From objects to the report: what every command asks of the core.

`analyse` runs on what has been read so far; `investigate` reads what it needs (inquiry.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubectl_refs.core.commands import Kubectl
from kubectl_refs.core.conditions import conditions_of
from kubectl_refs.core.explained import Explained
from kubectl_refs.core.explanation import explain, malformed
from kubectl_refs.core.extract import held_by
from kubectl_refs.core.fixes import with_fixes
from kubectl_refs.core.inquiry import inquire
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
from kubectl_refs.core.objects import key_of
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
        found = _analyse_object(world, obj, kubectl)
        references += sorted(found.references, key=lambda explained: _RANK[explained.verdict])
        conditions += found.conditions
        shown.update(found.objects)
        grants.update(found.grants)
    return Report(tuple(references), tuple(conditions), world.gaps, shown, grants)


_RANK: Mapping[Verdict, int] = {verdict: rank for rank, verdict in enumerate(Verdict)}


def _analyse_object(world: World, obj: JSON, kubectl: Kubectl) -> Report:
    held, problems = held_by(obj)
    binding = Binding.of([each.reference for each in held if each.field.role is Role.PARENT])
    explained = [Explained(each, explain(world, each, obj, binding, kubectl)) for each in held]
    explained = with_fixes(explained, lambda reference: grants_in(world, reference), kubectl)
    grants = {
        grant.grant: grant
        for each in explained
        if each.explained.mechanism is Mechanism.REFERENCE_GRANT
        for grant in grants_in(world, each.held.reference) or ()
    }
    key = key_of(obj)
    return Report(
        (*(each.explained for each in explained), *(malformed(key, place) for place in problems)),
        conditions_of(obj, explained, grants, problems, live=world.catalog.live),
        objects={key: obj},
        grants={name: grant.source for name, grant in grants.items()},
    )
