"""The access that grants give, whatever the grants are called: this is compared with what a team has accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kubectl_refs.core.grants.grant import Grant, Pair
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may reference what in a namespace."""

    namespace: str
    pair: Pair

    @property
    def wider(self) -> Permission:
        """The same permission for every object of the target's kind."""
        return Permission(self.namespace, self.pair.wider)


def permissions_of(grants: Iterable[Grant]) -> Mapping[Permission, Grant]:
    """Every permission that grants give, each with a grant that gives it. Grants no API server accepts give none."""
    return {
        Permission(grant.grant.namespace, Pair(from_, to)): grant
        for grant in grants
        if grant.admissible
        for from_ in grant.from_
        for to in grant.to
    }
