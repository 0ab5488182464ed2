"""Field names of Gateway API's own kinds that are slips of one on the way to a reference, where that one is missing; and
namespaces in references that have no such field.

Only names that the table of reference fields knows are looked for, so that any release's other fields are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.reference_fields import Mechanism, ReferenceField, Role
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.model.unknown_fields import UnknownField
from kubectl_refs.core.model.values import key_of, was_created
from kubectl_refs.core.text.vocabulary import nearest

_GROUPS = (GATEWAY_GROUP, "gateway.networking.x-k8s.io")
"""Of other kinds it is not known which fields they have besides."""


Level = Mapping[str, "Level"]
"""The names that the table knows in an object, each with those in what it holds; `NAME[*]` of a list is NAME."""


def misspelt_in(obj: JSON, table: Table) -> Iterator[UnknownField]:
    """The slips in the names of an object's fields, in the order in which they are written."""
    if was_created(obj):
        # What it holds, the kind has there.
        return
    key = key_of(obj)
    yield from _within(key, "", obj, levels(table, key.group_kind), lists(table, key.group_kind))


def namespaces_in(obj: JSON, references: Iterable[FoundReference]) -> Iterator[UnknownField]:
    """The namespaces in references of an object whose fields have none."""
    key = key_of(obj)
    if key.group not in _GROUPS or was_created(obj):
        return
    for each in references:
        row, to = each.field, each.reference.to
        of_schema = row.governed_by is not Mechanism.LOCAL or row.own_namespace or row.ignores_namespace
        if not of_schema and "namespace" in each.entry:
            remark = f"the {to.kind} is looked for in {to.namespace}" if to.namespace else f"a {to.kind} has none"
            yield UnknownField(key, f"{each.reference.path}.namespace", "namespace", remark=remark)


@lru_cache(2**8)
def levels(table: Table, kind: GroupKind) -> Level:
    """What the table knows of the fields of a kind; nothing of one that is not Gateway API's own."""
    top: dict[str, Any] = {}
    for row in table.fields_of(kind) if kind.group in _GROUPS else ():
        if row.annotation or "**" in row.path:
            continue
        level = top
        for step in row.path.split("."):
            level = level.setdefault(step.removesuffix("[*]"), {})
        for name in _names(row):
            level.setdefault(name, {})
    return top


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


def _within(key: ObjectKey, path: str, value: Any, level: Level, listed: frozenset[str]) -> Iterator[UnknownField]:
    if not level:
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _within(key, f"{path}[{index}]", item, level, listed)
    elif isinstance(value, dict):
        absent = tuple(name for name in level if name not in value)
        for name, child in value.items():
            place = f"{path}.{name}" if path else name
            if name in level:
                yield from _within(key, place, child, level[name], listed)
            elif meant := slip_of(name, absent):
                yield UnknownField(key, place, name, meant, shape=_shape(child, as_list=meant in listed))


def _shape(value: Any, *, as_list: bool) -> str:
    """What a value has to become where the field that is meant has another shape."""
    if as_list:
        return "as a list" if isinstance(value, dict) else ""
    return "as one object and no list" if isinstance(value, list) else ""


@lru_cache(2**10)
def slip_of(name: str, names: tuple[str, ...]) -> str | None:
    """The name that another is a slip of. Thousands of objects have the same few fields."""
    return nearest(name, names)
