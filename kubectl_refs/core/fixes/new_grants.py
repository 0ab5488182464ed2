"""New grants that would make refused references work.

A new grant names one referrer kind and namespace and each target by name, so it permits what is wanted and nothing
else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kubectl_refs.core.fixes.grant_names import describing
from kubectl_refs.core.grants.grant import MAX_ENTRIES, FromEntry, Grant, ToEntry, grant_manifest
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.needed_pairs import ReferenceIndex, widening
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.catalog import Catalog


def new_grants(
    references: Sequence[Reference], existing: Collection[str], catalog: Catalog, *, broad: bool = False
) -> tuple[Fix, ...]:
    """The minimal grants for refused references of one kind and namespace into one namespace: one per 16 targets.

    None for references that stay in their own namespace. `existing` are the names of the namespace's grants, which a
    new grant must not have. A `broad` grant permits all objects of the targets' kinds.
    """
    taken: set[str] = set()
    crossing = [reference.to for reference in references if reference.crosses]
    targets = sorted({target._replace(name="") if broad else target for target in crossing})
    fixes = []
    for start in range(0, len(targets), MAX_ENTRIES):
        chunk = targets[start : start + MAX_ENTRIES]
        referrer = references[0].referrer
        name = describing(referrer, chunk, existing, taken)
        taken.add(name)
        to = [ToEntry(target.group, target.kind, target.name or None) for target in chunk]
        spec = {"from": [FromEntry.of(referrer).written], "to": [entry.written for entry in to]}
        grant = GrantName(chunk[0].namespace, name)
        manifest = grant_manifest(catalog.grant_version, grant, spec)
        what = ", ".join([f"{target.kind} {target.name}" if target.name else f"any {target.kind}" for target in chunk])
        fixes.append(
            Fix(
                action="create",
                object=grant.key,
                title=f"a new ReferenceGrant in {chunk[0].namespace}: {several(referrer.kind)} in {referrer.namespace} may reference "
                f"{what}{'' if broad else ', nothing else'}",
                confidence=Confidence.CERTAIN,
                manifest=manifest,
                # A grant that names its targets permits only what is needed.
                widens=widening(None, Grant.parse(manifest), ReferenceIndex(references), Grants(), catalog)
                if broad
                else (),
            )
        )
    return tuple(fixes)
