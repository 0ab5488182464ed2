"""The findings on grants: what is wrong with each, or wider than necessary.

The API server admits almost every wrong grant, and a grant has no status, so nothing else reports these mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kubectl_refs.core.findings.examined_grant import ExaminedGrant, Known
from kubectl_refs.core.findings.exchanged_entries import exchanged_from
from kubectl_refs.core.findings.from_namespaces import missing_namespace, own_namespace
from kubectl_refs.core.findings.grant_changes import GrantChanges, PairIndex
from kubectl_refs.core.findings.misplaced_grants import (
    MEANT_FOR_NOTHING,
    MeantFor,
    in_another_namespace,
    without_narrowing_fixes,
)
from kubectl_refs.core.findings.never_matching import never_matching_from, never_matching_to, without_permissions
from kubectl_refs.core.findings.redundant_grants import covering_grants, redundant
from kubectl_refs.core.findings.to_names import any_name, missing_name
from kubectl_refs.core.findings.unknown_fields import unknown_field
from kubectl_refs.core.findings.unused_permissions import (
    no_effect_on_parents,
    pairs_for_parents,
    unused_permissions,
)
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.unknown_fields import unknown_fields
from kubectl_refs.core.grants.usage import Usage
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.values import is_being_deleted
from kubectl_refs.core.records import replace


def findings_on_grants(
    usages: Sequence[Usage], known: Known, meant_for: Mapping[GrantName, MeantFor]
) -> dict[GrantName, tuple[Finding, ...]]:
    """The findings on each grant. The caller must pass all grants of a namespace, because they are compared with each
    other. `meant_for` maps a grant to the refused references that it was, or may be, meant for."""
    covering = covering_grants([usage for usage in usages if not is_being_deleted(usage.grant.source)])
    existing = Grants.by_namespace(usage.grant for usage in usages)
    found = {}
    for usage in usages:
        name = usage.grant.grant
        beside = existing[name.namespace]
        changes = GrantChanges(usage.grant, beside.own_names, known.catalog.grant_version)
        examined = ExaminedGrant.of(usage, known, changes, beside)
        meant = meant_for.get(name, MEANT_FOR_NOTHING)
        on_grant = _on_grant(examined, covering.get(name, ()), meant)
        findings = tuple(without_narrowing_fixes(on_grant, meant, usage.grant))
        # Changing a grant that is being deleted is pointless.
        ending = is_being_deleted(usage.grant.source)
        found[name] = tuple(replace(each, fixes=(), advice=_GOING) for each in findings) if ending else findings
    return found


_GOING = "nothing: the ReferenceGrant is being deleted"


def _on_grant(examined: ExaminedGrant, covering: Sequence[GrantName], meant: MeantFor) -> Iterator[Finding]:
    """The findings on one grant: on unknown fields, on its entries in order, then on the whole grant.

    No two say the same: an unused permission is reported only if no finding on an entry explains it (`idle`).
    """
    yield from (unknown_field(examined, each) for each in unknown_fields(examined.grant))
    found = without_permissions(examined)
    if found:
        yield found
        return
    idle: set[PairIndex] = set()
    found = in_another_namespace(examined, meant)
    if found:
        yield found
        idle |= {index for index in examined.unused if any(map(examined.pairs[index].pair.permits, meant.elsewhere))}
    for index, entry in enumerate(examined.grant.from_):
        pairs = examined.pairs_of("from", index)
        found = (
            never_matching_from(examined, index, entry)
            or exchanged_from(examined, index, entry, meant.near)
            or (None if pairs <= idle else own_namespace(examined, index, entry))
            or missing_namespace(examined, index, entry, meant.near)
        )
        if found:
            yield found
            idle |= pairs
    for index, target in enumerate(examined.grant.to):
        pairs = examined.pairs_of("to", index)
        found = never_matching_to(examined, index, target)
        if found:
            yield found
            idle |= pairs
            continue
        for_parents = pairs_for_parents(examined, index, target, idle)
        found = no_effect_on_parents(examined, index, target, for_parents)
        if found:
            yield found
            idle |= for_parents
        if pairs <= idle:
            continue
        found = any_name(examined, index, target, idle)
        if found:
            yield found
            continue
        found = missing_name(examined, index, target, idle, meant.near)
        if found:
            yield found
            if found.fixes:
                idle |= pairs
    yield from filter(None, (redundant(examined, covering), unused_permissions(examined, idle)))
