"""Findings as annotations of a GitHub Actions workflow, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.locations import STDIN
from kubectl_refs.core.queries.check import CheckReport
from kubectl_refs.core.text.escaping import safe

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def workflow_commands(report: CheckReport) -> Iterator[str]:
    """A workflow command for each finding that counts, a line each."""
    return (_annotation(finding) for finding in report.findings if finding.counts)


def _annotation(finding: Finding) -> str:
    properties = {"title": f"{finding.code} {finding.code.slug}"}
    if finding.source is not None and finding.source.file != STDIN:
        line = {} if finding.source.line is None else {"line": str(finding.source.line)}
        properties = {"file": finding.source.file, **line, **properties}
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    where = " ".join(filter(None, (str(finding.object), finding.path)))
    lines = [f"{where}: {finding.message}", *([f"Next: {finding.advice}"] if finding.advice else [])]
    message = _data("\n".join(map(safe, lines)))
    return f"::{_COMMANDS[finding.severity]} {told}::{message}\n"


def _data(text: str) -> str:
    """As GitHub's toolkit escapes a message (actions/toolkit, packages/core/src/command.ts, escapeData)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """As it escapes a property (escapeProperty)."""
    return _data(safe(text)).replace(":", "%3A").replace(",", "%2C")
