"""The report on all objects as data: that of one object, grown by findings."""

from __future__ import annotations

from typing import Any

from kubectl_refs.core.check_findings import Finding
from kubectl_refs.core.checking import CheckReport
from kubectl_refs.render.data import key_data
from kubectl_refs.render.data import to_data as report_data


def to_data(report: CheckReport) -> dict[str, Any]:
    """The report as plain mappings and lists. Fields may be added; what is here keeps its name and meaning."""
    data = report_data(report.report)
    findings = list(report.findings)
    return {
        **{name: value for name, value in data.items() if name not in ("gaps", "summary")},
        "findings": [finding_data(each) for each in findings],
        "gaps": data["gaps"],
        "complete": report.complete,
        "summary": {
            **data["summary"],
            "objects": len(report.objects),
            "findings": {
                **{
                    severity: sum(each.severity == severity and each.counts for each in findings)
                    for severity in ("error", "warning", "info")
                },
                "baseline": sum(each.accepted for each in findings),
            },
        },
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    return {
        "fingerprint": finding.fingerprint,
        "code": str(finding.code),
        "title": finding.code.slug,
        "severity": str(finding.severity),
        "object": key_data(finding.object),
        "path": finding.path,
        "target": finding.target or None,
        "message": finding.message,
        "next": finding.advice or None,
        "verdict": None if finding.verdict is None else str(finding.verdict),
        "baseline": finding.accepted,
    }
