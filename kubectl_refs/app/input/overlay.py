"""Manifests laid over a cluster: the cluster as it will be once they are applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from kubectl_refs.core.model.kinds import NAMESPACE, REFERENCE_GRANT
from kubectl_refs.core.model.object_changes import NO_DELETIONS, Deletions
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Get, List, Read, Source, names_placeholder, not_substituted, unserved

if TYPE_CHECKING:
    from kubectl_refs.manifests.source import Manifests


class Overlay:
    """A cluster whose objects are replaced by those of the same name in manifests (reads.Source).

    Everything else is the cluster's. What could not be read from it stays unknown, except an object in the manifests.
    Each object is the result of applying its manifest to the cluster's, computed as it is read, or comes from `objects`
    if the results are known already and not all of them count. `deleted` is what is removed from the cluster.
    """

    def __init__(
        self,
        cluster: Source,
        manifests: Manifests,
        objects: Mapping[ObjectKey, JSON] | None = None,
        deleted: Deletions = NO_DELETIONS,
    ) -> None:
        self.manifests = manifests
        self.cluster = cluster
        self._known = objects is not None
        self._objects = {key_of(obj): without_status(obj) for obj in manifests.objects} if objects is None else objects
        self._names = frozenset(self._objects)
        self._deleted = deleted

    @property
    def objects(self) -> tuple[JSON, ...]:
        """The objects of the manifests."""
        return tuple(self._objects.values())

    @cached_property
    def catalog(self) -> Catalog:
        """The cluster's kinds that are not deleted, and the manifests' kinds that it does not serve yet."""
        served = self.cluster.catalog
        held = {key.group_kind for key in self._objects}
        left = (kind for kind in served if kind.group_kind not in self._deleted.kinds - held)
        new = (
            kind for kind in self.manifests.catalog if kind.group_kind in held and not served.served(kind.group_kind)
        )
        return Catalog((*left, *new), served.stale_groups, overlaid=True, table=served.table)

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        wanted = {read: self._cluster_read(read) for read in reads}
        answers = self.cluster.read([each for each in wanted.values() if each is not None])
        return {
            read: self._manifest_answer(read) if asked is None else self._overlaid(read, answers[asked])
            for read, asked in wanted.items()
        }

    def _manifest_answer(self, read: Read) -> Answer:
        """The answer to a read that the cluster knows nothing of."""
        if self.catalog.served(read.group_kind) is None:
            return unserved(self.catalog, read)
        if isinstance(read, Get):
            obj = self._objects.get(read.key)
            if obj is None and read.group_kind == NAMESPACE:
                # A namespace with objects of the manifests will exist, whatever its placeholder stands for.
                return self.manifests.read([read])[read]
            return Answer(assumed=True) if obj is None else Answer((obj,))
        mine = tuple(
            obj for key, obj in self._objects.items() if key.group_kind == read.group_kind and _is_selected(obj, read)
        )
        if read.group_kind == REFERENCE_GRANT and read.namespace and not self.manifests.catalog.holds(read.namespace):
            return Answer(failure=not_substituted(read.namespace))
        return Answer(mine, assumed=read.group_kind != REFERENCE_GRANT)

    def _cluster_read(self, read: Read) -> Read | None:
        """The read to make of the cluster; None for an object that is known, for a name with a placeholder, and for a
        kind that is deleted."""
        if names_placeholder(read) or read.group_kind in self._deleted.kinds:
            return None
        if self._known:
            return None if isinstance(read, Get) and read.key in self._objects else read
        if isinstance(read, Get) or read.digest is None:
            return read
        return read._replace(digest=_KeepWhole(self._names, read.digest))

    def _overlaid(self, read: Read, answer: Answer) -> Answer:
        if isinstance(read, Get):
            if read.key in self._objects:
                return Answer((self._applied(read.key, answer.object),))
            if self._is_deleted(read.key):
                return Answer()
            if read.key.group_kind != NAMESPACE or not answer.absent:
                return answer
            # A namespace with objects of the manifests will exist: it has to be created before them.
            implied = self.manifests.read([read])[read]
            return implied if implied.objects else answer
        if answer.failure is not None:
            return answer
        kept, existing = [], {}
        for obj in answer.objects:
            key = key_of(obj)
            if key in self._objects:
                existing[key] = obj
            elif not self._is_deleted(key):
                kept.append(obj)
        own = (self._applied(key, existing.get(key)) for key in self._objects if key.group_kind == read.group_kind)
        mine = tuple(obj if read.digest is None else read.digest(obj) for obj in own if _is_selected(obj, read))
        return Answer((*kept, *mine)) if mine or answer.served else answer

    def _applied(self, key: ObjectKey, existing: JSON | None) -> JSON:
        """An object of the manifests as it will be, applied to the cluster's if there is one."""
        if self._known or existing is None:
            return self._objects[key]
        # Imported here: not needed for a cluster alone.
        from kubectl_refs.core.queries.differences.applied import applied

        return without_status(applied(existing, self._objects[key]))

    def _is_deleted(self, key: ObjectKey) -> bool:
        return key not in self._objects and key in self._deleted


@dataclass(frozen=True, slots=True)
class _KeepWhole:
    """A digest that keeps some objects whole: manifests will be applied to them, which takes all their fields."""

    keys: frozenset[ObjectKey]
    digest: Callable[[JSON], JSON]

    def __call__(self, obj: JSON) -> JSON:
        return obj if key_of(obj) in self.keys else self.digest(obj)


def _is_selected(obj: JSON, read: List) -> bool:
    return read.namespace in (None, key_of(obj).namespace) and read.holds(obj)


def without_status(obj: JSON) -> JSON:
    """An object as if no controller had seen it: without status, and with generation 0, which no server assigns."""
    without = {field: value for field, value in obj.items() if field != "status"}
    return {**without, "metadata": {**obj["metadata"], "generation": 0}}
