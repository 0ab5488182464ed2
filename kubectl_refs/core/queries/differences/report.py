"""The report on a change: its effects on references, on the access that grants give, and on what is served."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from kubectl_refs.core.fixes.edits import Edit
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.object_changes import ObjectChange
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.model.unknown_kinds import UnknownKind
from kubectl_refs.core.queries.differences.idle_entries import IdleEntry
from kubectl_refs.core.queries.differences.permissions import PermissionChange
from kubectl_refs.core.records import dataclass


class Effect(StrEnum):
    """The effect of a change on a reference. `ALTERS` means another verdict, reason or near miss that is neither better
    nor worse."""

    BREAKS = "breaks"
    FIXES = "fixes"
    ADDS = "adds"
    REMOVES = "removes"
    ALTERS = "alters"


@dataclass(frozen=True, slots=True)
class ReferenceChange:
    """A reference that the change affects; `before` or `after` is None if it does not exist then. `instead_of` is the
    removed reference that was in the place of an added one."""

    before: EvaluatedReference | None
    after: EvaluatedReference | None
    caused_by: tuple[ObjectChange, ...] = ()
    instead_of: EvaluatedReference | None = None

    @property
    def either(self) -> EvaluatedReference:
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def effect(self) -> Effect:
        if self.before is None or self.after is None:
            return Effect.ADDS if self.before is None else Effect.REMOVES
        was, is_ = self.before.verdict, self.after.verdict
        if is_.fails and not was.fails:
            return Effect.ALTERS if self.perhaps_the_same else Effect.BREAKS
        return Effect.FIXES if was.fails and is_ is Verdict.ALLOWED else Effect.ALTERS

    @property
    def perhaps_the_same(self) -> bool:
        """Whether a reference that does not work after the change may have failed before it just as well, because a
        changed object was not read whole."""
        unknown = self.before is not None and self.before.verdict is Verdict.UNKNOWN
        fails = self.after is not None and self.after.verdict.fails
        return unknown and fails and not all(each.whole for each in self.caused_by)

    @property
    def worse(self) -> bool:
        """Whether a reference that worked, or is new, does not work."""
        return self.after is not None and self.after.verdict.fails and self.effect in (Effect.BREAKS, Effect.ADDS)

    @property
    def better(self) -> bool:
        """Whether a reference works that did not, or that replaces one that did not."""
        replaced = self.instead_of is not None and self.instead_of.verdict.fails
        works = self.after is not None and self.after.verdict is Verdict.ALLOWED
        return self.effect is Effect.FIXES or (works and replaced)

    @property
    def effects(self) -> frozenset[Effect]:
        """All effects by which it can be found: an added reference to another target may also break or fix something."""
        breaks = [Effect.BREAKS] if self.worse else []
        fixes = [Effect.FIXES] if self.better else []
        return frozenset((self.effect, *breaks, *fixes))

    @property
    def unknown(self) -> bool:
        """Whether it is not known if the reference works, or if it became worse."""
        return self.perhaps_the_same or (self.after is not None and self.after.verdict is Verdict.UNKNOWN)

    @property
    def deletes_target(self) -> bool:
        """Whether the target is deleted, by itself, with its namespace, or with its kind."""
        return any(self.either.reference.to in each.deletions for each in self.caused_by)


@dataclass(frozen=True, slots=True)
class Loss:
    """An object that nothing serves any more, though no verdict says so. `because` is a sentence without its full stop."""

    object: ObjectKey
    because: str
    caused_by: tuple[ObjectChange, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """The report on a change."""

    objects: tuple[ObjectChange, ...]
    changes: tuple[ReferenceChange, ...]
    losses: tuple[Loss, ...] = ()
    permissions: tuple[PermissionChange, ...] = ()
    gaps: tuple[Gap, ...] = ()
    edits: tuple[Edit, ...] = ()
    """The edits of objects other than grants that repair references which became worse."""
    idle: tuple[IdleEntry, ...] = ()
    """The new entries of changed grants that permit nothing that works."""
    misspelt: tuple[UnknownKind, ...] = ()
    """The created objects of a misspelt kind, whose references are not looked at."""

    def remedy(self, change: ReferenceChange) -> Fix | None:
        """The recommended fix for a change for the worse. Fixes of one object are joined in one patch, since the server
        would refuse the second of two."""
        if not change.worse or change.after is None or not change.after.fixes:
            return None
        first = change.after.fixes[0]
        return next((edit.as_fix for edit in self.edits if first in edit.fixes), first)

    @property
    def worse(self) -> bool:
        return bool(self.losses or self.misspelt) or any(each.worse for each in self.changes)

    @property
    def unknown(self) -> bool:
        """Whether something may become worse without being known."""
        return bool(self.gaps) or any(each.unknown for each in self.changes)

    @property
    def summary(self) -> Mapping[Effect, int]:
        counts = Counter(each.effect for each in self.changes)
        return {effect: counts[effect] for effect in Effect}
