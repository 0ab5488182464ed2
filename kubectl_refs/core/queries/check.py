"""Every object of a cluster or of manifests, checked: its references, its conditions, and findings on both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubectl_refs.core.findings.of_grants import Severity
from kubectl_refs.core.findings.of_references import Finding, findings_of, ungranted_of
from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.objects import JSON, ObjectKey
from kubectl_refs.core.model.references import ExplainedReference
from kubectl_refs.core.model.report import Gap, Report
from kubectl_refs.core.queries.why import analyse_object
from kubectl_refs.core.view.inquiry import inquire_each
from kubectl_refs.core.view.kubectl import Kubectl
from kubectl_refs.core.view.reads import Source
from kubectl_refs.core.view.store import Library
from kubectl_refs.core.view.view import View

RANK = {severity: rank for rank, severity in enumerate(Severity)}
"""Severities in their order, the worst first."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One object with everything that was found out about it."""

    object: ObjectKey
    source: JSON
    references: tuple[ExplainedReference, ...]
    conditions: tuple[Condition, ...]
    findings: tuple[Finding, ...]

    @property
    def report(self) -> Report:
        """The object alone, as an explanation of it would be."""
        return Report(self.references, self.conditions, objects={self.object: self.source})


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The answer about all objects in scope. `complete` says whether every kind in scope could be listed."""

    objects: tuple[Checked, ...]
    gaps: tuple[Gap, ...] = ()
    complete: bool = True
    hidden: int = 0
    """How many findings that count are less severe than those to be shown."""

    @property
    def findings(self) -> Iterator[Finding]:
        return (finding for checked in self.objects for finding in checked.findings)

    @property
    def report(self) -> Report:
        """All references and conditions."""
        return Report(
            tuple(each for checked in self.objects for each in checked.references),
            tuple(each for checked in self.objects for each in checked.conditions),
            self.gaps,
        )


def check(
    source: Source, library: Library, objects: Iterable[JSON], kubectl: Kubectl, *, ungranted: bool = False
) -> CheckReport:
    """Check objects, which may still be arriving, reading from the source what the library does not answer. Objects
    without any reference, and without a condition that is about references, are left out.

    With `ungranted` the findings are the references that no grant permits, whatever governs and enforces them.
    """

    def think(view: View, obj: JSON) -> Checked:
        return _check(view, obj, kubectl, ungranted=ungranted)

    checked, gaps = inquire_each(source, library, objects, think)
    return CheckReport(tuple(each for each in checked if each.references or each.conditions), gaps)


def _check(view: View, obj: JSON, kubectl: Kubectl, *, ungranted: bool) -> Checked:
    found = analyse_object(view, obj, kubectl)
    findings = tuple(ungranted_of(view, obj, found) if ungranted else findings_of(found))
    return Checked(found.key, obj, found.references, found.conditions, findings)


def worst(checked: Checked) -> int:
    """The order of objects: the most severe finding that counts first, then those without."""
    return min((RANK[finding.severity] for finding in checked.findings if finding.counts), default=len(RANK))


def agreements(conditions: Iterable[Condition]) -> dict[Agreement, int]:
    """How many conditions of each agreement there are, none left out."""
    counts = dict.fromkeys(Agreement, 0)
    for condition in conditions:
        counts[condition.agreement] += 1
    return counts
