"""The access that grants give: their permissions, leaving out those without effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kubectl_refs.core.findings.entry_mistakes import from_mistake, to_mistake
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.grants.permissions import Permission, permissions_of
from kubectl_refs.core.view.catalog import Catalog


def given_access(grants: Iterable[Grant], catalog: Catalog) -> Mapping[Permission, Grant]:
    """Every permission that gives access, with a grant that gives it.

    An entry that never matches gives no access until its kind is served (REF101 reports it). References within one
    namespace need no permission.
    """
    return {
        each: grant
        for each, grant in permissions_of(grants).items()
        if each.pair.from_.namespace != each.namespace
        and from_mistake("", each.pair.from_, grant, catalog) is None
        and to_mistake("", each.pair.to, grant, catalog) is None
    }
