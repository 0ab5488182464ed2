"""Findings as Markdown: a summary for a pull request or the page of a CI run."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.queries.causes import Cause, causes_of
from kubectl_refs.core.queries.check import CheckReport
from kubectl_refs.core.text.language import counted
from kubectl_refs.render.causes import MANY, amount_of
from kubectl_refs.render.check import total_of
from kubectl_refs.render.text.gaps import shown_gaps
from kubectl_refs.render.text.markdown import code, plain
from kubectl_refs.render.text.words import reason_of_gap

MOST = 100
"""The most findings that are listed, so that a comment fits into GitHub and GitLab; the rest are counted."""

_HEADERS = ("Severity", "Code", "Where", "What")


def render_summary(report: CheckReport) -> str:
    """The document, ending in a line break."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: CheckReport) -> Iterator[str]:
    yield "## References across namespaces"
    yield ""
    yield f"{plain(total_of(report))}."
    causes = causes_of(report.everything)
    if sum(each.findings for each in causes) > MANY:
        yield ""
        yield "| Severity | Code | Cause | How often |"
        yield "|---|---|---|---|"
        yield from map(_cause, causes[:MOST])
        if len(causes) > MOST:
            yield ""
            yield f"{counted(len(causes) - MOST, 'more cause')} not listed."
    findings = sorted((each for each in report.findings if each.is_new), key=lambda each: each.severity.rank)
    if findings:
        yield ""
        yield f"| {' | '.join(_HEADERS)} |"
        yield f"|{'---|' * len(_HEADERS)}"
        yield from map(_row, findings[:MOST])
    if len(findings) > MOST:
        yield ""
        yield f"{counted(len(findings) - MOST, 'more finding')} not listed."
    if report.gaps:
        yield ""
        yield "### Not read"
        yield ""
        for group in shown_gaps(report.gaps):
            yield f"- {code(group.request)}: {plain(reason_of_gap(group.first))}; so {plain(group.effect)}"


def _cause(cause: Cause) -> str:
    next_ = f" Next: {plain(cause.advice)}." if cause.advice else ""
    cells = (
        _severity(cause.severity),
        f"{cause.code} {cause.code.slug}",
        f"{plain(cause.sentence)}.{next_}",
        amount_of(cause),
    )
    return f"| {' | '.join(cells)} |"


def _severity(severity: Severity) -> str:
    return f"**{severity}**" if severity is Severity.ERROR else str(severity)


def _row(finding: Finding) -> str:
    place = f"{code(str(finding.source))} " if finding.source else ""
    where = f"{place}{plain(str(finding.object))}{' ' + code(finding.path) if finding.path else ''}"
    next_ = f" Next: {plain(finding.advice)}." if finding.advice else ""
    cells = (
        _severity(finding.severity),
        f"{finding.code} {finding.code.slug}",
        where,
        f"{plain(finding.message)}.{next_}",
    )
    return f"| {' | '.join(cells)} |"
