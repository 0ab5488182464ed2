"""Extraction of the references that an object holds, with exact paths, by the table of reference fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from kubectl_refs.core.fields.table import ANY_STEPS, Node, Plan, Table
from kubectl_refs.core.model.kinds import CLUSTER_SCOPED
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField, Role
from kubectl_refs.core.model.references import FoundReference, Reference
from kubectl_refs.core.model.values import at, entries, integer_in, key_of, mapping, text, unsubstituted, was_created
from kubectl_refs.core.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class Malformed:
    """A place that should hold a reference, or lead to one, and does not: `problem` says what is wrong with it, `advice`
    what to write, as far as that is known."""

    path: str
    problem: str
    advice: str = ""


PORTS = range(1, 65_536)
WEIGHTS = range(1_000_001)
"""The ports and the weights of a reference that the API has."""

_Where = tuple[str, tuple[int, ...]]
"""The exact path of a value, and the list indices in it."""
_Place = tuple[_Where, Any]
"""Where a value is, and the value; a Malformed value ends the path."""


def references_of(obj: JSON, table: Table) -> tuple[tuple[FoundReference, ...], tuple[Malformed, ...]]:
    """Every reference of an object, in the table's order, and every malformed place.

    A place that several rows lead to belongs to the first of them.
    """
    found: list[FoundReference] = []
    malformed: dict[Malformed, None] = {}
    taken: set[str] = set()
    referrer = key_of(obj)
    plan = table.plan_of(referrer.group_kind)
    for place, places in sorted(_places(obj, plan).items()):
        row = plan.naming[place]
        for where, entry in places:
            path, indices = where
            if not isinstance(entry, dict):
                malformed.update((each, None) for _, each in _wrong_type(where, entry, ANY_STEPS not in row.path))
                continue
            if path in taken:
                continue
            taken.add(path)
            if row.by_kind and _names_no_object(row, entry):
                continue
            reference = _reference(row, referrer, path, entry)
            if isinstance(reference, Reference):
                found.append(FoundReference(row, reference, entry, indices))
            else:
                malformed[Malformed(path, reference)] = None
    if not was_created(obj):
        _mark_repeated(found)
    return tuple(found), tuple(malformed)


def _mark_repeated(found: list[FoundReference]) -> None:
    """Mark those of some references that API servers do not take together with an earlier one."""
    places = [place for place, each in enumerate(found) if each.field.once_a_section]
    for number, place in enumerate(places):
        mine = found[place].reference
        for other in (found[each].reference for each in places[:number]):
            if exclude_each_other(mine, other):
                found[place] = replace(found[place], reference=replace(mine, repeats=other.path))
                break


def exclude_each_other(one: Reference, other: Reference) -> bool | None:
    """Whether API servers refuse two references to one object, in a field that is `once_a_section`. None if that depends
    on the channel of their CRDs: only those of the experimental one look at the ports of parentRefs.

    Both must have a section or neither, and not the same; in the experimental channel that goes for ports too, and it is
    enough if one of the two differs (x-kubernetes-validations of `parentRefs` since 0.8, of BackendTLSPolicy's
    `targetRefs` since 1.3). A namespace that is written out is not compared with one that is left out.
    """
    if one.to != other.to or one.explicit_namespace != other.explicit_namespace:
        return False
    sections, ports = (one.section_name or "", other.section_name or ""), (one.port or 0, other.port or 0)
    if all(sections) and sections[0] != sections[1]:
        return False if all(ports) == any(ports) else None
    equal = sections[0] == sections[1]
    return None if equal and all(ports) and ports[0] != ports[1] else True


def selectors_of(obj: JSON, table: Table) -> tuple[tuple[ReferenceField, str, JSON], ...]:
    """The entries of an object that select objects of other namespaces by labels: the row, the exact path, the entry."""
    found = []
    for row in table.plan_of(key_of(obj).group_kind).selecting:
        listed = row.path.removesuffix("[*]")
        for index, entry in enumerate(map(mapping, entries(at(obj, *listed.split("."))))):
            if text(at(entry, "namespaces", "from")) in ("All", "Selector") and text(entry.get("kind")):
                found.append((row, f"{listed}[{index}]", entry))
    return tuple(found)


def _places(obj: JSON, plan: Plan) -> dict[int, list[_Place]]:
    """Everything that naming rows lead to, with the malformed places on the way, by the place of the row in the Plan."""
    annotations = mapping(at(obj, "metadata", "annotations"))
    found = {place: _annotated(annotations, plan.naming[place]) for place in plan.annotated} if annotations else {}
    _follow(plan.root, [(("", ()), obj)], found)
    return found


def _follow(node: Node, places: list[_Place], found: dict[int, list[_Place]]) -> None:
    """Add what the paths from a node on lead to. A missing field ends all the paths that go through it."""
    for row in node.ends:
        found[row] = places
    if node.within is not None:
        _follow(node.within, [each for where, value in places for each in _objects(where, value, node.strict)], found)
    for name, listed, further in node.fields:
        reached: list[_Place] = []
        for where, value in places:
            if not isinstance(value, dict):
                reached += _wrong_type(where, value, node.strict)
                continue
            child = value.get(name)
            if child is None:
                continue
            if not listed:
                reached.append((_field(where, name), child))
            elif isinstance(child, list):
                reached += [(_item(where, name, index), item) for index, item in enumerate(child)]
            else:
                reached += _wrong_type(_field(where, name), child, node.strict, "a list")
        if reached:
            _follow(further, reached, found)


@lru_cache(2**12)
def _field(where: _Where, name: str) -> _Where:
    """Where a field is. Cached: thousands of objects share these paths."""
    path, indices = where
    return f"{path}.{name}" if path else name, indices


@lru_cache(2**12)
def _item(where: _Where, name: str, index: int) -> _Where:
    """Where an item of a list in a field is."""
    path, indices = _field(where, name)
    return f"{path}[{index}]", (*indices, index)


def _annotated(annotations: JSON, row: ReferenceField) -> list[_Place]:
    """The names with a namespace in an annotation. A name without one may mean one of several kinds."""
    value = text(annotations.get(row.annotation))
    found: list[_Place] = []
    for index, name in enumerate(value.split(",") if value else ()):
        namespace, colon, name = name.strip().partition(":")
        if colon:
            found.append(((f"{row.path}[{index}]", (index,)), {"namespace": namespace, "name": name}))
    return found


def _wrong_type(where: _Where, found: Any, strict: bool, expected: str = "an object") -> list[_Place]:
    """A Malformed for a value of an unexpected type; nothing if the path is not strict."""
    if isinstance(found, Malformed):
        return [(where, found)]
    path, _ = where
    return [(where, Malformed(path, f"it must be {expected}, not {_kind_of(found)}"))] if strict else []


def _objects(where: _Where, value: Any, strict: bool) -> Iterable[_Place]:
    """A value and every object within it, or a Malformed if it is no object."""
    return _within(*where, value) if isinstance(value, dict) else _wrong_type(where, value, strict)


def _within(path: str, indices: tuple[int, ...], value: Any) -> Iterator[_Place]:
    """A value, if it is an object, and every object within it."""
    if isinstance(value, dict):
        yield (path, indices), value
        for name, child in value.items():
            yield from _within(f"{path}.{name}" if path else name, indices, child)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _within(f"{path}[{index}]", (*indices, index), item)


def _names_no_object(row: ReferenceField, entry: JSON) -> bool:
    """Whether an entry's type is not a kind, as for the ID of something outside the cluster."""
    return row.kind_field == "type" and text(entry.get("type")) not in (None, *(each.kind for each in row.by_kind))


def _reference(row: ReferenceField, referrer: ObjectKey, path: str, entry: JSON) -> Reference | str:
    """The reference in an entry, with the row's defaults, or what is wrong with it."""
    group, kind, name = entry.get(row.group_field), entry.get(row.kind_field), entry.get("name")
    if row.default is not None:
        group = row.default.group if group is None else group
        kind = row.default.kind if kind is None else kind
    written = entry.get("namespace")
    if written is None:
        written = ""
    if not (isinstance(group, str) and isinstance(kind, str) and isinstance(written, str) and isinstance(name, str)):
        return _no_text(group, kind, written, name)
    if not kind or not name:
        return f"its {'name' if kind else 'kind'} is empty"
    if row.takes_core and group == "core":
        group = ""
    if row.by_kind:
        group = next((each.group for each in row.by_kind if each.kind == kind), group)
    # A namespace does not count where the field or the target has none. An empty one means the holder's own.
    namespace = written if row.own_namespace or row.governed_by is not Mechanism.LOCAL else ""
    to = _target(group, kind, namespace or referrer.namespace, name)
    explicit = bool(namespace and to.namespace)
    port = entry.get("port") if row.port_field == "port" else at(entry, *row.port_field.split("."))
    number = integer_in(port, PORTS)
    wrong_port = "" if port is None or number is not None else _shown(port)
    wrong_weight = _wrong_weight(entry) if row.role is Role.BACKEND and not row.implementation else ""
    return Reference(referrer, path, to, number, text(entry.get("sectionName")), explicit, wrong_port, wrong_weight)


def _wrong_weight(entry: JSON) -> str:
    weight = entry.get("weight")
    if weight is None or integer_in(weight, WEIGHTS) is not None or unsubstituted(text(weight) or ""):
        return ""
    return _shown(weight)


def _no_text(*values: Any) -> str:
    """What is wrong with the first value of a reference, in the order of ObjectKey, that is not a string."""
    field, value = next(pair for pair in zip(ObjectKey._fields, values, strict=True) if not isinstance(pair[1], str))
    return f"it has no {field}" if value is None else f"{field} must be a string, not {_shown(value)}"


@lru_cache(2**12)
def _target(group: str, kind: str, namespace: str, name: str) -> ObjectKey:
    """The shared key of an object for all references to it, without a namespace if its kind is cluster-scoped."""
    return ObjectKey(group, kind, "" if (group, kind) in CLUSTER_SCOPED else namespace, name)


def _shown(value: Any) -> str:
    """A scalar as JSON writes it, anything else by its type: YAML reads `no` as false and `80` as a number."""
    if isinstance(value, str):
        return f'"{value}"'
    return json.dumps(value) if isinstance(value, bool | int | float) else _kind_of(value)


def _kind_of(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
