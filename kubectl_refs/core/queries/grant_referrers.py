"""The objects that may use the grants in a scope, as far as they can be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, product

from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.grants.digest import Digest, identity_digest
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism
from kubectl_refs.core.queries.referring_kinds import may_name, place_of_referrers
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.holders import References, references_uncached
from kubectl_refs.core.view.reads import Answer
from kubectl_refs.core.view.view import View


@dataclass(frozen=True, slots=True)
class GrantScope:
    """The grants that are asked about: those of one namespace, or of all (None).

    `everywhere` looks for referrers in all namespaces, not only in those that `from` entries name: only so can
    references be found that a grant was meant for but fails to permit. `target` asks who references one object.
    `faults` asks which users are broken.
    """

    namespace: str | None
    everywhere: bool = False
    target: ObjectKey | None = None
    faults: bool = False


@dataclass(frozen=True, slots=True)
class FoundReferrers:
    """The objects that may use a grant. `unread` are the kinds and namespaces (None: all) where there may be more.
    `found` has the references of objects for which a `Digest` already found them while reading."""

    objects: tuple[JSON, ...]
    unread: frozenset[tuple[GroupKind, str | None]]
    found: Mapping[int, tuple[JSON, References]]
    kinds_outside_table: frozenset[tuple[GroupKind, str]] = frozenset()
    """Kinds (with namespaces) outside the table of reference fields: their objects are known, their references not."""

    def references_in(self, view: View, obj: JSON) -> References:
        """The references of one of the objects."""
        known = self.found.get(id(obj))
        return references_uncached(view, obj) if known is None else known[1]


def referrers_of(view: View, grants: Sequence[Grant], scope: GrantScope) -> FoundReferrers:
    named = {(entry.group_kind, entry.namespace or "") for grant in grants for entry in grant.from_}
    # Shared by all runs of the analysis: every run but the last asks for more reads.
    digest = view.once(("digest of referrers", scope.target), lambda _: _digest(view, grants, scope))
    table = view.catalog.table
    objects: list[JSON] = []
    unread: set[tuple[GroupKind, str | None]] = set()
    for kind in table.referrers_by(Mechanism.REFERENCE_GRANT) if scope.target is None else table.referrers:
        everywhere, namespaces = _places(kind, named, scope, table)
        if everywhere:
            answer = _listed(view, kind, None, digest, scope)
            if answer.known:
                objects += answer.objects
                # Manifests may be only a part of a cluster, where more objects may use a grant.
                unread |= {(kind, None)} if answer.assumed else set()
                continue
            if answer.pending:
                continue
            if scope.target is not None and _is_namespaced(view, kind):
                namespaces.add(scope.target.namespace)
        for namespace in sorted(namespaces):
            answer = _listed(view, kind, namespace, digest, scope)
            objects += answer.objects
            if not answer.known or answer.assumed:
                unread.add((kind, namespace))
    kinds_outside_table = (
        _add_kinds_outside_table(view, named, objects) if scope.everywhere and scope.target is None else frozenset()
    )
    return FoundReferrers(tuple(objects), frozenset(unread), digest.found or {}, kinds_outside_table)


def _digest(view: View, grants: Sequence[Grant], scope: GrantScope) -> Digest:
    pairs = chain.from_iterable(product(grant.from_, grant.to) for grant in grants)
    given = frozenset((*entry, *target) for entry, target in pairs if target.name is not None)
    return Digest(view.catalog.table, scope.target, {}, given)


def _places(
    kind: GroupKind, named: Collection[tuple[GroupKind, str]], scope: GrantScope, table: Table
) -> tuple[bool, set[str]]:
    """Whether to list a kind in all namespaces, and the single ones to list it in otherwise."""
    namespaces = {namespace for each, namespace in named if each == kind and namespace}
    if scope.target is not None and may_name(kind, scope.target.group_kind):
        own = place_of_referrers(kind, scope.target, table)
        return own is None, namespaces | ({own} if own else set())
    # Core kinds are volume claims, which reference snapshots and claims: list them only if a grant names them.
    return (scope.everywhere and kind.group != "") or (scope.namespace is None and bool(namespaces)), namespaces


def _is_namespaced(view: View, kind: GroupKind) -> bool:
    served = view.catalog.served(kind)
    return served is None or served.namespaced


def _add_kinds_outside_table(
    view: View, named: Collection[tuple[GroupKind, str]], objects: list[JSON]
) -> frozenset[tuple[GroupKind, str]]:
    """Add to `objects` those of kinds outside the table, which could use a grant; return the places fully read."""
    found = set()
    within = view.catalog.table.referrers_by(Mechanism.REFERENCE_GRANT)
    for kind, namespace in sorted(named):
        served = view.catalog.served(kind)
        if kind in within or served is None or not served.namespaced or not namespace:
            continue
        effect = f"which {several(kind.kind)} in {namespace} could use a grant is not known"
        answer = view.list(kind, namespace, metadata_only=True, digest=identity_digest, effect=effect)
        objects += answer.objects
        if answer.known and not answer.assumed:
            found.add((kind, namespace))
    return frozenset(found)


def _listed(view: View, kind: GroupKind, namespace: str | None, digest: Digest, scope: GrantScope) -> Answer:
    if namespace is not None:
        does = "use a grant" if scope.target is None else f"reference {scope.target}"
        effect = f"which {several(kind.kind)} in {namespace} {does} is not known"
    elif scope.target is not None:
        where = " in other namespaces" if _is_namespaced(view, kind) else ""
        effect = f"which {several(kind.kind)}{where} reference {scope.target} is not known"
    elif scope.everywhere:
        effect = f"which {several(kind.kind)} a grant was meant for and does not permit is not known"
    else:
        effect = f"which {several(kind.kind)} use a grant is known only where they could be read"
    return view.list(kind, namespace, digest=digest, effect=effect)
