"""Changes that the program proposes, applied to objects as the API server would apply them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.support.random_clusters.specification import Object, name_of

GRANT = "ReferenceGrant"
_DEFAULTS = {"namespaces": {"from": "Same"}}
"""What the API server fills in for `allowedRoutes.namespaces`."""


def applied(objects: Iterable[Object], steps: Sequence[Mapping[str, Any]]) -> list[Object]:
    """The objects after all steps of one change: fixes of the JSON report that create, patch, label or delete."""
    found = {name_of(each): each for each in objects}
    for step in steps:
        target = step["object"]
        name = (target["group"], target["kind"], target["namespace"], target["name"])
        if step["action"] == "create":
            assert name == name_of(step["manifest"])
            assert name not in found, "a grant is overwritten"
            found[name] = step["manifest"]
        elif step["action"] == "patch":
            found[name] = patched(found[name], step["patch"])
        elif step.get("labels"):
            metadata = found[name]["metadata"]
            assert not step["labels"].keys() & metadata.get("labels", {}).keys()
            found[name] = {
                **found[name],
                "metadata": {**metadata, "labels": {**metadata.get("labels", {}), **step["labels"]}},
            }
        else:
            assert step["action"] == "delete", step["action"]
            del found[name]
    return list(found.values())


def patched(obj: Object, operations: Iterable[Mapping[str, Any]]) -> Object:
    """A copy with a JSON Patch applied (RFC 6902): test, add, replace and remove."""
    result: Any = copy.deepcopy(obj)
    for operation in operations:
        *parents, last = operation["path"].lstrip("/").split("/")
        place = result
        for step in parents:
            # The API server has filled in what a manifest leaves out.
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        value = copy.deepcopy(operation.get("value"))
        if isinstance(place, list) and last == "-":
            place.append(value)
            continue
        where: Any = int(last) if isinstance(place, list) else last
        match operation["op"]:
            case "test":
                there = place[where] if isinstance(place, list) else place.get(where, _DEFAULTS.get(where))
                assert there == value
            case "remove":
                del place[where]
            case "replace" | "add":
                assert operation["op"] == "add" or isinstance(place, list) or where in place or where in _DEFAULTS
                place[where] = value
            case other:
                raise AssertionError(other)
    return dict(result)


def alternatives(fixes: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The fixes of a reference, each in a list with the fixes that belong to it."""
    found: list[list[Mapping[str, Any]]] = []
    for each in fixes:
        if each["follows"]:
            found[-1].append(each)
        else:
            found.append([each])
    return found
