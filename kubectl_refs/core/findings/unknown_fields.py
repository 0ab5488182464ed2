"""REF032: a field that the object's kind does not have. `kubectl apply` refuses it, and an API server leaves it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kubectl_refs.core.fields.misspelt import misspelt_in
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.findings.examined_grant import ExaminedGrant
from kubectl_refs.core.model.codes import Code
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import entries, key_of, mapping, was_created
from kubectl_refs.core.records import replace
from kubectl_refs.core.text.vocabulary import nearest

# Of metadata and of a status, an API server has fields of its own.
_TOP = ("apiVersion", "kind", "metadata", "spec", "status")
_SPEC = ("from", "to")
_FROM = ("group", "kind", "namespace")
_TO = ("group", "kind", "name")

_OUT_OF_PLACE: Mapping[Sequence[str], Mapping[str, str]] = {
    _TOP: {"from": "it belongs in spec", "to": "it belongs in spec"},
    _FROM: {"name": "from cannot name single objects"},
    _TO: {"namespace": "it permits references into its own namespace only"},
}
"""What is said of a field that another part of a ReferenceGrant has."""


def misspelt_fields(obj: JSON, table: Table) -> Iterator[Finding]:
    """A finding for each field that is a slip of one which leads to a reference, or is part of one."""
    code, key = Code.UNKNOWN_FIELD, key_of(obj)
    for field in misspelt_in(obj, table):
        said, advice = _said(field.path, key.kind, field.name, field.meant)
        yield Finding(code, code.severity, key, field.path, "", said, advice)


def unknown_fields(examined: ExaminedGrant) -> Iterator[Finding]:
    """A finding for each field that the kind does not have, in the order in which they are written."""
    source = examined.grant.source
    if was_created(source):
        # What it holds, the kind has there.
        return
    for path, obj, fields in _parts(source):
        for name in obj:
            if name and name not in fields:
                yield _finding(examined, f"{path}.{name}" if path else name, name, obj, fields)


def _parts(source: JSON) -> Iterator[tuple[str, JSON, Sequence[str]]]:
    """The objects that a grant is made of: path, object, and the fields that it may have."""
    yield "", source, _TOP
    spec = mapping(source.get("spec"))
    yield "spec", spec, _SPEC
    for part, fields in zip(_SPEC, (_FROM, _TO), strict=True):
        for index, entry in enumerate(entries(spec.get(part))):
            yield f"spec.{part}[{index}]", mapping(entry), fields


def _finding(examined: ExaminedGrant, path: str, name: str, obj: JSON, fields: Sequence[str]) -> Finding:
    out_of_place = _OUT_OF_PLACE.get(fields, {}).get(name)
    near = None if out_of_place else nearest(name, [each for each in fields if each not in obj])
    said, advice = _said(path, examined.grant.key.kind, name, near)
    said += f": {out_of_place}" if out_of_place else ""
    return replace(examined.finding(Code.UNKNOWN_FIELD, path, said), advice=advice)


def _said(path: str, kind: str, name: str, meant: str | None) -> tuple[str, str]:
    """What is wrong with a field, and what to do."""
    said = f"{path} is no field of {kind}"
    return (f"{said}; {meant} may be meant", f"write {meant} in place of {name}") if meant else (said, "take it out")
