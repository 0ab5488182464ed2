"""The references that an object holds, found once however many questions are asked about it."""

from __future__ import annotations

from kubectl_refs.core.fields import extraction
from kubectl_refs.core.fields.extraction import Malformed
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.view.view import View

References = tuple[tuple[FoundReference, ...], tuple[Malformed, ...]]


def references_in(view: View, obj: JSON) -> References:
    """The references of an object that has been read, by the catalog's table (extraction.references_of)."""

    def find(subview: View) -> tuple[JSON, References]:
        # The object is kept too, so that no other gets its id.
        return obj, extraction.references_of(obj, subview.catalog.table)

    return view.once(_key(obj), find)[1]


def references_uncached(view: View, obj: JSON) -> References:
    """The same, for callers that look through thousands of objects once: kept results are used, new ones not kept."""
    kept: tuple[JSON, References] | None = view.kept_result(_key(obj))
    return extraction.references_of(obj, view.catalog.table) if kept is None else kept[1]


def _key(obj: JSON) -> tuple[str, int]:
    return "references in", id(obj)
