"""From an object to the references it holds, by the table of reference fields, with exact paths."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.model.kinds import CLUSTER_SCOPED
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField
from kubectl_refs.core.model.references import FoundReference, Reference
from kubectl_refs.core.model.values import at, entries, integer, key_of, mapping, text
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Malformed:
    """A place that should hold a reference, or lead to one, and does not: `problem` says what is wrong with it."""

    path: str
    problem: str


_Place = tuple[str, tuple[int, ...], Any]
"""The exact path of a value, the list indices in it, and the value."""


def references_of(obj: JSON, table: Table) -> tuple[tuple[FoundReference, ...], tuple[Malformed, ...]]:
    """Every reference of an object in the table's order, and what stands where a reference should.

    A place that several rows lead to belongs to the first of them.
    """
    found: list[FoundReference] = []
    malformed: dict[Malformed, None] = {}
    taken: set[str] = set()
    walked: dict[str, list[_Place | Malformed]] = {"": [("", (), obj)]}
    referrer = key_of(obj)
    for row in table.fields_of(referrer.group_kind):
        if row.selects:
            # What an entry selects is not written there: core/references/selection.py looks for it.
            continue
        for place in _annotated(obj, row) if row.annotation else _walk(row.path, walked):
            if isinstance(place, Malformed):
                malformed[place] = None
                continue
            path, indices, entry = place
            if not isinstance(entry, dict):
                malformed.update(dict.fromkeys(_barred(path, "an object", entry, "**" not in row.path)))
                continue
            if path in taken:
                continue
            taken.add(path)
            if _names_no_object(row, entry):
                continue
            to, problem = _target(row, entry)
            if problem:
                malformed[Malformed(path, problem)] = None
                continue
            group, kind, namespace, name = to
            port = entry.get("port") if row.port_field == "port" else at(entry, *row.port_field.split("."))
            # One written where the field or the target has none does not count. An empty one means the holder's own.
            scoped = (group, kind) not in CLUSTER_SCOPED
            free = row.own_namespace or row.governed_by is not Mechanism.LOCAL
            explicit = bool(namespace) and free and scoped
            own = referrer.namespace if scoped else ""
            reference = Reference(
                referrer,
                path,
                ObjectKey(group, kind, namespace if explicit else own, name),
                integer(port),
                text(entry.get("sectionName")),
                explicit,
                "" if port is None or integer(port) is not None else _shown(port),
            )
            found.append(FoundReference(row, reference, entry, indices))
    return tuple(found), tuple(malformed)


def selectors_of(obj: JSON, table: Table) -> tuple[tuple[ReferenceField, str, JSON], ...]:
    """The entries of an object that select objects of other namespaces by labels: the row, the exact path, the entry."""
    found = []
    for row in table.fields_of(key_of(obj).group_kind):
        if row.selects:
            listed = row.path.removesuffix("[*]")
            for index, entry in enumerate(map(mapping, entries(at(obj, *listed.split("."))))):
                if text(at(entry, "namespaces", "from")) in ("All", "Selector") and text(entry.get("kind")):
                    found.append((row, f"{listed}[{index}]", entry))
    return tuple(found)


def _annotated(obj: JSON, row: ReferenceField) -> Iterator[_Place | Malformed]:
    """The names with a namespace in an annotation. Of one without, an implementation may have more than one kind in mind."""
    value = text(mapping(at(obj, "metadata", "annotations")).get(row.annotation)) or ""
    for index, name in enumerate(value.split(",")):
        namespace, colon, name = name.strip().partition(":")
        if colon:
            yield f"{row.path}[{index}]", (index,), {"namespace": namespace, "name": name}


def _names_no_object(row: ReferenceField, entry: JSON) -> bool:
    """Whether an entry is of a type that is no kind, such as the ID of something outside the cluster."""
    kinds = [each.kind for each in row.by_kind]
    return bool(kinds) and row.kind_field == "type" and text(entry.get("type")) not in (None, *kinds)


def _target(row: ReferenceField, entry: JSON) -> tuple[tuple[str, str, str, str], str]:
    """Group, kind, namespace and name of a reference with the row's defaults, and the problem if there is one."""
    group, kind = entry.get(row.group_field), entry.get(row.kind_field)
    namespace, name = entry.get("namespace"), entry.get("name")
    if row.default is not None:
        group = row.default.group if group is None else group
        kind = row.default.kind if kind is None else kind
    values: tuple[Any, ...] = (group, kind, "" if namespace is None else namespace, name)
    for field, value in zip(ObjectKey._fields, values, strict=True):
        if value is None:
            return ("", "", "", ""), f"it has no {field}"
        if not isinstance(value, str):
            return ("", "", "", ""), f"{field} must be a string, not {_shown(value)}"
    group, kind, namespace, name = values
    if not kind or not name:
        return ("", "", "", ""), f"its {'name' if kind else 'kind'} is empty"
    if row.takes_core and group == "core":
        group = ""
    group = next((each.group for each in row.by_kind if each.kind == kind), group) if row.by_kind else group
    return (group, kind, namespace, name), ""


@cache
def _prefixes(path: str) -> tuple[tuple[str, str, str], ...]:
    """Each step of a row's path: the path so far with and without it, and the step."""
    steps = path.split(".")
    paths = [".".join(steps[:count]) for count in range(len(steps) + 1)]
    return tuple(zip(paths[1:], paths, steps, strict=False))


def _walk(path: str, walked: dict[str, list[_Place | Malformed]]) -> list[_Place | Malformed]:
    """Everything that a path with `[*]` and `**` steps leads to, and what bars the way.

    `walked` holds the places that the first steps of a path lead to, from the empty one on: rows share most of them.
    """
    for prefix, before, step in _prefixes(path):
        if prefix not in walked:
            walked[prefix] = _step(walked[before], step, strict="**" not in before)
        if not walked[prefix]:
            return []
    return walked[path]


def _step(places: list[_Place | Malformed], step: str, *, strict: bool) -> list[_Place | Malformed]:
    """Where one step leads from all places.

    Behind `**` a field is known by its name alone, which others may bear too: there (`strict` is False) what is no
    object is not held against it.
    """
    following: list[_Place | Malformed] = []
    name = step.removesuffix("[*]")
    for place in places:
        if isinstance(place, Malformed):
            following.append(place)
            continue
        at, indices, value = place
        if not isinstance(value, dict):
            following += _barred(at, "an object", value, strict)
        elif name == "**":
            following += _within(at, indices, value)
        elif (child := value.get(name)) is not None:
            at = f"{at}.{name}" if at else name
            if name == step:
                following.append((at, indices, child))
            elif isinstance(child, list):
                following += [(*_item(at, indices, index), item) for index, item in enumerate(child)]
            else:
                following += _barred(at, "a list", child, strict)
    return following


@lru_cache(2**12)
def _item(path: str, indices: tuple[int, ...], index: int) -> tuple[str, tuple[int, ...]]:
    """The exact path of an item of a list, and the indices in it: one and the same for thousands of objects."""
    return f"{path}[{index}]", (*indices, index)


def _barred(path: str, expected: str, found: Any, strict: bool) -> list[Malformed]:
    return [Malformed(path, f"it must be {expected}, not {_kind_of(found)}")] if strict else []


def _within(path: str, indices: tuple[int, ...], value: Any) -> Iterator[_Place]:
    """A value, if it is an object, and every object within it."""
    if isinstance(value, dict):
        yield path, indices, value
        for name, child in value.items():
            yield from _within(f"{path}.{name}" if path else name, indices, child)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _within(f"{path}[{index}]", (*indices, index), item)


def _shown(value: Any) -> str:
    """A value as JSON writes it, where that is short: YAML reads `no` as false and `80` as a number."""
    if isinstance(value, str):
        return f'"{value}"'
    return json.dumps(value) if isinstance(value, bool | int | float) else _kind_of(value)


def _kind_of(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
