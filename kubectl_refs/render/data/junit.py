"""Findings as JUnit XML: a test case for each object, failed by its errors, so that a CI system shows them by name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.queries.check import Checked, CheckReport
from kubectl_refs.core.text.escaping import safe
from kubectl_refs.render.text.words import gap_of, message_of, reason_of_gap

_NOT_XML = re.compile("[\ufffe\uffff]")
"""Characters that XML 1.0 forbids even if escaped, and that `safe` lets through."""


def junit_chunks(report: CheckReport) -> Iterator[str]:
    """One suite, case by case. Findings of severity error fail their object's case, unknown verdicts are errors of the
    case, and all other findings are its output."""
    outcomes = Counter(tag for checked in report.everything if (tag := _outcome(checked)[0]))
    counts = {
        "tests": len(report.everything) + (not report.complete),
        "failures": outcomes["failure"],
        "errors": outcomes["error"] + (not report.complete),
    }
    suite = ElementTree.Element("testsuite", name="kubectl-refs check")
    suite.attrib.update((name, str(count)) for name, count in counts.items())
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    if not counts["tests"]:
        yield f"{_text_of(suite)}\n"
        return
    yield f"{_text_of(suite).removesuffix(' />')}>\n"
    for checked in report.everything:
        yield _line(_case(checked))
    if not report.complete:
        yield _line(_unread(report))
    yield "</testsuite>\n"


def _line(case: ElementTree.Element) -> str:
    ElementTree.indent(case, level=1)
    return f"  {_text_of(case)}\n"


def _text_of(element: ElementTree.Element) -> str:
    """An element as ASCII text with character references, which is valid UTF-8 whatever the locale."""
    text: bytes = ElementTree.tostring(element, encoding="us-ascii")
    return text.decode()


def _unread(report: CheckReport) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname="kubectl-refs", name="everything could be read")
    told = "\n".join(_clean(f"{gap_of(gap)}: {reason_of_gap(gap)}") for gap in report.gaps)
    ElementTree.SubElement(case, "error", message="not everything could be read").text = told
    return case


def _outcome(checked: Checked) -> tuple[str, list[Finding]]:
    """The tag of an object's outcome and the findings that decide it; both empty if the case passes."""
    counting = [finding for finding in checked.findings if finding.is_new]
    bad = [finding for finding in counting if finding.severity is Severity.ERROR]
    if bad:
        return "failure", bad
    unknown = [finding for finding in counting if finding.verdict is Verdict.UNKNOWN]
    return ("error", unknown) if unknown else ("", [])


def _case(checked: Checked) -> ElementTree.Element:
    key = checked.object
    case = ElementTree.Element("testcase", classname=_clean(str(key.group_kind)), name=_clean(key.path))
    tag, decisive = _outcome(checked)
    place = next((finding.source for finding in (*decisive, *checked.findings) if finding.is_new), None)
    if place is not None and place.path is not None:
        case.set("file", _clean(place.path))
        if place.line is not None:
            case.set("line", str(place.line))
    if tag:
        _child(case, tag, decisive)
    told = set(map(id, decisive))
    rest = [finding for finding in checked.findings if finding.is_new and id(finding) not in told]
    if rest:
        ElementTree.SubElement(case, "system-out").text = _findings_text(rest)
    return case


def _child(case: ElementTree.Element, tag: str, findings: list[Finding]) -> None:
    first = findings[0]
    message = _clean(_sentence(first))
    ElementTree.SubElement(case, tag, type=str(first.code), message=message).text = _findings_text(findings)


def _findings_text(findings: Iterable[Finding]) -> str:
    return "\n".join(
        _clean(f"{_place(finding)}{finding.severity} {finding.code} {_sentence(finding)}")
        + (f"\n  next: {_clean(finding.advice)}" if finding.advice else "")
        for finding in findings
    )


def _place(finding: Finding) -> str:
    return "" if finding.source is None else f"{finding.source}: "


def _sentence(finding: Finding) -> str:
    named = finding.message.startswith(finding.path)
    return finding.message if named else f"{finding.path}: {message_of(finding)}"


def _clean(text: str) -> str:
    """Text from a cluster, made safe for terminals and valid in XML."""
    return _NOT_XML.sub("?", safe(text))
