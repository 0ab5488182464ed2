"""Random changes of a random cluster: objects deleted, created, moved, or updated in ways that affect references."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from random import Random

from tests.support.random_clusters.clusters import NAMESPACES, Object, generate

Key = tuple[str, str, str]


def key_of(obj: Object) -> Key:
    metadata = obj["metadata"]
    return obj["kind"], metadata.get("namespace", ""), metadata["name"]


def mutate(objects: Sequence[Object], seed: str, *, namespaces: bool = False) -> tuple[list[Object], list[Key]]:
    """The objects after a random change, and the keys of the objects to delete. With `namespaces`, whole namespaces may
    be deleted with all that is in them; then only the namespace is among the keys."""
    random = Random(f"change {seed}")
    found: dict[Key, Object] = {key_of(each): copy.deepcopy(each) for each in objects}
    donors = generate(f"donor {seed}")
    deleted: list[Key] = []
    for _ in range(random.randint(1, 4)):
        own = [key for key in found if key[0] != "Namespace"]
        match random.choice(("delete", "create", "update", "update", "entries", "rename")):
            case "delete" if own:
                deleted.append(key := random.choice(own))
                del found[key]
            case "create":
                donor = copy.deepcopy(random.choice(donors))
                if key_of(donor) not in deleted:
                    found.setdefault(key_of(donor), donor)
            case "update" if found:
                _update(random, found, donors)
            case "entries" if own:
                _entries(random, found[random.choice(own)])
            case "rename" if own:
                _rename(random, found, deleted, random.choice(own))
    if namespaces and random.random() < 0.3:
        gone = random.choice(NAMESPACES)
        deleted = [each for each in deleted if each[1] != gone]
        found = {
            key: obj for key, obj in found.items() if gone not in (key[1], key[2] if key[0] == "Namespace" else "")
        }
        deleted.append(("Namespace", "", gone))
    return list(found.values()), deleted


def _update(random: Random, found: dict[Key, Object], donors: Sequence[Object]) -> None:
    """Replace an object's content with that of another object of its kind, under the same name."""
    key = random.choice(list(found))
    same = [each for each in donors if each["kind"] == key[0]]
    if not same:
        return
    donor = copy.deepcopy(random.choice(same))
    kept, fields = found[key]["metadata"], ("name", "namespace", "creationTimestamp")
    names = {field: kept[field] for field in fields if field in kept}
    labels = {"labels": donor["metadata"]["labels"]} if "labels" in donor["metadata"] else {}
    found[key] = {**donor, "metadata": {**labels, **names}}


def _rename(random: Random, found: dict[Key, Object], deleted: list[Key], key: Key) -> None:
    """Give an object another name or move it to another namespace."""
    moved = copy.deepcopy(found[key])
    if random.random() < 0.5:
        moved["metadata"]["name"] += "-2"
    else:
        moved["metadata"]["namespace"] = random.choice(NAMESPACES)
    if key_of(moved) in found or key_of(moved) in deleted:
        return
    deleted.append(key)
    del found[key]
    found[key_of(moved)] = moved


def _entries(random: Random, obj: Object) -> None:
    """Remove an entry of a list, repeat one at the front, or put a slip into one."""
    spec = obj.get("spec", {})
    lists = [each for each in ("from", "to", "rules", "parentRefs", "listeners", "ports") if spec.get(each)]
    if not lists:
        return
    chosen = spec[random.choice(lists)]
    slips: Mapping[str, Callable[[str], str]] = {
        "namespace": lambda name: f"{name}x",
        "name": lambda name: name[:-1] or "y",
    }
    index = random.randrange(len(chosen))
    match random.choice(("less", "front", "slip")):
        case "less" if len(chosen) > 1:
            del chosen[index]
        case "front" if "listeners" not in spec:
            chosen.insert(0, copy.deepcopy(chosen[index]))
        case "slip":
            for field, slip in slips.items():
                if field in chosen[index]:
                    chosen[index][field] = slip(chosen[index][field])
                    break
