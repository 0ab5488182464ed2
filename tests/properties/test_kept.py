"""Random clusters: results that are shared between objects equal those worked out for each object by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.queries.check import Checked, check
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Read, Source
from kubectl_refs.core.view.store import Library, library_of
from kubectl_refs.kube.cluster import Cluster
from kubectl_refs.manifests.source import Manifests
from tests.properties.test_random_clusters import clusters
from tests.support.connecting import connect_to
from tests.support.fakes.api import FakeAPI
from tests.support.random_clusters.specification import Object

UNREADABLE = (None, "namespaces", "referencegrants", "services", "httproutes")
"""A resource that may not be listed in all namespaces, for one cluster after the other."""


def test_an_object_is_told_the_same_among_others_as_alone() -> None:
    compared = 0
    for seed, objects in clusters():
        source = Manifests([*objects, *twins(objects)], "default", whole=True)
        together = checked(source, library_of(source), source.objects)
        for each in together:
            assert (each,) == checked(source, library_of(source), [each.source]), f"{seed}: {each.object}"
        compared += len(together)
    assert compared


def test_it_is_so_where_answers_come_in_rounds_and_some_do_not(tmp_path: Path) -> None:
    compared = 0
    for (seed, objects), unreadable in zip(clusters(), cycle(UNREADABLE), strict=False):
        objects = list({_name(each): each for each in (*objects, *twins(objects))}.values())
        with FakeAPI(objects) as api:
            if unreadable:
                api.forbid(unreadable, "", ["list"])
            source = _Remembered(Cluster(connect_to(api, tmp_path)))
            together = checked(source, library_of(source), objects)
            for each in together:
                assert (each,) == checked(source, library_of(source), [each.source]), f"{seed}: {each.object}"
        compared += len(together)
    assert compared


class _Remembered:
    """A cluster that is asked for each thing only once."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._answers: dict[Read, Answer] = {}

    @property
    def catalog(self) -> Catalog:
        return self._cluster.catalog

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        asked = list(reads)
        self._answers.update(self._cluster.read([each for each in asked if each not in self._answers]))
        return {each: self._answers[each] for each in asked}


def _name(obj: Object) -> tuple[str, str | None, str]:
    return obj["kind"], obj["metadata"].get("namespace"), obj["metadata"]["name"]


def twins(objects: Sequence[Object]) -> Iterator[Object]:
    """A copy of each route under the name of another object, which a grant may use."""
    names = [each["metadata"]["name"] for each in objects]
    for number, each in enumerate(objects):
        if each["kind"].endswith("Route"):
            yield {**each, "metadata": {**each["metadata"], "name": names[number - 1]}}


def checked(source: Source, library: Library, objects: Iterable[JSON]) -> Sequence[Checked]:
    return check(source, library, objects).objects
