"""Manifests laid over a cluster: what it would be like once they are applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Get, List, Read

if TYPE_CHECKING:
    from kubectl_refs.kube.cluster import Cluster
    from kubectl_refs.manifests.source import Manifests


class Overlay:
    """A cluster with the objects of manifests in the place of its own of the same name (reads.Source).

    All else is the cluster's. What could not be read of it stays unknown, except an object that the manifests hold.
    """

    def __init__(self, cluster: Cluster, manifests: Manifests) -> None:
        self.manifests = manifests
        self._cluster = cluster
        self._objects = {key_of(obj): _unseen(obj) for obj in manifests.objects}

    @property
    def objects(self) -> tuple[JSON, ...]:
        """The objects of the manifests."""
        return tuple(self._objects.values())

    @cached_property
    def catalog(self) -> Catalog:
        """The cluster's kinds, and those of the manifests that it does not serve yet."""
        served = self._cluster.catalog
        held = {key.group_kind for key in self._objects}
        new = (
            kind for kind in self.manifests.catalog if kind.group_kind in held and not served.served(kind.group_kind)
        )
        return Catalog((*served, *new), served.stale_groups, live=True, table=served.table)

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        wanted = tuple(dict.fromkeys(reads))
        replaced = {read for read in wanted if isinstance(read, Get) and read.key in self._objects}
        answers = self._cluster.read([read for read in wanted if read not in replaced])
        return {
            read: Answer((self._objects[read.key],))
            if isinstance(read, Get) and read in replaced
            else self._laid_over(read, answers[read])
            for read in wanted
        }

    def _laid_over(self, read: Read, answer: Answer) -> Answer:
        if isinstance(read, Get):
            # Whatever stands in a namespace needs it: applying it comes after that.
            created = read.key.group_kind == NAMESPACE and answer.absent
            return self.manifests.read([read])[read] if created else answer
        if answer.failure is not None:
            return answer
        kept = tuple(obj for obj in answer.objects if key_of(obj) not in self._objects)
        mine = tuple(
            obj if read.digest is None else read.digest(obj) for obj in self._objects.values() if _in(obj, read)
        )
        return Answer((*kept, *mine)) if mine or answer.served else answer


def _in(obj: JSON, read: List) -> bool:
    key = key_of(obj)
    return key.group_kind == read.group_kind and read.namespace in (None, key.namespace) and read.holds(obj)


def _unseen(obj: JSON) -> JSON:
    """An object as no controller has seen it: without a status, and of generation 0, which no server gives."""
    without = {field: value for field, value in obj.items() if field != "status"}
    return {**without, "metadata": {**obj["metadata"], "generation": 0}}
