"""A View that notes what was looked at, so that an event concerns exactly the objects that looked at what changed."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Self

from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Answers, Get, Read
from kubectl_refs.core.view.view import View

Seen = tuple[GroupKind, str | None, str | None]
"""A kind, and the namespace and the name that were asked for; None for all."""


class TrackingView(View):
    """`seen` is what was looked at, here or by whoever made what is shared."""

    def __init__(self, catalog: Catalog, answers: Answers, memo: dict[Hashable, Any] | None = None) -> None:
        super().__init__(catalog, answers, memo)
        self.seen: set[Seen] = set()

    def _look(self, read: Read, effect: str, required: bool = False) -> Answer:
        self.seen.add(seen_by(read))
        return super()._look(read, effect, required)

    @property
    def _has_noted(self) -> bool:
        return bool(self.seen) or super()._has_noted

    def _take_needs(self, other: Self) -> None:
        super()._take_needs(other)
        self.seen |= other.seen


def seen_by(read: Read) -> Seen:
    if isinstance(read, Get):
        return read.key.group_kind, read.key.namespace, read.key.name
    return read.group_kind, read.namespace, read.name


def sights_of(key: ObjectKey) -> tuple[Seen, ...]:
    """What may have been looked at for an object to matter."""
    kind = key.group_kind
    return tuple((kind, namespace, name) for namespace in (None, key.namespace) for name in (None, key.name))
