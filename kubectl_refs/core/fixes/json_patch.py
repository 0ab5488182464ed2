"""JSON Patch documents (RFC 6902): field paths as JSON Pointers, and the effect of operations on an object."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import at


def json_pointer(path: str) -> str:
    """The JSON Pointer of an exact field path: `spec.from[0].kind` is `/spec/from/0/kind`."""
    return "/" + path.replace("[", "/").replace("]", "").replace(".", "/")


def pointer_of(*steps: str) -> str:
    """The JSON Pointer made of the field names that lead to a field, which may contain any character."""
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps)


def _steps(pointer: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("/").split("/")]


def passes(obj: JSON, operations: Iterable[JSON]) -> bool:
    """Whether an object passes the `test` operations. As in the API server, an absent field passes a test for null."""
    for operation in operations:
        if operation["op"] == "test":
            place: Any = obj
            for step in _steps(operation["path"]):
                place = at(place, int(step) if isinstance(place, list) and step.isdigit() else step)
            if place != operation["value"]:
                return False
    return True


def applied(obj: JSON, operations: Iterable[JSON]) -> JSON:
    """A copy of an object with operations applied: values set in fields or at an index, appended to lists, or removed.
    `test` operations are taken as passed. Mappings that the API server would have filled in are created. The object
    itself does not change, but shares its unchanged parts with the copy.

    Raises InapplicableError if a step leads into a value of another type than the API has there.
    """
    result = dict(obj)
    for operation in operations:
        if operation["op"] == "test":
            continue
        *parents, last = _steps(operation["path"])
        place: Any = result
        for step in parents:
            place = _entered(place, step)
        if isinstance(place, list) and last == "-":
            place.append(operation["value"])
            continue
        key = _key(place, last)
        if operation["op"] == "remove":
            del place[key]
        else:
            place[key] = operation["value"]
    return result


class InapplicableError(Exception):
    """A patch that cannot be applied to an object, because a step leads into a scalar or to a missing list index."""


def _entered(place: Any, step: str) -> Any:
    """The value that a step leads to, replaced in place by a copy, which is returned."""
    key = _key(place, step)
    inner = place.get(key, {}) if isinstance(place, dict) else place[key]
    place[key] = {} if inner is None and isinstance(place, dict) else copy.copy(inner)
    return place[key]


def _key(place: Any, step: str) -> str | int:
    if isinstance(place, dict):
        return step
    if isinstance(place, list) and step.isdigit() and int(step) < len(place):
        return int(step)
    raise InapplicableError(step)
