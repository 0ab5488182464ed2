"""What is different between two evaluations of one object: references by verdict, conditions by agreement.

A reference is known by its holder, its role and its target, so that a rule inserted above it changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference, Verdict


class Turn(StrEnum):
    """What a change is for a reference."""

    BREAKS = "breaks"
    FIXES = "fixes"
    ADDS = "adds"
    REMOVES = "removes"
    ALTERS = "alters"


FAILING = (Verdict.REFUSED, Verdict.BROKEN)


@dataclass(frozen=True, slots=True)
class Change:
    """A reference before and after; `before` is None for one that was not there, `after` for one that is no more."""

    turn: Turn
    before: EvaluatedReference | None
    after: EvaluatedReference | None

    @property
    def shown(self) -> EvaluatedReference:
        """The reference as it is, or as it was."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class ConditionChange:
    """A condition whose agreement with the verdicts has changed; None for one that was not there, or is no more."""

    before: Condition | None
    after: Condition | None

    @property
    def shown(self) -> Condition:
        found = self.after or self.before
        assert found is not None
        return found


def identity(evaluated: EvaluatedReference) -> Hashable:
    reference = evaluated.reference
    return reference.referrer, evaluated.found.field.role, reference.to, reference.port, reference.section_name


def changes_between(before: Iterable[EvaluatedReference], after: Iterable[EvaluatedReference]) -> Iterator[Change]:
    """The changes from one evaluation to another, in the order of the references after, then of those that are gone."""
    old: dict[Hashable, list[EvaluatedReference]] = defaultdict(list)
    for each in before:
        old[identity(each)].append(each)
    rest: list[EvaluatedReference] = []
    for each in after:
        same = old.get(identity(each), [])
        match = next((other for other in same if _outcome(other) == _outcome(each)), None)
        if match is None:
            rest.append(each)
        else:
            same.remove(match)
    for each in rest:
        same = old.get(identity(each), [])
        yield _turned(same.pop(0), each) if same else Change(Turn.ADDS, None, each)
    for gone in old.values():
        yield from (Change(Turn.REMOVES, each, None) for each in gone)


def _outcome(evaluated: EvaluatedReference) -> Hashable:
    return evaluated.verdict, evaluated.reason, evaluated.code


def _turned(before: EvaluatedReference, after: EvaluatedReference) -> Change:
    failed, fails = before.verdict in FAILING, after.verdict in FAILING
    turn = Turn.ALTERS if failed is fails else Turn.FIXES if failed else Turn.BREAKS
    return Change(turn, before, after)


def condition_changes(before: Sequence[Condition], after: Sequence[Condition]) -> Iterator[ConditionChange]:
    """The conditions whose agreement is another one now. One that has no status has nothing to agree with."""
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
class Cause:
    """The write that changed something. `manager` and `time` are those of the object's newest managed field, None where
    nothing tells (a deletion)."""

    action: str
    object: ObjectKey
    manager: str | None = None
    time: str | None = None
