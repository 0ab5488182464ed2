"""The reference fields as a table, as names, and as data from which users can copy rows of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kubectl_refs.core.model.objects import GroupKind
from kubectl_refs.core.model.reference_fields import ReferenceField
from kubectl_refs.core.queries.kinds import KindField
from kubectl_refs.render.data.report import API_VERSION
from kubectl_refs.render.grants import UNKNOWN
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.text.table import NONE, Narrow

HEADERS = ("KIND", "PATH", "GOVERNED BY", "DEFAULT", "IMPLEMENTATION", "SERVED")
WIDE_HEADERS = (*HEADERS, "ROLE", "NOTE", "READ IN")


def render_table(rows: Sequence[KindField], style: Style, *, wide: bool, headers: bool) -> str:
    """One line for each field of each kind."""
    page = Page(style)
    names = WIDE_HEADERS if wide else HEADERS
    if rows:
        page.table(names if headers else (), [_cells(row)[: len(names)] for row in rows], None if wide else _NARROW)
    return str(page)


_NARROW = Narrow(lambda cells: f"{cells[0]} {cells[1]}", headed=2, flows=True, spare=("DEFAULT", "SERVED"))


def _cells(row: KindField) -> tuple[str, ...]:
    field = row.field
    served = {True: "yes", False: "no", None: UNKNOWN}[row.served]
    return (
        str(row.kind),
        field.path,
        str(field.governed_by),
        str(field.default) if field.default else NONE,
        field.implementation or NONE,
        served,
        str(field.role),
        "; ".join(filter(None, (field.note, _mode(field), _since(field)))) or NONE,
        field.read_in or NONE,
    )


def _mode(field: ReferenceField) -> str:
    return f"a grant is asked for only with {field.strict_mode}" if field.strict_mode else ""


def _since(field: ReferenceField) -> str:
    return f"since {field.since}" if field.since else ""


def names_of(rows: Sequence[KindField]) -> Iterable[str]:
    """Each kind once, in kubectl's form TYPE.GROUP."""
    return dict.fromkeys(str(row.kind).lower() for row in rows)


def to_data(rows: Sequence[KindField]) -> dict[str, Any]:
    """The rows, with the same fields as a user's own rows (user_kinds.py), and `served`, which is null if unknown."""
    return {"apiVersion": API_VERSION, "kind": "ReferenceFieldList", "fields": [_data(row) for row in rows]}


def _data(row: KindField) -> dict[str, Any]:
    field = row.field
    return {
        "referrer": _group_kind(row.kind),
        "path": field.path,
        "governedBy": str(field.governed_by),
        "default": _group_kind(field.default) if field.default else None,
        "role": str(field.role),
        "implementation": field.implementation or None,
        "note": field.note or None,
        "groupField": field.group_field,
        "kindField": field.kind_field,
        "portField": field.port_field,
        "selects": field.selects,
        "strictMode": field.strict_mode or None,
        "copiedInto": _group_kind(field.copied_into) if field.copied_into else None,
        "since": field.since or None,
        "readIn": field.read_in or None,
        "served": row.served,
    }


def _group_kind(kind: GroupKind) -> dict[str, str]:
    return {"group": kind.group, "kind": kind.kind}
