"""The states of a cluster before and after a change, and the objects that the change can affect in each state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from kubectl_refs.core.model.object_changes import ObjectChange
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.values import at, integer, key_of
from kubectl_refs.core.queries.why import EvaluatedObject, evaluate_object
from kubectl_refs.core.records import replace
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.inquiry import inquire_each
from kubectl_refs.core.view.reads import Answer, Get, Read, Source
from kubectl_refs.core.view.store import library_of


class States(Protocol):
    """The cluster before and after a change, and after it with the change of one object left out."""

    @property
    def before(self) -> Source: ...

    @property
    def after(self) -> Source: ...

    def without(self, change: ObjectChange) -> Source: ...


class OutdatedStates:
    """The same states (States), where what controllers reported about some objects does not count after the change.
    `outdated` are these objects, by the changed object with which their controller goes."""

    def __init__(self, states: States, outdated: Mapping[ObjectKey, frozenset[ObjectKey]]) -> None:
        self._states = states
        self._outdated = outdated
        self.before = states.before
        self.after: Source = _OutdatedReports(states.after, frozenset().union(*outdated.values()))

    def without(self, change: ObjectChange) -> Source:
        others = (keys for each, keys in self._outdated.items() if each != change.key)
        return _OutdatedReports(self._states.without(change), frozenset().union(*others))


class _OutdatedReports:
    """A source in which some objects have a newer generation than their status is about (reads.Source)."""

    def __init__(self, source: Source, keys: frozenset[ObjectKey]) -> None:
        self._source = source
        self._keys = keys
        self._kinds = {key.group_kind for key in keys}

    @property
    def catalog(self) -> Catalog:
        return self._source.catalog

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        return {
            read: self._outdated(answer) if read.group_kind in self._kinds else answer
            for read, answer in self._source.read(reads).items()
        }

    def _outdated(self, answer: Answer) -> Answer:
        return replace(answer, objects=tuple(self._newer(obj) for obj in answer.objects))

    def _newer(self, obj: JSON) -> JSON:
        if key_of(obj) not in self._keys:
            return obj
        generation = (integer(at(obj, "metadata", "generation")) or 0) + 1
        return {**obj, "metadata": {**obj["metadata"], "generation": generation}}


class Outcomes:
    """The affected objects as they were evaluated in one state."""

    def __init__(self, found: Mapping[ObjectKey, EvaluatedObject]) -> None:
        self.found = found

    def references(self, key: ObjectKey) -> tuple[EvaluatedReference, ...]:
        found = self.found.get(key)
        return () if found is None else (*found.in_order, *found.malformed)


class State(Outcomes):
    """The same, with everything that was read about the objects."""

    def __init__(self, source: Source, keys: Iterable[ObjectKey]) -> None:
        self.source = source
        self.library = library_of(source)
        answers = source.read([Get(key) for key in keys])
        self.objects: dict[ObjectKey, JSON] = {
            key_of(obj): obj for answer in answers.values() if (obj := answer.object) is not None and not answer.partial
        }
        evaluated, self.gaps = inquire_each(source, self.library, self.objects.values(), evaluate_object)
        super().__init__({each.key: each for each in evaluated})

    @property
    def outcomes(self) -> Outcomes:
        """The outcomes without what was read, which would fill the memory if there are hundreds of states."""
        return Outcomes(self.found)
