"""The objects of a kind that may be read: those of all namespaces, or of one if only that may be listed."""

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
    """The objects of a kind in all namespaces, or in `namespace` if no more than that may be listed. The refused list
    is a gap, whose effect stays true for the other namespaces; a refusal for `namespace` too adds nothing to it."""
    everywhere = view.list(kind, None, effect=effect)
    if everywhere.known or everywhere.pending or namespace is None:
        return Readable(everywhere.objects, everywhere.known)
    here = view.without_gaps(lambda subview: subview.list(kind, namespace, effect=effect))
    return Readable(here.objects, all=False)


def with_named(view: View, found: Readable, kind: GroupKind, named: Iterable[ObjectKey]) -> Readable:
    """The objects found, and those that other objects name: users may often read an object who may not list its kind. A
    failure to read one is a gap of the object that names it."""
    if found.all:
        return found
    missing = dict.fromkeys(key for key in named if key.group_kind == kind)
    for obj in found.objects:
        missing.pop(key_of(obj), None)
    read = view.without_gaps(lambda subview: [subview.get(key, effect="").object for key in missing])
    return Readable([*found.objects, *(obj for obj in read if obj is not None)], all=False)
