"""From an object to the references it holds, by the table of reference fields, with exact paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kubectl_refs.core.kinds import CLUSTER_SCOPED
from kubectl_refs.core.model import JSON, GroupKind, Mechanism, ObjectKey, Reference
from kubectl_refs.core.objects import integer, key_of, text
from kubectl_refs.core.rows import TABLE
from kubectl_refs.core.table import ReferenceField


@dataclass(frozen=True, slots=True)
class Held:
    """A reference with the row that found it, the entry as written, and the list indices of its path."""

    field: ReferenceField
    reference: Reference
    entry: JSON
    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Malformed:
    """A place that should hold a reference, or lead to one, and does not: `problem` says what is wrong with it."""

    path: str
    problem: str


def held_by(obj: JSON) -> tuple[tuple[Held, ...], tuple[Malformed, ...]]:
    """Every reference of an object in the table's order, and what stands where a reference should."""
    found: list[Held] = []
    malformed: dict[Malformed, None] = {}
    referrer = key_of(obj)
    for row in TABLE.fields_of(referrer.group_kind):
        for place in _walk(obj, row.path.split("."), "", ()):
            if isinstance(place, Malformed):
                malformed[place] = None
                continue
            path, indices, entry = place
            to, problem = _target(row, entry)
            if problem:
                malformed[Malformed(path, problem)] = None
                continue
            group, kind, namespace, name = to
            port = entry.get("port")
            if port is not None and integer(port) is None:
                malformed[Malformed(path, f"port: an integer is wanted, found {_kind_of(port)}")] = None
                continue
            # A local field has no namespace: one written there is pruned. An empty one means the holder's own.
            explicit = bool(namespace) and row.governed_by is not Mechanism.LOCAL
            own = "" if GroupKind(group, kind) in CLUSTER_SCOPED else referrer.namespace
            reference = Reference(
                referrer,
                path,
                ObjectKey(group, kind, namespace if explicit else own, name),
                integer(entry.get("port")),
                text(entry.get("sectionName")),
                explicit,
            )
            found.append(Held(row, reference, entry, indices))
    return tuple(found), tuple(malformed)


def _target(row: ReferenceField, entry: JSON) -> tuple[tuple[str, str, str, str], str]:
    """Group, kind, namespace and name of a reference with the row's defaults, and the problem if there is one."""
    values = {}
    defaults = {"group": row.default.group, "kind": row.default.kind} if row.default else {}
    for name in ("group", "kind", "namespace", "name"):
        value = entry.get(row.group_field if name == "group" else name)
        if value is None:
            value = defaults.get(name, "" if name == "namespace" else None)
        if value is None:
            return ("", "", "", ""), f"it has no {name}"
        if not isinstance(value, str):
            return ("", "", "", ""), f"{name}: a string is wanted, found {_kind_of(value)}"
        values[name] = value
    for name in ("kind", "name"):
        if not values[name]:
            return ("", "", "", ""), f"its {name} is empty"
    return (values["group"], values["kind"], values["namespace"], values["name"]), ""


def _walk(
    value: Any, steps: list[str], path: str, indices: tuple[int, ...]
) -> Iterator[tuple[str, tuple[int, ...], JSON] | Malformed]:
    """Every object that a path with `[*]` steps leads to, with its exact path and indices, and what bars the way."""
    if not isinstance(value, dict):
        yield Malformed(path, f"an object is wanted, found {_kind_of(value)}")
        return
    if not steps:
        yield path, indices, value
        return
    name, every, _ = steps[0].partition("[*]")
    child = value.get(name)
    if child is None:
        return
    path = f"{path}.{name}" if path else name
    if not every:
        yield from _walk(child, steps[1:], path, indices)
    elif isinstance(child, list):
        for index, item in enumerate(child):
            yield from _walk(item, steps[1:], f"{path}[{index}]", (*indices, index))
    else:
        yield Malformed(path, f"a list is wanted, found {_kind_of(child)}")


def _kind_of(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
