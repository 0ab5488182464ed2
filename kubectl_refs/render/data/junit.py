"""Findings as JUnit XML: a test case for each object, failed by its errors, so that a CI system shows them by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree

from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.findings import CheckFinding
from kubectl_refs.core.model.references import Verdict
from kubectl_refs.core.queries.check import Checked, CheckReport
from kubectl_refs.core.text.escaping import safe
from kubectl_refs.render.text.words import gap_of, said_of

_NOT_XML = re.compile("[\ufffe\uffff]")
"""What no XML 1.0 document may hold, not even escaped, beside what no terminal is shown."""


def to_junit(report: CheckReport) -> str:
    """One suite. An error fails its object's case; what is unknown is an error of the case; the rest is its output."""
    suite = ElementTree.Element("testsuite", name="kubectl-refs check")
    failed = errors = 0
    for checked in report.objects:
        case = _case(checked)
        failed += case.find("failure") is not None
        errors += case.find("error") is not None
        suite.append(case)
    if not report.complete:
        case = ElementTree.SubElement(suite, "testcase", classname="kubectl-refs", name="everything could be read")
        told = "\n".join(_clean(f"{gap_of(gap)}: {said_of(gap)}") for gap in report.gaps)
        ElementTree.SubElement(case, "error", message="not everything could be read").text = told
        errors += 1
    suite.attrib.update(tests=str(len(suite)), failures=str(failed), errors=str(errors))
    ElementTree.indent(suite)
    # In ASCII, the rest as references: it is UTF-8 whatever the locale.
    text = ElementTree.tostring(suite, encoding="us-ascii").decode()
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _case(checked: Checked) -> ElementTree.Element:
    key = checked.object
    case = ElementTree.Element("testcase", classname=_clean(str(key.group_kind)), name=_clean(key.path))
    counting = [finding for finding in checked.findings if finding.counts]
    bad = [finding for finding in counting if finding.severity is Severity.ERROR]
    unknown = [finding for finding in counting if finding.verdict is Verdict.UNKNOWN]
    if bad:
        _child(case, "failure", bad)
    elif unknown:
        _child(case, "error", unknown)
    rest = [finding for finding in counting if finding not in bad and (bad or finding not in unknown)]
    if rest:
        ElementTree.SubElement(case, "system-out").text = _told(rest)
    return case


def _child(case: ElementTree.Element, tag: str, findings: list[CheckFinding]) -> None:
    first = findings[0]
    message = _clean(f"{first.path}: {first.message}")
    ElementTree.SubElement(case, tag, type=str(first.code), message=message).text = _told(findings)


def _told(findings: Iterable[CheckFinding]) -> str:
    return "\n".join(
        _clean(f"{finding.severity} {finding.code} {finding.path}: {finding.message}")
        + (f"\n  next: {_clean(finding.advice)}" if finding.advice else "")
        for finding in findings
    )


def _clean(text: str) -> str:
    """Text of the cluster as a terminal may show it and XML may hold it."""
    return _NOT_XML.sub("?", safe(text))
