"""Who reads the fields of a kind, and in what this was read: what the rows of one implementation have in common."""

from __future__ import annotations

from collections.abc import Iterable

from kubectl_refs.core.model.kinds import SECRET, SERVICE
from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField, Role, Shown
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Implementation:
    """One implementation, and the source and version that its rows were read in, unless one says another.

    Each method gives a row for every path. `shown` is where a failure shows.
    """

    name: str
    read_in: str
    shown: Shown = Shown.NOWHERE

    def by_grant(
        self,
        referrers: Iterable[GroupKind],
        *paths: str,
        role: Role = Role.BACKEND,
        default: GroupKind | None = SERVICE,
        shown: Shown | None = None,
        note: str = "",
        strict_mode: str = "",
        by_kind: tuple[GroupKind, ...] = (),
        takes_core: bool = False,
        kind_field: str = "kind",
        copied_into: GroupKind | None = None,
        copied_from: str = "",
        since: str = "",
        read_in: str = "",
    ) -> tuple[ReferenceField, ...]:
        """Fields that reach another namespace by a ReferenceGrant."""
        return tuple(
            ReferenceField(
                tuple(referrers),
                path,
                Mechanism.REFERENCE_GRANT,
                role,
                default,
                shown or self.shown,
                self.name,
                note=note,
                strict_mode=strict_mode,
                by_kind=by_kind,
                takes_core=takes_core,
                kind_field=kind_field,
                copied_into=copied_into,
                copied_from=copied_from,
                since=since,
                read_in=read_in or self.read_in,
            )
            for path in paths
        )

    def anywhere(
        self,
        referrers: Iterable[GroupKind],
        *paths: str,
        role: Role = Role.OTHER,
        default: GroupKind | None = SECRET,
        note: str = "",
        copied_into: GroupKind | None = None,
    ) -> tuple[ReferenceField, ...]:
        """Fields that reach another namespace without one."""
        return tuple(
            ReferenceField(
                tuple(referrers),
                path,
                Mechanism.UNGOVERNED,
                role,
                default,
                self.shown,
                self.name,
                note=note,
                copied_into=copied_into,
                read_in=self.read_in,
            )
            for path in paths
        )

    def local(
        self,
        referrers: Iterable[GroupKind],
        *paths: str,
        role: Role = Role.OTHER,
        default: GroupKind | None = SECRET,
        shown: Shown | None = None,
        own_namespace: bool = False,
        ignores_namespace: bool = False,
        by_kind: tuple[GroupKind, ...] = (),
        takes_core: bool = False,
        port_field: str = "port",
        read_in: str = "",
    ) -> tuple[ReferenceField, ...]:
        """Fields that reach nothing in another namespace."""
        return tuple(
            ReferenceField(
                tuple(referrers),
                path,
                Mechanism.LOCAL,
                role,
                default,
                shown or self.shown,
                self.name,
                port_field=port_field,
                own_namespace=own_namespace,
                ignores_namespace=ignores_namespace,
                by_kind=by_kind,
                takes_core=takes_core,
                read_in=read_in or self.read_in,
            )
            for path in paths
        )

    def targets(
        self, referrers: Iterable[GroupKind], *paths: str, shown: Shown | None = None, own_namespace: bool = False
    ) -> tuple[ReferenceField, ...]:
        """What policies target in their own namespace."""
        return self.local(
            referrers,
            *(paths or ("spec.targetRefs[*]",)),
            role=Role.POLICY_TARGET,
            default=None,
            shown=shown or Shown.ANCESTOR,
            own_namespace=own_namespace,
        )
