"""`kubectl refs check`: every object with references, checked at once."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from kubectl_refs.app import baseline
from kubectl_refs.app.input import selection
from kubectl_refs.app.input.objects import lacks_namespace, referrer_kind, refuse_emptiness
from kubectl_refs.app.input.prefetch import Prefetch, arrive
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.core.findings.filters import FindingFilters, Ignored
from kubectl_refs.core.model import selectors as selector
from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.kinds import GATEWAY, LISTENER_SET, NAMESPACE, SERVICE
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.report import Gap
from kubectl_refs.core.model.values import key_of, labels_of
from kubectl_refs.core.queries.check import CheckReport, check, filtered
from kubectl_refs.core.text.language import several
from kubectl_refs.core.view.catalog import REFERENCE_GRANT, Catalog, ServedKind
from kubectl_refs.core.view.reads import List, Source
from kubectl_refs.core.view.slimming import slim
from kubectl_refs.core.view.store import Library
from kubectl_refs.core.view.view import View
from kubectl_refs.process.errors import FOUND, OK, UNKNOWN, not_found, usage
from kubectl_refs.process.progress import Progress
from kubectl_refs.process.streams import say
from kubectl_refs.render.check import names_of, render_table, render_wide
from kubectl_refs.render.data.check import to_data
from kubectl_refs.render.formats import Shape, Shapes
from kubectl_refs.render.kubectl import Kubectl

WITHOUT_REMEDIES = (Shape.TEXT, Shape.NAMES)
"""Shapes that show what is wrong, and neither its effect nor what helps."""


@dataclass(frozen=True, slots=True)
class CheckScope:
    """Which objects to check: of these types (none: of all that hold references), and with these labels."""

    types: Sequence[str] = ()
    selector: str | None = None
    all_namespaces: bool = False
    ungranted: bool = False


@dataclass(frozen=True, slots=True)
class FindingOptions:
    """Which findings to tell, as the user wrote it; `ignored` are CODE or CODE=TYPE/NAME.NAMESPACE."""

    severity: str = "warning"
    codes: Sequence[str] = ()
    ignored: Sequence[str] = ()
    only_refused: bool = False
    baseline: str | None = None
    write_baseline: str | None = None


def check_all(inputs: Inputs, scope: CheckScope, wanted: FindingOptions, output: Output, *, exit_zero: bool) -> int:
    """Check all objects in scope and show the answer on standard output; returns the exit status."""
    labels = selection.labels(scope.selector)
    codes = frozenset(selection.code(word, "--code") for word in wanted.codes)
    accepted = frozenset[str]() if wanted.baseline is None else baseline.read(wanted.baseline)
    with Progress() as progress, uncollected():
        source, named = inputs.open(progress)
        refuse_emptiness(source, "check")
        catalog = source.catalog
        kinds = [referrer_kind(catalog, word) for word in _words(scope.types)]
        ignored = tuple(_ignored(catalog, each) for each in wanted.ignored)
        namespace = None if scope.all_namespaces else named
        remedies = output.shape not in WITHOUT_REMEDIES
        report = checked(source, Library(), kinds, namespace, labels, ungranted=scope.ungranted, remedies=remedies)
    filters = FindingFilters(Severity(wanted.severity), codes, ignored, wanted.only_refused, accepted)
    report, unknown = filtered(report, filters)
    if wanted.write_baseline is not None:
        baseline.write(wanted.write_baseline, report.findings)
    if report.objects or report.gaps or output.document:
        output.write(_shapes(report, inputs, Kubectl(catalog, inputs.flags), output))
    else:
        if namespace is not None and lacks_namespace(source, namespace):
            raise not_found("namespaces", namespace)
        where = f" in {namespace} namespace" if namespace else ""
        say(f"No resources with references found{where}.")
    if exit_zero:
        return OK
    if any(finding.counts and finding.severity is Severity.ERROR for finding in report.findings):
        return FOUND
    return UNKNOWN if unknown else OK


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of reference cycles: nothing here makes any, and looking for them among hundreds of
    thousands of objects takes a third of the time. Nor is what there is then looked at later."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def checked(
    source: Source,
    library: Library,
    kinds: Sequence[ServedKind],
    namespace: str | None,
    labels: object,
    *,
    ungranted: bool,
    remedies: bool,
) -> CheckReport:
    """Every object of these kinds (none: of all that hold references), in a namespace or in all, read and checked.

    What was read is in the library then.
    """
    reads = list(_lists(source.catalog, kinds, namespace))
    if reads:
        library.add(source.read(_beside(source.catalog, namespace)))
    arriving = (obj for obj in arrive(source, library, reads) if _selected(labels, obj))
    reader = Prefetch(source, library) if source.catalog.live else source
    report = check(reader, library, arriving, ungranted=ungranted, remedies=remedies)
    unread = _gaps(source.catalog, library, reads)
    # A list that failed on its way is a gap, and what had come of it no answer; one begun anew has come twice.
    inputs = {id(obj): number for number, obj in enumerate(_listed(library, reads))}
    kept = sorted(
        (each for each in report.objects if id(each.source) in inputs), key=lambda each: inputs[id(each.source)]
    )
    return CheckReport(tuple(kept), (*unread, *report.gaps), complete=not unread)


def _listed(library: Library, reads: Sequence[List]) -> Iterator[JSON]:
    answers = (library.get(read) for read in reads)
    return (obj for answer in answers if answer is not None for obj in answer.objects)


def _lists(catalog: Catalog, kinds: Sequence[ServedKind], namespace: str | None) -> list[List]:
    """What to list for the objects in scope. In one namespace the cluster-scoped kinds are only read if named."""
    chosen = kinds or [
        known
        for kind in catalog.table.referrers
        if (known := catalog.served(kind)) is not None and (known.namespaced or namespace is None)
    ]
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


def _beside(catalog: Catalog, namespace: str | None) -> list[List]:
    """What nearly every object of a whole cluster asks for: it is read first, each kind once."""
    if namespace is not None or not catalog.live:
        return []
    asked = [kind for kind in (REFERENCE_GRANT, SERVICE, GATEWAY, LISTENER_SET) if catalog.served(kind) is not None]
    labels = List(NAMESPACE, None, metadata_only=True, digest=slim(NAMESPACE))
    return [*(List(kind, None, digest=slim(kind)) for kind in asked), labels]


def _gaps(catalog: Catalog, library: Library, reads: Sequence[List]) -> tuple[Gap, ...]:
    """The kinds in scope that could not be listed."""
    view = View(catalog, library)
    for read in reads:
        where = "" if read.namespace is None else f" in {read.namespace}"
        effect = f"what the {several(read.group_kind.kind)}{where} reference is not known"
        view.list(read.group_kind, read.namespace, digest=read.digest, effect=effect)
    return view.gaps


def _words(types: Sequence[str]) -> list[str]:
    words = [word for argument in types for word in argument.split(",") if word]
    for word in words:
        if "/" in word:
            raise usage(f"check takes types of objects; for one object there is 'why {word}'")
    return words


def _selected(labels: object, obj: JSON) -> bool:
    return not labels or bool(selector.matches(labels, labels_of(obj)))


def _ignored(catalog: Catalog, expression: str) -> Ignored:
    word, limited, name = expression.partition("=")
    code = selection.code(word, "--ignore")
    if not limited:
        return Ignored(code)
    type_, slash, name = name.partition("/")
    if not slash or not name:
        raise usage(f'--ignore {expression}: after "=" an object is wanted, as TYPE/NAME.NAMESPACE')
    kind = selection.resolve(catalog, type_)
    if not kind.namespaced:
        return Ignored(code, ObjectKey(kind.group, kind.kind, "", name))
    name, dot, namespace = name.rpartition(".")
    if not dot or not name:
        raise usage(f'--ignore {expression}: after "=" an object is wanted, as TYPE/NAME.NAMESPACE')
    return Ignored(code, ObjectKey(kind.group, kind.kind, namespace, name))


def _shapes(report: CheckReport, inputs: Inputs, kubectl: Kubectl, output: Output) -> Shapes:
    return Shapes(
        text=lambda style: render_table(report, style, headers=output.headers),
        wide=lambda style: render_wide(report, style, kubectl, headers=output.headers),
        data=lambda: to_data(report, kubectl),
        names=lambda: names_of(report),
        findings=lambda: (report, _files(inputs)),
    )


def _files(inputs: Inputs) -> Callable[[ObjectKey], str | None]:
    """Which of the paths given to -f holds an object; None where it is not known, as for standard input."""
    paths = [path for path in inputs.files if path != "-"]
    if len(paths) == 1:
        return lambda key: paths[0]
    holders: dict[ObjectKey, str] = {}
    for path in paths:
        from kubectl_refs.manifests.source import load

        manifests = load(
            [path], recursive=inputs.recursive, default_namespace=inputs.namespace or "default", stdin=None
        )
        holders.update({key_of(obj): path for obj in manifests.objects})
    return holders.get
