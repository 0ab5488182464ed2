"""The objects of a kind that may be read: those of all namespaces, or of one where only that may be listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.values import key_of
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


def with_named(view: View, found: Readable, kind: GroupKind, named: Iterable[ObjectKey]) -> Readable:
    """The same with those that others name: an object may often be read by who may not list its kind. That one may not is a
    gap of what names it."""
    if found.all:
        return found
    missing = dict.fromkeys(key for key in named if key.group_kind == kind)
    for obj in found.objects:
        missing.pop(key_of(obj), None)
    read = view.without_gaps(lambda apart: [apart.get(key, effect="").object for key in missing])
    return Readable([*found.objects, *(obj for obj in read if obj is not None)], all=False)
