"""Manifests laid over a cluster: what it would be like once they are applied."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Get, List, Read, Source

if TYPE_CHECKING:
    from kubectl_refs.manifests.source import Manifests


class Overlay:
    """A cluster with the objects of manifests in the place of its own of the same name (reads.Source).

    All else is the cluster's. What could not be read of it stays unknown, except an object that the manifests hold.
    `objects` are those of them that count, as they will be, where not all do; `deleted` are those of the cluster that are
    no more, a Namespace with everything in it.
    """

    def __init__(
        self,
        cluster: Source,
        manifests: Manifests,
        objects: Mapping[ObjectKey, JSON] | None = None,
        deleted: Collection[ObjectKey] = (),
    ) -> None:
        self.manifests = manifests
        self.cluster = cluster
        self._objects = {key_of(obj): unseen(obj) for obj in manifests.objects} if objects is None else objects
        self._deleted = frozenset(deleted)
        self._emptied = frozenset(key.name for key in deleted if key.group_kind == NAMESPACE)

    @property
    def objects(self) -> tuple[JSON, ...]:
        """The objects of the manifests."""
        return tuple(self._objects.values())

    @cached_property
    def catalog(self) -> Catalog:
        """The cluster's kinds, and those of the manifests that it does not serve yet."""
        served = self.cluster.catalog
        held = {key.group_kind for key in self._objects}
        new = (
            kind for kind in self.manifests.catalog if kind.group_kind in held and not served.served(kind.group_kind)
        )
        return Catalog((*served, *new), served.stale_groups, live=True, table=served.table)

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        wanted = tuple(dict.fromkeys(reads))
        replaced = {read for read in wanted if isinstance(read, Get) and read.key in self._objects}
        answers = self.cluster.read([read for read in wanted if read not in replaced])
        return {
            read: Answer((self._objects[read.key],))
            if isinstance(read, Get) and read in replaced
            else self._laid_over(read, answers[read])
            for read in wanted
        }

    def _laid_over(self, read: Read, answer: Answer) -> Answer:
        if isinstance(read, Get):
            if self._is_deleted(read.key):
                return Answer()
            # Whatever stands in a namespace needs it: applying it comes after that.
            created = read.key.group_kind == NAMESPACE and answer.absent
            return self.manifests.read([read])[read] if created else answer
        if answer.failure is not None:
            return answer
        kept = tuple(obj for obj in answer.objects if not self._is_replaced(key_of(obj)))
        mine = tuple(
            obj if read.digest is None else read.digest(obj) for obj in self._objects.values() if _in(obj, read)
        )
        return Answer((*kept, *mine)) if mine or answer.served else answer

    def _is_deleted(self, key: ObjectKey) -> bool:
        return key not in self._objects and (key in self._deleted or key.namespace in self._emptied)

    def _is_replaced(self, key: ObjectKey) -> bool:
        return key in self._objects or key in self._deleted or key.namespace in self._emptied


def _in(obj: JSON, read: List) -> bool:
    key = key_of(obj)
    return key.group_kind == read.group_kind and read.namespace in (None, key.namespace) and read.holds(obj)


def unseen(obj: JSON) -> JSON:
    """An object as no controller has seen it: without a status, and of generation 0, which no server gives."""
    without = {field: value for field, value in obj.items() if field != "status"}
    return {**without, "metadata": {**obj["metadata"], "generation": 0}}
