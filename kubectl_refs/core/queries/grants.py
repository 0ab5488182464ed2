"""References as the target's owner sees them: the grants of one or all namespaces, their users, and their faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cache, partial

from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.findings.examined_grant import Known
from kubectl_refs.core.findings.grant_findings import findings_on_grants
from kubectl_refs.core.findings.misplaced_grants import MeantFor
from kubectl_refs.core.grants.from_comparisons import LookupMemo
from kubectl_refs.core.grants.grant import Grant, permitting
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.near_miss import nearest_of
from kubectl_refs.core.grants.near_miss_search import (
    MOST_NEAR_MISSES,
    NO_NEAR_MISSES,
    NearestMisses,
    is_missing,
    is_plainly_meant,
    lookups_of,
)
from kubectl_refs.core.grants.usage import Referrers, Usage, usages
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.near_misses import GrantName, NearMiss
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.queries.grant_referrers import FoundReferrers, GrantScope, referrers_of
from kubectl_refs.core.queries.grant_targets import TargetLookups
from kubectl_refs.core.queries.meant_references import misses_explained, references_meant_for
from kubectl_refs.core.queries.why import analyse
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.view.view import View


@dataclass(frozen=True, slots=True)
class DescribedGrant:
    """A grant with its users, its findings, and the refused references that it was plainly meant for."""

    usage: Usage
    findings: tuple[Finding, ...]
    never_matching: frozenset[str]
    """The paths of the entries that never match a reference, even if the finding on them is ignored."""
    meant_but_refused: tuple[tuple[Reference, NearMiss], ...] = ()
    broken: Mapping[Reference, str] = field(default_factory=dict)
    """The users that are permitted but do not work, each with the reason as a sentence without its full stop."""

    @property
    def perhaps_unused(self) -> bool:
        """Whether no known reference uses the grant, but not every possible user could be looked at."""
        return not self.usage.users and not self.users_known

    @property
    def unused(self) -> bool:
        """Whether it is known that nothing uses the grant."""
        return not self.usage.users and self.users_known

    @property
    def users_known(self) -> bool:
        """Whether every possible user of the grant could be looked at; an entry that never matches has none."""
        return all(pair.known or pair.entries & self.never_matching for pair in self.usage.pairs)


@dataclass(frozen=True, slots=True)
class GrantReport:
    """The result for grants. `references` are the explained references to the target asked about."""

    grants: tuple[DescribedGrant, ...]
    references: tuple[EvaluatedReference, ...] = ()
    gaps: tuple[Gap, ...] = ()
    undecided: tuple[GrantName, ...] = ()
    """If only unused grants are asked for: the grants left out because their use is not known."""

    @property
    def complete(self) -> bool:
        """Whether everything that the result depends on could be read."""
        return not self.gaps


def survey(view: View, scope: GrantScope) -> GrantReport:
    """The report on all grants in a scope. All are read, because only then redundant or missing ones can be told."""
    grants = _grants(view, scope.namespace, effect="which ReferenceGrants there are is not known") or ()
    if not grants and scope.target is None:
        # Without grants, nothing around them needs to be read, so nothing is a gap.
        return GrantReport((), gaps=view.gaps)
    found = referrers_of(view, grants, scope)
    lookups = TargetLookups(view, grants, scope)
    if view.needs:
        # The pending reads would change all the rest, which is costly to compute if there are many grants.
        return GrantReport(())
    # Computed once for all runs of the analysis: reads that the findings ask for change nothing here.
    referrers = view.once(("referrers", scope), partial(_referrers, found))
    used = view.once(("usages", scope), lambda _: usages(grants, referrers))
    faults = [_faults(usage, lookups) if scope.faults else {} for usage in used]
    if view.needs:
        # The same goes for reads of the users' targets.
        return GrantReport(())
    meant_for = view.once(
        ("what grants are meant for", scope),
        lambda subview: subview.without_gaps(lambda quiet: references_meant_for(quiet, used, referrers, scope)),
    )
    known = Known(view.catalog, lookups.exists, lookups.namespaces, lookups.names, cache(partial(is_missing, view)))
    told = findings_on_grants(used, known, meant_for)
    meant_but_refused = _meant_but_refused(view, grants, referrers, scope, lookups) if scope.everywhere else {}
    described = tuple(
        DescribedGrant(
            usage,
            told[usage.grant.grant],
            frozenset(each.path for each in told[usage.grant.grant] if each.code is Code.NEVER_MATCHES),
            _all_meant_but_refused(meant_but_refused.get(usage.grant.grant, ()), meant_for.get(usage.grant.grant))
            if scope.everywhere
            else (),
            broken,
        )
        for usage, broken in zip(used, faults, strict=True)
    )
    references = _references(view, found.objects, scope)
    return GrantReport(described, references, view.gaps)


def _faults(usage: Usage, lookups: TargetLookups) -> Mapping[Reference, str]:
    """The users of a grant that do not work because of their targets, each with the reason."""
    return {user: fault for user in usage.users if (fault := lookups.fault(user))}


def _referrers(found: FoundReferrers, view: View) -> Referrers:
    references = partial(found.references_in, view)
    return Referrers(view.catalog.table, found.objects, found.unread, found.kinds_outside_table, references)


def _grants(view: View, namespace: str | None, *, effect: str) -> tuple[Grant, ...] | None:
    """The grants of one namespace, or of all (None), sorted by name; None if they could not be read."""
    answer = view.list(REFERENCE_GRANT, namespace, required=True, effect=effect)
    if not answer.known:
        return None
    return tuple(sorted(map(Grant.parse, answer.objects), key=lambda grant: grant.grant))


def _meant_but_refused(
    view: View, grants: Sequence[Grant], referrers: Referrers, scope: GrantScope, known: TargetLookups
) -> Mapping[GrantName, list[tuple[Reference, NearMiss]]]:
    """The refused references that a grant was plainly meant for, by grant."""
    by_namespace = Grants.by_namespace(grants)
    lookups = replace(lookups_of(view), exists=known.exists)
    once = LookupMemo(lookups)
    found: dict[GrantName, list[tuple[Reference, NearMiss]]] = {}
    for reference in referrers.references:
        here = by_namespace.get(reference.to.namespace, Grants())
        # A grant may have been put into the referrer's namespace instead of the target's.
        misplaced = by_namespace.get(reference.referrer.namespace, Grants())
        if not referrers.needs_grant(reference) or here.matching(reference) or not (here or misplaced):
            continue
        foremost = [
            each for some in (here, misplaced) for each in some.worth_comparing(reference, MOST_NEAR_MISSES, once)
        ]
        misses = nearest_of(reference, foremost, lookups, once, MOST_NEAR_MISSES).nearest[:MOST_NEAR_MISSES]
        near = misses_explained(view, reference, NearestMisses(misses)) if misses else NO_NEAR_MISSES
        meant_for = [miss for miss in near.nearest if is_plainly_meant(miss, reference)]
        if meant_for and _refused(view, reference, scope):
            for miss in meant_for:
                found.setdefault(miss.grant, []).append((reference, miss))
    return found


def _all_meant_but_refused(
    beside: Sequence[tuple[Reference, NearMiss]], meant: MeantFor | None
) -> tuple[tuple[Reference, NearMiss], ...]:
    """The refused references that a grant was plainly meant for: those `beside` it, found by comparing grants, and
    those whose explanation names the grant as the cause."""
    found = {reference for reference, _ in beside}
    return (*beside, *(each for each in (meant.plain_misses if meant else ()) if each[0] not in found))


def _refused(view: View, reference: Reference, scope: GrantScope) -> bool:
    """Whether a reference that no grant in the scope permits is refused: its target's namespace may have one."""
    namespace = reference.to.namespace
    if scope.namespace in (None, namespace):
        return True
    grants = _grants(
        view, namespace, effect=f"whether a grant in {namespace} permits {reference.referrer} is not known"
    )
    return grants is not None and not permitting(reference, grants)


def _references(view: View, objects: Sequence[JSON], scope: GrantScope) -> tuple[EvaluatedReference, ...]:
    """The references to the target asked about, including those from its own namespace, the worst verdict first."""
    if scope.target is None:
        return ()
    report = analyse(view, [obj for obj in objects if _refers(obj, scope.target, view.catalog.table)])
    return tuple(
        sorted(
            (each for each in report.references if each.reference.to == scope.target),
            key=lambda each: (each.verdict.rank, each.reference.referrer, each.reference.sort_path),
        )
    )


def _refers(obj: JSON, target: ObjectKey, table: Table) -> bool:
    found, _ = references_of(obj, table)
    return any(each.reference.to == target for each in found)
