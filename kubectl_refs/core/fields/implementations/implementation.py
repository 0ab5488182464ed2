"""What the rows of one implementation have in common: who reads the fields, and in which source this was read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kubectl_refs.core.model.kinds import SECRET
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField, Role, Shown
from kubectl_refs.core.records import dataclass

if TYPE_CHECKING:
    from typing import TypedDict, Unpack

    class Columns(TypedDict, total=False):
        """The columns of a row besides its referrers, path and mechanism: see ReferenceField."""

        role: Role
        default: GroupKind | None
        shown: Shown
        kind_field: str
        port_field: str
        own_namespace: bool
        ignores_namespace: bool
        note: str
        on_names: str
        by_kind: tuple[GroupKind, ...]
        takes_core: bool
        strict_mode: str
        copied_into: GroupKind | None
        copied_from: str
        since: str
        read_in: str


_OTHER: Columns = {"role": Role.OTHER, "default": SECRET}
"""Most fields that no grant governs reference a Secret."""


@dataclass(frozen=True, slots=True)
class Implementation:
    """One implementation, and the source and version that its rows were read in unless a row names another.

    Each method returns one row for every path. `shown` is where a failure shows.
    """

    name: str
    read_in: str
    shown: Shown = Shown.NOWHERE

    def by_grant(
        self, referrers: Iterable[GroupKind], *paths: str, **columns: Unpack[Columns]
    ) -> tuple[ReferenceField, ...]:
        """Fields that reach another namespace by a ReferenceGrant; of backends, unless another role is given."""
        return self._rows(Mechanism.REFERENCE_GRANT, referrers, paths, columns)

    def anywhere(
        self, referrers: Iterable[GroupKind], *paths: str, **columns: Unpack[Columns]
    ) -> tuple[ReferenceField, ...]:
        """Fields that reach another namespace without a ReferenceGrant; of Secrets, unless another kind is given."""
        return self._rows(Mechanism.UNGOVERNED, referrers, paths, {**_OTHER, **columns})

    def local(
        self, referrers: Iterable[GroupKind], *paths: str, **columns: Unpack[Columns]
    ) -> tuple[ReferenceField, ...]:
        """Fields that cannot reach another namespace; of Secrets, unless another kind is given."""
        return self._rows(Mechanism.LOCAL, referrers, paths, {**_OTHER, **columns})

    def _rows(
        self, governed_by: Mechanism, referrers: Iterable[GroupKind], paths: Iterable[str], columns: Columns
    ) -> tuple[ReferenceField, ...]:
        given: Columns = {"role": Role.BACKEND, "shown": self.shown, "read_in": self.read_in, **columns}
        kinds = tuple(referrers)
        return tuple(ReferenceField(kinds, path, governed_by, implementation=self.name, **given) for path in paths)

    def targets(
        self, referrers: Iterable[GroupKind], *paths: str, shown: Shown = Shown.ANCESTOR, own_namespace: bool = False
    ) -> tuple[ReferenceField, ...]:
        """Fields by which policies target objects of their own namespace."""
        return self.local(
            referrers,
            *(paths or ("spec.targetRefs[*]",)),
            role=Role.POLICY_TARGET,
            default=None,
            shown=shown,
            own_namespace=own_namespace,
        )
