"""From an object to the references it holds, by the table of reference fields, with exact paths."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.model.kinds import CLUSTER_SCOPED
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField
from kubectl_refs.core.model.references import FoundReference, Reference
from kubectl_refs.core.model.values import at, entries, integer, key_of, mapping, text


@dataclass(frozen=True, slots=True)
class Malformed:
    """A place that should hold a reference, or lead to one, and does not: `problem` says what is wrong with it."""

    path: str
    problem: str


_Place = tuple[str, tuple[int, ...], JSON]
"""The exact path of a reference, the list indices in it, and the entry."""


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
        for place in _walk(row.path, walked):
            if isinstance(place, Malformed):
                malformed[place] = None
                continue
            path, indices, entry = place
            if path in taken:
                continue
            taken.add(path)
            to, problem = _target(row, entry)
            if problem:
                malformed[Malformed(path, problem)] = None
                continue
            group, kind, namespace, name = to
            port = at(entry, *row.port_field.split("."))
            if port is not None and integer(port) is None:
                malformed[Malformed(path, f"{row.port_field}: an integer is wanted, found {_kind_of(port)}")] = None
                continue
            # One written where the field or the target has none does not count. An empty one means the holder's own.
            scoped = GroupKind(group, kind) not in CLUSTER_SCOPED
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


def _target(row: ReferenceField, entry: JSON) -> tuple[tuple[str, str, str, str], str]:
    """Group, kind, namespace and name of a reference with the row's defaults, and the problem if there is one."""
    values = {}
    defaults = {"group": row.default.group, "kind": row.default.kind} if row.default else {}
    written = {"group": row.group_field, "kind": row.kind_field}
    for name in ("group", "kind", "namespace", "name"):
        value = entry.get(written.get(name, name))
        if value is None:
            value = defaults.get(name, "" if name == "namespace" else None)
        if value is None:
            return ("", "", "", ""), f"it has no {name}"
        if not isinstance(value, str):
            return ("", "", "", ""), f"{name} must be a string, not {_shown(value)}"
        values[name] = value
    for name in ("kind", "name"):
        if not values[name]:
            return ("", "", "", ""), f"its {name} is empty"
    group = next((each.group for each in row.by_kind if each.kind == values["kind"]), values["group"])
    return (group, values["kind"], values["namespace"], values["name"]), ""


@cache
def _prefixes(path: str) -> tuple[tuple[str, str, str], ...]:
    """Each step of a row's path: the path so far with and without it, and the step."""
    steps = path.split(".")
    paths = [".".join(steps[:count]) for count in range(len(steps) + 1)]
    return tuple(zip(paths[1:], paths, steps, strict=False))


def _walk(path: str, walked: dict[str, list[_Place | Malformed]]) -> list[_Place | Malformed]:
    """Every object that a path with `[*]` and `**` steps leads to, and what bars the way.

    `walked` holds the places that the first steps of a path lead to, from the empty one on: rows share most of them.
    """
    for prefix, before, step in _prefixes(path):
        if prefix not in walked:
            walked[prefix] = _step(walked[before], step, strict="**" not in before)
        if not walked[prefix]:
            return []
    strict = "**" not in path
    return [
        each
        for place in walked[path]
        for each in (
            [place]
            if isinstance(place, Malformed) or isinstance(place[2], dict)
            else _barred(place[0], "an object", place[2], strict)
        )
    ]


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
                following += [(f"{at}[{index}]", (*indices, index), item) for index, item in enumerate(child)]
            else:
                following += _barred(at, "a list", child, strict)
    return following


def _barred(path: str, wanted: str, found: Any, strict: bool) -> list[Malformed]:
    return [Malformed(path, f"{wanted} is wanted, found {_kind_of(found)}")] if strict else []


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
    return json.dumps(value) if isinstance(value, bool | int | float) else _kind_of(value)


def _kind_of(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
