"""JSON Patch documents: paths of fields as JSON Pointers."""

from __future__ import annotations


def json_pointer(path: str) -> str:
    """The JSON Pointer of an exact field path: `spec.from[0].kind` is `/spec/from/0/kind`."""
    return "/" + path.replace("[", "/").replace("]", "").replace(".", "/")
