"""Filters for the findings of a check: by severity, code, object and verdict, and by what a team has accepted."""

from __future__ import annotations

from collections.abc import Iterable

from kubectl_refs.core.model.codes import Code, Severity
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class Ignored:
    """A code not to report: for one object (with an empty namespace if cluster-scoped), or for all if `object` is None."""

    code: Code
    object: ObjectKey | None = None

    def covers(self, finding: Finding) -> bool:
        return finding.code is self.code and self.object in (None, finding.object)


@dataclass(frozen=True, slots=True)
class FindingFilters:
    """Which findings to report. Empty `codes` means all; `baseline` has fingerprints of findings that do not count."""

    severity: Severity = Severity.WARNING
    codes: frozenset[Code] = frozenset()
    ignored: tuple[Ignored, ...] = ()
    only_refused: bool = False
    baseline: frozenset[str] = frozenset()

    def apply(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings to report, those in the baseline marked as accepted. Severity is not filtered here: see `shows`."""
        kept = (
            finding
            for finding in findings
            if (not self.codes or finding.code in self.codes)
            and (not self.only_refused or finding.verdict is Verdict.REFUSED)
            and self.keeps(finding)
        )
        if not self.baseline:
            return tuple(kept)
        return tuple(replace(each, accepted=True) if self._holds(each) else each for each in kept)

    def keeps(self, finding: Finding) -> bool:
        """Whether a finding is not ignored."""
        return not any(each.covers(finding) for each in self.ignored)

    def _holds(self, finding: Finding) -> bool:
        """Whether a finding is in the baseline, which an earlier version may have written."""
        return finding.fingerprint in self.baseline or finding.former_fingerprint in self.baseline

    def shows(self, finding: Finding) -> bool:
        """Whether a finding is at least as severe as asked for."""
        return finding.severity.rank <= self.severity.rank
