"""Every object in scope, read and checked at once: the basis of `check` and `graph`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from kubectl_refs.app.input.prefetch import arriving_objects, lists_for_all_objects, reader_of
from kubectl_refs.core.model import selectors as selector
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.model.values import key_of, labels_of
from kubectl_refs.core.queries.check import CheckReport, check, check_grants
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.core.view.misspelt_kinds import unknown_kind
from kubectl_refs.core.view.reads import Holding, List, Source
from kubectl_refs.core.view.slimming import slim
from kubectl_refs.core.view.store import Library
from kubectl_refs.core.view.view import View


def check_kinds(
    source: Source,
    library: Library,
    kinds: Sequence[ServedKind],
    namespace: str | None,
    labels: object,
    *,
    ungranted: bool,
    remedies: bool,
) -> CheckReport:
    """Read and check every object of these kinds (none given: all that hold references), in a namespace or in all.

    What was read is in the library afterwards.
    """
    reads = list(_lists(source.catalog, kinds, namespace))
    before = lists_for_all_objects(source.catalog, namespace) if reads else []
    misspelt = _of_misspelt_kinds(source, kinds, namespace)
    arriving = (
        obj for obj in chain(arriving_objects(source, library, reads, before), misspelt) if is_selected(labels, obj)
    )
    reader = reader_of(source, library)
    report = check(reader, library, arriving, ungranted=ungranted, remedies=remedies)
    unread = _gaps(source.catalog, library, reads)
    # A list that failed halfway is a gap: objects that had arrived do not count. A restarted list arrived twice.
    inputs = {id(obj): number for number, obj in enumerate(chain(_listed(library, reads), misspelt))}
    kept = sorted(
        (each for each in report.objects if id(each.source) in inputs), key=lambda each: inputs[id(each.source)]
    )
    return CheckReport(tuple(kept), gaps=(*unread, *report.gaps), complete=not unread)


def _of_misspelt_kinds(source: Source, kinds: Sequence[ServedKind], namespace: str | None) -> list[JSON]:
    """The objects in manifests that are meant to be of these kinds (none given: of any that holds references)."""
    if not isinstance(source, Holding):
        return []
    wanted = {kind.group_kind for kind in kinds}
    here = [obj for obj in source.objects if namespace in (None, key_of(obj).namespace)]
    slips = ((obj, unknown_kind(obj, source.catalog)) for obj in here)
    return [
        obj for obj, slip in slips if slip is not None and not slip.unserved and (not wanted or slip.meant in wanted)
    ]


def with_grants(
    report: CheckReport, source: Source, library: Library, namespace: str | None, selected: Callable[[JSON], bool]
) -> CheckReport:
    """The report with the `selected` ReferenceGrants of a namespace, or of all, added, after reading what they need."""
    reader = reader_of(source, library)
    grants, gaps = check_grants(reader, library, namespace, selected)
    listed = library.get(List(REFERENCE_GRANT, namespace))
    every = listed is not None and listed.known
    told = {gap.request for gap in report.gaps}
    more = (gap for gap in gaps if gap.request not in told)
    return replace(
        report,
        grants=(*report.grants, *grants),
        gaps=(*report.gaps, *more),
        complete=report.complete and every and not gaps,
        every_grant=every,
    )


def _listed(library: Library, reads: Sequence[List]) -> Iterator[JSON]:
    answers = (library.get(read) for read in reads)
    return (obj for answer in answers if answer is not None for obj in answer.objects)


def served_referrers(catalog: Catalog, namespace: str | None) -> list[ServedKind]:
    """The served kinds that hold references; for one namespace, only the namespaced ones."""
    return [
        known
        for kind in catalog.table.referrers
        if (known := catalog.served(kind)) is not None and (known.namespaced or namespace is None)
    ]


def _lists(catalog: Catalog, kinds: Sequence[ServedKind], namespace: str | None) -> list[List]:
    """The lists of the objects in scope. For one namespace, cluster-scoped kinds are listed only if named."""
    chosen = kinds or served_referrers(catalog, namespace)
    stale = () if kinds else [kind for kind in catalog.table.referrers if kind.group in catalog.stale_groups]
    return [
        *(
            List(kind.group_kind, namespace if kind.namespaced else None, digest=_digest(catalog, kind))
            for kind in dict.fromkeys(chosen)
        ),
        *(List(kind, namespace) for kind in stale if catalog.served(kind) is None),
    ]


def _digest(catalog: Catalog, kind: ServedKind) -> Callable[[JSON], JSON] | None:
    return slim(kind.group_kind) if catalog.live else None


def _gaps(catalog: Catalog, library: Library, reads: Sequence[List]) -> tuple[Gap, ...]:
    """The gaps of the kinds in scope that could not be listed."""
    view = View(catalog, library)
    for read in reads:
        where = "" if read.namespace is None else f" in {read.namespace}"
        effect = f"what the {several(read.group_kind.kind)}{where} reference is not known"
        view.list(read.group_kind, read.namespace, digest=read.digest, effect=effect)
    return view.gaps


def is_selected(labels: object, obj: JSON) -> bool:
    """Whether a LabelSelector chooses an object; an empty one chooses all."""
    return not labels or bool(selector.matches(labels, labels_of(obj)))
