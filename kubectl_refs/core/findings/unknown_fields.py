"""REF032: a field that the object's kind does not have. `kubectl apply` refuses it, and an API server drops it.
REF033: a kind that does not exist, and is much like one that holds references."""

from __future__ import annotations

from kubectl_refs.core.findings.examined_grant import ExaminedGrant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.unknown_fields import UnknownField
from kubectl_refs.core.model.unknown_kinds import UnknownKind
from kubectl_refs.core.records import replace


def misspelt(slip: UnknownField | UnknownKind) -> Finding:
    """The finding on a misspelt field that should lead to a reference or be part of one, or on a misspelt kind."""
    return Finding(slip.code, slip.code.severity, slip.object, slip.path, "", str(slip), slip.advice)


def unknown_field(examined: ExaminedGrant, field: UnknownField) -> Finding:
    """The finding on an unknown field of a grant."""
    return replace(examined.finding(Code.UNKNOWN_FIELD, field.path, str(field)), advice=field.advice)
