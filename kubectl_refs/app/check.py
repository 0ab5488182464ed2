"""`kubectl refs check`: every object with references, checked at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from kubectl_refs.app.findings import FindingOptions, filtered_report_and_status, ignored, kubectl_for_findings, shapes
from kubectl_refs.app.input import selection
from kubectl_refs.app.input.object_names import missing, named_object
from kubectl_refs.app.input.objects import lacks_namespace, named_objects, referrer_kind, refuse_emptiness
from kubectl_refs.app.input.prefetch import reader_of
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.input.survey import check_kinds, is_selected, with_grants
from kubectl_refs.app.output import Output
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.check import CheckReport, check
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog, ServedKind
from kubectl_refs.core.view.reads import List, Source
from kubectl_refs.core.view.store import library_of
from kubectl_refs.process.errors import OK, RefsError, not_found, usage
from kubectl_refs.process.garbage_collection import without_garbage_collection
from kubectl_refs.process.progress import Progress
from kubectl_refs.process.streams import say
from kubectl_refs.render.formats import Shape

SHAPES_WITHOUT_REMEDIES = (Shape.TEXT, Shape.NAMES)
"""Shapes that show what is wrong, but neither its effect nor a remedy."""

UNGRANTED_WITH_GRANTS = "--ungranted reports references, and ReferenceGrants hold none"


@dataclass(frozen=True, slots=True)
class CheckScope:
    """Which objects to check: those named as TYPE/NAME, or all of the given types (none given: of every kind that
    holds references) with the given labels."""

    arguments: Sequence[str] = ()
    selector: str | None = None
    all_namespaces: bool = False
    ungranted: bool = False


def check_all(inputs: Inputs, scope: CheckScope, options: FindingOptions, output: Output, *, exit_zero: bool) -> int:
    """Check all objects in scope and show the answer on standard output; returns the exit status."""
    wanted = _named(scope)
    labels = selection.labels(scope.selector)
    accepted = options.accepted(inputs.overrides.limit)
    filters = options.filters(accepted)
    with Progress() as progress, without_garbage_collection():
        source, named = inputs.open(progress)
        refuse_emptiness(source, "check")
        catalog = source.catalog
        kinds, grants = _kinds(catalog, scope) if not wanted else (None, False)
        namespace = None if scope.all_namespaces else inputs.namespace_to_search(source, named)
        filters = replace(filters, ignored=ignored(catalog, options.ignored, namespace))
        remedies = output.shape not in SHAPES_WITHOUT_REMEDIES
        problems: Sequence[RefsError] = ()
        if wanted:
            report, problems = _check_named(source, named, wanted, ungranted=scope.ungranted, remedies=remedies)
        else:
            report = _check_kinds(
                source, kinds, namespace, labels, grants=grants, ungranted=scope.ungranted, remedies=remedies
            )
    report, status = filtered_report_and_status(report, source, filters, accepted, options)
    if report.everything or report.gaps or (output.document and not problems):
        output.write(shapes(report, source, kubectl_for_findings(inputs, catalog), output))
    elif not problems:
        if namespace is not None and lacks_namespace(source, namespace):
            raise not_found("namespaces", namespace)
        where = f" in {namespace} namespace" if namespace else ""
        say(f"No resources{'' if kinds is None and not wanted else ' with references'} found{where}.")
    for problem in problems:
        say(problem.line)
    return problems[0].status if problems else OK if exit_zero else status


def _named(scope: CheckScope) -> tuple[selection.ObjectArgument, ...]:
    """The objects that arguments name; empty if they name types."""
    if not any("/" in argument for argument in scope.arguments):
        return ()
    selection.refuse_with_names(all_namespaces=scope.all_namespaces, selector=scope.selector)
    return selection.parse(scope.arguments)


def _check_kinds(
    source: Source,
    kinds: Sequence[ServedKind] | None,
    namespace: str | None,
    labels: JSON,
    *,
    grants: bool,
    ungranted: bool,
    remedies: bool,
) -> CheckReport:
    """Check all objects of `kinds` (empty: of every kind that holds references; None: no objects), and with `grants`
    the ReferenceGrants."""
    library, report = library_of(source), CheckReport(())
    if kinds is not None:
        report = check_kinds(source, library, kinds, namespace, labels, ungranted=ungranted, remedies=remedies)
    if grants:
        report = with_grants(report, source, library, namespace, lambda grant: is_selected(labels, grant))
    # Free the memo before the report is rendered: nobody asks for it again. Some entries hold the View they were made
    # with, so they would not be freed by themselves.
    library.memo.clear()
    return report


def _check_named(
    source: Source,
    namespace: str | None,
    wanted: Sequence[selection.ObjectArgument],
    *,
    ungranted: bool,
    remedies: bool,
) -> tuple[CheckReport, Sequence[RefsError]]:
    """The report on the named objects, and an error for each that could not be read."""
    catalog, library = source.catalog, library_of(source)
    grants = [each for each in wanted if selection.resolve(catalog, each.type).group_kind == REFERENCE_GRANT]
    if grants and ungranted:
        raise usage(UNGRANTED_WITH_GRANTS)
    others = [each for each in wanted if each not in grants]
    question = named_objects(source, namespace, others)
    problems = [*question.problems]
    reader = reader_of(source, library)
    report = check(reader, library, question.objects, ungranted=ungranted, remedies=remedies)
    for each in grants:
        kind = selection.resolve(catalog, each.type)
        key = named_object(source, kind, each.name, namespace)
        report = with_grants(report, source, library, key.namespace, partial(_has_key, key))
        listed = library.get(List(REFERENCE_GRANT, key.namespace))
        if not any(grant.object == key for grant in report.grants) and (listed is None or listed.known):
            problems.append(missing(catalog, kind, each.name, namespace))
    # The named grants are not all grants, so the access they give is not all of it either.
    return replace(report, every_grant=False), problems


def _has_key(key: ObjectKey, obj: JSON) -> bool:
    return key_of(obj) == key


def _kinds(catalog: Catalog, scope: CheckScope) -> tuple[list[ServedKind] | None, bool]:
    """The kinds to check (empty: all that hold references; None: no kinds), and whether to check grants."""
    words = [word for argument in scope.arguments for word in argument.split(",") if word]
    if not words:
        known = catalog.served(REFERENCE_GRANT) is not None or REFERENCE_GRANT.group in catalog.stale_groups
        return [], known and not scope.ungranted
    grants = [word for word in words if selection.resolve(catalog, word).group_kind == REFERENCE_GRANT]
    if grants and scope.ungranted:
        raise usage(UNGRANTED_WITH_GRANTS)
    kinds = [referrer_kind(catalog, word) for word in words if word not in grants]
    return kinds or None, bool(grants)
