"""`kubectl refs check`: every object with references, checked at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from kubectl_refs.app import baseline
from kubectl_refs.app.input import selection
from kubectl_refs.app.input.objects import lacks_namespace, referrer_kind, refuse_emptiness
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.input.survey import checked, uncollected, with_grants
from kubectl_refs.app.output import Output
from kubectl_refs.core.findings.filters import FindingFilters, Ignored
from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.queries.check import CheckReport, filtered
from kubectl_refs.core.view.catalog import REFERENCE_GRANT, Catalog, ServedKind
from kubectl_refs.core.view.reads import Source
from kubectl_refs.core.view.store import library_of
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
    accepted = frozenset[str]() if wanted.baseline is None else baseline.read(wanted.baseline, inputs.overrides.limit)
    with Progress() as progress, uncollected():
        source, named = inputs.open(progress)
        refuse_emptiness(source, "check")
        catalog = source.catalog
        kinds, grants = _kinds(catalog, scope)
        ignored = tuple(_ignored(catalog, each) for each in wanted.ignored)
        namespace = None if scope.all_namespaces else named
        remedies = output.shape not in WITHOUT_REMEDIES
        library, report = library_of(source), CheckReport(())
        if kinds is not None:
            report = checked(source, library, kinds, namespace, labels, ungranted=scope.ungranted, remedies=remedies)
        if grants:
            report = with_grants(report, source, library, namespace, labels)
    filters = FindingFilters(Severity(wanted.severity), codes, ignored, wanted.only_refused, accepted)
    report, unknown = filtered(report, filters)
    if wanted.write_baseline is not None:
        baseline.write(wanted.write_baseline, report.findings)
    if report.everything or report.gaps or output.document:
        output.write(_shapes(report, source, Kubectl(catalog, inputs.flags), output))
    else:
        if namespace is not None and lacks_namespace(source, namespace):
            raise not_found("namespaces", namespace)
        where = f" in {namespace} namespace" if namespace else ""
        say(f"No resources{' with references' if kinds is not None else ''} found{where}.")
    if exit_zero:
        return OK
    if any(finding.counts and finding.severity is Severity.ERROR for finding in report.findings):
        return FOUND
    return UNKNOWN if unknown else OK


def _kinds(catalog: Catalog, scope: CheckScope) -> tuple[list[ServedKind] | None, bool]:
    """The kinds to check (none: all that hold references; None: none at all), and whether to check grants."""
    words = _words(scope.types)
    if not words:
        known = catalog.served(REFERENCE_GRANT) is not None or REFERENCE_GRANT.group in catalog.stale_groups
        return [], known and not scope.ungranted
    grants = [word for word in words if selection.resolve(catalog, word).group_kind == REFERENCE_GRANT]
    if grants and scope.ungranted:
        raise usage("--ungranted is about references, which ReferenceGrants have none of")
    kinds = [referrer_kind(catalog, word) for word in words if word not in grants]
    return kinds or None, bool(grants)


def _words(types: Sequence[str]) -> list[str]:
    words = [word for argument in types for word in argument.split(",") if word]
    for word in words:
        if "/" in word:
            raise usage(f"check takes types of objects; for one object there is 'why {word}'")
    return words


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


def _shapes(report: CheckReport, source: Source, kubectl: Kubectl, output: Output) -> Shapes:
    return Shapes(
        text=lambda style: render_table(report, style, headers=output.headers),
        wide=lambda style: render_wide(report, style, kubectl, headers=output.headers),
        data=lambda: to_data(report, kubectl),
        names=lambda: names_of(report),
        findings=lambda: (report, partial(_file_of, source)),
    )


def _file_of(source: Source, key: ObjectKey) -> str | None:
    """The manifest that holds an object; None for a cluster's, and for one of standard input, which has no name."""
    # Imported here: a cluster needs no reader of manifests.
    from kubectl_refs.app.input.overlay import Overlay
    from kubectl_refs.manifests.files import STDIN
    from kubectl_refs.manifests.source import Manifests

    manifests = source.manifests if isinstance(source, Overlay) else source
    origin = manifests.origin(key) if isinstance(manifests, Manifests) else None
    return None if origin is None or origin.file == STDIN else origin.file
