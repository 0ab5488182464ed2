"""The owner's side of references: the grants of a namespace or of all, who uses them, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kubectl_refs.core.analysis import analyse
from kubectl_refs.core.catalog import REFERENCE_GRANT
from kubectl_refs.core.commands import Kubectl
from kubectl_refs.core.extract import held_by
from kubectl_refs.core.findings import Finding, Known, findings
from kubectl_refs.core.grants import Grant, permitting
from kubectl_refs.core.kinds import NAMESPACE
from kubectl_refs.core.model import (
    JSON,
    ExplainedReference,
    Gap,
    GrantName,
    GroupKind,
    NearMiss,
    ObjectKey,
    Reference,
    Verdict,
)
from kubectl_refs.core.nearmiss import Surroundings, near_misses
from kubectl_refs.core.objects import key_of
from kubectl_refs.core.permission import meant
from kubectl_refs.core.snapshot import Answer, World
from kubectl_refs.core.usage import REFERRERS, Referrers, Usage, digest, usages

FEW = 50
"""Objects of a kind up to which each is asked for by name; beyond that the kind is listed."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which grants are asked about: of one namespace or of all (None).

    `everywhere` looks for referrers in all namespaces, not only in those that `from` entries name: what a grant was
    meant for and fails to permit is found only so. `target` asks who refers to one object.
    """

    namespace: str | None
    everywhere: bool = False
    target: ObjectKey | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """A grant with its users, its findings, and the refused references that it was plainly meant for."""

    usage: Usage
    findings: tuple[Finding, ...]
    fails: tuple[tuple[Reference, NearMiss], ...] = ()


@dataclass(frozen=True, slots=True)
class GrantReport:
    """The answer about grants. `references` are those to the target asked about, explained."""

    grants: tuple[Described, ...]
    references: tuple[ExplainedReference, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def refused(self) -> tuple[ExplainedReference, ...]:
        return tuple(each for each in self.references if each.verdict is Verdict.REFUSED)


def survey(world: World, scope: Scope, kubectl: Kubectl) -> GrantReport:
    """All grants of a scope. They are read whole: what is redundant or missing shows only among all of them."""
    answer = world.list(
        REFERENCE_GRANT, scope.namespace, required=True, effect="which ReferenceGrants there are is not known"
    )
    grants = sorted(map(Grant.parse, answer.objects), key=lambda grant: grant.grant)
    referrers = _referrers(world, grants, scope)
    used = usages(grants, referrers)
    known = _known(world, grants, scope)
    found = findings(used, known, kubectl)
    fails = _fails(grants, referrers, known) if scope.everywhere else {}
    described = tuple(
        Described(usage, found[usage.grant.grant], tuple(fails.get(usage.grant.grant, ()))) for usage in used
    )
    return GrantReport(described, _references(world, scope, kubectl), world.gaps)


def _referrers(world: World, grants: Sequence[Grant], scope: Scope) -> Referrers:
    named = {
        (GroupKind(entry.group or "", entry.kind or ""), entry.namespace or "")
        for grant in grants
        for entry in grant.from_
    }
    everywhere = scope.everywhere or scope.namespace is None
    objects: list[JSON] = []
    unread: list[tuple[GroupKind, str | None]] = []
    for kind in REFERRERS:
        namespaces = sorted(namespace for each, namespace in named if each == kind)
        if everywhere and (namespaces or scope.everywhere):
            answer = _listed(world, kind, None)
            if answer.known:
                objects += answer.objects
                continue
            if answer.pending:
                continue
        for namespace in namespaces:
            answer = _listed(world, kind, namespace)
            objects += answer.objects
            if not answer.known:
                unread.append((kind, namespace))
    return Referrers(objects, unread)


def _listed(world: World, kind: GroupKind, namespace: str | None) -> Answer:
    where = f"in namespace {namespace}" if namespace else "in all namespaces"
    return world.list(kind, namespace, digest=digest, effect=f"which {kind.kind}s {where} use a grant is not known")


def _known(world: World, grants: Sequence[Grant], scope: Scope) -> Known:
    namespaces = world.list(
        NAMESPACE,
        None,
        metadata_only=True,
        digest=_identity,
        effect="whether the namespaces that grants name exist is not known",
    )
    names = [key_of(obj).name for obj in namespaces.objects]
    present = frozenset(names)
    exists = _existence(world, grants, scope)

    def known(key: ObjectKey) -> bool | None:
        if key.group_kind == NAMESPACE:
            return key.name in present if namespaces.known else None
        return exists(key)

    return Known(world.catalog, known, names)


def _existence(world: World, grants: Sequence[Grant], scope: Scope) -> Callable[[ObjectKey], bool | None]:
    """Whether targets exist: few are asked for one by one, many by listing their kind."""
    wanted = {
        ObjectKey(entry.group or "", entry.kind or "", grant.grant.namespace, entry.name)
        for grant in grants
        for entry in grant.to
        if entry.name is not None and world.catalog.serves(GroupKind(entry.group or "", entry.kind or ""))
    }
    counts = Counter(key.group_kind for key in wanted)
    lists: dict[GroupKind, frozenset[ObjectKey] | None] = {}
    for kind, count in counts.items():
        if count > FEW:
            answer = world.list(
                kind,
                scope.namespace,
                metadata_only=True,
                digest=_identity,
                effect=f"whether the {kind.kind}s that grants name exist is not known",
            )
            lists[kind] = frozenset(map(key_of, answer.objects)) if answer.known else None

    def exists(key: ObjectKey) -> bool | None:
        if key not in wanted:
            return None
        if key.group_kind in lists:
            present = lists[key.group_kind]
            return None if present is None else key in present
        answer = world.get(key, metadata_only=True, effect=f"whether {key}, which a grant names, exists is not known")
        return answer.object is not None if answer.known else None

    return exists


def _identity(obj: JSON) -> JSON:
    key = key_of(obj)
    return {
        "apiVersion": obj.get("apiVersion"),
        "kind": obj.get("kind"),
        "metadata": {"namespace": key.namespace, "name": key.name},
    }


def _fails(
    grants: Sequence[Grant], referrers: Referrers, known: Known
) -> Mapping[GrantName, list[tuple[Reference, NearMiss]]]:
    """The refused references that a grant was plainly meant for, by grant."""
    by_namespace: dict[str, list[Grant]] = {}
    for grant in grants:
        by_namespace.setdefault(grant.grant.namespace, []).append(grant)
    around = Surroundings(known.exists, known.catalog.serves)
    found: dict[GrantName, list[tuple[Reference, NearMiss]]] = {}
    for reference in referrers.references:
        here = by_namespace.get(reference.to.namespace, [])
        if permitting(reference, here):
            continue
        # A grant put with its referrer instead of its target is looked for as well.
        misplaced = by_namespace.get(reference.referrer.namespace, [])
        for miss in near_misses(reference, (*here, *misplaced), around):
            if meant(miss, reference):
                found.setdefault(miss.grant, []).append((reference, miss))
    return found


def _references(world: World, scope: Scope, kubectl: Kubectl) -> tuple[ExplainedReference, ...]:
    """The references to the target asked about, from its own namespace too."""
    target = scope.target
    if target is None:
        return ()
    objects: list[JSON] = []
    for kind in REFERRERS:
        if world.catalog.served(kind) is None:
            continue
        local = world.list(
            kind, target.namespace, effect=f"which {kind.kind}s of {target.namespace} refer to {target} is not known"
        )
        everywhere = _listed(world, kind, None)
        others = [obj for obj in everywhere.objects if key_of(obj).namespace != target.namespace]
        objects += [obj for obj in (*local.objects, *others) if _refers(obj, target)]
    report = analyse(world, objects, kubectl)
    return tuple(each for each in report.references if each.reference.to == target)


def _refers(obj: JSON, target: ObjectKey) -> bool:
    held, _ = held_by(obj)
    return any(each.reference.to == target for each in held)
