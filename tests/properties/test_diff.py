"""Random clusters and changes: what `diff` says is the difference between two full checks, before and after the change.

KUBECTL_REFS_SEED and KUBECTL_REFS_CASES are as in test_random_clusters.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence

from kubectl_refs.app.input.change import OnCluster
from kubectl_refs.app.input.prefetch import Prefetch
from kubectl_refs.core.model.object_changes import Action, ObjectChange
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.check import check
from kubectl_refs.core.queries.diff import diff
from kubectl_refs.core.queries.differences.objects import change_of
from kubectl_refs.core.queries.differences.report import Diff, Effect
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Failure, Get, Read
from kubectl_refs.core.view.store import Library, library_of
from kubectl_refs.manifests.source import Manifests
from tests.support.random_clusters.clusters import Object, generate
from tests.support.random_clusters.mutations import mutate

SEED = os.environ.get("KUBECTL_REFS_SEED", "1")
CASES = int(os.environ.get("KUBECTL_REFS_CASES", "60"))


class Server:
    """Objects as a cluster has them. With `listed`, only these namespaces may be read."""

    def __init__(self, objects: Iterable[Object], listed: Sequence[str] | None = None) -> None:
        self._manifests = Manifests(objects, "default")
        self._listed = listed
        self.catalog = Catalog(self._manifests.catalog, live=True)

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        return {read: self._read(read) for read in reads}

    def _read(self, read: Read) -> Answer:
        namespace = read.key.namespace if isinstance(read, Get) else read.namespace
        if self._listed is not None and namespace not in self._listed:
            return Answer(failure=Failure(403, "forbidden"))
        return self._manifests.read([read])[read]


def identity(each: EvaluatedReference) -> Hashable:
    reference = each.reference
    return reference.referrer, each.field.role, reference.to, reference.port, reference.section_name


Outcomes = Mapping[Hashable, Counter[Hashable]]


def outcomes(objects: Iterable[Object]) -> Outcomes:
    """Count the verdicts and reasons of each reference, by a full check."""
    source = Manifests(objects, "default")
    found: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    for checked in check(source, library_of(source), source.objects, remedies=False).objects:
        for each in checked.references:
            found[identity(each)][each.verdict, each.reason] += 1
    return found


def expected(before: Outcomes, after: Outcomes) -> dict[Hashable, tuple[Counter[Hashable], Counter[Hashable]]]:
    none: Counter[Hashable] = Counter()
    found = {
        key: (before.get(key, none) - after.get(key, none), after.get(key, none) - before.get(key, none))
        for key in {*before, *after}
    }
    return {key: each for key, each in found.items() if each != (none, none)}


def told(answer: Diff) -> dict[Hashable, tuple[Counter[Hashable], Counter[Hashable]]]:
    """For each reference whose outcomes change, those that a diff says will be gone, and those that will be new."""
    old: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    new: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    for each in answer.changes:
        key = identity(each.either)
        old[key] += Counter([(each.before.verdict, each.before.reason)] if each.before else [])
        new[key] += Counter([(each.after.verdict, each.after.reason)] if each.after else [])
    return {key: (old[key] - new[key], new[key] - old[key]) for key in {*old, *new} if old[key] != new[key]}


def on_cluster(server: Server, objects: Sequence[Object], after: Sequence[Object], gone: Iterable[ObjectKey]) -> Diff:
    old, new = ({key_of(each): each for each in Manifests(some, "default").objects} for some in (objects, after))
    table = server.catalog.table
    changes = tuple(change_of(key, old.get(key), new.get(key), table) for key in (*new, *gone))
    states = OnCluster(Prefetch(server, Library()), Manifests(after, "default"), changes)
    return diff(states, changes, ("shop",))


def deleted(names: Iterable[tuple[str, str, str]], objects: Sequence[Object]) -> list[ObjectKey]:
    named = {(key.kind, key.namespace, key.name): key for key in map(key_of, objects)}
    return [named[name] for name in names if name in named]


def test_a_diff_is_the_difference_of_two_checks() -> None:
    seen: Counter[str] = Counter()
    for number in range(CASES):
        seed = f"{SEED}.{number}"
        objects = [*generate(seed)]
        after, names = mutate(objects, seed, namespaces=True)
        gone = deleted(names, objects)
        answer = on_cluster(Server(objects), objects, after, gone)
        assert told(answer) == expected(outcomes(objects), outcomes(after)), seed
        assert answer.gaps == (), seed
        seen.update(each.effect for each in answer.changes)
        seen.update("permission" for _ in answer.permissions)
        seen.update(f"{each.action}" for each in answer.objects)
    assert {*Effect, "permission", *Action} <= set(seen), seen


def test_a_cause_taken_back_makes_another_outcome_and_nothing_else_does() -> None:
    """Leave out each changed object in turn, and compare two checks again."""
    causes = 0
    for number in range(CASES // 4):
        seed = f"{SEED}.{number}"
        objects = [*generate(seed)]
        after, names = mutate(objects, seed)
        answer = on_cluster(Server(objects), objects, after, deleted(names, objects))
        final = outcomes(after)
        for change in (each for each in answer.objects if each.action is not Action.UNCHANGED):
            without = outcomes(taken_back(after, change))
            for each in answer.changes:
                key = identity(each.either)
                differs = without.get(key, Counter()) != final.get(key, Counter())
                if differs:
                    assert change in each.caused_by, (seed, str(change), each.either.reference)
                    causes += 1
    assert causes > CASES // 4


def taken_back(after: Sequence[Object], change: ObjectChange) -> list[Object]:
    kept = [
        obj for obj, each in zip(after, Manifests(after, "default").objects, strict=True) if key_of(each) != change.key
    ]
    return [*kept, *([dict(change.before)] if change.before is not None else [])]


def test_whoever_may_read_one_namespace_is_never_told_that_nothing_becomes_worse_where_something_does() -> None:
    seen: Counter[str] = Counter()
    for number in range(CASES):
        seed = f"{SEED}.{number}"
        objects = [*generate(seed)]
        after, names = mutate(objects, seed)
        gone = deleted(names, objects)
        whole = on_cluster(Server(objects), objects, after, gone)
        part = on_cluster(Server(objects, ("shop", "")), objects, after, gone)
        worse = {identity(each.either) for each in whole.changes if each.worse}
        assert {identity(each.either) for each in part.changes if each.worse} <= worse or part.unknown, seed
        assert not worse or part.worse or part.unknown, seed
        seen["worse"] += part.worse
        seen["unknown"] += part.unknown
        seen["fine"] += not part.worse and not part.unknown
    assert all(seen[each] for each in ("worse", "unknown", "fine")), seen
