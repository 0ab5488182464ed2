"""Random clusters and writes: after any write, a watch holds what a fresh check finds, and its events lead there.

KUBECTL_REFS_SEED and KUBECTL_REFS_CASES are as in test_random_clusters.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from random import Random

from kubectl_refs.core.findings.check_findings import Messages, check_findings
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.differences.outcomes import identity, outcome
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.watching.watcher import Event
from kubectl_refs.manifests.source import Manifests
from tests.support.random_clusters.clusters import generate
from tests.support.random_clusters.mutations import mutate
from tests.support.watched import Watched

SEED = os.environ.get("KUBECTL_REFS_SEED", "1")
CASES = int(os.environ.get("KUBECTL_REFS_CASES", "15"))
CHANGES = 4

Seen = Counter[Hashable]


def what(each: EvaluatedReference) -> Hashable:
    return identity(each), outcome(each)


def references(watched: Watched) -> Seen:
    return Counter(what(each) for found in watched.watcher.evaluated for each in found.references)


def everything(watched: Watched) -> Seen:
    """References with the conclusions about them, conditions, and findings."""
    found: Seen = Counter()
    for each in watched.watcher.evaluated:
        found.update(
            (identity(one), one.reference.path, one.verdict, one.because, str(one.near_misses), str(one.near_targets))
            for one in each.references
        )
        found.update((each.key, one.type, str(one.parent_ref), one.listener, one.agreement) for one in each.conditions)
        findings = check_findings(each.references, each.conditions, each.serving, Messages())
        found.update(one.fingerprint for one in findings)
    return found


def folded(seen: Seen, events: Iterable[Event]) -> Seen:
    """The references seen before, updated by the changes in the events."""
    now = Counter(seen)
    for change in (change for event in events for change in event.changes):
        if change.before is not None:
            now[what(change.before)] -= 1
        if change.after is not None:
            now[what(change.after)] += 1
    return +now


def writes(before: Sequence[JSON], after: Sequence[JSON], random: Random) -> list[tuple[JSON, bool]]:
    """The writes that turn the objects before into those after, in random order."""
    old, new = ({key_of(each): each for each in several} for several in (before, after))
    found = [(old[key], True) for key in old if key not in new]
    found += [(each, False) for key, each in new.items() if old.get(key) != each]
    random.shuffle(found)
    return found


def test_what_is_held_after_any_writes_is_what_a_fresh_look_finds() -> None:
    told: Counter[str] = Counter()
    for number in range(CASES):
        seed = f"watch {SEED}.{number}"
        random = Random(seed)
        objects: Sequence[JSON] = Manifests(generate(seed), "default").objects
        catalog = Catalog(Manifests(objects, "default").catalog)
        watched = Watched(objects, catalog=catalog)
        for step in range(CHANGES):
            seen = references(watched)
            later = Manifests(
                mutate([dict(each) for each in objects], f"{seed} {step}", namespaces=True)[0], "default"
            ).objects
            events = [
                event for write in writes(objects, later, random) for event in watched.write(write[0], deleted=write[1])
            ]
            objects = later
            fresh = Watched(objects, catalog=catalog)
            assert everything(watched) == everything(fresh), f"seed {seed} step {step}"
            assert folded(seen, events) == references(fresh), f"seed {seed} step {step}"
            told.update(str(change.effect) for event in events for change in event.changes)
    assert {"breaks", "adds", "removes", "alters"} <= set(told)
