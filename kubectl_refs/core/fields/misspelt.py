"""Field names of Gateway API's own kinds that are slips of one on the way to a reference, where that one is missing; and
namespaces in references that have no such field.

Only names that the table of reference fields knows are looked for, so that any release's other fields are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from kubectl_refs.core.fields.table import ANY_STEPS, Table
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField, Role
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.model.unknown_fields import UnknownField
from kubectl_refs.core.model.values import key_of, was_created
from kubectl_refs.core.text.vocabulary import nearest

_GROUPS = (GATEWAY_GROUP, "gateway.networking.x-k8s.io")
"""Of other kinds it is not known which fields they have besides."""

_Slip = tuple[str, str, str, Any]
"""Where a slip stands, the name, the name that is meant, and what it holds."""


class Level:
    """The `names` that the table knows in an object, and what it knows in what they hold: `below`, of those alone in which it
    knows any. `NAME[*]` of a list is NAME. Two levels are the same only if they are one object."""

    __slots__ = ("below", "names")

    def __init__(self, names: Iterable[str], below: Mapping[str, Level]) -> None:
        self.names = tuple(names)
        self.below = below


def misspelt_in(obj: JSON, table: Table) -> list[UnknownField]:
    """The slips in the names of an object's fields, in the order in which they are written."""
    if was_created(obj):
        # What it holds, the kind has there.
        return []
    key = key_of(obj)
    slips = _slips(obj, level_of(table, key.group_kind))
    listed = lists(table, key.group_kind) if slips else ()
    return [
        UnknownField(key, path.removeprefix("."), name, meant, shape=_shape(value, as_list=meant in listed))
        for path, name, meant, value in slips
    ]


def namespaces_in(obj: JSON, references: Iterable[FoundReference]) -> Iterator[UnknownField]:
    """The namespaces in references of an object whose fields have none."""
    for each in references:
        row, key = each.field, each.reference.referrer
        if row.governed_by is not Mechanism.LOCAL or row.own_namespace or row.ignores_namespace:
            # Its schema has one.
            continue
        if "namespace" in each.entry and key.group in _GROUPS and not was_created(obj):
            to = each.reference.to
            remark = f"the {to.kind} is looked for in {to.namespace}" if to.namespace else f"a {to.kind} has none"
            yield UnknownField(key, f"{each.reference.path}.namespace", "namespace", remark=remark)


@lru_cache(2**8)
def level_of(table: Table, kind: GroupKind) -> Level:
    """What the table knows of the fields of a kind; nothing of one that is not Gateway API's own."""
    top: dict[str, Any] = {}
    for row in table.fields_of(kind) if kind.group in _GROUPS else ():
        if row.annotation or ANY_STEPS in row.path:
            continue
        level = top
        for step in row.path.split("."):
            level = level.setdefault(step.removesuffix("[*]"), {})
        for name in _names(row):
            level.setdefault(name, {})
    return _level(top)


def _level(names: Mapping[str, Any]) -> Level:
    return Level(names, {name: _level(below) for name, below in names.items() if below})


@lru_cache(2**8)
def lists(table: Table, kind: GroupKind) -> frozenset[str]:
    """The names of fields that are lists."""
    steps = (step for row in table.fields_of(kind) for step in row.path.split("."))
    return frozenset(step.removesuffix("[*]") for step in steps if step.endswith("[*]"))


def _names(row: ReferenceField) -> Iterator[str]:
    """What a reference may hold. Names that some fields have and others have not are left out where that is not told by
    the row."""
    yield from (row.group_field, row.kind_field, "name")
    if row.governed_by is not Mechanism.LOCAL:
        yield "namespace"
    if row.governed_by is Mechanism.ALLOWED_ROUTES:
        yield from ("sectionName", "port")
    if row.role in (Role.BACKEND, Role.MIRROR, Role.AUTH):
        yield "port"


def _slips(value: Any, level: Level) -> Sequence[_Slip]:
    """The slips within a value, with their paths from it on: nearly always none, so that no path is made of what is sound."""
    found: list[_Slip] = []
    if isinstance(value, list):
        for index, item in enumerate(value):
            if slips := _slips(item, level):
                found += _behind(f"[{index}]", slips)
    elif isinstance(value, dict):
        for name, meant, below in _to_look_at(tuple(value), level):
            if meant:
                found.append((f".{name}", name, meant, value[name]))
            elif below and (slips := _slips(value[name], below)):
                found += _behind(f".{name}", slips)
    return found


def _behind(start: str, slips: Sequence[_Slip]) -> Iterator[_Slip]:
    return ((start + path, name, meant, value) for path, name, meant, value in slips)


def _shape(value: Any, *, as_list: bool) -> str:
    """What a value has to become where the field that is meant has another shape."""
    if as_list:
        return "as a list" if isinstance(value, dict) else ""
    return "as one object and no list" if isinstance(value, list) else ""


@lru_cache(2**10)
def _to_look_at(names: tuple[str, ...], level: Level) -> Sequence[tuple[str, str | None, Level | None]]:
    """Of the names of an object's fields those that are slips, each with the name that is meant, and those in which names are
    known, each with the level of these. Thousands of objects have the same few fields."""
    meant = meant_by(names, level.names)
    return [(name, meant.get(name), level.below.get(name)) for name in names if name in meant or name in level.below]


def meant_by(names: tuple[str, ...], known: tuple[str, ...]) -> Mapping[str, str]:
    """Of the names of an object's fields those that are slips of known ones which it lacks, each with that one."""
    absent = tuple(name for name in known if name not in names)
    meant = {name: nearest(name, absent) for name in names if absent and name not in known}
    return {name: each for name, each in meant.items() if each}
