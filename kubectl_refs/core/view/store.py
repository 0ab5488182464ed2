"""What has been read so far, and what follows from it: a list of a kind answers for every object of that kind.

A check of thousands of objects asks for each Service and for each namespace's grants one by one, as an explanation of
one object does. Where the whole kind was listed, the answer is here already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from functools import cached_property
from typing import Any

from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.reads import Answer, Get, List, Read, Source, names_placeholder
from kubectl_refs.core.view.slimming import slim


class Library:
    """Answers by read (reads.Answers). An answer once given stays the same, so results made from answers (`memo`, as
    Views keep it) serve every analysis that asks the library."""

    def __init__(self) -> None:
        self.memo: dict[Hashable, Any] = {}
        self._answers: dict[Read, Answer] = {}
        self._lists: dict[tuple[GroupKind, str | None, bool], _Listed] = {}

    def add(self, answers: Mapping[Read, Answer]) -> None:
        """Add what was read. A list also answers for its single objects, if its digest (where it has one) keeps
        whatever may be asked of an object (slimming.py)."""
        for read, answer in answers.items():
            self._answers.setdefault(read, answer)
            complete = answer.known and not (answer.partial or answer.assumed)
            if isinstance(read, List) and read.name is None and not read.labels and complete and _keeps_all(read):
                self._lists.setdefault((read.group_kind, read.namespace, read.metadata_only), _Listed(answer))

    def get(self, read: Read, /) -> Answer | None:
        answer = self._answers.get(read)
        if answer is None:
            answer = self._derived(read)
            if answer is not None:
                self._answers[read] = answer
        return answer

    def _derived(self, read: Read) -> Answer | None:
        if names_placeholder(read):
            return None
        kind = read.group_kind
        for place in dict.fromkeys((None, read.namespace)):
            # Where metadata suffices, whole objects serve as well.
            for metadata_only in (False, True) if read.metadata_only else (False,):
                listed = self._lists.get((kind, place, metadata_only))
                if listed is not None:
                    return listed.answer(read)
        return None


class LocalLibrary(Library):
    """The answers of a source that need not be fetched, such as manifests: each is there when it is first looked for,
    so no analysis has to run twice."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source

    def _derived(self, read: Read) -> Answer:
        return self._source.read((read,))[read]


def _keeps_all(read: List) -> bool:
    return read.digest is None or read.digest is slim(read.group_kind)


def library_of(source: Source) -> Library:
    """An empty library for what will be read from a source."""
    return Library() if source.catalog.live else LocalLibrary(source)


class _Listed:
    """A list of a kind, in one namespace or in all, with its indices."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    @cached_property
    def _by_key(self) -> Mapping[ObjectKey, JSON]:
        return {key_of(obj): obj for obj in self._answer.objects}

    @cached_property
    def _by_place(self) -> Mapping[str, list[JSON]]:
        found = defaultdict(list)
        for key, obj in self._by_key.items():
            found[key.namespace].append(obj)
        return found

    @cached_property
    def _by_name(self) -> Mapping[str, list[JSON]]:
        found = defaultdict(list)
        for key, obj in self._by_key.items():
            found[key.name].append(obj)
        return found

    def answer(self, read: Read) -> Answer:
        if not self._answer.served:
            return self._answer
        if isinstance(read, Get):
            obj = self._by_key.get(read.key)
            return Answer(() if obj is None else (obj,))
        if read.name is not None:
            named = self._by_name.get(read.name, [])
            return Answer(tuple(obj for obj in named if read.namespace in (None, key_of(obj).namespace)))
        if read.labels:
            within = self._answer.objects if read.namespace is None else self._by_place.get(read.namespace, ())
            return Answer(tuple(filter(read.holds, within)))
        return self._answer if read.namespace is None else Answer(tuple(self._by_place.get(read.namespace, ())))
