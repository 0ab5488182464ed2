"""The access that grants give: their permissions, leaving out those without effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kubectl_refs.core.grants.entry_mistakes import from_mistake, to_mistake
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.grants.permissions import Permission, permissions_of
from kubectl_refs.core.view.catalog import Catalog


def given_access(grants: Iterable[Grant], catalog: Catalog) -> Mapping[Permission, Grant]:
    """Every permission that gives access, with a grant that gives it.

    An entry that never matches gives no access until its kind is served (REF101 reports it). References within one
    namespace need no permission.
    """
    found = permissions_of(grants)
    never = {each for each in {each.pair.from_ for each in found} if from_mistake("", each, catalog)}
    nothing = {each for each in {each.pair.to for each in found} if to_mistake("", each, catalog)}
    return {
        each: grant
        for each, grant in found.items()
        if each.pair.from_ not in never and each.pair.to not in nothing and each.pair.from_.namespace != each.namespace
    }
