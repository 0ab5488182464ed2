"""The search for near misses: where grants are looked for, which of many are compared, and how many are reported.

A reference may have as many near misses as there are grants, and a cluster as many references. So the near misses kept
of each reference are bounded, and answers that many references share are worked out once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from kubectl_refs.core.grants.differences import Lookups
from kubectl_refs.core.grants.from_comparisons import Memo
from kubectl_refs.core.grants.grant import FromEntry, Grant
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.near_miss import NearMisses, nearest_of, nearness
from kubectl_refs.core.model.hints import SLIPS, Hint
from kubectl_refs.core.model.kinds import NAMESPACE, REFERENCE_GRANT
from kubectl_refs.core.model.near_misses import GrantName, NearMiss
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.view.existence import exists
from kubectl_refs.core.view.view import View

T = TypeVar("T")

MOST_NEAR_MISSES = 10
"""The most near misses reported for one reference; nobody reads on past the ten nearest."""


@dataclass(frozen=True, slots=True)
class NearestMisses:
    """The near misses reported for a reference, nearest first, and how many further grants do not permit it."""

    nearest: tuple[NearMiss, ...] = ()
    omitted: int = 0
    elsewhere: tuple[GrantName, ...] = ()
    """Grants of third namespaces that would permit the reference if they were in the target's; whether they are meant
    for it is not known."""


NO_NEAR_MISSES = NearestMisses()
_NONE = Grants()


class _LocalNearMisses(NamedTuple):
    """The near misses in the namespaces of referrer and target, as reported if there are no others; whether any was
    plainly meant for the reference; and whether two of them would have to be one grant."""

    alone: NearestMisses
    any_meant: bool
    any_split: bool


def grants_of(view: View, namespace: str, effect: Callable[[], str], *, required: bool = False) -> Grants | None:
    """The grants of a namespace, each parsed once; None if they could not be read. Grants of an outdated kind or
    version count for nothing, and are left out."""
    existing = _grants_in(view, namespace)
    if existing is not None:
        return existing.grants
    # The caller says what a failure means, and whether it is one if the kind is not served.
    return Grants() if view.list(REFERENCE_GRANT, namespace, required=required, effect=effect()).known else None


def known_grants(view: View, namespace: str) -> Grants:
    """The same, for callers to whom grants that could not be read are as good as none."""
    existing = _grants_in(view, namespace)
    return _NONE if existing is None else existing.grants


def grants_from(view: View, entry: FromEntry) -> Grants:
    """The grants of all namespaces; only those with `entry` matter to the caller. Empty if they could not be read."""
    answer = view.list(REFERENCE_GRANT, None, effect="", aspect=entry)
    if not answer.known:
        return Grants()
    # The look above is noted, with its entry; parsing, which is shared, must note nothing.
    return view.once(("grants of all namespaces",), lambda _: _parsed(answer.objects)).grants


def outdated_grants(view: View, namespace: str) -> Sequence[Grant]:
    """The outdated grants of a namespace, which count for nothing and occur only in manifests; empty if not known."""
    existing = _grants_in(view, namespace)
    return existing.outdated if existing is not None else ()


class _NamespaceGrants(NamedTuple):
    """Parsed grants: those that count, and the outdated ones, which count for nothing."""

    grants: Grants
    outdated: Sequence[Grant]


def _grants_in(view: View, namespace: str) -> _NamespaceGrants | None:
    """The grants of a namespace; None where not known, which is no gap yet. Every reference asks several times."""
    return view.once(("grants", namespace), partial(_read, namespace))


def _read(namespace: str, view: View) -> _NamespaceGrants | None:
    answer = view.without_gaps(lambda subview: subview.list(REFERENCE_GRANT, namespace, required=True, effect=""))
    return _parsed(answer.objects) if answer.known else None


def _parsed(objects: Sequence[JSON]) -> _NamespaceGrants:
    every = [Grant.parse(obj) for obj in objects]
    return _NamespaceGrants(
        Grants(each for each in every if not each.outdated), [each for each in every if each.outdated]
    )


def compared_grants(view: View, reference: Reference) -> tuple[Grants, Grants]:
    """The grants that a refused reference is compared with first: of the target's namespace, and of the referrer's."""
    effect = partial(_effect, reference)
    here, own = (grants_of(view, each, effect) for each in (reference.to.namespace, reference.referrer.namespace))
    return here or _NONE, own or _NONE


def compared_referrer_name(reference: Reference, grants: Grants, own: Grants) -> str:
    """The referrer's name if a `to` entry of the compared grants has it, because that grant may have exchanged `from`
    and `to`; empty otherwise."""
    name = reference.referrer.name
    return name if grants.names(name) or own.names(name) else ""


def nearest_misses(view: View, reference: Reference) -> NearestMisses:
    """The near misses of a reference that no grant of the target's namespace permits."""
    beside = _shared_near_misses(view, reference)
    if beside is not None and beside.any_meant:
        return beside.alone
    grants, own = compared_grants(view, reference)
    name = compared_referrer_name(reference, grants, own)
    question = reference.referrer[:3], name, reference.to
    return view.once(("near misses", question), lambda subview: _nearest_misses(subview, reference))


def _nearest_misses(view: View, reference: Reference) -> NearestMisses:
    """Look in the referrer's own namespace too: putting a grant there is the usual mistake, and users may be allowed to
    read no other. Read all others only if neither namespace holds a grant plainly meant for this reference."""
    beside = _shared_near_misses(view, reference) or _local_near_misses(
        view, reference, *compared_grants(view, reference)
    )
    effect = _effect(reference)
    fitting: tuple[GrantName, ...] = ()
    others: Sequence[NearMiss] = ()
    if not beside.any_meant and not view.list(REFERENCE_GRANT, reference.referrer.namespace, effect=effect).pending:
        # The owner of one namespace may seldom list the grants of all: that is no gap in the answer.
        entry = FromEntry.of(reference.referrer)
        everywhere = view.without_gaps(lambda subview: grants_from(subview, entry))
        if everywhere.matching(reference):
            others, fitting = _of_third_namespaces(view, reference, everywhere)
    if not others and not fitting:
        return beside.alone
    return _reported_misses(
        tuple(sorted((*beside.alone.nearest, *others), key=nearness)), beside.alone.omitted, fitting
    )


def _of_third_namespaces(
    view: View, reference: Reference, everywhere: Grants
) -> tuple[Sequence[NearMiss], tuple[GrantName, ...]]:
    """The near misses in third namespaces, and the grants there that may be meant for where they are."""
    # Imported here: few grants fit a reference into a namespace other than their own.
    from kubectl_refs.core.grants.third_namespaces import exact_grants, fitting_grants

    others = _compared(view, reference, exact_grants(reference, everywhere)).nearest
    if any(is_plainly_meant(miss, reference) for miss in others):
        return others, ()
    misplaced, fitting = fitting_grants(view, reference, everywhere)
    return [*others, *misplaced], fitting


def _reported_misses(misses: tuple[NearMiss, ...], left_out: int, fitting: tuple[GrantName, ...] = ()) -> NearestMisses:
    """The near misses to report, out of all with the nearest first; `left_out` more were dropped before."""
    omitted = max(len(misses) - MOST_NEAR_MISSES, 0) + left_out
    return NearestMisses(misses[:MOST_NEAR_MISSES], omitted, fitting)


def _shared_near_misses(view: View, reference: Reference) -> _LocalNearMisses | None:
    """The answer that all targets of a kind in a namespace share if no grant names a target. None if one does, or if
    two grants would have to be one: that difference names the target."""

    def compare(subview: View) -> _LocalNearMisses | None:
        grants, own = compared_grants(subview, reference)
        if grants.name_targets or own.name_targets:
            return None
        beside = _local_near_misses(subview, reference, grants, own)
        return None if beside.any_split else beside

    return view.once(("beside", reference.referrer[:3], reference.to[:3]), compare)


def _local_near_misses(view: View, reference: Reference, grants: Grants, own: Grants) -> _LocalNearMisses:
    """Compare a reference with the grants of the target's namespace and of the referrer's."""
    once = _memo_of(view)
    placed, misplaced = (each.worth_comparing(reference, MOST_NEAR_MISSES, once) for each in (grants, own))
    misses, beyond = _compared(view, reference, (*placed, *misplaced))
    return _LocalNearMisses(
        _reported_misses(misses, beyond + len(grants) - len(placed)),
        any(is_plainly_meant(miss, reference) for miss in misses),
        any(each.hint is Hint.SPLIT for miss in misses for each in miss.differences),
    )


def _compared(view: View, reference: Reference, grants: Sequence[Grant]) -> NearMisses:
    return nearest_of(reference, grants, lookups_of(view), _memo_of(view), MOST_NEAR_MISSES)


def _memo_of(view: View) -> Memo:
    """Keep results that depend on lookups alone in the memo of a View."""

    def once(key: Hashable, make: Callable[[Lookups], T], /) -> T:
        return view.once(key, lambda subview: make(lookups_of(subview)))

    return once


def _effect(reference: Reference) -> str:
    return f"whether a grant for {reference.referrer} is in the wrong namespace is not known"


def is_plainly_meant(miss: NearMiss, reference: Reference) -> bool:
    """Whether a grant was plainly written for the reference: it is misplaced, has only slips or too many entries, or has
    mixed entries."""
    if miss.grant.namespace != reference.to.namespace:
        return True
    hints = {each.hint for each in miss.differences}
    return hints <= SLIPS | {Hint.TOO_MANY} or bool(hints & {Hint.SWAPPED, Hint.SPLIT})


def without_grants_for_other_targets(view: View, reference: Reference, near: NearestMisses) -> NearestMisses:
    """The near misses of a reference whose target does not exist. The fault is the reference's own, so grants that are
    right for another target are dropped."""
    nearest = tuple(miss for miss in near.nearest if not _is_for_another_target(view, reference, miss))
    return replace(near, nearest=nearest, elsewhere=())


def _is_for_another_target(view: View, reference: Reference, miss: NearMiss) -> bool:
    """Whether a grant is right for a target other than the reference's: one that differs in name or kind, or one in the
    grant's own namespace."""
    if any(each.path.startswith("spec.to[") for each in miss.differences):
        return True
    if miss.grant.namespace == reference.to.namespace:
        return False
    beside = reference.to._replace(namespace=miss.grant.namespace)
    return view.without_gaps(lambda subview: exists(subview, beside)) is True


def is_missing(view: View, target: ObjectKey) -> bool:
    """Whether the target of a reference is known not to exist."""
    return _exists(view, target) is False


def lookups_of(view: View) -> Lookups:
    def is_there(key: ObjectKey) -> bool | None:
        if key.group_kind == NAMESPACE:
            # The same few Namespaces are asked for again and again.
            return view.once(("exists", key), lambda subview: _exists(subview, key))
        return _exists(view, key)

    def like(key: ObjectKey) -> str | None:
        # Imported here: most names are off by a single slip, and need no list of the others.
        from kubectl_refs.core.view.names import names_of

        # A slip still looks like one where the other names may not be listed: that is no gap.
        kind, place = key.group_kind, key.namespace or None
        return view.without_gaps(lambda subview: names_of(subview, kind, place)).nearest(key.name)

    return Lookups(is_there, view.catalog.serves, view.catalog.table.may_need_grant, view.catalog.short_names, like)


def _exists(view: View, key: ObjectKey) -> bool | None:
    return exists(view, key, f"whether {key} exists, or is a typo, is not known")
