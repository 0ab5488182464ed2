"""What a write has changed: conditions by their agreement, and the write itself.

References are compared in queries/differences/outcomes.py, as for `diff`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import at, newest_write, text
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
    old = {each.identity: each for each in before if each.agreement is not Agreement.ABSENT}
    new = {each.identity: each for each in after if each.agreement is not Agreement.ABSENT}
    for identity in dict.fromkeys((*new, *old)):
        was, now = old.get(identity), new.get(identity)
        if was is None or now is None or was.agreement is not now.agreement:
            yield ConditionChange(was, now)


@dataclass(frozen=True, slots=True)
class WriteCause:
    """The write that changed something. `manager` and `time` are those of the object's newest managedFields entry, None
    where it does not tell who wrote (a deletion, or a manager that gave up all its fields)."""

    action: str
    object: ObjectKey
    manager: str | None = None
    time: str | None = None


def write_cause(action: str, key: ObjectKey, obj: JSON | None, before: JSON | None = None) -> WriteCause:
    """The newest write of an object, by comparison with its version `before`; `obj` is None for a deleted object.

    A manager that gives up all its fields is not listed any more: then an older write is the newest that is known, and
    the writer is not.
    """
    manager, time = _newest_write(obj)
    known = (manager, time) != _newest_write(before) and (time or "") >= (_newest_write(before)[1] or "")
    return WriteCause(action, key, manager, time) if known else WriteCause(action, key)


def _newest_write(obj: JSON | None) -> tuple[str | None, str | None]:
    """Who wrote an object last and when, by its managedFields."""
    newest = newest_write(at(obj, "metadata", "managedFields"))
    return text(newest.get("manager")), text(newest.get("time"))


def blamed(key: ObjectKey, causes: Collection[WriteCause]) -> WriteCause | None:
    """Which of several writes has changed an object: its own, or the only one; None if that is not known."""
    own = next((cause for cause in causes if cause.object == key), None)
    return own or (next(iter(causes)) if len(causes) == 1 else None)
