"""`kubectl refs check`: every object with references, checked at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kubectl_refs.app.findings import FindingOptions, asking, ignored, shapes, told
from kubectl_refs.app.input import selection
from kubectl_refs.app.input.objects import lacks_namespace, referrer_kind, refuse_emptiness
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.input.survey import checked, uncollected, with_grants
from kubectl_refs.app.output import Output
from kubectl_refs.core.queries.check import CheckReport
from kubectl_refs.core.view.catalog import REFERENCE_GRANT, Catalog, ServedKind
from kubectl_refs.core.view.store import library_of
from kubectl_refs.process.errors import OK, not_found, usage
from kubectl_refs.process.progress import Progress
from kubectl_refs.process.streams import say
from kubectl_refs.render.formats import Shape

WITHOUT_REMEDIES = (Shape.TEXT, Shape.NAMES)
"""Shapes that show what is wrong, and neither its effect nor what helps."""


@dataclass(frozen=True, slots=True)
class CheckScope:
    """Which objects to check: of these types (none: of all that hold references), and with these labels."""

    types: Sequence[str] = ()
    selector: str | None = None
    all_namespaces: bool = False
    ungranted: bool = False


def check_all(inputs: Inputs, scope: CheckScope, options: FindingOptions, output: Output, *, exit_zero: bool) -> int:
    """Check all objects in scope and show the answer on standard output; returns the exit status."""
    labels = selection.labels(scope.selector)
    filters = options.filters(inputs.overrides.limit)
    with Progress() as progress, uncollected():
        source, named = inputs.open(progress)
        refuse_emptiness(source, "check")
        catalog = source.catalog
        kinds, grants = _kinds(catalog, scope)
        namespace = None if scope.all_namespaces else named
        filters = replace(filters, ignored=ignored(catalog, options.ignored, namespace))
        remedies = output.shape not in WITHOUT_REMEDIES
        library, report = library_of(source), CheckReport(())
        if kinds is not None:
            report = checked(source, library, kinds, namespace, labels, ungranted=scope.ungranted, remedies=remedies)
        if grants:
            report = with_grants(report, source, library, namespace, labels)
    report, status = told(report, source, filters, options)
    if report.everything or report.gaps or output.document:
        output.write(shapes(report, source, asking(inputs, catalog), output))
    else:
        if namespace is not None and lacks_namespace(source, namespace):
            raise not_found("namespaces", namespace)
        where = f" in {namespace} namespace" if namespace else ""
        say(f"No resources{' with references' if kinds is not None else ''} found{where}.")
    return OK if exit_zero else status


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
