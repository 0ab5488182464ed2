"""What a write has changed: conditions by their agreement, and the write itself.

References are compared in queries/differences/outcomes.py, as for `diff`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class ConditionChange:
    """A condition whose agreement with the verdicts has changed; `before` or `after` is None where it did not exist."""

    before: Condition | None
    after: Condition | None

    @property
    def shown(self) -> Condition:
        found = self.after or self.before
        assert found is not None
        return found


def condition_changes(before: Sequence[Condition], after: Sequence[Condition]) -> Iterator[ConditionChange]:
    """The conditions whose agreement has changed. A condition without a status has nothing to agree with."""
    old = {_place(each): each for each in before if each.agreement is not Agreement.ABSENT}
    new = {_place(each): each for each in after if each.agreement is not Agreement.ABSENT}
    for place in dict.fromkeys((*new, *old)):
        was, now = old.get(place), new.get(place)
        if was is None or now is None or was.agreement is not now.agreement:
            yield ConditionChange(was, now)


def _place(condition: Condition) -> Hashable:
    parts: tuple[JSON | None, ...] = (condition.parent_ref, condition.ancestor_ref)
    written = tuple(None if part is None else tuple(sorted(map(str, part.items()))) for part in parts)
    return condition.object, condition.type, condition.controller_name, condition.listener, written


@dataclass(frozen=True, slots=True)
class WriteCause:
    """The write that changed something. `manager` and `time` are those of the object's newest managedFields entry, None
    where it does not tell who wrote (a deletion, or a manager that gave up all its fields)."""

    action: str
    object: ObjectKey
    manager: str | None = None
    time: str | None = None
