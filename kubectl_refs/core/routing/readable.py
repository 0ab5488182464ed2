"""The objects of a kind that may be read: those of all namespaces, or of one where only that may be listed."""

from __future__ import annotations

from collections.abc import Sequence

from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.view import View


@dataclass(frozen=True, slots=True)
class Readable:
    """Objects of a kind; `all` says whether there are no others."""

    objects: Sequence[JSON]
    all: bool


def readable(view: View, kind: GroupKind, namespace: str | None, *, effect: str) -> Readable:
    """A refused list of all namespaces is a gap, whose effect stays true of those beside `namespace`; that the list of
    this one is refused too adds nothing to it."""
    everywhere = view.list(kind, None, effect=effect)
    if everywhere.known or everywhere.pending or namespace is None:
        return Readable(everywhere.objects, everywhere.known)
    here = view.without_gaps(lambda apart: apart.list(kind, namespace, effect=effect))
    return Readable(here.objects, all=False)
