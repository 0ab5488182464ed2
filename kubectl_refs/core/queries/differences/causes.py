"""Which of the changed objects caused the change of a reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from kubectl_refs.core.fields.binding import RouteBinding
from kubectl_refs.core.fields.extraction import references_of
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.object_changes import ObjectChange
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.reference_fields import Role
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.model.serving import unserved
from kubectl_refs.core.queries.differences.change_index import ChangeIndex
from kubectl_refs.core.queries.differences.outcomes import by_identity, identity, outcome
from kubectl_refs.core.queries.differences.report import ReferenceChange
from kubectl_refs.core.queries.differences.states import Outcomes, State, States
from kubectl_refs.core.queries.why import evaluate_object
from kubectl_refs.core.references.evaluation import explain
from kubectl_refs.core.view.recording import RecordingView


class ObservedChanges:
    """The changed objects that the evaluation of an object, or of one reference, looks at."""

    def __init__(self, changes: Sequence[ObjectChange], before: State, after: State) -> None:
        self.changes = changes
        self._index = ChangeIndex(changes)
        self._deletions = [change.deletions for change in changes]
        # Each state has one memo, so that work common to many objects is done once.
        self._states: Sequence[tuple[State, dict[Hashable, Any]]] = ((before, {}), (after, {}))

    def _view(self, state: State, memo: dict[Hashable, Any]) -> RecordingView[ObjectKey]:
        return RecordingView(state.source.catalog, state.library, self._index.seen_by, memo)

    def by_object(self, key: ObjectKey) -> tuple[ObjectChange, ...]:
        """The changes that may have caused a change of an object's references."""
        seen: set[ObjectKey] = {key}
        named: set[GrantName] = set()
        for state, memo in self._states:
            obj = state.objects.get(key)
            if obj is None:
                continue
            view = self._view(state, memo)
            evaluate_object(view, obj)
            seen |= view.seen
            for each in state.references(key):
                # These lists leave some out if there are very many grants.
                named |= {match.grant for match in each.grants} | {miss.grant for miss in each.near_misses}
        return tuple(
            change
            for change, deletions in zip(self.changes, self._deletions, strict=True)
            if key in deletions
            or (change.key in seen and (change.key.group_kind != REFERENCE_GRANT or GrantName.of(change.key) in named))
        )

    def by_reference(self, state: State, key: ObjectKey, each: EvaluatedReference) -> tuple[bool, tuple[Gap, ...]]:
        """Whether a reference depends on another changed object, and what could not be read about the reference."""
        obj = state.objects[key]
        binding = _binding(obj, state)
        # With a memo of its own, so that the gaps are those of this reference.
        view = self._view(state, {})
        explain(view, each.found, obj, binding)
        return bool(view.seen - {key}), view.gaps


def _binding(obj: JSON, state: State) -> RouteBinding:
    found, _ = references_of(obj, state.source.catalog.table)
    return RouteBinding.of(obj, [each.reference for each in found if each.field.role is Role.PARENT])


class Causes:
    """The outcomes for each differing object with one change reverted, for each change that its evaluation looked at."""

    def __init__(self, states: States, observed: ObservedChanges, differing: Iterable[ObjectKey]) -> None:
        self._observed = {key: observed.by_object(key) for key in differing}
        concerned_by: dict[ObjectKey, list[ObjectKey]] = defaultdict(list)
        for key, changes in self._observed.items():
            # A single candidate is the cause, so there is nothing to find out.
            for change in changes if len(changes) > 1 else ():
                concerned_by[change.key].append(key)
        self._taken_back = {
            change.key: State(states.without(change), keys).outcomes
            for change in observed.changes
            if (keys := concerned_by.get(change.key))
        }

    def of_change(self, key: ObjectKey, changed: ReferenceChange, after: State) -> tuple[ObjectChange, ...]:
        same_one, wanted = identity(changed.either), changed.after and outcome(changed.after)

        def count(state: Outcomes) -> tuple[int, int]:
            same = by_identity(state.references(key)).get(same_one, [])
            return len(same), sum(outcome(each) == wanted for each in same)

        with_all = count(after)
        return self._decisive_changes(key, lambda state: count(state) != with_all) or self._likely_causes(key, changed)

    def of_loss(self, key: ObjectKey) -> tuple[ObjectChange, ...]:
        def served(state: Outcomes) -> bool:
            found = state.found.get(key)
            return found is None or not unserved(found.serving)

        return self._decisive_changes(key, served) or self._observed[key]

    def _decisive_changes(self, key: ObjectKey, matters: Callable[[Outcomes], bool]) -> tuple[ObjectChange, ...]:
        observed = self._observed[key]
        if len(observed) < 2:
            return observed
        return tuple(change for change in observed if matters(self._taken_back[change.key]))

    def _likely_causes(self, key: ObjectKey, changed: ReferenceChange) -> tuple[ObjectChange, ...]:
        """The causes if several each suffice: grants that permit or permitted the reference, its target, or else all."""
        names = {match.grant for each in (changed.before, changed.after) if each for match in each.grants}
        to = changed.either.reference.to
        likely = tuple(
            change
            for change in self._observed[key]
            if change.key == to or (change.key.group_kind == REFERENCE_GRANT and GrantName.of(change.key) in names)
        )
        return likely or self._observed[key]
