"""Fields that a manifest gives a ReferenceGrant, but the kind does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kubectl_refs.core.grants.grant import FIELDS, Grant
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.unknown_fields import UnknownField
from kubectl_refs.core.model.values import entries, mapping, was_created
from kubectl_refs.core.text.vocabulary import nearest

# Fields inside metadata and status are not checked: an API server adds its own there.
_TOP = ("apiVersion", "kind", "metadata", "spec", "status")

_OUT_OF_PLACE: Mapping[Sequence[str], Mapping[str, str]] = {
    _TOP: {"from": "it belongs in spec", "to": "it belongs in spec"},
    FIELDS["from"]: {
        "name": "from cannot name single objects",
        "namespaceSelector": "an entry names one namespace, and there are no selectors",
    },
    FIELDS["to"]: {"namespace": "it permits references into its own namespace only"},
}
"""Remarks on fields that belong to another part of a ReferenceGrant, or to another kind."""


def unknown_fields(grant: Grant) -> Iterator[UnknownField]:
    """The unknown fields of a grant, in the order in which they are written."""
    if was_created(grant.source):
        # An API server accepted it, so the kind has all its fields there.
        return
    for path, obj, fields in _parts(grant.source):
        for name in obj:
            if name and name not in fields:
                remark = _OUT_OF_PLACE.get(fields, {}).get(name, "")
                meant = None if remark else _meant(name, [each for each in fields if each not in obj])
                yield UnknownField(grant.key, f"{path}.{name}" if path else name, name, meant, remark)


def _parts(source: JSON) -> Iterator[tuple[str, JSON, Sequence[str]]]:
    """The objects that a grant is made of: path, object, and the fields that it may have."""
    yield "", source, _TOP
    spec = mapping(source.get("spec"))
    yield "spec", spec, tuple(FIELDS)
    for part, fields in FIELDS.items():
        for index, entry in enumerate(entries(spec.get(part))):
            yield f"spec.{part}[{index}]", mapping(entry), fields


def _meant(name: str, absent: Sequence[str]) -> str | None:
    """The absent field spelt nearly so, or without a leading word: `apiGroup` as in RBAC, `targetNamespace`."""
    ending = (each for each in absent if name.endswith(each.capitalize()))
    return nearest(name, absent) or next(ending, None)
