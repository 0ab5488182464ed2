"""The objects that a change can affect: those that reference a changed object, directly or through others, and those
that a changed ReferenceGrant may be meant for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from kubectl_refs.core.fields.extraction import references_of, selectors_of
from kubectl_refs.core.fields.governing import may_use_grant
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.kinds import GATEWAY, GATEWAY_CLASS, NAMESPACE, REFERENCE_GRANT, ROUTES
from kubectl_refs.core.model.object_changes import Action, ObjectChange
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField, Role
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.referring_kinds import may_name
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.controllers import class_name_of
from kubectl_refs.core.view.reads import Answer
from kubectl_refs.core.view.slimming import slim
from kubectl_refs.core.view.view import View


@dataclass(frozen=True, slots=True)
class AffectedReferrers:
    """The referrers that a change can affect, by their keys, including changed referrers.

    `without_class` are those that depend on a deleted GatewayClass, by the object with which it is deleted. `existing` are all referrers that were read, as they are before the change; `unread` are the kinds and namespaces
    (None: all) where there may be more.
    """

    keys: tuple[ObjectKey, ...]
    without_class: Mapping[ObjectKey, frozenset[ObjectKey]]
    existing: Mapping[ObjectKey, JSON]
    unread: frozenset[tuple[GroupKind, str | None]]


def affected_referrers(view: View, changes: Sequence[ObjectChange], namespaces: Collection[str]) -> AffectedReferrers:
    """The referrers that the changes can affect, found among the objects before the changes.

    If referrers may not be listed in all namespaces, they are looked for in `namespaces`, and in those that the changes
    name. A namespace that may hold more of them is a gap only if it has to be looked through (see `_SearchPlaces`).
    """
    existing, unread = _existing_referrers(view, changes, namespaces)
    table = view.catalog.table
    holders = [each for each in changes if table.fields_of(each.key.group_kind)]
    existing.update((each.key, each.before) for each in holders if each.before is not None)
    index = _Index(table)
    for obj in existing.values():
        index.add(obj)
    for each in holders:
        if each.after is not None:
            index.add(each.after)
    without_class = {each.key: frozenset(index.without_class(each)) for each in changes if _deletes_class(each)}
    return AffectedReferrers(tuple(sorted(index.concerned(changes))), without_class, existing, unread)


def _deletes_class(change: ObjectChange) -> bool:
    return change.action is Action.DELETE and GATEWAY_CLASS in (change.key.group_kind, change.ends)


@dataclass(slots=True)
class _SearchPlaces:
    """Where to look for the referrers of a kind: in all namespaces, if that is needed (`everywhere`) or would be good
    to have (`wished`), and in single ones."""

    everywhere: bool = False
    wished: bool = False
    single: set[str] = field(default_factory=set)


def _existing_referrers(
    view: View, changes: Sequence[ObjectChange], namespaces: Collection[str]
) -> tuple[dict[ObjectKey, JSON], frozenset[tuple[GroupKind, str | None]]]:
    catalog = view.catalog
    found: dict[ObjectKey, JSON] = {}
    unread: set[tuple[GroupKind, str | None]] = set()
    own = {*namespaces, *(each.key.namespace for each in changes if each.key.namespace)}
    for kind in catalog.table.referrers:
        served = catalog.served(kind)
        if served is None and kind.group not in catalog.stale_groups:
            continue
        places = _places(kind, catalog.table, changes)
        needed: list[str | None] = [*sorted(places.single)]
        if served is not None and not served.namespaced:
            needed = [None] if needed or places.everywhere else []
        elif places.everywhere or places.wished:
            answer = view.without_gaps(partial(_list, kind=kind, namespace=None))
            if answer.pending:
                continue
            if answer.known:
                needed = [None]
            else:
                for namespace in sorted(own - places.single):
                    more = view.without_gaps(partial(_list, kind=kind, namespace=namespace))
                    found.update((key_of(obj), obj) for obj in more.objects)
                needed += [None] if places.everywhere else []
        for place in needed:
            answer = _list(view, kind, place)
            found.update((key_of(obj), obj) for obj in answer.objects)
            if not answer.known or answer.assumed:
                unread.add((kind, place))
    return found, frozenset(unread)


def _list(view: View, kind: GroupKind, namespace: str | None) -> Answer:
    where = "other namespaces" if namespace is None else f"namespace {namespace}"
    effect = f"whether the {several(kind.kind)} of {where} are affected is not known"
    digest: Callable[[JSON], JSON] | None = slim(kind) if view.catalog.live else None
    return view.list(kind, namespace, digest=digest, effect=effect)


def _places(kind: GroupKind, table: Table, changes: Iterable[ObjectChange]) -> _SearchPlaces:
    rows = table.fields_of(kind)
    places = _SearchPlaces()
    for change in changes:
        if change.key.group_kind == REFERENCE_GRANT:
            if any(row.governed_by is Mechanism.REFERENCE_GRANT for row in rows):
                entries = [entry for version in change.versions for entry in Grant.parse(version).from_]
                places.single |= {each.namespace for each in entries if each.group_kind == kind and each.namespace}
                # Referrers that a grant nearly fits are reported, but nothing gets worse for them.
                places.wished |= kind.group != ""
        elif change.key.group_kind == NAMESPACE:
            places.single.add(change.key.name)
            places.everywhere |= change.empties and kind.group != ""
            places.wished |= kind.group != ""
        elif change.ends is not None:
            places.everywhere |= kind == change.ends
            if change.ends == REFERENCE_GRANT:
                places.everywhere |= any(row.governed_by is Mechanism.REFERENCE_GRANT for row in rows)
            elif may_name(kind, change.ends):
                _add_target(places, ObjectKey(*change.ends, "", ""), rows)
        elif may_name(kind, change.key.group_kind):
            _add_target(places, change.key, rows)
    return places


def _add_target(places: _SearchPlaces, target: ObjectKey, rows: Iterable[ReferenceField]) -> None:
    routes = target.group_kind in ROUTES
    for row in rows:
        if routes and row.role is not Role.POLICY_TARGET:
            continue
        if row.governed_by is Mechanism.LOCAL and target.namespace and not row.selects:
            places.single.add(target.namespace)
        else:
            places.everywhere = True


class _Index:
    """Referrers, indexed by their targets. The GatewayClass of a Gateway counts as one."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._by_target: dict[ObjectKey, set[ObjectKey]] = defaultdict(set)
        self._by_target_namespace: dict[str, set[ObjectKey]] = defaultdict(set)
        self._by_namespace: dict[str, set[ObjectKey]] = defaultdict(set)
        self._crossing_into: dict[str, set[ObjectKey]] = defaultdict(set)
        self._crossing_from: dict[str, set[ObjectKey]] = defaultdict(set)
        self._selecting: set[ObjectKey] = set()
        self._holders: set[ObjectKey] = set()

    def add(self, obj: JSON) -> None:
        key = key_of(obj)
        self._holders.add(key)
        self._by_namespace[key.namespace].add(key)
        for found in references_of(obj, self._table)[0]:
            to = found.reference.to
            self._by_target[to].add(key)
            self._by_target_namespace[to.namespace].add(key)
            if may_use_grant(found, obj):
                self._crossing_into[to.namespace].add(key)
                self._crossing_from[key.namespace].add(key)
        if selectors_of(obj, self._table):
            self._selecting.add(key)
        if key.group_kind == GATEWAY and (name := class_name_of(obj)) is not None:
            self._by_target[ObjectKey(*GATEWAY_CLASS, "", name)].add(key)

    def concerned(self, changes: Iterable[ObjectChange]) -> set[ObjectKey]:
        # Which objects a selector selects is known only once it is evaluated.
        first = set(self._selecting)
        for change in changes:
            key = change.key
            first |= self._by_target[key] | ({key} & self._holders)
            if key.group_kind == NAMESPACE:
                first |= self._by_namespace[key.name] | self._by_target_namespace[key.name]
            elif key.group_kind == REFERENCE_GRANT:
                first |= self._crossing_into[key.namespace] | self._crossing_from[key.namespace]
            elif change.ends is not None:
                first |= self._of_kind(change.ends)
        return self._with_dependents(first)

    def without_class(self, change: ObjectChange) -> set[ObjectKey]:
        """The Gateways of a deleted GatewayClass, or of all classes, and what depends on them."""
        return self._with_dependents(self._of_kind(GATEWAY_CLASS) if change.ends else self._by_target[change.key])

    def _of_kind(self, kind: GroupKind) -> set[ObjectKey]:
        """The objects of a kind, and those that reference one."""
        if kind == REFERENCE_GRANT:
            return set().union(*self._crossing_into.values())
        targets = (found for key, found in self._by_target.items() if key.group_kind == kind)
        return {key for key in self._holders if key.group_kind == kind}.union(*targets)

    def _with_dependents(self, first: set[ObjectKey]) -> set[ObjectKey]:
        found, open_ = set(first), list(first)
        while open_:
            more = self._by_target[open_.pop()] - found
            found |= more
            open_ += more
        return found
