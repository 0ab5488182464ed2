"""The references that an object holds, found once however many questions are asked about it."""

from __future__ import annotations

from kubectl_refs.core.fields import extraction
from kubectl_refs.core.fields.extraction import Malformed
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.references import FoundReference
from kubectl_refs.core.view.view import View

References = tuple[tuple[FoundReference, ...], tuple[Malformed, ...]]

_KEPT_AS = "references in"


def references_in(view: View, obj: JSON) -> References:
    """The references of an object that has been read, by the catalog's table (extraction.references_of)."""
    return view.once_for(_KEPT_AS, obj, lambda subview: extraction.references_of(obj, subview.catalog.table))


def references_uncached(view: View, obj: JSON) -> References:
    """The same, for callers that look through thousands of objects once: kept results are used, new ones not kept."""
    kept: References | None = view.kept_for(_KEPT_AS, obj)
    return extraction.references_of(obj, view.catalog.table) if kept is None else kept
