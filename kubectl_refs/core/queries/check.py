"""The check of all objects of a cluster or of manifests: their references, conditions and grants, with findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from kubectl_refs.core.findings.check_findings import Messages, check_findings
from kubectl_refs.core.findings.filters import FindingFilters
from kubectl_refs.core.findings.new_permissions import new_permissions
from kubectl_refs.core.findings.ungranted_references import ungranted_findings
from kubectl_refs.core.findings.unknown_fields import misspelt
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.grants.permissions import Permission
from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.findings import Finding, counted
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import EvaluatedReference
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.model.serving import Serving
from kubectl_refs.core.queries.grant_referrers import GrantScope
from kubectl_refs.core.queries.grants import DescribedGrant, survey
from kubectl_refs.core.queries.why import evaluate_object
from kubectl_refs.core.records import dataclass, replace
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.inquiry import inquire_each
from kubectl_refs.core.view.reads import Source
from kubectl_refs.core.view.store import Library
from kubectl_refs.core.view.view import View


@dataclass(frozen=True, slots=True)
class Checked:
    """One object with the results of its check."""

    object: ObjectKey
    source: JSON
    references: tuple[EvaluatedReference, ...]
    conditions: tuple[Condition, ...]
    serving: tuple[Serving, ...]
    findings: tuple[Finding, ...]

    @property
    def is_grant(self) -> bool:
        return self.object.group_kind == REFERENCE_GRANT

    @property
    def report(self) -> Report:
        """The report on this object alone, as `why` would give it."""
        return Report(self.references, self.conditions, objects={self.object: self.source}, serving=self.serving)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result for all objects in scope. `grants` are the ReferenceGrants among them, which reference nothing.
    `complete` says if every kind in scope could be listed, and everything read that findings on grants depend on."""

    objects: tuple[Checked, ...]
    grants: tuple[Checked, ...] = ()
    gaps: tuple[Gap, ...] = ()
    complete: bool = True
    every_grant: bool = False
    """Whether all ReferenceGrants in scope could be listed and are among `grants`."""
    hidden: int = 0
    """The number of findings that count but are less severe than those to show."""
    left_out: int = 0
    """The number of findings that the other filters leave out."""

    @property
    def everything(self) -> tuple[Checked, ...]:
        """All checked objects, grants included."""
        return (*self.objects, *self.grants)

    @property
    def findings(self) -> Iterator[Finding]:
        return (finding for checked in self.everything for finding in checked.findings)

    @property
    def severities(self) -> Counter[Severity]:
        """The number of findings that count, by severity."""
        return Counter(each.severity for each in self.findings if each.is_new)

    @property
    def report(self) -> Report:
        """All references and conditions, and the objects that have them."""
        return Report(
            tuple(each for checked in self.objects for each in checked.references),
            tuple(each for checked in self.objects for each in checked.conditions),
            self.gaps,
            {checked.object: checked.source for checked in self.objects},
            serving=tuple(each for checked in self.objects for each in checked.serving),
        )


def check(
    source: Source, library: Library, objects: Iterable[JSON], *, ungranted: bool = False, remedies: bool = True
) -> CheckReport:
    """Check objects, which may still be arriving, reading from the source what the library does not hold. Objects
    without any reference, condition about references, or finding are left out.

    With `ungranted`, the findings are on references that no grant permits, whatever governs and enforces them. Without
    `remedies`, references get no effects or fixes, and findings no advice: for output that shows none.
    """

    messages = Messages()

    def think(view: View, obj: JSON) -> Checked:
        return _check(view, obj, messages, ungranted=ungranted, remedies=remedies)

    checked, gaps = inquire_each(source, library, objects, think)
    return CheckReport(
        tuple(each for each in checked if each.references or each.conditions or each.findings), gaps=gaps
    )


def check_grants(
    source: Source, library: Library, namespace: str | None, selected: Callable[[JSON], bool]
) -> tuple[tuple[Checked, ...], tuple[Gap, ...]]:
    """The `selected` ReferenceGrants of a namespace, or of all (None), with their findings, and what could not be read
    about them. All grants are read, selected or not, because they are compared with each other."""
    (report,), gaps = inquire_each(source, library, [GrantScope(namespace)], survey)
    return tuple(checked_grant(each) for each in report.grants if selected(each.usage.grant.source)), gaps


def with_new_permissions(report: CheckReport, accepted: Collection[Permission], catalog: Catalog) -> CheckReport:
    """The report with added findings on grants that give access which is not accepted."""
    grants = (
        replace(each, findings=tuple(counted((*each.findings, *new))))
        for each in report.grants
        for new in [new_permissions(Grant.parse(each.source), accepted, catalog)]
    )
    return replace(report, grants=tuple(grants))


def checked_grant(described: DescribedGrant) -> Checked:
    """A surveyed grant as a checked object."""
    grant = described.usage.grant
    return Checked(grant.key, grant.source, (), (), (), tuple(counted(described.findings)))


def _check(view: View, obj: JSON, messages: Messages, *, ungranted: bool, remedies: bool) -> Checked:
    found = evaluate_object(view, obj)
    if remedies and not view.needs:
        found = found.with_remedies(view)
    references = found.references
    findings = counted(
        ungranted_findings(view, obj, references, found.conditions, messages)
        if ungranted
        else (
            *map(misspelt, found.misspelt),
            *check_findings(references, found.conditions, found.serving, messages),
        )
    )
    return Checked(found.key, obj, references, found.conditions, found.serving, tuple(findings))


def filtered(report: CheckReport, filters: FindingFilters) -> tuple[CheckReport, bool]:
    """The report with the findings to show, and whether anything that counts is unknown.

    Unknown verdicts count even if they are less severe than the findings to show: they may hide something worse.
    """
    everything = report.everything
    kept = [filters.apply(checked.findings) for checked in everything]
    counting = [finding for findings in kept for finding in findings if finding.is_new]
    unknown = not report.complete or any(finding.verdict is Verdict.UNKNOWN for finding in counting)
    shown = tuple(
        replace(checked, findings=tuple(filter(filters.shows, findings))) if checked.findings else checked
        for checked, findings in zip(everything, kept, strict=True)
    )
    hidden = sum(not filters.shows(finding) for finding in counting)
    left_out = sum(len(checked.findings) for checked in everything) - sum(map(len, kept))
    objects, grants = shown[: len(report.objects)], shown[len(report.objects) :]
    return replace(report, objects=objects, grants=grants, hidden=hidden, left_out=left_out), unknown


def worst(checked: Checked) -> int:
    """The sort key of objects: those with the most severe finding that counts come first, those without any last."""
    return min((finding.severity.rank for finding in checked.findings if finding.is_new), default=len(Severity))


def agreements(conditions: Iterable[Condition]) -> dict[Agreement, int]:
    """The number of conditions with each agreement, 0 included."""
    counts = dict.fromkeys(Agreement, 0)
    for condition in conditions:
        counts[condition.agreement] += 1
    return counts
