"""The change that moves a misplaced grant: create it in the right namespace, then delete it in the wrong one."""

from __future__ import annotations

from kubectl_refs.core.grants.grant import Grant, grant_manifest
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.needed_pairs import ReferenceIndex, permissions, widening
from kubectl_refs.core.grants.usage import Usage
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.view.catalog import Catalog


def moved(
    grant: Grant,
    namespace: str,
    usage: Usage,
    existing: Grants,
    wanted: ReferenceIndex,
    catalog: Catalog,
    create: Fix | None = None,
) -> tuple[Fix, ...]:
    """The steps that move a grant into another namespace; none if something may use it where it is, no API server takes
    it, or the other namespace has a grant of its name.

    `usage` has its users where it is; `existing` are the grants of the other namespace, `wanted` the refused references
    that it was meant for. If the fix `create` permits everything that the grant would, only its deletion is returned.
    """
    if not usage.known or usage.users or not grant.admissible or grant.grant.name in existing.own_names:
        return ()
    name = grant.grant
    there = GrantName(namespace, name.name)
    manifest = grant_manifest(catalog.grant_version, there, grant.spec)
    title = f"delete ReferenceGrant {name}, which has no known user"
    delete = Fix("delete", grant.key, title, Confidence.LIKELY, follows=True)
    after = Grant.parse(manifest)
    if create is not None and create.manifest is not None:
        new = Grant.parse(create.manifest)
        if set(permissions(after.from_, after.to)) <= set(permissions(new.from_, new.to)):
            return (delete,)
    copy = Fix(
        "create",
        there.key,
        f"move ReferenceGrant {name} to {namespace}",
        Confidence.LIKELY,
        manifest=manifest,
        widens=widening(None, after, wanted, existing, catalog),
    )
    return (copy, delete)
