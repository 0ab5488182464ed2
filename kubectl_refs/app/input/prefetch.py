"""Reading many objects at once: one list instead of many single reads, and narrower lists if that is refused."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from queue import SimpleQueue
from threading import Thread

from kubectl_refs.core.model.kinds import GATEWAY, GATEWAY_CLASS, LISTENER_SET, NAMESPACE, REFERENCE_GRANT, SERVICE
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Answer, Failure, List, Read, Source
from kubectl_refs.core.view.slimming import slim
from kubectl_refs.core.view.store import Library

SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread gives way to another while objects arrive."""

MOST_SINGLE_READS = 20
"""The most reads of a kind that are made one by one; beyond that, the kind is listed."""

MOST_REFUSED = 100
"""Failed reads of a kind after which no more are made: who may not list it can read it in few namespaces."""

MOST_READS_WITHOUT_LISTING = 1000
"""The most reads of a kind that are made if listing it is refused."""

_BATCH = 50
"""Reads made at once, before failures are counted."""


class Prefetch:
    """A Source that answers from its library, and fills it with lists if many objects of a kind are asked for.

    If the list of all namespaces is refused, single namespaces are listed, and then objects are read one by one, up to
    MOST_REFUSED failures and MOST_READS_WITHOUT_LISTING reads of a kind. Further reads get a failure that says so. No
    list is tried twice.
    """

    def __init__(self, source: Source, library: Library) -> None:
        self._source = source
        self._library = library
        self._made: dict[_Sort, int] = defaultdict(int)
        self._failed: dict[_Sort, int] = defaultdict(int)

    @property
    def catalog(self) -> Catalog:
        return self._source.catalog

    def read(self, reads: Iterable[Read]) -> Mapping[Read, Answer]:
        wanted = tuple(dict.fromkeys(reads))
        for widest in (True, False):
            missing = self._missing(wanted)
            lists = self._lists(missing, widest=widest)
            if lists:
                covered = {(each.group_kind, each.metadata_only, each.namespace) for each in lists}
                alone = [read for read in missing if not _covered(read, covered)]
                self._read([*lists, *alone])
        missing = self._missing(wanted)
        self._read(missing)
        return {read: answer for read in wanted if (answer := self._library.get(read)) is not None}

    def _read(self, reads: Sequence[Read]) -> None:
        """Make reads, within the limits for each kind; those beyond the limits become failures in the library."""
        left = list(reads)
        while left:
            now: list[Read] = []
            later: list[Read] = []
            given_up: dict[Read, Answer] = {}
            for read in left:
                sort = _sort(read)
                if self._failed[sort] >= MOST_REFUSED or self._made[sort] >= MOST_READS_WITHOUT_LISTING:
                    given_up[read] = Answer(failure=self._failure_of_skipped_read(read))
                elif len(now) < _BATCH:
                    self._made[sort] += 1
                    now.append(read)
                else:
                    later.append(read)
            answers = self._source.read(now) if now else {}
            for read, answer in answers.items():
                self._failed[_sort(read)] += not answer.known
            self._library.add({**answers, **given_up})
            left = later

    def _failure_of_skipped_read(self, read: Read) -> Failure:
        sort = _sort(read)
        served = self._source.catalog.served(read.group_kind)
        resource = served.plural if served else read.group_kind.kind
        if self._failed[sort] >= MOST_REFUSED:
            return Failure(None, f"not asked for, as {self._failed[sort]} requests for {resource} failed before")
        return Failure(None, f"not asked for, as {MOST_READS_WITHOUT_LISTING} requests for {resource} were made before")

    def _missing(self, reads: Sequence[Read]) -> list[Read]:
        return [read for read in reads if self._library.get(read) is None]

    def _lists(self, reads: Sequence[Read], *, widest: bool) -> list[List]:
        """The lists that replace many of the reads: of a kind in all namespaces, or in each with many reads."""
        counts: dict[tuple[GroupKind, bool], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        everywhere: dict[tuple[GroupKind, bool], int] = defaultdict(int)
        for read in reads:
            place = read.namespace
            if place is not None:
                counts[read.group_kind, read.metadata_only][place] += 1
            elif isinstance(read, List) and read.name is not None:
                everywhere[read.group_kind, read.metadata_only] += 1
        found = []
        for (kind, metadata_only), count in everywhere.items():
            if widest and count > MOST_SINGLE_READS:
                found.append(List(kind, None, metadata_only=metadata_only, digest=slim(kind)))
        for (kind, metadata_only), places in counts.items():
            if widest and len(places) > 1:
                chosen: list[str | None] = [None] if sum(places.values()) > MOST_SINGLE_READS else []
            else:
                chosen = [place for place, count in places.items() if count > MOST_SINGLE_READS]
            found += [List(kind, place or None, metadata_only=metadata_only, digest=slim(kind)) for place in chosen]
        return [each for each in dict.fromkeys(found) if self._library.get(each) is None]


def reader_of(source: Source, library: Library) -> Source:
    """What reads many objects at once; manifests have them all."""
    return Prefetch(source, library) if source.catalog.live else source


def arriving_objects(
    source: Source, library: Library, lists: Sequence[List], before: Sequence[List] = ()
) -> Iterator[JSON]:
    """Yield the objects of lists as they arrive, so that they are worked on while the server prepares the next ones.

    Lists that the library holds are not read again; the others are in it after the last object. A list may fail or
    begin anew after some of its objects came: those are then not part of its answer. The lists in `before` are in the
    library before the first object comes; meanwhile the server prepares the others.
    """
    missing = [read for read in lists if library.get(read) is None and read not in before]
    arrived: SimpleQueue[JSON | None] = SimpleQueue()
    tapped = {read: read._replace(digest=_QueueingDigest(read.digest, arrived)) for read in missing}
    ended: list[Mapping[Read, Answer] | BaseException] = []

    def read_all() -> None:
        try:
            ended.append(source.read(tapped.values()))
        except BaseException as error:  # Raised again by the consumer's thread.
            ended.append(error)
        finally:
            arrived.put(None)

    interval = sys.getswitchinterval()
    # An arrived page must be read at once, so that the server goes on to the next: work in this thread must give way.
    sys.setswitchinterval(SWITCH_INTERVAL)
    try:
        if missing:
            # A daemon thread, so that an interrupted program does not wait for a server.
            Thread(target=read_all, name="arrive", daemon=True).start()
        if before:
            library.add(source.read(before))
        for read in lists:
            yield from (() if (answer := library.get(read)) is None else answer.objects)
        while missing and (obj := arrived.get()) is not None:
            yield obj
    finally:
        sys.setswitchinterval(interval)
    for answers in ended:
        if isinstance(answers, BaseException):
            raise answers
        library.add({read: answers[tap] for read, tap in tapped.items()})


def lists_for_all_objects(catalog: Catalog, namespace: str | None) -> list[List]:
    """The lists that nearly every object of a cluster needs, to be read before the first object, each kind once."""
    if namespace is not None or not catalog.live:
        return []
    kinds = (REFERENCE_GRANT, SERVICE, GATEWAY, GATEWAY_CLASS, LISTENER_SET)
    asked = [kind for kind in kinds if catalog.served(kind) is not None]
    labels = List(NAMESPACE, None, metadata_only=True, digest=slim(NAMESPACE))
    return [*(List(kind, None, digest=slim(kind)) for kind in asked), labels]


class _QueueingDigest:
    """A digest that also puts its result into a queue."""

    def __init__(self, digest: Callable[[JSON], JSON] | None, arrived: SimpleQueue[JSON | None]) -> None:
        self._digest = digest
        self._arrived = arrived

    def __call__(self, obj: JSON) -> JSON:
        kept = obj if self._digest is None else self._digest(obj)
        self._arrived.put(kept)
        return kept


_Sort = tuple[GroupKind, bool]
"""A kind, and whether metadata suffices."""


def _sort(read: Read) -> _Sort:
    return read.group_kind, read.metadata_only


def _covered(read: Read, lists: set[tuple[GroupKind, bool, str | None]]) -> bool:
    kind, metadata_only = read.group_kind, read.metadata_only
    return bool(lists & {(kind, metadata_only, None), (kind, metadata_only, read.namespace or None)})
