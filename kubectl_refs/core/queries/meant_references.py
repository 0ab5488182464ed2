"""The refused references that grants were, or may be, meant for, as the explanation of each reference finds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kubectl_refs.core.findings.misplaced_grants import MeantFor
from kubectl_refs.core.grants.differences import NO_NAMESPACES
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.near_miss import is_misplaced
from kubectl_refs.core.grants.near_miss_search import (
    NearestMisses,
    compared_grants,
    counting_name,
    grants_of,
    is_missing,
    meant,
    nearest_misses,
    without_those_of_others,
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
    """By grant; also those whose explanation calls it the nearest."""
    every = Grants(usage.grant for usage in used)
    names = {usage.grant.grant: usage for usage in used}
    found: dict[GrantName, _Meant] = defaultdict(_Meant)
    # By the id of what many references have in common, which is kept beside it.
    meant_by: dict[int, tuple[NearestMisses, Sequence[tuple[NearMiss, bool, bool]]]] = {}

    def compared_with(reference: Reference) -> tuple[Grants, Grants] | None:
        """What a reference that is refused is compared with; None for one that is not, or that the scope has nothing of."""
        inside = scope.namespace in (None, reference.to.namespace)
        # A grant that was put with its referrer may differ in more than its place.
        beside = scope.everywhere and scope.namespace == reference.referrer.namespace
        if not (inside or beside or every.matching(reference)):
            return None
        here = grants_of(view, reference.to.namespace, f"whether {reference.referrer} is refused is not known")
        return None if here is None or here.matching(reference) else compared_grants(view, reference)

    def shares_of(reference: Reference, here: Grants) -> Iterator[_Share]:
        near = nearest_misses(view, reference)
        if id(near) not in meant_by:
            told = [miss for miss in near.nearest if meant(miss, reference) or miss is _blamed(near)]
            meant_by[id(near)] = (
                near,
                [_weighed(miss, every.by_name[miss.grant]) for miss in told if miss.grant in names],
            )
        meant_here = meant_by[id(near)][1]
        outside = [name for name in near.elsewhere if name in names and not _in_place(names[name], reference)]
        plainly = outside or any(only_misplaced or useless for _, only_misplaced, useless in meant_here)
        explained = told_by_explanation(view, reference, near) if plainly else near
        for name in outside:
            yield _Share(found[name], here if explained.elsewhere else None)
        for miss, only_misplaced, useless in meant_here:
            to_blame = miss in explained.nearest
            sure = only_misplaced and to_blame
            blamed = miss if to_blame and (only_misplaced or useless) else None
            yield _Share(found[miss.grant], here if sure else None, blamed, sure)

    # Of thousands of references many have in common whatever this depends on.
    compared: dict[Hashable, tuple[Grants, Grants] | None] = {}
    shares: dict[Hashable, Sequence[_Share]] = {}
    for reference in referrers.references:
        if reference.referrer in referrers.mesh:
            continue
        ends = reference.referrer[:3], reference.to
        if ends not in compared:
            compared[ends] = compared_with(reference)
        grants = compared[ends]
        if grants is None:
            continue
        question = ends, counting_name(reference, *grants)
        if question not in shares:
            shares[question] = [*shares_of(reference, grants[0])]
        for share in shares[question]:
            share.take(reference)
    return {
        name: MeantFor(tuple(each.elsewhere), each.sure, tuple(each.near), each.there, tuple(each.plainly))
        for name, each in found.items()
    }


def _in_place(usage: Usage, reference: Reference) -> bool:
    """Whether what a grant would permit a reference in another namespace is used where the grant is: that is what it is
    meant for."""
    return any(pair.users and pair.pair.permits(reference) for pair in usage.pairs)


def _weighed(miss: NearMiss, grant: Grant) -> tuple[NearMiss, bool, bool]:
    """A near miss, whether its place is all that is wrong with a grant, and whether nothing but slips are, besides that its
    entry is for no other namespace."""
    nowhere = grant.from_[miss.from_].namespace in (None, *NO_NAMESPACES, grant.grant.namespace)
    others = [each.hint for each in miss.differences if not each.path.endswith(".namespace")]
    return miss, is_misplaced(miss) and len(miss.differences) == 1, nowhere and SLIPS.issuperset(others)


def told_by_explanation(view: View, reference: Reference, near: NearestMisses) -> NearestMisses:
    """The near misses that the explanation of the reference tells. Of others it is the reference that is wrong, which may be
    meant to use them."""
    return without_those_of_others(view, reference, near) if is_missing(view, reference.to) else near


def _blamed(near: NearestMisses) -> NearMiss | None:
    """The grant that the cause of a refused reference names, unless it is for another kind of referrer or target."""
    first = near.nearest[0] if near.nearest else None
    if first is None or not comes_near(first) or any(each.hint is Hint.OTHER_KIND for each in first.differences):
        return None
    return first


class _Meant:
    """What is found bit by bit of a MeantFor."""

    def __init__(self) -> None:
        self.elsewhere: list[Reference] = []
        self.sure = False
        self.near: list[Reference] = []
        self.there = Grants()
        self.plainly: list[tuple[Reference, NearMiss]] = []


class _Share(NamedTuple):
    """What a grant has of each of the refused references that are alike: the grants of their target's namespace (`there`),
    where it would permit them there, and the near miss, where it is plainly to blame."""

    of: _Meant
    there: Grants | None
    blamed: NearMiss | None = None
    sure: bool = False

    def take(self, reference: Reference) -> None:
        if self.blamed is not None:
            self.of.plainly.append((reference, self.blamed))
        if self.there is None:
            self.of.near.append(reference)
        else:
            self.of.elsewhere.append(reference)
            self.of.there = self.there
        self.of.sure |= self.sure
