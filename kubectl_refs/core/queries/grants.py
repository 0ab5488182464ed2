"""The owner's side of references: the grants of a namespace or of all, who uses them, and what is wrong with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import partial

from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.findings.examined_grant import Known
from kubectl_refs.core.findings.grant_findings import findings_on_grants
from kubectl_refs.core.findings.misplaced_grants import MeantFor
from kubectl_refs.core.grants.differences import Lookups
from kubectl_refs.core.grants.from_comparisons import Kept
from kubectl_refs.core.grants.grant import Grant, permitting
from kubectl_refs.core.grants.index import Grants
from kubectl_refs.core.grants.near_miss import is_misplaced, nearest_of
from kubectl_refs.core.grants.near_miss_search import MOST_NEAR_MISSES, NearestMisses, grants_of, meant, nearest_misses
from kubectl_refs.core.grants.usage import Digest, Referrers, Usage, usages
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.near_misses import GrantName, NearMiss
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.model.references import EvaluatedReference, Reference
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.why import analyse
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.language import several
from kubectl_refs.core.text.vocabulary import Vocabulary
from kubectl_refs.core.view.catalog import REFERENCE_GRANT
from kubectl_refs.core.view.holders import references_in
from kubectl_refs.core.view.reads import Answer
from kubectl_refs.core.view.view import View

FEW = 50
"""Objects of a kind up to which each is asked for by name; beyond that the kind is listed."""


@dataclass(frozen=True, slots=True)
class GrantScope:
    """Which grants are asked about: of one namespace or of all (None).

    `everywhere` looks for referrers in all namespaces, not only in those that `from` entries name: what a grant was
    meant for and fails to permit is found only so. `target` asks who references one object.
    """

    namespace: str | None
    everywhere: bool = False
    target: ObjectKey | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """A grant with its users, its findings, and the refused references that it was plainly meant for."""

    usage: Usage
    findings: tuple[Finding, ...]
    never_matching: frozenset[str]
    """The paths of the entries that never match a reference, whether a finding tells it or is ignored."""
    fails: tuple[tuple[Reference, NearMiss], ...] = ()

    @property
    def perhaps_unused(self) -> bool:
        """Whether nothing known uses the grant and not every possible user could be looked at."""
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
    """The answer about grants. `references` are those to the target asked about, explained."""

    grants: tuple[Described, ...]
    references: tuple[EvaluatedReference, ...] = ()
    gaps: tuple[Gap, ...] = ()
    undecided: tuple[GrantName, ...] = ()
    """Where only unused grants are asked for: those left out of which it is not known."""

    @property
    def complete(self) -> bool:
        """Whether everything could be read that the answer depends on."""
        return not self.gaps


@dataclass(frozen=True, slots=True)
class _Found:
    """The objects that may refer. `unread` are the kinds and namespaces (None: all) where there may be more."""

    objects: tuple[JSON, ...]
    unread: frozenset[tuple[GroupKind, str | None]]
    beyond: frozenset[tuple[GroupKind, str]] = frozenset()
    """Kinds and namespaces beyond the table of reference fields: who is there is known, not what they reference."""


def survey(view: View, scope: GrantScope) -> GrantReport:
    """All grants of a scope. They are read whole: what is redundant or missing shows only among all of them."""
    grants = _grants(view, scope.namespace, effect="which ReferenceGrants there are is not known") or ()
    if not grants and scope.target is None:
        # What could not be read around grants that are not there is no gap in the answer.
        return GrantReport((), gaps=view.gaps)
    found = _referrers(view, grants, scope)
    lookups = _TargetLookups(view, grants, scope)
    if view.needs:
        # What is still to be read changes all the rest, which is costly where grants are many.
        return GrantReport(())
    referrers = Referrers(view.catalog.table, found.objects, found.unread, found.beyond, partial(references_in, view))
    used = usages(grants, referrers)
    meant_for = _meant_for(view, grants, referrers, scope)
    known = Known(view.catalog, lookups.exists, lookups.namespaces, lookups.names)
    told = findings_on_grants(used, known, meant_for)
    fails = _fails(view, grants, referrers, scope, lookups) if scope.everywhere else {}
    described = tuple(
        Described(
            usage,
            told[usage.grant.grant],
            frozenset(each.path for each in told[usage.grant.grant] if each.code is Code.NEVER_MATCHES),
            tuple(fails.get(usage.grant.grant, ())),
        )
        for usage in used
    )
    references = _references(view, found.objects, scope)
    return GrantReport(described, references, view.gaps)


def _grants(view: View, namespace: str | None, *, effect: str) -> tuple[Grant, ...] | None:
    """The grants of a namespace or of all, by name; None where they could not be read."""
    answer = view.list(REFERENCE_GRANT, namespace, required=True, effect=effect)
    if not answer.known:
        return None
    return tuple(sorted(map(Grant.parse, answer.objects), key=lambda grant: grant.grant))


def _referrers(view: View, grants: Sequence[Grant], scope: GrantScope) -> _Found:
    named = {(entry.group_kind, entry.namespace or "") for grant in grants for entry in grant.from_}
    digest = Digest(view.catalog.table, scope.target)
    objects: list[JSON] = []
    unread: set[tuple[GroupKind, str | None]] = set()
    for kind in view.catalog.table.referrers_by(Mechanism.REFERENCE_GRANT):
        namespaces = {namespace for each, namespace in named if each == kind and namespace}
        # Storage references snapshots and claims: it is looked through only where a grant speaks of it.
        everywhere = scope.everywhere and kind.group != ""
        if everywhere or (scope.namespace is None and namespaces):
            answer = _listed(view, kind, None, digest, scope)
            if answer.known:
                objects += answer.objects
                # Of manifests that are a part of a cluster, more may use a grant.
                unread |= {(kind, None)} if answer.assumed else set()
                continue
            if answer.pending:
                continue
            if scope.target is not None:
                namespaces.add(scope.target.namespace)
        for namespace in sorted(namespaces):
            answer = _listed(view, kind, namespace, digest, scope)
            objects += answer.objects
            if not answer.known or answer.assumed:
                unread.add((kind, namespace))
    beyond = _beyond(view, named, objects) if scope.everywhere and scope.target is None else frozenset()
    return _Found(tuple(objects), frozenset(unread), beyond)


def _beyond(
    view: View, named: Collection[tuple[GroupKind, str]], objects: list[JSON]
) -> frozenset[tuple[GroupKind, str]]:
    """Adds who is there of the kinds beyond the table: what they reference is not known, but they could use a grant."""
    found = set()
    within = view.catalog.table.referrers_by(Mechanism.REFERENCE_GRANT)
    for kind, namespace in sorted(named):
        served = view.catalog.served(kind)
        if kind in within or served is None or not served.namespaced or not namespace:
            continue
        effect = f"which {several(kind.kind)} in {namespace} could use a grant is not known"
        answer = view.list(kind, namespace, metadata_only=True, digest=identity, effect=effect)
        objects += answer.objects
        if answer.known and not answer.assumed:
            found.add((kind, namespace))
    return frozenset(found)


def _listed(view: View, kind: GroupKind, namespace: str | None, digest: Digest, scope: GrantScope) -> Answer:
    if namespace is not None:
        effect = f"which {several(kind.kind)} in {namespace} use a grant is not known"
    elif scope.target is not None:
        effect = f"which {several(kind.kind)} in other namespaces reference {scope.target} is not known"
    elif scope.everywhere:
        effect = f"which {several(kind.kind)} a grant was meant for and does not permit is not known"
    else:
        effect = f"which {several(kind.kind)} use a grant is known only where they could be read"
    return view.list(kind, namespace, digest=digest, effect=effect)


class _TargetLookups:
    """What surrounds the grants. Few targets are asked for one by one, many by listing their kind."""

    def __init__(self, view: View, grants: Sequence[Grant], scope: GrantScope) -> None:
        self._view = view
        self._scope = scope
        counts = Counter(entry.group_kind for grant in grants for entry in grant.to if entry.name is not None)
        self._many = frozenset(kind for kind, count in counts.items() if count > FEW)
        self._lists: dict[tuple[GroupKind, str | None], frozenset[ObjectKey] | None] = {}
        self._partial: set[tuple[GroupKind, str | None]] = set()
        effect = "whether the namespaces that grants name exist is not known"
        self.namespaces = Vocabulary(key.name for key in self._list(NAMESPACE, None, effect) or ())
        self._names: dict[tuple[GroupKind, str], Vocabulary] = {}
        for kind in sorted(self._many):
            self._all(kind)

    def exists(self, key: ObjectKey) -> bool | None:
        """Whether an object exists; None where that could not be read."""
        kind = key.group_kind
        if kind == NAMESPACE:
            return self._among(key, None)
        if kind in self._many and self._scope.namespace in (None, key.namespace):
            return self._among(key, self._scope.namespace)
        if self._view.catalog.serves(kind) is None:
            # Manifests say nothing of kinds that they do not speak of.
            return None
        effect = f"whether {key}, which a grant names, exists is not known"
        return self._view.get(key, metadata_only=True, effect=effect).exists

    def _among(self, key: ObjectKey, namespace: str | None) -> bool | None:
        """Whether an object exists by a list that has been read."""
        listed = self._lists[key.group_kind, namespace]
        if listed is not None and key in listed:
            return True
        return None if listed is None or (key.group_kind, namespace) in self._partial else False

    def names(self, kind: GroupKind, namespace: str) -> Vocabulary:
        """The names of a kind's objects in a namespace; none where they could not be read."""
        if (kind, namespace) not in self._names:
            effect = f"whether a {kind.kind} in {namespace} has a name like the one that a grant has is not known"
            present = self._all(kind) if kind in self._many else self._list(kind, namespace, effect)
            by_namespace: dict[str, list[str]] = defaultdict(list, {namespace: []})
            for key in present or ():
                by_namespace[key.namespace].append(key.name)
            for each, names in by_namespace.items():
                self._names[kind, each] = Vocabulary(names)
        return self._names[kind, namespace]

    def _all(self, kind: GroupKind) -> frozenset[ObjectKey] | None:
        effect = f"whether the {several(kind.kind)} that grants name exist is not known"
        return self._list(kind, self._scope.namespace, effect)

    def _list(self, kind: GroupKind, namespace: str | None, effect: str) -> frozenset[ObjectKey] | None:
        if (kind, namespace) not in self._lists:
            answer = self._view.list(kind, namespace, metadata_only=True, digest=identity, effect=effect)
            self._lists[kind, namespace] = frozenset(map(key_of, answer.objects)) if answer.known else None
            if answer.assumed:
                self._partial.add((kind, namespace))
        return self._lists[kind, namespace]


def identity(obj: JSON) -> JSON:
    """What to keep of an object that is only to exist."""
    key = key_of(obj)
    return {
        "apiVersion": obj.get("apiVersion"),
        "kind": obj.get("kind"),
        "metadata": {"namespace": key.namespace, "name": key.name},
    }


def _fails(
    view: View, grants: Sequence[Grant], referrers: Referrers, scope: GrantScope, known: _TargetLookups
) -> Mapping[GrantName, list[tuple[Reference, NearMiss]]]:
    """The refused references that a grant was plainly meant for, by grant."""
    standing: dict[str, list[Grant]] = defaultdict(list)
    for grant in grants:
        standing[grant.grant.namespace].append(grant)
    by_namespace = {namespace: Grants(each) for namespace, each in standing.items()}
    lookups = Lookups(known.exists, view.catalog.serves)
    once = Kept(lookups)
    found: dict[GrantName, list[tuple[Reference, NearMiss]]] = {}
    for reference in referrers.references:
        here = by_namespace.get(reference.to.namespace, Grants())
        # A grant put with its referrer instead of its target is looked for as well.
        misplaced = by_namespace.get(reference.referrer.namespace, Grants())
        if reference.referrer in referrers.mesh or here.matching(reference) or not (here or misplaced):
            continue
        foremost = (*here.foremost(reference), *misplaced.foremost(reference))
        misses = nearest_of(reference, foremost, lookups, once, MOST_NEAR_MISSES).nearest[:MOST_NEAR_MISSES]
        meant_for = [miss for miss in misses if meant(miss, reference)]
        if meant_for and _refused(view, reference, scope):
            for miss in meant_for:
                found.setdefault(miss.grant, []).append((reference, miss))
    return found


def _meant_for(
    view: View, grants: Sequence[Grant], referrers: Referrers, scope: GrantScope
) -> Mapping[GrantName, MeantFor]:
    """The refused references that grants were, or may be, meant for, as the explanation of each reference finds them."""
    every, names = Grants(grants), {grant.grant for grant in grants}
    found: dict[GrantName, _Meant] = defaultdict(_Meant)
    for reference in referrers.references:
        inside = scope.namespace in (None, reference.to.namespace)
        if reference.referrer in referrers.mesh or not (inside or every.matching(reference)):
            continue
        here = view.without_gaps(partial(_standing, reference))
        if here is None or here.matching(reference):
            continue
        near = view.without_gaps(partial(_nearest, reference, here))
        for name in names.intersection(near.elsewhere):
            found[name].elsewhere.append(reference)
            found[name].there = here
        for miss in near.nearest:
            if miss.grant not in names or not meant(miss, reference):
                continue
            after = found[miss.grant]
            if is_misplaced(miss) and len(miss.differences) == 1:
                after.elsewhere.append(reference)
                after.sure, after.there = True, here
            else:
                after.near.append(reference)
    return {
        name: MeantFor(tuple(each.elsewhere), each.sure, tuple(each.near), each.there) for name, each in found.items()
    }


class _Meant:
    """What is found bit by bit of a MeantFor."""

    def __init__(self) -> None:
        self.elsewhere: list[Reference] = []
        self.sure = False
        self.near: list[Reference] = []
        self.there = Grants()


def _standing(reference: Reference, view: View) -> Grants | None:
    return grants_of(view, reference.to.namespace, f"whether {reference.referrer} is refused is not known")


def _nearest(reference: Reference, here: Grants, view: View) -> NearestMisses:
    return nearest_misses(view, reference, here)


def _refused(view: View, reference: Reference, scope: GrantScope) -> bool:
    """Whether a reference that no grant of the scope permits is refused: one of its target's namespace may permit it."""
    namespace = reference.to.namespace
    if scope.namespace in (None, namespace):
        return True
    grants = _grants(
        view, namespace, effect=f"whether a grant in {namespace} permits {reference.referrer} is not known"
    )
    return grants is not None and not permitting(reference, grants)


def _references(view: View, objects: Sequence[JSON], scope: GrantScope) -> tuple[EvaluatedReference, ...]:
    """The references to the target asked about, from its own namespace too, the worst verdict first."""
    if scope.target is None:
        return ()
    report = analyse(view, [obj for obj in objects if _refers(obj, scope.target, view.catalog.table)])
    return tuple(
        sorted(
            (each for each in report.references if each.reference.to == scope.target),
            key=lambda each: (each.verdict.rank, each.reference.referrer, each.reference.path),
        )
    )


def _refers(obj: JSON, target: ObjectKey, table: Table) -> bool:
    found, _ = references_of(obj, table)
    return any(each.reference.to == target for each in found)
