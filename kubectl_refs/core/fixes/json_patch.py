"""JSON Patch documents (RFC 6902): paths of fields as JSON Pointers, and what the operations make of an object."""

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
    """The JSON Pointer of a field by the names that lead to it, which may hold any character."""
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps)


def _steps(pointer: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("/").split("/")]


def passes(obj: JSON, operations: Iterable[JSON]) -> bool:
    """Whether an object passes the tests of operations; as the API server has it, what is absent passes one for null."""
    for operation in operations:
        if operation["op"] == "test":
            place: Any = obj
            for step in _steps(operation["path"]):
                place = at(place, int(step) if isinstance(place, list) and step.isdigit() else step)
            if place != operation["value"]:
                return False
    return True


def applied(obj: JSON, operations: Iterable[JSON]) -> JSON:
    """An object with the changes of operations that pass their tests: values set in fields or at an index, added to the
    end of lists, or removed. Mappings that the API server has filled in are made. The object itself stays as it is; what
    nothing changes the two have in common.

    Raises InapplicableError where a step leads into a value of another type than the API has there.
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
    """A patch that an object cannot take, as a value on its way is neither a mapping nor a list."""


def _entered(place: Any, step: str) -> Any:
    """The value that a step leads to: a copy, which has taken its place."""
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
