"""Objects, their parts, and places as data, as all reports name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubectl_refs.core.grants.grant import FromEntry, Pair, ToEntry
from kubectl_refs.core.model.locations import Location
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import Reference


def key_data(key: ObjectKey) -> dict[str, Any]:
    return {"group": key.group, "kind": key.kind, "namespace": key.namespace, "name": key.name}


def target_data(to: ObjectKey, port: int | None, section_name: str | None) -> dict[str, Any]:
    """The target of a reference, with its port or section if one is named."""
    part = {"port": port, "sectionName": section_name}
    return {**key_data(to), **{name: value for name, value in part.items() if value is not None}}


def grant_data(grant: GrantName) -> dict[str, Any]:
    return {"namespace": grant.namespace, "name": grant.name}


def permission_data(grant: GrantName, pair: Pair) -> dict[str, Any]:
    """A permission of a grant; a null name stands for every object of the kind."""
    return {"grant": grant_data(grant), "from": from_entry_data(pair.from_), "to": to_entry_data(pair.to)}


def from_entry_data(entry: FromEntry) -> dict[str, Any]:
    return {"group": entry.group, "kind": entry.kind, "namespace": entry.namespace}


def to_entry_data(entry: ToEntry) -> dict[str, Any]:
    return {"group": entry.group, "kind": entry.kind, "name": entry.name}


def user_data(reference: Reference) -> dict[str, Any]:
    """A reference that uses a grant."""
    return {"from": key_data(reference.referrer), "path": reference.path, "to": key_data(reference.to)}


LOCATION = {"file": ..., "line": ..., "document": ...}
"""The part of a form for a place."""


def location_values(location: Location | None) -> Sequence[str | int | None]:
    """The values for LOCATION; empty for an object of a cluster."""
    return () if location is None else (location.file, location.line, location.document)


def location_data(location: Location | None) -> dict[str, Any] | None:
    return dict(zip(LOCATION, location_values(location), strict=False)) or None
