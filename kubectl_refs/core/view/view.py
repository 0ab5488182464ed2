"""What has been read so far, and the view through which the analysis looks at it.

The analysis looks at a View. Whatever it looks for that is not there yet becomes a need. The shell reads all needs at
once, adds the answers and runs the analysis again, until nothing is needed. So the rules alone say what is read, a
request is made only where its answer matters, and the same rules run on a cluster and on files.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import islice
from typing import Any, Self, TypeVar

from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import PENDING, Answer, Answers, Failure, Get, List, Read

T = TypeVar("T")

EXISTENCE = "existence"
"""The `aspect` of a look that asks which objects exist, and nothing else."""


class View:
    """What has been read so far, as the analysis sees it; notes what is looked for and missing.

    `needs` are the reads not answered yet; `gaps` the reads that failed, with the effect the caller named. `memo` keeps
    results made from answers, which never change; Views with the same answers may share it.
    """

    __slots__ = ("_answers", "_gaps", "_memo", "catalog", "needs")

    def __init__(self, catalog: Catalog, answers: Answers, memo: dict[Hashable, Any] | None = None) -> None:
        self.catalog = catalog
        self._memo: dict[Hashable, Any] = {} if memo is None else memo
        self._answers = answers
        self.needs: dict[Read, None] = {}
        self._gaps: dict[Read, Gap] = {}

    @property
    def gaps(self) -> tuple[Gap, ...]:
        return tuple(self._gaps.values())

    def get(
        self,
        key: ObjectKey,
        *,
        effect: str,
        metadata_only: bool = False,
        whole: bool = False,
        aspect: Hashable = None,
    ) -> Answer:
        """One object. With `whole`, an object known by its identity alone leaves a gap, except in a part of a cluster,
        where the rest is assumed. `aspect` is as for `list`."""
        answer = self._find_answer(Get(key, metadata_only), effect, aspect=aspect)
        if whole and answer.partial and not self.catalog.is_part:
            message = f"the manifests imply the {key.kind} but do not hold it"
            self._gaps[Get(key, metadata_only)] = self._gap(Get(key, metadata_only), Failure(None, message), effect)
        return answer

    def list(
        self,
        group_kind: GroupKind,
        namespace: str | None,
        *,
        effect: str,
        name: str | None = None,
        metadata_only: bool = False,
        digest: Callable[[JSON], JSON] | None = None,
        labels: str = "",
        required: bool = False,
        aspect: Hashable = None,
    ) -> Answer:
        """All objects of a kind. With `required`, a kind that is not served is a failure: nothing can be concluded.

        `aspect` says what matters about the objects: a write that changes nothing of it makes no difference. It is
        EXISTENCE, a FromEntry that ReferenceGrants must have, or None for everything.
        """
        read = List(group_kind, namespace, name, metadata_only, digest, labels)
        return self._find_answer(read, effect, required=required, aspect=aspect)

    def without_gaps(self, make: Callable[[View], T]) -> T:
        """The result of `make`, whose failed reads are no gaps: no verdict depends on them, or the result tells it."""
        subview = self._subview()
        made = make(subview)
        self._adopt_needs(subview)
        return made

    def with_changed(self, key: ObjectKey, obj: JSON) -> View:
        """The same View, with one object as it would be. It shares the memo: what `once` makes depends on names, grants
        and Services, which no such object changes."""
        return View(self.catalog, _Changed(self._answers, key, obj), self._memo)

    def once(self, key: Hashable, make: Callable[[View], T]) -> T:
        """The result of `make`, which uses answers alone, made once for all Views that share the memo. Each of them
        takes over what `make` needed and what it could not read."""
        kept: Any = self._memo.get(key, _NOTHING)
        value: T
        if not isinstance(kept, _Unsettled) and kept is not _NOTHING:
            value = kept
            return value
        if not isinstance(kept, _Unsettled) or kept.outdated(self._answers):
            subview = self._subview()
            value = make(subview)
            if not subview._has_recorded:
                self._memo[key] = value
                return value
            kept = self._memo[key] = _Unsettled(value, subview)
        self._adopt(kept.view)
        value = kept.value
        return value

    def once_as_read(self, key: Hashable, make: Callable[[View], T]) -> T:
        """The same for a result that depends on objects as they are: with a changed one it is made anew, not kept."""
        return make(self) if isinstance(self._answers, _Changed) else self.once(key, make)

    def once_for(self, name: str, obj: object, make: Callable[[View], T]) -> T:
        """The same as `once` for a result about one object, which is kept too, so that no other gets its id."""
        return self.once((name, id(obj)), lambda subview: (obj, make(subview)))[1]

    def once_for_as_read(self, name: str, obj: object, make: Callable[[View], T]) -> T:
        return make(self) if isinstance(self._answers, _Changed) else self.once_for(name, obj, make)

    def kept_for(self, name: str, obj: object) -> Any:
        """A result of `once_for` whose making had nothing to note; None where there is none."""
        kept = self._memo.get((name, id(obj)))
        return None if kept is None or isinstance(kept, _Unsettled) else kept[1]

    def _subview(self) -> Self:
        return type(self)(self.catalog, self._answers, self._memo)

    @property
    def _has_recorded(self) -> bool:
        """Whether there is anything for another View to take over."""
        return bool(self.needs or self._gaps)

    def _adopt_needs(self, other: Self) -> None:
        self.needs.update(other.needs)

    def _adopt(self, other: Self) -> None:
        self._adopt_needs(other)
        for read, gap in other._gaps.items():
            self._gaps.setdefault(read, gap)

    def _find_answer(self, read: Read, effect: str, *, required: bool = False, aspect: Hashable = None) -> Answer:
        del aspect  # It is for Views that keep account of looks.
        answer = self._answers.get(read)
        if answer is None:
            self.needs[read] = None
            return Answer(failure=PENDING)
        if required and not answer.served:
            answer = Answer(failure=Failure(404, self.catalog.absence_of(read.group_kind)), served=False)
        if answer.failure is not None and read not in self._gaps:
            self._gaps[read] = self._gap(read, answer.failure, effect)
        return answer

    def _gap(self, read: Read, failure: Failure, effect: str) -> Gap:
        served = self.catalog.served(read.group_kind)
        return Gap(
            verb="get" if isinstance(read, Get) else "list",
            group=read.group_kind.group,
            resource=served.plural if served else read.group_kind.kind,
            namespace=read.namespace or None,
            name=read.name,
            http_status=failure.http_status,
            message=failure.message,
            effect=effect,
        )


@dataclass(frozen=True, slots=True)
class _Changed:
    """Answers in which one object is replaced by another."""

    answers: Answers
    key: ObjectKey
    object: JSON

    def get(self, read: Read, /) -> Answer | None:
        answer = self.answers.get(read)
        if answer is None or read.group_kind != self.key.group_kind:
            return answer
        return replace(
            answer, objects=tuple(self.object if key_of(each) == self.key else each for each in answer.objects)
        )


_NOTHING = object()
"""Stands for a result that `once` has not made yet."""


@dataclass(frozen=True, slots=True)
class _Unsettled:
    """A result of `once` and the View it was made with, where that noted something. Nearly all results are kept without
    this wrapper: there are tens of thousands of them."""

    value: Any
    view: View

    def outdated(self, answers: Answers) -> bool:
        """Whether the View's needs have been read since. All needs are read at once, so one stands for all."""
        return any(answers.get(read) is not None for read in islice(self.view.needs, 1))
