"""One grant described: what it permits, who uses that, what it was meant for, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_refs.core.findings import Finding, Severity
from kubectl_refs.core.model import Fix
from kubectl_refs.core.ownership import Described, GrantReport
from kubectl_refs.core.usage import UsedPair
from kubectl_refs.render.gaps import write_gaps
from kubectl_refs.render.grants import age_of, user_of
from kubectl_refs.render.page import Page
from kubectl_refs.render.style import Role, Style
from kubectl_refs.render.words import found_wanted, hint_of

SEVERITY_ROLE: Mapping[Severity, Role] = {
    Severity.ERROR: Role.BAD,
    Severity.WARNING: Role.DOUBT,
    Severity.INFO: Role.DIM,
}


def render_descriptions(report: GrantReport, style: Style) -> str:
    """Every grant of a report described in full."""
    page = Page(style)
    for described in report.grants:
        page.blank()
        _describe(page, described)
    page.blank()
    write_gaps(page, report.gaps)
    return str(page)


def _describe(page: Page, described: Described) -> None:
    usage = described.usage
    page.line(
        "grant: ", (f"ReferenceGrant {usage.grant.grant}", Role.NAME), f"  (age {age_of(usage.grant, page.style)})"
    )
    for pair in usage.pairs:
        _pair(page, pair)
    for entry, able in usage.able.items():
        if able:
            noun = entry.who if len(able) == 1 else f"{entry.who}s"
            page.prose("able", f"{len(able)} {noun} in {entry.namespace} may refer by it: from has no name")
    for user in usage.sole:
        page.prose("without", f"{user_of(user)} would be refused: no other grant permits it")
    for reference, miss in described.fails:
        page.prose("fails", f"{user_of(reference)} -> {reference.to} is refused, though this grant seems meant for it")
        for difference in miss.differences:
            page.prose("", f"{difference.path}: {found_wanted(difference)} ({hint_of(difference)})")
    for finding in described.findings:
        write_finding(page, finding)


def _pair(page: Page, pair: UsedPair) -> None:
    page.prose("permits", f"{pair.pair}  (from[{pair.from_index}] to[{pair.to_index}])")
    for user in pair.users:
        page.prose("", f"used by {user_of(user)} -> {user.to}")
    if not pair.users:
        page.prose("", "used by nothing known" if pair.known else "its users could not be told")


def write_finding(page: Page, finding: Finding) -> None:
    """A finding with the change that resolves it."""
    label = f"{finding.severity}[{finding.code}]"
    page.prose(label, finding.message, role=SEVERITY_ROLE[finding.severity])
    if finding.fix is not None:
        _change(page, finding.fix)


def _change(page: Page, fix: Fix) -> None:
    page.prose("fix", fix.title)
    for other in fix.widens:
        page.prose("", f"it would then permit {other}")
    if fix.confidence == "guess":
        page.prose("", "a guess: make sure that this is meant")
    page.verbatim(fix.command)


def render_findings(report: GrantReport, style: Style) -> str:
    """Only what is wrong, grant by grant."""
    page = Page(style)
    for described in report.grants:
        page.blank()
        page.line("grant: ", (f"ReferenceGrant {described.usage.grant.grant}", Role.NAME))
        for finding in described.findings:
            write_finding(page, finding)
    page.blank()
    write_gaps(page, report.gaps)
    return str(page)
