"""`kubectl refs kinds`: the requested rows of the table of reference fields, and whether their kinds are served."""

from __future__ import annotations

from collections.abc import Collection

from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.model.hints import VERSION, plural_of
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import ReferenceField
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog


@dataclass(frozen=True, slots=True)
class KindField:
    """A row of the table for one of its kinds; `served` is None without a cluster, or if discovery does not say."""

    kind: GroupKind
    field: ReferenceField
    served: bool | None


def fields_of_kinds(
    table: Table, catalog: Catalog, kinds: Collection[GroupKind], implementations: Collection[str]
) -> tuple[KindField, ...]:
    """The rows of these kinds and implementations (in any letter case); empty means all."""
    chosen = {each.lower() for each in implementations}
    return tuple(
        KindField(kind, row, catalog.serves(kind) if catalog.live else None)
        for kind in table.referrers
        for row in table.fields_of(kind)
        if (not kinds or kind in kinds) and (not chosen or row.implementation.lower() in chosen)
    )


def implementations_of(table: Table) -> list[str]:
    """The implementations that have rows, sorted."""
    return sorted({row.implementation for row in table if row.implementation})


def referrers_named(table: Table, catalog: Catalog, word: str) -> list[GroupKind]:
    """The kinds in the table that a kubectl TYPE, TYPE.GROUP or TYPE.VERSION.GROUP names, served or not."""
    name, _, group = word.lower().partition(".")
    version, _, after = group.partition(".")
    groups = {group, after} if VERSION.fullmatch(version) else {group}
    return [kind for kind in table.referrers if _answers(kind, catalog, name) and (not group or kind.group in groups)]


def _answers(kind: GroupKind, catalog: Catalog, name: str) -> bool:
    served = catalog.served(kind)
    return name == kind.kind.lower() or name in plural_of(kind.kind) or (served is not None and served.answers_to(name))
