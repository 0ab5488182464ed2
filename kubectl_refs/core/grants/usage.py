"""Who uses each grant: every reference that it permits, and what would break without it (docs/rules.md 1.8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial

from kubectl_refs.core.fields.binding import RouteBinding
from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.fields.governing import may_use_grant, passes_by_default
from kubectl_refs.core.fields.implementations.envoy_gateway import ENVOY_POLICIES
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.grants.digest import Digest, Wanted, wanted_without_namespace
from kubectl_refs.core.grants.grant import FromEntry, Grant, Pair
from kubectl_refs.core.model.kinds import SERVICE_IMPORT
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, Role
from kubectl_refs.core.model.references import Reference
from kubectl_refs.core.model.values import key_of, may_be, unsubstituted
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.holders import References, references_in
from kubectl_refs.core.view.view import View

WELL_KNOWN_GROUPS = frozenset({"", GATEWAY_GROUP, SERVICE_IMPORT.group})
"""Groups whose kinds are referenced only by fields in the table. An implementation may reference its own kinds by other
means, such as Kong's annotations (docs/rules.md 1.8), so finding no user of them says little."""


_Target = tuple[str | None, ...]
"""The group, kind and namespace of a target, and its name where a single object is meant."""


@dataclass(frozen=True, slots=True)
class UsedPair:
    """A permission of a grant with the references that use it.

    `known` is False where the users could not be determined: their kind is not in the table, or could not be read.
    `note` is a sentence, without its full stop, on an implementation that does not honour the name of the target.
    """

    from_index: int
    to_index: int
    pair: Pair
    users: tuple[Reference, ...]
    known: bool
    note: str = ""

    @property
    def entries(self) -> frozenset[str]:
        """The paths of its two entries."""
        return frozenset((f"spec.from[{self.from_index}]", f"spec.to[{self.to_index}]"))


@dataclass(frozen=True, slots=True)
class Usage:
    """A grant and its users. `pairs` is empty if the grant lacks entries, or no API server accepts it.

    `sole` are the references that would be refused without the grant, because no other grant permits them and a Gateway
    requires one. `mesh` are the users bound only to Services, for which most meshes require no grant; `optional` are
    the users that only some implementations refuse without one.
    `possible_referrers` are the objects that its `from` entries let refer, whether they do or not, since `from` has no
    name; None where they could not be read.
    """

    grant: Grant
    pairs: tuple[UsedPair, ...]
    users: tuple[Reference, ...]
    sole: tuple[Reference, ...]
    mesh: frozenset[Reference]
    optional: frozenset[Reference]
    possible_referrers: Mapping[FromEntry, tuple[ObjectKey, ...] | None]

    @property
    def known(self) -> bool:
        """Whether every possible user of the grant could be looked at."""
        return all(pair.known for pair in self.pairs)


class Referrers:
    """The objects that may use grants, indexed by what they reference.

    `unread` says where there may be more. `listed` are kinds and namespaces beyond the table whose objects are among
    those given: their identity is known, their references are not. `found` returns an object's references, for callers
    that have found them before.
    """

    def __init__(
        self,
        table: Table,
        objects: Iterable[JSON],
        unread: Iterable[tuple[GroupKind, str | None]] = (),
        listed: Iterable[tuple[GroupKind, str]] = (),
        found: Callable[[JSON], References] | None = None,
    ) -> None:
        self._by_ends: dict[tuple[FromEntry, _Target], list[Reference]] = defaultdict(list)
        self._by_kinds: dict[tuple[FromEntry, _Target], list[Reference]] = defaultdict(list)
        self._without_namespace: dict[Wanted, Reference] = {}
        self._possible: dict[FromEntry, tuple[ObjectKey, ...]] = {}
        self._by_kind: dict[GroupKind, dict[str, list[ObjectKey]]] = defaultdict(lambda: defaultdict(list))
        self.references: list[Reference] = []
        self.mesh: set[ObjectKey] = set()
        self.optional: set[Reference] = set()
        self._unsubstituted: list[Reference] = []
        self._found = found or partial(references_of, table=table)
        self._kinds = frozenset(table.referrers_by(Mechanism.REFERENCE_GRANT))
        self._on_names = {kind: row.on_names for row in table if row.on_names for kind in row.referrers}
        self._unread = frozenset(unread)
        self._listed = frozenset(listed)
        for obj in objects:
            key = key_of(obj)
            self._by_kind[key.group_kind][key.namespace].append(key)
            if "spec" in obj:
                self._index_references(key, obj)

    def _index_references(self, key: ObjectKey, obj: JSON) -> None:
        found, _ = self._found(obj)
        for each in found:
            wanted = wanted_without_namespace(each, obj)
            if wanted is not None:
                self._without_namespace.setdefault(wanted, each.reference)
        crossing = [each for each in found if may_use_grant(each, obj)]
        if not crossing:
            return
        parents = [each.reference for each in found if each.field.role is Role.PARENT]
        if RouteBinding.of(obj, parents) is RouteBinding.MESH:
            self.mesh.add(key)
        references = [each.reference for each in crossing]
        self.references += references
        self.optional.update(each.reference for each in crossing if passes_by_default(each))
        self._unsubstituted += [each for each in references if each.unsubstituted]
        who = FromEntry.of(key)
        for reference in references:
            self._by_ends[who, reference.to].append(reference)
            self._by_kinds[who, reference.to[:3]].append(reference)

    def without_namespace(self, pair: Pair) -> Reference | None:
        """The first reference that a permission would be for if the reference had not left out its namespace."""
        return self._without_namespace.get((*pair.from_, *pair.to))

    def groups_alike(self) -> Iterator[Sequence[Reference]]:
        """References grouped by all that grants see of them: the referrer's kind and namespace, and the target. Routes
        bound only to Services, and what passes without a grant by default, are left out. Among thousands of references,
        many are alike."""
        for references in self._by_ends.values():
            needing = [each for each in references if self.needs_grant(each)] if self._some_need_none else references
            if needing:
                yield needing

    @property
    def _some_need_none(self) -> bool:
        return bool(self.mesh or self.optional)

    def needs_grant(self, reference: Reference) -> bool:
        """Whether a reference is refused where no grant permits it."""
        return reference.referrer not in self.mesh and reference not in self.optional

    def read(self, entry: FromEntry) -> bool:
        """Whether every object that a `from` entry covers was read."""
        kind = entry.group_kind
        return kind in self._kinds and not self._unread & {(kind, None), (kind, entry.namespace)}

    def known(self, pair: Pair, namespace: str) -> bool:
        """Whether every reference into a namespace that a permission there may permit would have been seen. One with a
        name that is not substituted yet may be another than it seems."""
        if any(map(unsubstituted, (namespace, *filter(None, (*pair.from_, *pair.to))))):
            return False
        if self._unsubstituted and self._may_use(pair, namespace):
            return False
        selecting = pair.from_.group_kind in ENVOY_POLICIES
        told = pair.to.group in WELL_KNOWN_GROUPS and not (selecting and pair.to.group == GATEWAY_GROUP)
        return told and self.read(pair.from_)

    def _may_use(self, pair: Pair, namespace: str) -> bool:
        # Imported here: a cluster has no such names.
        from kubectl_refs.core.grants.placeholders import may_permit

        return any(may_be(each.to.namespace, namespace) and may_permit(pair, each) for each in self._unsubstituted)

    def possible_referrers(self, entry: FromEntry) -> tuple[ObjectKey, ...] | None:
        """The objects that an entry lets refer; None where they could not be read."""
        kind, namespace = entry.group_kind, entry.namespace or ""
        if not self.read(entry) and (kind, namespace) not in self._listed:
            return None
        if entry not in self._possible:
            self._possible[entry] = () if entry.group is None else tuple(self._by_kind[kind].get(namespace, ()))
        return self._possible[entry]

    def note_on(self, pair: Pair) -> str:
        """What an implementation makes of the name in a permission; empty if it honours it, or there is none."""
        return "" if pair.to.name is None else self._on_names.get(pair.from_.group_kind, "")

    def users(self, pair: Pair, namespace: str) -> tuple[Reference, ...]:
        """The references into a namespace that a permission there permits."""
        from_, (group, kind, name) = pair.from_, pair.to
        # A group, kind or namespace left out, as only a manifest can, equals nothing.
        if name is None:
            return tuple(self._by_kinds.get((from_, (group, kind, namespace)), ()))
        return tuple(self._by_ends.get((from_, (group, kind, namespace, name)), ()))


def usages(grants: Sequence[Grant], referrers: Referrers) -> tuple[Usage, ...]:
    """The usage of each grant, in order. Pass all grants of a namespace, for `Usage.sole` depends on the others."""
    found: list[tuple[Grant, tuple[UsedPair, ...], dict[Reference, None]]] = []
    # Sets reuse each other's hashes; references added one by one would each be hashed again.
    seen: set[Reference] = set()
    shared: set[Reference] = set()
    for grant in grants:
        pairs = tuple(
            UsedPair(
                from_index,
                to_index,
                pair,
                referrers.users(pair, grant.grant.namespace),
                # Within its own namespace nothing needs a grant.
                entry.namespace == grant.grant.namespace or referrers.known(pair, grant.grant.namespace),
                referrers.note_on(pair),
            )
            for from_index, entry in enumerate(grant.from_ if grant.admissible else ())
            for to_index, target in enumerate(grant.to)
            for pair in (Pair(entry, target),)
        )
        users = dict.fromkeys(user for pair in pairs for user in pair.users)
        found.append((grant, pairs, users))
        shared |= seen & set(users)
        seen.update(users)
    return tuple(_usage(*each, shared, referrers) for each in found)


def usage_of(view: View, grant: Grant) -> Usage:
    """The usage of one grant, regardless of others, from the objects of each kind and namespace that it lets refer."""
    objects: list[JSON] = []
    unread: set[tuple[GroupKind, str | None]] = set()
    referring = view.catalog.table.referrers_by(Mechanism.REFERENCE_GRANT)
    for entry in dict.fromkeys(grant.from_):
        kind, namespace = entry.group_kind, entry.namespace
        # Within its own namespace nothing needs the grant.
        if kind not in referring or namespace in (None, "", grant.grant.namespace):
            continue
        effect = f"which {several(kind.kind)} in {namespace} use ReferenceGrant {grant.grant} is not known"
        answer = view.list(kind, namespace, digest=Digest(view.catalog.table), effect=effect)
        objects += answer.objects
        if not answer.known or answer.assumed:
            unread.add((kind, namespace))
    return usages([grant], Referrers(view.catalog.table, objects, unread, found=partial(references_in, view)))[0]


def _usage(
    grant: Grant,
    pairs: tuple[UsedPair, ...],
    users: Mapping[Reference, None],
    shared: Set[Reference],
    referrers: Referrers,
) -> Usage:
    """`shared` are the references that several grants permit."""
    mesh = frozenset(user for user in users if user.referrer in referrers.mesh) if referrers.mesh else frozenset()
    optional = frozenset(referrers.optional.intersection(users)) if referrers.optional else frozenset()
    sole = _chosen_in_order(users, set(users) - shared - mesh - optional)
    able = {entry: referrers.possible_referrers(entry) for entry in dict.fromkeys(pair.pair.from_ for pair in pairs)}
    return Usage(grant, pairs, tuple(users), sole, mesh, optional, able)


def _chosen_in_order(users: Mapping[Reference, None], chosen: Set[Reference]) -> tuple[Reference, ...]:
    """The chosen users, in their order: nearly always none or all."""
    if len(chosen) in (0, len(users)):
        return tuple(users) if chosen else ()
    return tuple(user for user in users if user in chosen)
