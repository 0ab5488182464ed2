"""Misspelt fields of Gateway API's own kinds, where the right field is missing and leads to a reference; and namespaces
in references whose field has none.

Only names that the table of reference fields knows are looked for, so other fields of any release are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from kubectl_refs.core.fields.table import ANY_STEPS, Table
from kubectl_refs.core.model.kinds import GATEWAY_API_GROUPS
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.reference_fields import BACKEND_ROLES, Mechanism, ReferenceField
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.model.unknown_fields import UnknownField
from kubectl_refs.core.model.values import key_of, was_created
from kubectl_refs.core.text.vocabulary import nearest

_Slip = tuple[str, str, str, Any]
"""The path of a slip, the name written, the name that is meant, and the value."""


class Level:
    """The `names` of fields that the table knows in an object; `below` has the Level of the value for each name whose
    value holds known names too. The name of a list is written without `[*]`. Levels are compared by identity."""

    __slots__ = ("below", "names")

    def __init__(self, names: Iterable[str], below: Mapping[str, Level]) -> None:
        self.names = tuple(names)
        self.below = below


def misspelt_in(obj: JSON, table: Table) -> list[UnknownField]:
    """The misspelt fields of an object, in the order in which they are written."""
    if was_created(obj):
        # An API server has stored the object, so its kind has all these fields.
        return []
    key = key_of(obj)
    slips = _slips(obj, level_of(table, key.group_kind))
    listed = list_fields(table, key.group_kind) if slips else ()
    return [
        UnknownField(key, path.removeprefix("."), name, meant, shape=_shape(value, as_list=meant in listed))
        for path, name, meant, value in slips
    ]


def namespaces_in(obj: JSON, references: Iterable[FoundReference]) -> Iterator[UnknownField]:
    """The namespaces written in references of an object whose fields have none."""
    for each in references:
        row, key = each.field, each.reference.referrer
        if row.governed_by is not Mechanism.LOCAL or row.own_namespace or row.ignores_namespace:
            # The schema of the field has a namespace.
            continue
        # Of other kinds it is not known which fields they have besides.
        if "namespace" in each.entry and key.group in GATEWAY_API_GROUPS and not was_created(obj):
            to = each.reference.to
            remark = f"the {to.kind} is looked for in {to.namespace}" if to.namespace else f"a {to.kind} has none"
            yield UnknownField(key, f"{each.reference.path}.namespace", "namespace", remark=remark)


@lru_cache(2**8)
def level_of(table: Table, kind: GroupKind) -> Level:
    """What the table knows of the fields of a kind; nothing if the kind is not Gateway API's own."""
    top: dict[str, Any] = {}
    for row in table.fields_of(kind) if kind.group in GATEWAY_API_GROUPS else ():
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
def list_fields(table: Table, kind: GroupKind) -> frozenset[str]:
    """The names of fields that are lists."""
    steps = (step for row in table.fields_of(kind) for step in row.path.split("."))
    return frozenset(step.removesuffix("[*]") for step in steps if step.endswith("[*]"))


def _names(row: ReferenceField) -> Iterator[str]:
    """The names of fields that a reference may hold. A name that only some references have is left out, unless the row
    shows that this one has it."""
    yield from (row.group_field, row.kind_field, "name")
    if row.governed_by is not Mechanism.LOCAL:
        yield "namespace"
    if row.governed_by is Mechanism.ALLOWED_ROUTES:
        yield from ("sectionName", "port")
    if row.role in BACKEND_ROLES:
        yield "port"


def _slips(value: Any, level: Level) -> Sequence[_Slip]:
    """The slips within a value, with paths relative to it. No paths are built for sound fields, since slips are rare."""
    found: list[_Slip] = []
    if isinstance(value, list):
        for index, item in enumerate(value):
            if slips := _slips(item, level):
                found += _below(f"[{index}]", slips)
    elif isinstance(value, dict):
        for name, meant, below in _fields_to_check(tuple(value), level):
            if meant:
                found.append((f".{name}", name, meant, value[name]))
            elif below and (slips := _slips(value[name], below)):
                found += _below(f".{name}", slips)
    return found


def _below(start: str, slips: Sequence[_Slip]) -> Iterator[_Slip]:
    return ((start + path, name, meant, value) for path, name, meant, value in slips)


def _shape(value: Any, *, as_list: bool) -> str:
    """The form that a value must take if the field that is meant has another shape."""
    if as_list:
        return "as a list" if isinstance(value, dict) else ""
    return "as one object and no list" if isinstance(value, list) else ""


@lru_cache(2**10)
def _fields_to_check(names: tuple[str, ...], level: Level) -> Sequence[tuple[str, str | None, Level | None]]:
    """The fields of an object to look at: the slips, each with the name that is meant, and those with known names
    inside, each with its Level. Cached: thousands of objects have the same few fields."""
    meant = intended_names(names, level.names)
    return [(name, meant.get(name), level.below.get(name)) for name in names if name in meant or name in level.below]


def intended_names(names: tuple[str, ...], known: tuple[str, ...]) -> Mapping[str, str]:
    """The names that are slips of known names which the object lacks, each with the known name."""
    absent = tuple(name for name in known if name not in names)
    meant = {name: nearest(name, absent) for name in names if absent and name not in known}
    return {name: each for name, each in meant.items() if each}
