"""Findings as annotations of a GitHub Actions workflow, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.queries.check import CheckReport
from kubectl_refs.core.text.escaping import safe
from kubectl_refs.render.text.gaps import shown_gaps
from kubectl_refs.render.text.words import message_of, reason_of_gap

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def workflow_commands(report: CheckReport) -> Iterator[str]:
    """A workflow command, on one line, for each finding that counts, then for each thing that could not be read."""
    yield from (_annotation(finding) for finding in report.findings if finding.is_new)
    for group in shown_gaps(report.gaps):
        message = _data(safe(f"{group.request}: {reason_of_gap(group.first)}; so {group.effect}"))
        yield f"::warning title=not everything could be read::{message}\n"


def _annotation(finding: Finding) -> str:
    properties = {"title": f"{finding.code} {finding.code.slug}"}
    source, stands = finding.source, ""
    if source is not None and source.path is not None:
        line = {} if source.line is None else {"line": str(source.line)}
        properties = {"file": source.path, **line, **properties}
    elif source is not None:
        # GitHub cannot show a line of this source, so the message names it.
        stands = f"{source}: "
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    where = " ".join(filter(None, (str(finding.object), finding.path)))
    lines = [f"{stands}{where}: {message_of(finding)}", *([f"Next: {finding.advice}"] if finding.advice else [])]
    message = _data("\n".join(map(safe, lines)))
    return f"::{_COMMANDS[finding.severity]} {told}::{message}\n"


def _data(text: str) -> str:
    """A message, escaped as in GitHub's toolkit (actions/toolkit, packages/core/src/command.ts, escapeData)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A property, escaped as in GitHub's toolkit (escapeProperty)."""
    return _data(safe(text)).replace(":", "%3A").replace(",", "%2C")
