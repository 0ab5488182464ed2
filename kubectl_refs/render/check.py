"""All objects as a table, with a line for each finding below; with -o wide every object, and each finding in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kubectl_refs.core.fixes.edits import edits_for
from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.conditions import Agreement
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.queries.causes import causes_of
from kubectl_refs.core.queries.check import Checked, CheckReport, agreements, worst
from kubectl_refs.core.text.language import counted
from kubectl_refs.render.causes import MANY, SOME, write_causes, write_causes_in_full
from kubectl_refs.render.details import render_details_beside
from kubectl_refs.render.grant import write_findings
from kubectl_refs.render.kubectl import Kubectl, argument_name, resource_name
from kubectl_refs.render.text.gaps import write_gaps
from kubectl_refs.render.text.page import Page
from kubectl_refs.render.text.severities import SEVERITY_ROLE
from kubectl_refs.render.text.shown_commands import ShownCommands
from kubectl_refs.render.text.style import Style, Tone
from kubectl_refs.render.text.table import NONE, Cell, Narrow
from kubectl_refs.render.text.words import VERDICT_ROLE, message_of, summary_of

HEADERS = ("NAMESPACE", "NAME", "REFERENCES", "VERDICT", "CONDITIONS")
FINDING_HEADERS = ("SEVERITY", "CODE", "OBJECT", "PATH", "MESSAGE")

WORST_FIRST = (Verdict.REFUSED, Verdict.BROKEN, Verdict.UNKNOWN, Verdict.ALLOWED)
_BAD_FIRST = (Agreement.CONTRADICTS, Agreement.STALE, Agreement.UNKNOWN, Agreement.ABSENT)


def render_table(report: CheckReport, style: Style, kubectl: Kubectl, *, headers: bool) -> str:
    """The objects with findings, then one line for each finding; if there are many findings, their causes instead."""
    page = Page(style)
    if are_many(report):
        write_causes(page, causes_of(report.everything), kubectl)
        _footer(page, report)
        page.line("-o wide names the objects of each cause and explains every finding")
        return str(page)
    shown = [each for each in ordered(report.everything) if each.findings]
    _objects(page, [each for each in shown if _new_findings(each)], headers=headers)
    page.blank()
    findings = [finding for each in shown for finding in _new_findings(each)]
    _findings(page, findings, headers=headers)
    _footer(page, report)
    if findings:
        page.line("-o wide explains every finding, 'why TYPE/NAME' those of one object")
    return str(page)


def render_wide(report: CheckReport, style: Style, kubectl: Kubectl, *, headers: bool) -> str:
    """Every object, those with findings first; then each object with findings explained in full."""
    page = Page(style)
    objects = ordered(report.everything)
    if are_many(report):
        write_causes_in_full(page, causes_of(report.everything), kubectl)
        page.blank()
    _objects(page, objects, headers=headers)
    explained = [each for each in objects if _new_findings(each)]
    references = (reference for each in explained for reference in each.references)
    sources = {each.object: each.source for each in explained}
    shown = ShownCommands(kubectl, edits_for(references, sources, kubectl.catalog.table))
    for checked in explained:
        findings = _new_findings(checked)
        page.blank()
        page.line((_name(checked), Tone.NAME))
        if checked.is_grant:
            write_findings(page, findings, shown)
            continue
        for finding in findings:
            page.flowed(
                [
                    *([str(finding.source)] for _ in range(finding.source is not None)),
                    [(f"{finding.severity}", SEVERITY_ROLE[finding.severity]), f" {finding.code} {finding.code.slug}:"],
                    [finding.path],
                ],
                2,
            )
            page.prose("because", finding.message)
            if finding.advice:
                page.prose("next", finding.advice)
        for line in render_details_beside(checked.report, style.indented(2), shown).splitlines():
            page.line(f"  {line}" if line else "")
    _footer(page, report, wide=True)
    return str(page)


def are_many(report: CheckReport) -> bool:
    """Whether causes are listed instead of single findings."""
    count = sum(finding.is_new for finding in report.findings)
    return count > MANY or (count > SOME and 2 * len(causes_of(report.everything)) <= count)


def names_of(report: CheckReport) -> Iterator[str]:
    """The names of the objects with findings, as TYPE.GROUP/NAME."""
    for checked in report.everything:
        if _new_findings(checked):
            yield resource_name(checked.object)


def ordered(objects: Iterable[Checked]) -> list[Checked]:
    """The objects, those with the worst findings first, then by namespace, kind and name."""
    return sorted(objects, key=lambda each: (worst(each), each.object.namespace, each.object.kind, each.object.name))


def _objects(page: Page, objects: Sequence[Checked], *, headers: bool) -> None:
    if objects:
        page.table(HEADERS if headers else (), [_row(each) for each in objects], _NARROW)


_NARROW = Narrow(lambda cells: cells[1] if cells[0] == NONE else f"{cells[1]} -n {cells[0]}", headed=2)


def _row(checked: Checked) -> tuple[Cell, ...]:
    return (
        checked.object.namespace or NONE,
        f"{checked.object.kind.lower()}/{checked.object.name}",
        NONE if checked.is_grant else str(len(checked.references)),
        (verdicts_of(checked), _tone(checked)),
        agreement_of(checked),
    )


def _tone(checked: Checked) -> Tone:
    return next((VERDICT_ROLE[verdict] for verdict in WORST_FIRST if checked.report.summary[verdict]), Tone.PLAIN)


def verdicts_of(checked: Checked) -> str:
    """`1 refused, 1 broken`, or `allowed` if nothing is wrong; with a remark if the object is being deleted."""
    summary = checked.report.summary
    bad = [f"{summary[verdict]} {verdict}" for verdict in WORST_FIRST[:3] if summary[verdict]]
    said = ", ".join(bad) or (str(Verdict.ALLOWED) if checked.references else NONE)
    return f"{said} (being deleted)" if checked.report.being_deleted else said


def agreement_of(checked: Checked) -> str:
    """`1 contradicts, 1 stale`, `agrees` if every condition does, or `<none>` if there is nothing to compare."""
    compared = [condition for condition in checked.conditions if not condition.without_status]
    counts = agreements(compared)
    differing = [f"{counts[each]} {each}" for each in _BAD_FIRST if counts[each]]
    return ", ".join(differing) or (str(Agreement.AGREES) if compared else NONE)


def _findings(page: Page, findings: Sequence[Finding], *, headers: bool) -> None:
    if findings:
        places = any(each.source for each in findings)
        rows = [
            (
                *((str(each.source or NONE),) if places else ()),
                (str(each.severity), SEVERITY_ROLE[each.severity]),
                f"{each.code} {each.code.slug}",
                argument_name(each.object),
                each.path or NONE,
                message_of(each),
            )
            for each in findings
        ]
        names = ("SOURCE", *FINDING_HEADERS) if places else FINDING_HEADERS
        page.table(names if headers else (), rows, _NARROW_PLACED if places else _NARROW_FINDING)


_NARROW_FINDING = Narrow(lambda cells: f"{cells[0]} {cells[1]}", headed=2, whole=("OBJECT",))
_NARROW_PLACED = Narrow(lambda cells: " ".join(cell for cell in cells[:3] if cell != NONE), headed=3, whole=("OBJECT",))


def _new_findings(checked: Checked) -> list[Finding]:
    return [finding for finding in checked.findings if finding.is_new]


def _name(checked: Checked) -> str:
    return str(checked.object)


def _footer(page: Page, report: CheckReport, *, wide: bool = False) -> None:
    page.blank()
    write_gaps(page, report.gaps, full=wide)
    page.blank()
    page.prose("", total_of(report), indent=0, column=0)
    findings = list(report.findings)
    accepted = sum(each.accepted for each in findings)
    if report.hidden:
        page.line(f"{counted(report.hidden, 'less severe finding')} not shown; --severity info shows all")
    if report.left_out and not any(each.is_new for each in findings):
        page.line(f"{counted(report.left_out, 'finding')} left out by --code, --ignore or --only-refused")
    if accepted:
        page.line(f"{counted(accepted, 'finding')} of the baseline not counted")


def total_of(report: CheckReport) -> str:
    """What was checked and how many findings count, in one line without a full stop."""
    counts = report.severities
    told = ", ".join(_findings_of(severity, counts[severity]) for severity in Severity if counts[severity])
    checked = []
    if report.objects or not report.grants:
        checked.append(f"{counted(len(report.objects), 'object')} with {summary_of(report.report)}")
    if report.grants:
        checked.append(counted(len(report.grants), "ReferenceGrant"))
    left_out = report.hidden or report.left_out or any(each.accepted for each in report.findings)
    none = "no findings shown" if left_out else "no findings"
    if not report.complete:
        none += " in what could be read"
    return "; ".join((*checked, told or none))


def _findings_of(severity: Severity, count: int) -> str:
    """`2 errors`, `3 info`: a severity that is no noun has no plural."""
    return f"{count} {severity}" if severity is Severity.INFO else counted(count, str(severity))
