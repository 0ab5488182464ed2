"""The report on grants as data, by a contract of its own that may grow."""

from __future__ import annotations

from typing import Any

from kubectl_refs.core.grants.usage import UsedPair
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.values import at, labels_of, text
from kubectl_refs.core.queries.grants import DescribedGrant, GrantReport
from kubectl_refs.render.data.fixes import fix_data
from kubectl_refs.render.data.objects import from_entry_data, to_entry_data, user_data
from kubectl_refs.render.data.references import difference_data, near_miss_data, reference_data
from kubectl_refs.render.data.report import API_VERSION, gap_data
from kubectl_refs.render.data.streaming import Repeats
from kubectl_refs.render.kubectl import Kubectl

KIND = "GrantReport"


def to_data(report: GrantReport, kubectl: Kubectl) -> dict[str, Any]:
    """The report as plain mappings and lists; the grants are an iterator, so that the data on all their users is never
    in memory at once. Fields may be added; existing ones keep their name and meaning."""
    findings = [finding for each in report.grants for finding in each.findings]
    repeats = Repeats()
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "grants": (_grant(each, kubectl) for each in report.grants),
        "references": [reference_data(each, kubectl, repeats) for each in report.references],
        "undecided": [{"namespace": each.namespace, "name": each.name} for each in report.undecided],
        "complete": report.complete,
        "gaps": [gap_data(gap) for gap in report.gaps],
        "summary": {
            "grants": len(report.grants),
            "findings": len(findings),
            **{
                severity: sum(each.severity == severity for each in findings)
                for severity in ("error", "warning", "info")
            },
        },
    }


def _grant(described: DescribedGrant, kubectl: Kubectl) -> dict[str, Any]:
    usage = described.usage
    grant = usage.grant
    return {
        "namespace": grant.grant.namespace,
        "name": grant.grant.name,
        "created": text(at(grant.source, "metadata", "creationTimestamp")),
        "labels": labels_of(grant.source),
        "from": [from_entry_data(each) for each in grant.from_],
        "to": [to_entry_data(each) for each in grant.to],
        "used": {
            "references": len(usage.users),
            "objects": len({user.referrer for user in usage.users}),
            "broken": len(described.broken),
            "known": described.users_known,
        },
        "pairs": [_pair(each, described) for each in usage.pairs],
        "able": [
            {
                "namespace": entry.namespace,
                "group": entry.group,
                "kind": entry.kind,
                "known": able is not None,
                "objects": [key.name for key in able or ()],
            }
            for entry, able in usage.possible_referrers.items()
        ],
        "sole": [user_data(user) for user in usage.sole],
        "fails": [
            {**user_data(reference), "nearMiss": near_miss_data(miss)}
            for reference, miss in described.meant_but_refused
        ],
        "findings": [_finding(finding, kubectl) for finding in described.findings],
    }


def _pair(each: UsedPair, described: DescribedGrant) -> dict[str, Any]:
    mesh, broken = described.usage.mesh, described.broken
    return {
        "from": each.from_index,
        "to": each.to_index,
        "permits": str(each.pair),
        "known": each.known or bool(each.entries & described.never_matching),
        "note": each.note or None,
        "users": [{**user_data(user), "mesh": user in mesh, "broken": broken.get(user)} for user in each.users],
    }


def _finding(finding: Finding, kubectl: Kubectl) -> dict[str, Any]:
    return {
        "code": str(finding.code),
        "title": finding.code.slug,
        "severity": str(finding.severity),
        "path": finding.path or None,
        "message": finding.message,
        **changes_data(finding, kubectl),
    }


def changes_data(finding: Finding, kubectl: Kubectl) -> dict[str, Any]:
    """The differing fields of a grant that a finding names, and the steps of the fix that resolves it."""
    return {
        "differences": [difference_data(each) for each in finding.differences],
        "fixes": [fix_data(fix, kubectl) for fix in finding.fixes],
    }
