"""The form of the table of reference fields: which kind refers to what, where, and what decides (docs/rules.md 2.1).

A new reference field is a new row in gateway_api.py or implementations.py, or in a user's own file. Nothing else in
the project knows a field of a kind by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from kubectl_refs.core.model.kinds import SERVICE
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.references import Mechanism


class Role(StrEnum):
    """What a reference is for; it decides which targets make sense and what a failure does."""

    PARENT = "parent"
    BACKEND = "backend"
    MIRROR = "mirror"
    AUTH = "auth"
    EXTENSION = "extension"
    CERTIFICATE = "certificate"
    CLIENT_CERTIFICATE = "client certificate"
    CA = "CA certificate"
    PARAMETERS = "parameters"
    POLICY_TARGET = "policy target"
    OTHER = "other"


class Shown(StrEnum):
    """On which of the referrer's conditions a failing reference shows (docs/rules.md 2.1, shown)."""

    PARENT = "parent"
    LISTENER = "listener"
    OBJECT = "object"
    ANCESTOR = "ancestor"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class ReferenceField:
    """One row: in `referrers`, the objects at `path` are references.

    `path` is made of field names; `[*]` stands for every entry of a list, `**` for any number of steps. `default` is
    the group and kind that the API server fills in, None where both must be written. What `governed_by` says holds
    for a crossing into another namespace. `implementation` names who understands the field; empty for Gateway API.
    A local field has no namespace, or with `own_namespace` one that must be the holder's own. `note` is a sentence,
    without its full stop, on what else decides about a crossing. `by_kind` are kinds that the implementation knows by
    the kind alone, whatever group is written.
    """

    referrers: tuple[GroupKind, ...]
    path: str
    governed_by: Mechanism
    role: Role
    default: GroupKind | None = SERVICE
    shown: Shown = Shown.PARENT
    implementation: str = ""
    group_field: str = "group"
    own_namespace: bool = False
    note: str = ""
    by_kind: tuple[GroupKind, ...] = ()


class Table:
    """Rows, looked up by the kind that refers. Two tables are the same only if they are one object."""

    def __init__(self, rows: Iterable[ReferenceField]) -> None:
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
        """Every kind that refers to something, in the table's order."""
        return tuple(self._by_kind)

    def referrers_by(self, mechanism: Mechanism) -> tuple[GroupKind, ...]:
        """The kinds with a field that a mechanism governs."""
        return tuple(kind for kind, rows in self._by_kind.items() if any(row.governed_by is mechanism for row in rows))
