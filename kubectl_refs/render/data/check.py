"""The report on all objects as data: like that on one object, with findings and causes added."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.queries.causes import Cause, causes_of
from kubectl_refs.core.queries.check import CheckReport
from kubectl_refs.render.causes import command_of
from kubectl_refs.render.data.conditions import conditions_data, serving_data
from kubectl_refs.render.data.grants import changes_data
from kubectl_refs.render.data.objects import LOCATION, key_data, location_values
from kubectl_refs.render.data.references import reference_data
from kubectl_refs.render.data.report import HEAD, gap_data, summary_data
from kubectl_refs.render.data.streaming import Filled, Form, Repeats
from kubectl_refs.render.kubectl import Kubectl


def to_data(report: CheckReport, kubectl: Kubectl) -> dict[str, Any]:
    """The report as plain mappings and lists; the long lists are iterators, so that those of a whole cluster are never
    in memory at once. Fields may be added; existing ones keep their name and meaning."""
    repeats = Repeats()
    # Every list names the objects, and the causes name them in another order: keep all of them.
    objects = Repeats(len(report.everything))
    return {
        **HEAD,
        "references": (
            reference_data(each, kubectl, repeats) for checked in report.objects for each in checked.references
        ),
        "conditions": conditions_data((each for checked in report.objects for each in checked.conditions), objects),
        "serving": serving_data((each for checked in report.objects for each in checked.serving), kubectl, objects),
        "findings": findings_data(report, kubectl, objects),
        "causes": _causes(report, kubectl, objects),
        "beingDeleted": [key_data(key) for key in report.report.being_deleted],
        "gaps": [gap_data(gap) for gap in report.gaps],
        "complete": report.complete,
        "summary": _summary(report),
    }


def _summary(report: CheckReport) -> dict[str, Any]:
    counts = report.severities
    return {
        **summary_data(report.report),
        "objects": len(report.objects),
        "grants": len(report.grants),
        "findings": {
            **{str(severity): counts[severity] for severity in Severity},
            "baseline": sum(each.accepted for each in report.findings),
        },
    }


def _causes(report: CheckReport, kubectl: Kubectl, objects: Repeats) -> Iterator[dict[str, Any]]:
    """The causes of all findings, found only when they are written."""
    for cause in causes_of(report.everything):
        yield _cause(cause, kubectl, objects)


def _cause(cause: Cause, kubectl: Kubectl, objects: Repeats) -> dict[str, Any]:
    return {
        "code": str(cause.code),
        "title": cause.code.slug,
        "severity": str(cause.severity),
        "cause": cause.sentence,
        "findings": cause.findings,
        "objects": [objects.of(key, key_data, key) for key in cause.objects],
        "next": cause.advice or None,
        "command": command_of(cause, kubectl) or None,
    }


def findings_data(report: CheckReport, kubectl: Kubectl, objects: Repeats) -> Iterator[Filled]:
    """The findings, those on grants with the fixes that resolve them; the fixes of references are in the references."""
    for checked in report.everything:
        on_grant = checked.is_grant
        for finding in checked.findings:
            yield finding_data(finding, objects, *([changes_data(finding, kubectl)] if on_grant else []))


def _form(source: Any, *further: Any) -> Form:
    """The form of a finding with a `source` (in a file or in none), and further parts."""
    return Form(
        {
            "fingerprint": ...,
            "code": ...,
            "title": ...,
            "severity": ...,
            "object": ...,
            "path": ...,
            "target": ...,
            "message": ...,
            "next": ...,
            "verdict": ...,
            "baseline": ...,
            "source": source,
        },
        *further,
    )


_ALONE = _form(LOCATION), _form(None)
_WITH_CHANGES = _form(LOCATION, ...), _form(None, ...)


def finding_data(finding: Finding, objects: Repeats, *changes: dict[str, Any]) -> Filled:
    key, source = finding.object, finding.source
    in_file, in_none = _WITH_CHANGES if changes else _ALONE
    return Filled(
        in_none if source is None else in_file,
        (
            finding.fingerprint,
            str(finding.code),
            finding.code.slug,
            str(finding.severity),
            objects.of(key, key_data, key),
            finding.path or None,
            finding.target or None,
            finding.message,
            finding.advice or None,
            None if finding.verdict is None else str(finding.verdict),
            finding.accepted,
            *location_values(source),
            *changes,
        ),
    )
