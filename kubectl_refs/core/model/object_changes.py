"""Planned changes to the objects of a cluster: created, updated, deleted."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from kubectl_refs.core.model.kinds import DEFINITION, NAMESPACE
from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.values import at, text
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
    exist, or if only its metadata could be, as of a Secret, whose data may be the same. `whole` says whether all of
    `before` was read.
    """

    action: Action
    key: ObjectKey
    before: JSON | None
    after: JSON | None
    known: bool = True
    whole: bool = True

    @property
    def versions(self) -> tuple[JSON, ...]:
        return tuple(each for each in (self.before, self.after) if each is not None)

    @property
    def empties(self) -> bool:
        """Whether it deletes a namespace, and with it everything inside."""
        return self.action is Action.DELETE and self.key.group_kind == NAMESPACE

    @property
    def ends(self) -> GroupKind | None:
        """The kind whose CustomResourceDefinition it deletes, and with it all objects of the kind."""
        if self.action is not Action.DELETE or self.key.group_kind != DEFINITION:
            return None
        group, kind = (text(at(self.before, "spec", *path)) for path in (("group",), ("names", "kind")))
        return GroupKind(group, kind) if group and kind else None

    @property
    def deletions(self) -> Deletions:
        """What it deletes: one object, or with a namespace or a CustomResourceDefinition all that is in it or of its kind."""
        return Deletions.of((self,))

    @property
    def word(self) -> str:
        """The action; "apply" if the object could not be read: it may exist already, even in the wanted state."""
        return "apply" if self.before is None and not self.known else str(self.action)

    def __str__(self) -> str:
        return f"{self.word} {self.key}"


@dataclass(frozen=True, slots=True)
class Deletions:
    """What changes delete: objects by themselves, and all objects in some namespaces and of some kinds."""

    keys: frozenset[ObjectKey] = frozenset()
    namespaces: frozenset[str] = frozenset()
    kinds: frozenset[GroupKind] = frozenset()

    @classmethod
    def of(cls, changes: Iterable[ObjectChange]) -> Deletions:
        deleted = [each for each in changes if each.action is Action.DELETE]
        return cls(
            frozenset(each.key for each in deleted),
            frozenset(each.key.name for each in deleted if each.empties),
            frozenset(each.ends for each in deleted if each.ends is not None),
        )

    def __contains__(self, key: ObjectKey) -> bool:
        return key in self.keys or key.namespace in self.namespaces or key.group_kind in self.kinds


NO_DELETIONS = Deletions()
