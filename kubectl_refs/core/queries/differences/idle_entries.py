"""The new entries of ReferenceGrants that permit nothing that works: the change gives no access with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kubectl_refs.core.grants.entry_mistakes import IN_VAIN, from_mistake, to_mistake
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.object_changes import ObjectChange
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog


@dataclass(frozen=True, slots=True)
class IdleEntry:
    """An entry of a grant, by path, and why it permits nothing, as a sentence without its full stop."""

    grant: GrantName
    path: str
    because: str


def idle_entries(changes: Iterable[ObjectChange], catalog: Catalog) -> Iterator[IdleEntry]:
    """The idle entries that the grants did not have before the change. `catalog` is what is served after it."""
    for change in changes:
        if change.key.group_kind != REFERENCE_GRANT or change.after is None:
            continue
        grant, old = Grant.parse(change.after), None if change.before is None else Grant.parse(change.before)
        for index, entry in enumerate(grant.from_):
            path = f"spec.from[{index}]"
            if (old is None or entry not in old.from_) and (mistake := from_mistake(path, entry, grant, catalog)):
                yield IdleEntry(grant.grant, path, mistake.message)
        for index, target in enumerate(grant.to):
            path = f"spec.to[{index}]"
            # A reference may name the same kind, and is just as wrong.
            if (old is None or target not in old.to) and (mistake := to_mistake(path, target, grant, catalog, IN_VAIN)):
                yield IdleEntry(grant.grant, path, mistake.message)
