"""The refused references that grants were, or may be, meant for, consistent with the explanation of each reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from kubectl_refs.core.findings.misplaced_grants import MeantFor
from kubectl_refs.core.grants.differences import NO_NAMESPACES
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.near_miss import is_misplaced
from kubectl_refs.core.grants.near_miss_search import (
    NearestMisses,
    compared_referrer_name,
    grants_of,
    is_missing,
    is_plainly_meant,
    nearest_misses,
    without_grants_for_other_targets,
)
from kubectl_refs.core.grants.usage import Referrers, Usage
from kubectl_refs.core.model.hints import SLIPS, Hint
from kubectl_refs.core.model.near_misses import GrantName, NearMiss
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.queries.grant_referrers import GrantScope
from kubectl_refs.core.references.cause import comes_near
from kubectl_refs.core.view.view import View


def references_meant_for(
    view: View, used: Sequence[Usage], referrers: Referrers, scope: GrantScope
) -> Mapping[GrantName, MeantFor]:
    """The refused references that each grant was, or may be, meant for, including those whose explanation calls it the
    nearest. `plainly` is filled in only if it is asked for (GrantScope.everywhere)."""
    every = Grants(usage.grant for usage in used)
    names = {usage.grant.grant: usage for usage in used}
    found: dict[GrantName, _MeantForBuilder] = defaultdict(_MeantForBuilder)
    # By the id of the NearestMisses that many references share; the value keeps them alive.
    meant_by: dict[int, _MeantGrants] = {}

    @cache
    def grants_in(namespace: str) -> Grants | None:
        return grants_of(view, namespace, lambda: f"whether references into {namespace} are refused is not known")

    def compared_with(reference: Reference) -> tuple[Grants, Grants] | None:
        """The grants of the target's and the referrer's namespace; None if a reference is not refused or out of scope."""
        inside = scope.namespace in (None, reference.to.namespace)
        # A grant in the referrer's namespace may differ in more than its place.
        beside = scope.everywhere and scope.namespace == reference.referrer.namespace
        if not (inside or beside or every.matching(reference)):
            return None
        here = grants_in(reference.to.namespace)
        if here is None or here.matching(reference):
            return None
        own = grants_in(reference.referrer.namespace)
        return here, Grants() if own is None else own

    def meant_by_near(near: NearestMisses, reference: Reference) -> _MeantGrants:
        blamed = _miss_to_blame(near)
        told = [miss for miss in near.nearest if is_plainly_meant(miss, reference) or miss is blamed]
        weighed = [_weighed(miss, every.by_name[miss.grant]) for miss in told if miss.grant in names]
        plainly = any(each.only_misplaced or each.useless for each in weighed)
        return _MeantGrants(near, weighed, plainly, [_Share(found[each.miss.grant], each.miss) for each in weighed])

    def shares_of(reference: Reference, here: Grants) -> Sequence[_Share]:
        near = nearest_misses(view, reference)
        if id(near) not in meant_by:
            meant_by[id(near)] = meant_by_near(near, reference)
        _, weighed, plainly, merely_near = meant_by[id(near)]
        outside = [name for name in near.elsewhere if name in names and not _is_used_in_place(names[name], reference)]
        if not (outside or plainly):
            return merely_near
        explained = misses_explained(view, reference, near)
        shares = [_Share(found[name], None, here if explained.elsewhere else None) for name in outside]
        for miss, only_misplaced, useless in weighed:
            shown = miss in explained.nearest
            sure = only_misplaced and shown
            to_blame = shown and (only_misplaced or useless)
            shares.append(_Share(found[miss.grant], miss, here if sure else None, to_blame, sure))
        return shares

    for alike in referrers.groups_alike():
        grants = compared_with(alike[0])
        if grants is not None:
            for same in _split_by_compared_name(alike, *grants):
                for share in shares_of(same[0], grants[0]):
                    share.add(same)
    for usage in used:
        for pair in usage.pairs:
            reference = None if pair.users else referrers.without_namespace(pair.pair)
            if reference is not None and is_missing(view, reference.to):
                found[usage.grant.grant].without_namespace.append(reference)
    places = {reference: place for place, reference in enumerate(referrers.references)} if scope.everywhere else {}
    return {name: each.finished(places) for name, each in found.items()}


def _split_by_compared_name(alike: Sequence[Reference], here: Grants, own: Grants) -> Iterable[Sequence[Reference]]:
    """Like references, split by the names of those referrers whose names occur in the grants compared with."""
    if not (here.name_targets or own.name_targets):
        return (alike,)
    found: dict[str, list[Reference]] = defaultdict(list)
    for reference in alike:
        found[compared_referrer_name(reference, here, own)].append(reference)
    return found.values()


def _is_used_in_place(usage: Usage, reference: Reference) -> bool:
    """Whether a grant's permission that fits a reference into another namespace is used in the grant's own namespace,
    so that it is meant for that."""
    return any(pair.users and pair.pair.permits(reference) for pair in usage.pairs)


class _Weighed(NamedTuple):
    """A near miss of a grant in the scope; whether only its namespace is wrong; and whether it is of no use as it is,
    because its `from` entry names no other namespace."""

    miss: NearMiss
    only_misplaced: bool
    useless: bool


def _weighed(miss: NearMiss, grant: Grant) -> _Weighed:
    only_misplaced = len(miss.differences) == 1 and is_misplaced(miss)
    nowhere = grant.from_[miss.from_].namespace in (None, *NO_NAMESPACES, grant.grant.namespace)
    return _Weighed(miss, only_misplaced, nowhere and _slips_but_for_namespaces(miss))


def _slips_but_for_namespaces(miss: NearMiss) -> bool:
    return SLIPS.issuperset([each.hint for each in miss.differences if not each.path.endswith(".namespace")])


def misses_explained(view: View, reference: Reference, near: NearestMisses) -> NearestMisses:
    """The near misses that the explanation of a reference shows. With the others it is the reference that is wrong,
    which may be meant to use them."""
    return without_grants_for_other_targets(view, reference, near) if is_missing(view, reference.to) else near


def _miss_to_blame(near: NearestMisses) -> NearMiss | None:
    """The near miss that a refused reference's cause names, unless its grant is for another kind of referrer or target."""
    first = near.nearest[0] if near.nearest else None
    if first is None or not comes_near(first) or any(each.hint is Hint.OTHER_KIND for each in first.differences):
        return None
    return first


class _MeantForBuilder:
    """A MeantFor under construction."""

    def __init__(self) -> None:
        self.elsewhere: list[Reference] = []
        self.sure = False
        self.near_misses: list[tuple[Reference, NearMiss | None]] = []
        self.grants_there = Grants()
        self.plain_misses: list[tuple[Reference, NearMiss]] = []
        self.without_namespace: list[Reference] = []

    def finished(self, places: Mapping[Reference, int]) -> MeantFor:
        """The finished MeantFor; `plain_misses` keeps only references with a place, in the order of the places."""
        plainly = sorted((each for each in self.plain_misses if each[0] in places), key=lambda each: places[each[0]])
        return MeantFor(
            tuple(self.elsewhere),
            self.sure,
            tuple(self.near_misses),
            self.grants_there,
            tuple(plainly),
            tuple(self.without_namespace),
        )


class _Share(NamedTuple):
    """A grant's share in refused references that are alike: the near miss, if more than its place is wrong, the grants
    of their target's namespace (`grants_there`) if it would permit them there, and whether it is plainly to blame."""

    builder: _MeantForBuilder
    miss: NearMiss | None = None
    grants_there: Grants | None = None
    to_blame: bool = False
    sure: bool = False

    def add(self, alike: Sequence[Reference]) -> None:
        builder = self.builder
        if self.miss is not None and self.to_blame:
            builder.plain_misses += [(reference, self.miss) for reference in alike]
        if self.grants_there is None:
            builder.near_misses.append((alike[0], self.miss))
        else:
            builder.elsewhere += alike
            builder.grants_there = self.grants_there
        builder.sure |= self.sure


class _MeantGrants(NamedTuple):
    """What near misses say about the grants in the scope: which were meant (`weighed`), whether any was meant plainly,
    and the shares of each grant if none was."""

    near: NearestMisses
    weighed: Sequence[_Weighed]
    plainly: bool
    merely_near: Sequence[_Share]
