"""Findings as SARIF 2.1.0, the format that code scanning and many CI systems read (OASIS, sarif-v2.1.0)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from kubectl_refs import __version__
from kubectl_refs.core.findings.explanations import EXPLANATIONS
from kubectl_refs.core.model.codes import Code, Severity
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.queries.check import CheckReport
from kubectl_refs.render.data.streaming import Filled, Form
from kubectl_refs.render.text.gaps import shown_gaps
from kubectl_refs.render.text.words import reason_of_gap

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def to_sarif(report: CheckReport) -> dict[str, Any]:
    """One run with a result for each finding, each made only when it is written."""
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
                "invocations": [_invocation(report)],
                "results": (_result(finding, rules) for finding in report.findings),
            }
        ],
    }


def _invocation(report: CheckReport) -> dict[str, Any]:
    """The invocation: that the program ran to its end, and what it could not read."""
    return {
        "executionSuccessful": True,
        "toolExecutionNotifications": [
            {
                "level": "warning",
                "message": {"text": f"{group.request}: {reason_of_gap(group.first)}; so {group.effect}"},
            }
            for group in shown_gaps(report.gaps)
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


def _form(physical: dict[str, Any]) -> Form:
    """The form of a result; `physical` is its place in a file, or empty."""
    place = {"fullyQualifiedName": ..., "kind": "resource"}
    return Form(
        {
            "ruleId": ...,
            "ruleIndex": ...,
            "level": ...,
            "message": {"text": ...},
            "locations": [{"logicalLocations": [place], **physical}],
            "partialFingerprints": {"kubectlRefs/v1": ..., "kubectlRefs/v2": ...},
            "baselineState": ...,
        }
    )


_IN_FILE = _form({"physicalLocation": {"artifactLocation": {"uri": ...}, "region": {"startLine": ...}}})
_IN_NONE = _form({})


def _result(finding: Finding, rules: Sequence[str]) -> Filled:
    target = f" to {finding.named_target}" if finding.verdict and finding.target else ""
    advice = f"\nNext: {finding.advice}." if finding.advice else ""
    where = f"{finding.object} {finding.path}" if finding.path else str(finding.object)
    source, form, stands = finding.source, _IN_NONE, ""
    physical: tuple[Any, ...] = ()
    if source is not None and source.path is not None:
        # Code scanning does not show results without a line.
        form, physical = _IN_FILE, (_uri(source.path), source.line or 1)
    elif source is not None:
        # Code scanning takes only files in the repository.
        stands = f"{source}: "
    return Filled(
        form,
        (
            str(finding.code),
            rules.index(finding.code),
            _LEVELS[finding.severity],
            f"{stands}{where}{target}: {finding.message}.{advice}",
            where,
            *physical,
            finding.former_fingerprint,
            finding.fingerprint,
            "unchanged" if finding.accepted else "new",
        ),
    )


@lru_cache(maxsize=1_000)
def _uri(file: str) -> str:
    """A file as a URI reference; relative paths stay relative to the working directory. Cached: files have many results."""
    path = os.path.normpath(file)
    return f"file://{quote(path)}" if path.startswith("/") else quote(path)
