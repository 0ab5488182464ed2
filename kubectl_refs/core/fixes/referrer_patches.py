"""Fixes of a reference itself: patches of the object that holds it."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.fixes.json_patch import json_pointer
from kubectl_refs.core.model.fixes import Confidence, Fix
from kubectl_refs.core.model.near_misses import Difference
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import FoundReference, Reference
from kubectl_refs.core.model.values import at, integer, text


def write_fields(found: FoundReference, differences: Sequence[Difference]) -> Fix:
    """The patch of the referrer that writes the wanted values into the differing or missing fields of a reference."""
    reference = found.reference
    name = f"{json_pointer(reference.path)}/name"
    operations: list[JSON] = [{"op": "test", "path": name, "value": reference.to.name}]
    for each in differences:
        pointer = json_pointer(each.path)
        found_value, wanted = _values(found, each)
        # The API server takes a test for null as a test for absence; on an object member, `add` also replaces.
        operations += [{"op": "test", "path": pointer, "value": found_value}] if pointer != name else []
        operations.append({"op": "add", "path": pointer, "value": wanted})
    return _patch_of_referrer(reference, f"write {fields_to_write(differences)} at {reference.path}", tuple(operations))


def fields_to_write(differences: Sequence[Difference]) -> str:
    """Differing fields with their wanted values: `namespace shared, name auth`."""
    return ", ".join(f"{each.path.rpartition('.')[2]} {each.wanted or _EMPTY}" for each in differences)


_EMPTY = '""'


def leave_out_port(found: FoundReference) -> Fix:
    """The patch of the referrer that removes the port from a reference."""
    reference = found.reference
    pointer = json_pointer(reference.path)
    operations = (
        {"op": "test", "path": f"{pointer}/name", "value": reference.to.name},
        {"op": "test", "path": f"{pointer}/port", "value": reference.port},
        {"op": "remove", "path": f"{pointer}/port"},
    )
    return _patch_of_referrer(reference, f"leave port {reference.port} out at {reference.path}", operations)


def _values(found: FoundReference, difference: Difference) -> tuple[object, str | int]:
    """The present and the wanted value of a field, with the types of the API: ports are numbers."""
    port_field = found.field.port_field
    if difference.path != f"{found.reference.path}.{port_field}":
        return difference.found, difference.wanted
    return at(found.entry, *port_field.split(".")), int(difference.wanted)


def _patch_of_referrer(reference: Reference, title: str, operations: tuple[JSON, ...]) -> Fix:
    key = reference.referrer
    return Fix(
        "patch",
        key,
        f"{title} in {key}",
        Confidence.LIKELY,
        patch=operations,
    )


def choose_listener(found: FoundReference, listener: JSON) -> Fix:
    """The patch of the route that names a listener of its parent in sectionName, and drops a port that is not its own."""
    reference, name = found.reference, text(listener.get("name")) or ""
    pointer = json_pointer(reference.path)
    section = f"{pointer}/sectionName"
    operations: tuple[JSON, ...] = (
        {"op": "test", "path": f"{pointer}/name", "value": reference.to.name},
        {"op": "test", "path": section, "value": reference.section_name},
        {"op": "add", "path": section, "value": name},
    )
    title = f"write sectionName {name}{_on_port(listener)}"
    if reference.port not in (None, listener.get("port")):
        port = f"{pointer}/port"
        operations += ({"op": "test", "path": port, "value": reference.port}, {"op": "remove", "path": port})
        title += f" in place of port {reference.port}"
    return _patch_of_referrer(reference, f"{title} at {reference.path}", operations)


def _on_port(listener: JSON) -> str:
    """The listener's port in brackets: it may differ from the port that was asked for."""
    port = integer(listener.get("port"))
    return "" if port is None else f" (port {port})"
