"""Random clusters: what is kept for objects that have it in common is the same as what is made for each by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubectl_refs.core.queries.check import Checked, check
from kubectl_refs.core.view.store import Library, library_of
from kubectl_refs.manifests.source import Manifests
from tests.properties.test_random_clusters import clusters
from tests.support.random_clusters.specification import Object


def test_an_object_is_told_the_same_among_others_as_alone() -> None:
    compared = 0
    for seed, objects in clusters():
        source = Manifests([*objects, *twins(objects)], "default", whole=True)
        together = checked(source, library_of(source), source.objects)
        for each in together:
            assert (each,) == checked(source, library_of(source), [each.source]), f"{seed}: {each.object}"
        compared += len(together)
    assert compared


def twins(objects: Sequence[Object]) -> Iterator[Object]:
    """Each route once more under the name of another object, which a grant may have."""
    names = [each["metadata"]["name"] for each in objects]
    for number, each in enumerate(objects):
        if each["kind"].endswith("Route"):
            yield {**each, "metadata": {**each["metadata"], "name": names[number - 1]}}


def checked(source: Manifests, library: Library, objects: Sequence[Object]) -> Sequence[Checked]:
    return check(source, library, objects).objects
