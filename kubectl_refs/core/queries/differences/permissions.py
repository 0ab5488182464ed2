"""The access that a change of ReferenceGrants gives or takes, and who uses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kubectl_refs.core.grants.grant import Grant, Pair, permitting
from kubectl_refs.core.grants.permissions import permissions_of
from kubectl_refs.core.grants.usage import Referrers
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.references import Reference


@dataclass(frozen=True, slots=True)
class PermissionChange:
    """A permission that is given (`gives`) or taken: no grant of the namespace permits it before, or after.

    `users` are the references that only it permits, those that lose their permission or get one; they are all of them
    where `known`.
    """

    gives: bool
    grant: GrantName
    pair: Pair
    users: tuple[Reference, ...]
    known: bool


def permission_changes(
    before: Mapping[str, Sequence[Grant]],
    after: Mapping[str, Sequence[Grant]],
    referrers_before: Referrers,
    referrers_after: Referrers,
) -> tuple[PermissionChange, ...]:
    """The permissions taken and given in some namespaces, all of whose grants are given as they are before and after."""
    found: list[PermissionChange] = []
    for namespace in sorted({*before, *after}):
        old, new = before.get(namespace, ()), after.get(namespace, ())
        found += _only_in(old, new, namespace, referrers_before, gives=False)
        found += _only_in(new, old, namespace, referrers_after, gives=True)
    return tuple(found)


def _only_in(
    ones: Sequence[Grant], others: Sequence[Grant], namespace: str, referrers: Referrers, *, gives: bool
) -> Iterator[PermissionChange]:
    own, covered = permissions_of(sorted(ones, key=lambda each: each.grant, reverse=True)), permissions_of(others)
    for permission, grant in own.items():
        pair, wider = permission.pair, permission.wider
        if permission not in covered and wider not in covered and (wider == permission or wider not in own):
            users = tuple(each for each in referrers.users(pair, namespace) if not permitting(each, others))
            yield PermissionChange(gives, grant.grant, pair, users, referrers.known(pair))
