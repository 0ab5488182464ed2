"""Manifests as a source: what `-f` names is a part of a cluster, or with `--whole` all of it.

A part holds all grants of the namespaces in it, because that is where a missing grant belongs. Nothing is known about
any other object that is not in it: it is assumed to exist elsewhere.

The objects are completed with the metadata that an API server would add, and with nothing else: the rules themselves
know the defaults of the fields they look at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, BinaryIO

from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.fields.makers import EVERYWHERE, made_by_objects
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.grants.grant import meant_as_grants
from kubectl_refs.core.model.kinds import NAMESPACE, REFERENCE_GRANT, namespace_key
from kubectl_refs.core.model.makers import Made
from kubectl_refs.core.model.names import can_exist
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.core.view.offline import offline_catalog
from kubectl_refs.core.view.reads import Answer, Failure, Get, List, Read, names_placeholder, not_substituted
from kubectl_refs.manifests.completion import completed, in_served_version, known_by_name, namespace_named
from kubectl_refs.process.errors import RefsError
from kubectl_refs.process.time_limit import TIMEOUT

if TYPE_CHECKING:
    from kubectl_refs.manifests.manifest import Origin
    from kubectl_refs.manifests.scanning import Skipped


_USUAL = offline_catalog()

EXISTING = ("default", "kube-node-lease", "kube-public", "kube-system")
"""Namespaces that every cluster has."""


def load(
    paths: Sequence[str],
    *,
    recursive: bool,
    kustomize: str | None = None,
    default_namespace: str,
    stdin: BinaryIO | None,
    whole: bool,
    table: Table = TABLE,
    timeout: float | None = TIMEOUT,
    kinds: Iterable[ServedKind] = (),
) -> Manifests:
    """The manifests in files, folders (with subfolders if `recursive`), patterns, or `stdin` for `-`, and those built
    from the kustomization in the folder `kustomize`.

    They are the `whole` cluster or a part of one. Namespaced objects without a namespace are put into that of a
    kustomization beside them, or else into `default_namespace`. `timeout` is for each file, in seconds, None for none;
    `kinds` are those a server is known to serve. RefsError for anything that cannot be read or is no Kubernetes object.
    """
    # Imported here: a cluster has no files.
    from kubectl_refs.manifests.files import read_objects

    found = read_objects(paths, recursive=recursive, kustomize=kustomize, stdin=stdin, timeout=timeout)
    objects, origins = [each.object for each in found.manifests], [each.origin for each in found.manifests]
    return Manifests(
        objects,
        default_namespace,
        table,
        origins,
        whole=whole,
        kustomizations=found.kustomizations,
        skipped=found.skipped,
        unread=found.unread,
        kinds=kinds,
    )


class Manifests:
    """A set of objects as a cluster (reads.Source).

    If they are the `whole` cluster, anything not among them does not exist; if they are a part of one, it is assumed
    to. A namespace exists as soon as an object lives in it. Of two objects with the same identity the later one counts,
    as if both had been applied in turn. `origins` tells where each object was read, `kustomizations` are the
    kustomizations beside them, `skipped` the files that hold no objects, `unread` why others could not be read. `gone`
    are objects known not to exist elsewhere either, and `ended` kinds: they have just been removed.
    """

    def __init__(
        self,
        objects: Iterable[JSON],
        default_namespace: str,
        table: Table = TABLE,
        origins: Iterable[Origin] = (),
        *,
        whole: bool = True,
        kustomizations: Iterable[JSON] = (),
        skipped: Sequence[Skipped] = (),
        unread: Sequence[RefsError] = (),
        kinds: Iterable[ServedKind] = (),
        gone: Iterable[ObjectKey] = (),
        ended: Collection[GroupKind] = (),
    ) -> None:
        given = tuple(objects)
        self._gone = frozenset(gone)
        self._ended = frozenset(ended)
        self._made_of = default_namespace, tuple(kustomizations), tuple(kinds)
        self.skipped = tuple(skipped)
        self.unread = tuple(unread)
        self._part = not whole
        _, kustomizations, kinds = self._made_of
        # Imported here: not needed for a cluster.
        from kubectl_refs.manifests.kinds import kinds_of

        known = [served for served in kinds_of(given, kinds) if served.group_kind not in self._ended]
        self.catalog = Catalog(known, live=False, table=table)
        self._by_key: dict[ObjectKey, JSON] = {}
        self._origins: dict[ObjectKey, Origin] = {}
        self.replaced: list[tuple[ObjectKey, Origin]] = []
        """The objects that are given again further on with different contents, and where they were read."""
        self.of_old_versions: list[ObjectKey] = []
        """The ReferenceGrants that count although today's releases do not serve their version."""
        for obj, origin in zip_longest(given, origins):
            served = in_served_version(obj) if whole else obj
            complete = completed(served, self.catalog, (origin and origin.namespace) or default_namespace)
            key = key_of(complete)
            if served is not obj:
                self.of_old_versions.append(key)
            # Removed first, so that it is ordered by where it was given last.
            earlier = self._by_key.pop(key, None)
            if earlier is not None and earlier != complete and key in self._origins:
                self.replaced.append((key, self._origins[key]))
            self._by_key[key] = complete
            if origin is not None:
                self._origins[key] = origin
        self._by_kind: dict[tuple[GroupKind, str | None], list[JSON]] = defaultdict(list)
        self._by_name: dict[tuple[GroupKind, str], list[JSON]] = defaultdict(list)
        for key, obj in self._by_key.items():
            self._by_kind[key.group_kind, None].append(obj)
            self._by_name[key.group_kind, key.name].append(obj)
            if key.namespace:
                self._by_kind[key.group_kind, key.namespace].append(obj)
        self._meant_as_grants = [kind for kind, place in self._by_kind if place is None and meant_as_grants(kind)]
        own = {key.name for key in self._by_key if key.group_kind == NAMESPACE}
        used = dict.fromkeys(key.namespace for key in self._by_key if key.namespace)
        self._implied = {name: namespace_named(name) for name in used if name not in own}
        self._made_objects = self._made()
        if self._part:
            self.catalog = Catalog(
                known, live=False, table=table, held={*own, *used, *(key.namespace for key in self._gone)}
            )

    @property
    def objects(self) -> tuple[JSON, ...]:
        """All objects in the order of the files; an object given twice is in its last place."""
        return tuple(self._by_key.values())

    def _made(self) -> Mapping[ObjectKey, Made]:
        """The objects that these objects and the kustomizations will make."""
        rows = self.catalog.table.makers
        kinds = dict.fromkeys(row.maker for row in rows)
        makers = (obj for kind in kinds for obj in self._by_kind.get((kind, None), ()))
        return made_by_objects((*makers, *self._made_of[1]), rows, self._by_key)

    def with_other(self, key: ObjectKey, obj: JSON | None) -> Manifests:
        """A copy with another object under a key that is or was among them, or with none. It is cheaper than `changed`,
        because it keeps most of what was derived from the other objects."""
        old = self._by_key.get(key)

        def exchanged(objects: Iterable[JSON]) -> list[JSON]:
            return [*(each for each in objects if each is not old), *([] if obj is None else [obj])]

        gone = self._gone | {key} if obj is None else self._gone - {key}
        if key.group_kind == NAMESPACE or _USUAL.served(key.group_kind) is None:
            # Other objects depend on these for their namespace or their kind.
            return self.changed(exchanged(self.objects), gone, self._ended)
        found = copy(self)
        found._gone = gone
        found._by_key = {each: kept for each, kept in self._by_key.items() if each != key}
        if obj is not None:
            found._by_key[key] = obj
        found._by_kind, found._by_name = self._by_kind.copy(), self._by_name.copy()
        for place in {None, key.namespace or None}:
            found._by_kind[key.group_kind, place] = exchanged(self._by_kind.get((key.group_kind, place), ()))
        named = key.group_kind, key.name
        found._by_name[named] = exchanged(self._by_name.get(named, ()))
        found._implied = {**self._implied}
        if key.namespace and namespace_key(key.namespace) not in self._by_key:
            if any(each.namespace == key.namespace for each in found._by_key):
                found._implied.setdefault(key.namespace, namespace_named(key.namespace))
            else:
                found._implied.pop(key.namespace, None)
        found._made_objects = found._made()
        return found

    def changed(
        self, objects: Iterable[JSON], gone: Iterable[ObjectKey], ended: Collection[GroupKind] = ()
    ) -> Manifests:
        """Other objects with the same kustomizations, as the same part of a cluster."""
        namespace, kustomizations, kinds = self._made_of
        return Manifests(
            objects,
            namespace,
            self.catalog.table,
            whole=not self._part,
            kustomizations=kustomizations,
            kinds=kinds,
            gone=gone,
            ended=ended,
        )

    def origin(self, key: ObjectKey) -> Origin | None:
        """Where an object of `objects` was read; None for any other, such as an implied namespace."""
        found = self._origins.get(key)
        if found is None and key.group_kind == REFERENCE_GRANT:
            # An object that is meant as a grant is reported as one.
            others = (ObjectKey(*kind, key.namespace, key.name) for kind in self._meant_as_grants)
            found = next((self._origins[each] for each in others if each in self._origins), None)
        return found

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        return {read: self._get(read.key) if isinstance(read, Get) else self._list(read) for read in reads}

    def _get(self, key: ObjectKey) -> Answer:
        if self.catalog.served(key.group_kind) is None:
            return self._unserved(key.group_kind)
        obj = self._by_key.get(key)
        if obj is None and key.group_kind == NAMESPACE and (key.name in self._implied or key.name in EXISTING):
            return Answer((namespace_named(key.name),), partial=True)
        return Answer((obj,)) if obj is not None else self._answer_for_absent(key)

    def _answer_for_absent(self, key: ObjectKey) -> Answer:
        """The answer about an object that is not among the manifests."""
        if names_placeholder(Get(key)):
            return Answer(assumed=True)
        everywhere = key._replace(namespace=EVERYWHERE)
        made = self._made_objects.get(key) or self._made_objects.get(everywhere)
        if not self._part:
            # Its maker has not made it.
            return Answer(made_by=made.maker if made else None)
        if made is None:
            return Answer(assumed=key not in self._gone and can_exist(key))
        obj = {**known_by_name(key), "type": made.type} if made.type else known_by_name(key)
        return Answer((obj,), partial=True, made_by=made.maker, type_field=made.type_field if made.type else "")

    def _is_listed(self, key: ObjectKey, read: List) -> bool:
        """Whether a list includes an object that is made in a known namespace and is not among the manifests."""
        apart = key.namespace != EVERYWHERE and key not in self._by_key
        return apart and key.group_kind == read.group_kind and read.namespace in (None, key.namespace)

    def _unserved(self, kind: GroupKind) -> Answer:
        known = kind in self._ended or self.catalog.lacking(kind)
        return Answer(served=False) if known else Answer(assumed=self._part)

    def _has(self, namespace: str) -> bool:
        """Whether the manifests speak of a namespace, and so hold its grants; a whole cluster speaks of all."""
        if self._part or not self.catalog.is_open(namespace):
            return self.catalog.holds(namespace)
        return namespace in self._implied or namespace_key(namespace) in self._by_key

    def _list(self, read: List) -> Answer:
        # Objects are in memory, so they are answered whole: a digest would cost more than it saves.
        if self.catalog.served(read.group_kind) is None:
            return self._unserved(read.group_kind)
        if read.group_kind == REFERENCE_GRANT and read.namespace and not self._has(read.namespace):
            if self.catalog.is_open(read.namespace):
                return Answer(failure=not_substituted(read.namespace))
            return Answer(failure=Failure(None, f"these manifests hold nothing of namespace {read.namespace}"))
        if read.name is None or read.namespace is not None:
            found = self._by_kind.get((read.group_kind, read.namespace), [])
            if read.group_kind == REFERENCE_GRANT:
                # Objects that are meant as grants are listed as grants.
                others = (self._by_kind.get((kind, read.namespace), ()) for kind in self._meant_as_grants)
                found = [*found, *chain.from_iterable(others)]
        else:
            found = self._by_name.get((read.group_kind, read.name), [])
        implied: Iterable[JSON] = self._implied.values() if read.group_kind == NAMESPACE else ()
        if self._part and read.metadata_only:
            # A reference may mean an object that will be made in another namespace.
            implied = (*implied, *(known_by_name(key) for key in self._made_objects if self._is_listed(key, read)))
        objects, only_named = (tuple(filter(read.holds, group)) for group in (found, implied))
        found_objects = objects + only_named
        # All grants of a namespace are here; there may be more of other kinds, and in other namespaces.
        complete = not self._part or (read.group_kind == REFERENCE_GRANT and bool(read.namespace))
        return Answer(found_objects, partial=bool(only_named), assumed=not complete)
