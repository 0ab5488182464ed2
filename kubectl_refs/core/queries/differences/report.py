"""The answer about a change: what becomes of references, of the access that grants give, and of what is served."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from kubectl_refs.core.fixes.edits import Edit
from kubectl_refs.core.model.fixes import Fix
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.object_changes import Action, ObjectChange
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.queries.differences.idle_entries import IdleEntry
from kubectl_refs.core.queries.differences.permissions import PermissionChange
from kubectl_refs.core.records import dataclass

BAD = (Verdict.REFUSED, Verdict.BROKEN)


class Effect(StrEnum):
    """What becomes of a reference. `ALTERS`: another verdict or reason, or another grant that is nearly right, which is
    no better and no worse."""

    BREAKS = "breaks"
    FIXES = "fixes"
    ADDS = "adds"
    REMOVES = "removes"
    ALTERS = "alters"


@dataclass(frozen=True, slots=True)
class ReferenceChange:
    """A reference that the change concerns; None where there is none before, or after. `instead_of` is what stood in the
    place of one that is added, and is no more."""

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
        if is_ in BAD and was not in BAD:
            return Effect.BREAKS
        return Effect.FIXES if was in BAD and is_ is Verdict.ALLOWED else Effect.ALTERS

    @property
    def worse(self) -> bool:
        """Whether something does not work that worked, or that is new."""
        return self.after is not None and self.after.verdict in BAD and self.effect in (Effect.BREAKS, Effect.ADDS)

    @property
    def better(self) -> bool:
        """Whether something works that did not, or works in the place of something that did not."""
        replaced = self.instead_of is not None and self.instead_of.verdict in BAD
        works = self.after is not None and self.after.verdict is Verdict.ALLOWED
        return self.effect is Effect.FIXES or (works and replaced)

    @property
    def effects(self) -> frozenset[Effect]:
        """What it is looked for as: a reference to another target is added, and may break or fix what its object does."""
        breaks = [Effect.BREAKS] if self.worse else []
        fixes = [Effect.FIXES] if self.better else []
        return frozenset((self.effect, *breaks, *fixes))

    @property
    def unknown(self) -> bool:
        return self.after is not None and self.after.verdict is Verdict.UNKNOWN

    @property
    def deletes_target(self) -> bool:
        """Whether what the reference names is deleted, itself or with its namespace."""
        to = self.either.reference.to
        return any(
            each.action is Action.DELETE and (each.key == to or (each.empties and each.key.name == to.namespace))
            for each in self.caused_by
        )


@dataclass(frozen=True, slots=True)
class Loss:
    """An object that nothing serves any more, though no verdict tells it: `because` is a sentence without its full stop."""

    object: ObjectKey
    because: str
    caused_by: tuple[ObjectChange, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """The answer about a change."""

    objects: tuple[ObjectChange, ...]
    changes: tuple[ReferenceChange, ...]
    losses: tuple[Loss, ...] = ()
    permissions: tuple[PermissionChange, ...] = ()
    gaps: tuple[Gap, ...] = ()
    edits: tuple[Edit, ...] = ()
    """What mends references that become worse by a change of an object that is no grant."""
    idle: tuple[IdleEntry, ...] = ()
    """The entries of changed grants that permit nothing which works."""

    def remedy(self, change: ReferenceChange) -> Fix | None:
        """What is recommended against a change for the worse; all that one patch of the same object does, since of two the
        server would refuse the second."""
        if not change.worse or change.after is None or not change.after.fixes:
            return None
        first = change.after.fixes[0]
        return next((edit.as_fix for edit in self.edits if first in edit.fixes), first)

    @property
    def worse(self) -> bool:
        return bool(self.losses) or any(each.worse for each in self.changes)

    @property
    def unknown(self) -> bool:
        """Whether it cannot be told that nothing becomes worse."""
        return bool(self.gaps) or any(each.unknown for each in self.changes)

    @property
    def summary(self) -> Mapping[Effect, int]:
        counts = Counter(each.effect for each in self.changes)
        return {effect: counts[effect] for effect in Effect}
