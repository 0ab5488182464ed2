"""Planned changes to the objects of a cluster: created, updated, deleted."""

from __future__ import annotations

from enum import StrEnum

from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.records import dataclass


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """One object before and after the change; None where it does not exist, and for `before` if it could not be read.

    `known` says whether the action is certain. It is not if the object could not be read, so that it may or may not
    exist, or if only its metadata could be, as of a Secret, whose data may be the same.
    """

    action: Action
    key: ObjectKey
    before: JSON | None
    after: JSON | None
    known: bool = True

    @property
    def versions(self) -> tuple[JSON, ...]:
        return tuple(each for each in (self.before, self.after) if each is not None)

    @property
    def empties(self) -> bool:
        """Whether it deletes a namespace, and with it everything inside."""
        return self.action is Action.DELETE and self.key.group_kind == NAMESPACE

    @property
    def word(self) -> str:
        """The action; "apply" if the object could not be read: it may exist already, even in the wanted state."""
        return "apply" if self.before is None and not self.known else str(self.action)

    def __str__(self) -> str:
        return f"{self.word} {self.key}"
