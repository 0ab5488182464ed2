"""Findings as objects of the policy report APIs, one for each namespace, for cluster dashboards.

The APIs are openreports.io/v1alpha1 and the earlier wgpolicyk8s.io/v1alpha2 of the policy working group, as in their CRDs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from kubectl_refs.core.model.codes import Severity
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.values import text
from kubectl_refs.core.queries.check import Checked, CheckReport
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.yaml import to_yaml
from kubectl_refs.render.text.gaps import shown_gaps
from kubectl_refs.render.text.words import reason_of_gap

SOURCE = "kubectl-refs"

MOST = 500
"""The most results in one object: an API server takes 1.5 MB, and a result is below 1 kB. More go into further objects."""


@dataclass(frozen=True, slots=True)
class PolicyReportAPI:
    """A policy report API: the names of its kinds, and whether its objects say which results they hold."""

    version: str
    kind: str
    cluster_kind: str
    limited: bool


OPENREPORTS = PolicyReportAPI("openreports.io/v1alpha1", "Report", "ClusterReport", limited=True)
POLICY_REPORT = PolicyReportAPI("wgpolicyk8s.io/v1alpha2", "PolicyReport", "ClusterPolicyReport", limited=False)

_SHOWN = ("fail", "warn", "error", "skip")
"""The results that are written one by one. Passing objects are only counted."""

_RESULTS = {Severity.ERROR: "fail", Severity.WARNING: "warn", Severity.INFO: "warn"}
_SEVERITIES = {Severity.ERROR: "high", Severity.WARNING: "medium", Severity.INFO: "info"}


def policy_reports(report: CheckReport, api: PolicyReportAPI) -> Iterator[str]:
    """YAML documents for `kubectl apply`, one or more for every namespace with checked objects, so that resolved
    findings are overwritten. Cluster-scoped objects, and what could not be read, go into a cluster report. That is
    there too if nothing was checked, for `kubectl apply` fails if it gets no objects."""
    by_namespace: dict[str, list[Checked]] = defaultdict(list)
    for checked in report.everything:
        by_namespace[checked.object.namespace].append(checked)
    unread = [
        _unread(group.request, f"{reason_of_gap(group.first)}; {group.effect}") for group in shown_gaps(report.gaps)
    ]
    if unread or not by_namespace:
        by_namespace.setdefault("", [])
    for namespace, several in sorted(by_namespace.items()):
        results = [_result(finding, checked) for checked in several for finding in checked.findings]
        results += unread if not namespace else []
        passing = sum(not checked.findings for checked in several)
        for number, start in enumerate(range(0, len(results) or 1, MOST)):
            part = results[start : start + MOST]
            yield "---\n"
            yield to_yaml(_object(api, namespace, number, part, passing if number == 0 else 0))


def _object(
    api: PolicyReportAPI, namespace: str, number: int, results: Sequence[dict[str, Any]], passing: int
) -> dict[str, Any]:
    counts = Counter(result["result"] for result in results)
    name = SOURCE if number == 0 else f"{SOURCE}-{number + 1}"
    limits = {"source": SOURCE, "configuration": {"limits": {"maxResults": MOST, "statusFilter": list(_SHOWN)}}}
    return {
        "apiVersion": api.version,
        "kind": api.kind if namespace else api.cluster_kind,
        "metadata": {
            "name": name,
            **({"namespace": namespace} if namespace else {}),
            "labels": {"app.kubernetes.io/managed-by": SOURCE},
        },
        **(limits if api.limited else {}),
        "summary": {"pass": passing, **{result: counts[result] for result in _SHOWN}},
        "results": list(results),
    }


def _result(finding: Finding, checked: Checked) -> dict[str, Any]:
    key = finding.object
    about = {
        "apiVersion": text(checked.source.get("apiVersion")),
        "kind": key.kind,
        "namespace": key.namespace,
        "name": key.name,
    }
    properties = {
        "path": finding.path,
        "target": finding.target,
        "next": finding.advice,
        "fingerprint": finding.fingerprint,
    }
    return {
        **_head(finding.code.slug, _outcome(finding), _SEVERITIES[finding.severity], finding.message),
        "rule": str(finding.code),
        "resources": [{name: value for name, value in about.items() if value}],
        "properties": {name: value for name, value in properties.items() if value},
    }


def _outcome(finding: Finding) -> str:
    if finding.accepted:
        return "skip"
    return "error" if finding.verdict is Verdict.UNKNOWN else _RESULTS[finding.severity]


def _unread(request: str, effect: str) -> dict[str, Any]:
    return _head("not-read", "error", "medium", f"{request}: {effect}")


def _head(policy: str, result: str, severity: str, message: str) -> dict[str, Any]:
    return {
        "source": SOURCE,
        "category": "Gateway API references",
        "policy": policy,
        "result": result,
        "severity": severity,
        "scored": True,
        "message": message,
    }
