"""`kubectl refs grants`: who may reference what, who does, and what is wrong with the grants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from kubectl_refs.app.baseline import Baseline
from kubectl_refs.app.exit_status import exit_status
from kubectl_refs.app.findings import FindingOptions, filtered_report_and_status, ignored, kubectl_for_findings, shapes
from kubectl_refs.app.input.grant_filters import GrantFilters
from kubectl_refs.app.input.locations import with_places
from kubectl_refs.app.input.object_names import missing
from kubectl_refs.app.input.objects import lacks_namespace, refuse_emptiness
from kubectl_refs.app.input.prefetch import reader_of
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.app.output import Output
from kubectl_refs.app.sorting import sorted_by
from kubectl_refs.core.findings.filters import FindingFilters
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.near_misses import GrantName
from kubectl_refs.core.model.objects import GroupKind, ObjectKey
from kubectl_refs.core.queries.check import CheckReport, checked_grant
from kubectl_refs.core.queries.grant_referrers import GrantScope
from kubectl_refs.core.queries.grants import DescribedGrant, GrantReport, survey
from kubectl_refs.core.text.language import listing
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.inquiry import inquire_each
from kubectl_refs.core.view.reads import Answer, Get, List, Source
from kubectl_refs.core.view.slimming import slim
from kubectl_refs.core.view.store import library_of
from kubectl_refs.process.errors import FOUND, OK, UNKNOWN, RefsError, not_found, unknown_type, unread, usage
from kubectl_refs.process.garbage_collection import without_garbage_collection
from kubectl_refs.process.progress import Progress
from kubectl_refs.process.streams import say
from kubectl_refs.render.data.check import findings_data
from kubectl_refs.render.data.grants import to_data
from kubectl_refs.render.data.streaming import Repeats
from kubectl_refs.render.formats import Shapes
from kubectl_refs.render.grant import render_descriptions, render_descriptions_in_full
from kubectl_refs.render.grants import names_of, render_table, render_wide
from kubectl_refs.render.kubectl import Kubectl
from kubectl_refs.render.text.style import Style

EVERY_FINDING = FindingOptions(severity="info")

_NAMES = 5
"""Names listed in one line; the rest are only counted."""


def grants(
    inputs: Inputs,
    filters: GrantFilters,
    output: Output,
    options: FindingOptions = EVERY_FINDING,
    *,
    all_namespaces: bool,
    exit_zero: bool,
) -> int:
    """Show grants, or only what is wrong with them, on standard output; returns the exit status. Named grants that
    were not found are reported at the end."""
    filters.check(all_namespaces=all_namespaces)
    accepted = options.accepted(inputs.overrides.limit)
    finding_filters = options.filters(accepted)
    with Progress() as progress, without_garbage_collection():
        source, named = inputs.open(progress)
        refuse_emptiness(source, "grants")
        namespace = None if all_namespaces else inputs.namespace_to_search(source, named)
        wanted = filters.resolve(source, namespace)
        names, target, namespace = wanted.names, wanted.target, wanted.namespace
        finding_filters = replace(finding_filters, ignored=ignored(source.catalog, options.ignored, namespace))
        scope = GrantScope(namespace, everywhere=bool(names or target), target=target, faults=True)
        report = _survey(source, scope)
        if not report.grants and namespace is not None and target is None and lacks_namespace(source, namespace):
            raise not_found("namespaces", namespace)
        there = None if target is None else source.read([read := Get(target, metadata_only=True)])[read]
    candidates = list(filter(wanted.includes, report.grants))
    shown = tuple(each for each in candidates if not filters.unused or each.unused)
    undecided = tuple(each.usage.grant.grant for each in candidates if filters.unused and each.perhaps_unused)
    report = replace(report, undecided=undecided)
    names_there = {each.usage.grant.grant.name for each in report.grants}
    unfound = [name for name in names if name not in names_there]
    asked = _Asked(namespace, target, there, unfound)
    gone = asked.target_is_absent and not report.references
    kubectl = (
        kubectl_for_findings(inputs, source.catalog)
        if filters.findings or names or target
        else Kubectl(source.catalog, inputs.flags)
    )
    status = OK
    if filters.findings and (shown or output.document):
        chosen = replace(report, grants=shown)
        if filters.sort_by is not None:
            chosen = sorted_by(chosen, list(to_data(chosen, kubectl)["grants"]), filters.sort_by)
        status = _show_findings(chosen, finding_filters, accepted, options, output, source, kubectl)
    # For a target that does not exist and that nothing references, show the error alone: gaps in what could be read
    # about it matter to nobody.
    elif shown or not gone or output.document:
        without_ignored = tuple(_without_ignored(each, finding_filters) for each in shown)
        _show_grants(report, without_ignored, asked, filters, output, kubectl)
        # A named grant fails if a reference that it was meant for is refused.
        status = FOUND if names and any(each.meant_but_refused for each in shown) else exit_status(report.references)
        if status == OK and not report.complete:
            status = UNKNOWN
    problems = [_not_found(source.catalog, REFERENCE_GRANT, name, namespace) for name in unfound]
    if target is not None and gone:
        problems = [_not_found(source.catalog, target.group_kind, target.name, target.namespace)]
    for problem in problems:
        say(problem.line)
    if problems:
        return problems[0].status
    return OK if exit_zero else status


class _Asked(NamedTuple):
    """What was asked about: the grants of a namespace, or of all (None), or those for a target; the answer to reading
    the target; and the names of grants that do not exist."""

    namespace: str | None
    target: ObjectKey | None
    answer: Answer | None
    unfound: Sequence[str]

    @property
    def target_is_absent(self) -> bool:
        return self.answer is not None and self.answer.absent


def _show_findings(
    report: GrantReport,
    filters: FindingFilters,
    accepted: Baseline,
    options: FindingOptions,
    output: Output,
    source: Source,
    kubectl: Kubectl,
) -> int:
    """Show only the findings, as `check referencegrants` does, in JSON beside the grants; returns the exit status."""
    found = CheckReport((), tuple(map(checked_grant, report.grants)), report.gaps, report.complete, every_grant=True)
    found, status = filtered_report_and_status(found, source, filters, accepted, options)
    kept = {each.object: each.findings for each in found.grants}
    chosen = tuple(
        replace(each, findings=findings) for each in report.grants if (findings := kept[each.usage.grant.key])
    )
    data = partial(to_data, replace(report, grants=chosen), kubectl)
    output.write(
        replace(
            shapes(found, source, kubectl, output),
            data=lambda: {**data(), "findings": findings_data(with_places(found, source), kubectl, Repeats())},
        )
    )
    return status


def _show_grants(
    report: GrantReport,
    shown: tuple[DescribedGrant, ...],
    asked: _Asked,
    filters: GrantFilters,
    output: Output,
    kubectl: Kubectl,
) -> None:
    """Show the grants `shown` of a report, or say that there are none, and what could not be read."""
    namespace, target = asked.namespace, asked.target
    unsure = not report.complete and not asked.unfound
    if shown or report.references or output.document or unsure:
        chosen = replace(report, grants=shown)
        if filters.sort_by is not None:
            chosen = sorted_by(chosen, list(to_data(chosen, kubectl)["grants"]), filters.sort_by)
        output.write(_shapes(chosen, filters, output, kubectl, namespaces=namespace is None))
    if output.document:
        return
    if report.undecided:
        say(_undecided_line(report.undecided))
    # A reference broken by the absence says so itself; without references, the error does.
    if asked.target_is_absent and any(each.verdict is Verdict.REFUSED for each in report.references):
        say(f"{target} does not exist.")
    if asked.target_is_absent:
        return
    if report.references or asked.unfound or (shown and target is None):
        return
    read = " in what could be read" if unsure else ""
    where = f" in {namespace} namespace" if namespace else ""
    if target is not None:
        assumed = asked.answer is not None and asked.answer.assumed
        known = f"; {target.kind} {target.name} is not among these manifests" if assumed else ""
        line = f"No references to {target} found{read}{known}."
    else:
        # kubectl ends the first with a full stop, and not the second.
        line = f"No resources found{where}." if namespace else "No resources found"
    say(line)


def _survey(source: Source, scope: GrantScope) -> GrantReport:
    """The report; RefsError if the grants themselves cannot be read. Without them there is nothing to say, except who
    references a target."""
    # Kept in a library, so that later reads of single namespaces are answered from the lists of all.
    library = library_of(source)
    read = List(REFERENCE_GRANT, scope.namespace, digest=slim(REFERENCE_GRANT) if source.catalog.live else None)
    answer = source.read([read])[read]
    if scope.target is None and not answer.served:
        raise unknown_type("referencegrants")
    if scope.target is None and answer.failure is not None:
        message = answer.failure.message
        raise unread(answer.failure.http_status, message) if source.catalog.live else usage(message)
    library.add({read: answer})
    reader = reader_of(source, library)
    (report,), _ = inquire_each(reader, library, [scope], survey)
    return report


def _not_found(catalog: Catalog, kind: GroupKind, name: str, namespace: str | None) -> RefsError:
    served = catalog.served(kind)
    if served is None:
        return not_found(f"referencegrants.{kind.group}" if kind == REFERENCE_GRANT else kind.kind, name)
    return missing(catalog, served, name, namespace)


def _undecided_line(names: Sequence[GrantName]) -> str:
    """The line about grants that --unused leaves out because it is not known whether anything uses them."""
    listed = listing([*map(str, names)], most=_NAMES)
    one = len(names) == 1
    return f"Not shown: {listed}. Whether anything uses {'it' if one else 'them'} is not known."


def _without_ignored(described: DescribedGrant, filters: FindingFilters) -> DescribedGrant:
    """A grant without the findings that --ignore leaves out."""
    return replace(described, findings=tuple(filter(filters.keeps, described.findings)))


def _shapes(
    report: GrantReport, filters: GrantFilters, output: Output, kubectl: Kubectl, *, namespaces: bool
) -> Shapes:
    def text(style: Style) -> str:
        if filters.names:
            return render_descriptions(report, style, kubectl)
        return render_table(report, style, kubectl, namespaces=namespaces, headers=output.headers)

    def wide(style: Style) -> str:
        table = render_wide(report, style, kubectl, namespaces=namespaces, headers=output.headers)
        return f"{render_descriptions_in_full(report, style, kubectl)}\n{table}" if filters.names else table

    return Shapes(
        text=text,
        wide=wide,
        data=lambda: to_data(report, kubectl),
        names=lambda: names_of(report),
    )
