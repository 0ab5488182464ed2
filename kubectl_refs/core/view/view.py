"""What has been read so far, and the view through which the analysis looks at it.

The analysis looks at a View. Whatever it looks at and is not there yet becomes a need; the shell reads all needs
at once, adds the answers and runs the analysis again, until nothing is needed. So the rules alone say what is read,
a request is made only where its answer matters, and the same rules run on a cluster and on files.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import islice
from typing import Any, TypeVar

from kubectl_refs.core.model.objects import JSON, GroupKind, ObjectKey
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import PENDING, Answer, Answers, Failure, Get, List, Read

T = TypeVar("T")


class View:
    """What has been read so far as the analysis sees it, noting what is looked at and missing.

    `needs` are the reads not answered yet; `gaps` the reads that failed, with the effect the asker named. `memo` keeps
    what was made of answers, which never change; Views with the same answers may share it.
    """

    def __init__(self, catalog: Catalog, answers: Answers, memo: dict[Hashable, Any] | None = None) -> None:
        self.catalog = catalog
        self._memo: dict[Hashable, Any] = {} if memo is None else memo
        self._answers = answers
        self.needs: dict[Read, None] = {}
        self._gaps: dict[Read, Gap] = {}

    @property
    def gaps(self) -> tuple[Gap, ...]:
        return tuple(self._gaps.values())

    def get(self, key: ObjectKey, *, effect: str, metadata_only: bool = False, whole: bool = False) -> Answer:
        """One object. With `whole` an object known by its identity alone leaves a gap."""
        answer = self._look(Get(key, metadata_only), effect)
        if whole and answer.partial:
            message = f"the manifests imply the {key.kind} and do not hold it"
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
        required: bool = False,
    ) -> Answer:
        """All objects of a kind. With `required` a kind that is not served is a failure: nothing can be concluded."""
        return self._look(List(group_kind, namespace, name, metadata_only, digest), effect, required)

    def once(self, key: Hashable, make: Callable[[View], T]) -> T:
        """What is made of answers alone: made once for all Views that share the memo, each of which gets its needs
        and its gaps, and once more when its needs, which are read all at once, have been."""
        apart: View | None
        made, apart = self._memo.get(key, (None, None))
        if apart is None or any(self._answers.get(read) is not None for read in islice(apart.needs, 1)):
            apart = View(self.catalog, self._answers, self._memo)
            made = make(apart)
            self._memo[key] = made, apart
        self.needs.update(apart.needs)
        for read, gap in apart._gaps.items():
            self._gaps.setdefault(read, gap)
        result: T = made
        return result

    def _look(self, read: Read, effect: str, required: bool = False) -> Answer:
        answer = self._answers.get(read)
        if answer is None:
            self.needs[read] = None
            return Answer(failure=PENDING)
        if required and not answer.served:
            answer = Answer(failure=Failure(404, self.catalog.lacks(read.group_kind)), served=False)
        if answer.failure is not None and read not in self._gaps:
            self._gaps[read] = self._gap(read, answer.failure, effect)
        return answer

    def _gap(self, read: Read, failure: Failure, effect: str) -> Gap:
        served = self.catalog.served(read.group_kind)
        get = isinstance(read, Get)
        return Gap(
            verb="get" if get else "list",
            group=read.group_kind.group,
            resource=served.plural if served else read.group_kind.kind,
            namespace=(read.key.namespace or None) if isinstance(read, Get) else read.namespace,
            name=read.key.name if isinstance(read, Get) else read.name,
            http_status=failure.http_status,
            message=failure.message,
            effect=effect,
        )
