"""Findings as SARIF 2.1.0, the form that code scanning and many CI systems read (OASIS, sarif-v2.1.0)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kubectl_refs import __version__
from kubectl_refs.core.findings.explanations import EXPLANATIONS
from kubectl_refs.core.model.codes import Code, Severity
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.objects import ObjectKey
from kubectl_refs.core.queries.check import CheckReport

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def to_sarif(report: CheckReport, file_of: Callable[[ObjectKey], str | None]) -> dict[str, Any]:
    """One run with a result for each finding, made when it is written. `file_of` names the manifest that holds an object, None for a cluster's."""
    rules = sorted({finding.code for finding in report.findings})
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "kubectl-refs",
                        "version": __version__,
                        "rules": [_rule(code) for code in rules],
                    }
                },
                "results": (_result(finding, rules, file_of(finding.object)) for finding in report.findings),
            }
        ],
    }


def _rule(code: Code) -> dict[str, Any]:
    explanation = EXPLANATIONS[code]
    return {
        "id": str(code),
        "name": code.slug,
        "shortDescription": {"text": code.summary},
        "fullDescription": {"text": explanation.text},
        "help": {
            "text": f"{explanation.text}\n\nExample:\n\n{explanation.example}\nWhat to do: {explanation.resolution}",
            "markdown": f"{explanation.text}\n\n```yaml\n{explanation.example}```\n\n**What to do:** {explanation.resolution}",
        },
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
    }


def _result(finding: Finding, rules: Sequence[str], file: str | None) -> dict[str, Any]:
    target = f" to {finding.target}" if finding.verdict and finding.target else ""
    advice = f"\nNext: {finding.advice}." if finding.advice else ""
    where = " ".join(filter(None, (str(finding.object), finding.path)))
    place = {"fullyQualifiedName": where, "kind": "resource"}
    location: dict[str, Any] = {"logicalLocations": [place]}
    if file is not None:
        # Code scanning shows nothing without a line, and which one an object stands in is not known.
        location["physicalLocation"] = {"artifactLocation": {"uri": file}, "region": {"startLine": 1}}
    return {
        "ruleId": str(finding.code),
        "ruleIndex": rules.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{where}{target}: {finding.message}.{advice}"},
        "locations": [location],
        "partialFingerprints": {
            "kubectlRefs/v1": finding.former_fingerprint,
            "kubectlRefs/v2": finding.fingerprint,
        },
        "baselineState": "unchanged" if finding.accepted else "new",
    }
