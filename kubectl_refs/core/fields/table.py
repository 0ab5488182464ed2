"""The table of reference fields, looked up by the kind that refers (docs/rules.md 2.1).

A new reference field is a new row in gateway_api.py or implementations.py, or in a user's own file. Nothing else in
the project knows a field of a kind by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kubectl_refs.core.fields.producers import PRODUCERS
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.producers import Producer
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField


class Table:
    """Rows, looked up by the kind that refers, and the rows of who makes targets (`producers`). Two tables are the same
    only if they are one object."""

    def __init__(self, rows: Iterable[ReferenceField], producers: Iterable[Producer] = PRODUCERS) -> None:
        self.producers = tuple(producers)
        self._by_kind: dict[GroupKind, list[ReferenceField]] = defaultdict(list)
        self._rows = tuple(rows)
        for row in self._rows:
            for referrer in row.referrers:
                self._by_kind[referrer].append(row)

    def __iter__(self) -> Iterator[ReferenceField]:
        return iter(self._rows)

    def fields_of(self, referrer: GroupKind) -> tuple[ReferenceField, ...]:
        """The rows of one kind; empty for a kind that holds no reference the table knows."""
        return tuple(self._by_kind.get(referrer, ()))

    @property
    def referrers(self) -> tuple[GroupKind, ...]:
        """Every kind that references something, in the table's order."""
        return tuple(self._by_kind)

    def referrers_by(self, mechanism: Mechanism) -> tuple[GroupKind, ...]:
        """The kinds with a field that a mechanism governs."""
        return tuple(kind for kind, rows in self._by_kind.items() if any(row.governed_by is mechanism for row in rows))

    def may_need_grant(self, referrer: GroupKind, target: GroupKind) -> bool:
        """Whether an object of a kind may need a grant for one of another, as far as its fields are known."""
        rows = [row for row in self.fields_of(referrer) if row.governed_by is Mechanism.REFERENCE_GRANT]
        return not rows or any(row.may_lead_to(target) for row in rows)
