"""The access that a change of ReferenceGrants gives or takes away, and who uses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kubectl_refs.core.findings.given_access import given_access
from kubectl_refs.core.grants.grant import Grant, Pair, permitting
from kubectl_refs.core.grants.permissions import Permission
from kubectl_refs.core.grants.usage import Referrers
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog


@dataclass(frozen=True, slots=True)
class PermissionChange:
    """A permission that is given (`gives`) or taken away: no grant of the namespace gives it before, or after.

    `users` are the references that gain or lose their permission with it; if `known`, there are no others. `alone` is
    False if the grants of the namespace could not be read, so that another one may give the same permission.
    """

    gives: bool
    grant: GrantName
    pair: Pair
    users: tuple[Reference, ...]
    known: bool
    alone: bool = True


@dataclass(frozen=True, slots=True)
class GrantsOfState:
    """The grants of some namespaces before or after a change, with the objects that may use them. In the namespaces in
    `unread` there may be more grants."""

    grants: Mapping[str, Sequence[Grant]]
    referrers: Referrers
    catalog: Catalog
    unread: frozenset[str] = frozenset()

    def access(self, namespace: str) -> Mapping[Permission, Grant]:
        return given_access(sorted(self.grants[namespace], key=lambda each: each.grant, reverse=True), self.catalog)


def permission_changes(before: GrantsOfState, after: GrantsOfState) -> tuple[PermissionChange, ...]:
    """The permissions taken away and given in some namespaces, the same before and after."""
    found: list[PermissionChange] = []
    for namespace in sorted(before.grants):
        found += _only_in(before, after, namespace, gives=False)
        found += _only_in(after, before, namespace, gives=True)
    return tuple(found)


def _only_in(one: GrantsOfState, other: GrantsOfState, namespace: str, *, gives: bool) -> Iterator[PermissionChange]:
    own, covered = one.access(namespace), other.access(namespace)
    others, referrers = other.grants[namespace], one.referrers
    alone = namespace not in one.unread | other.unread
    for permission, grant in own.items():
        pair, wider = permission.pair, permission.wider
        if permission not in covered and wider not in covered and (wider == permission or wider not in own):
            users = tuple(each for each in referrers.users(pair, namespace) if not permitting(each, others))
            yield PermissionChange(gives, grant.grant, pair, users, referrers.known(pair, grant.grant.namespace), alone)
