"""Counts of what is watched, for numbers that are looked at over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kubectl_refs.core.findings.check_findings import Messages, check_findings
from kubectl_refs.core.findings.given_access import given_access
from kubectl_refs.core.grants.grant import Grant
from kubectl_refs.core.model.codes import Code, Severity
from kubectl_refs.core.model.conditions import Agreement
from kubectl_refs.core.model.findings import Finding
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.queries.why import EvaluatedObject
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Tally:
    """How many references, conditions, findings and permissions there are, each by its verdict or the like and by the
    namespace of the object that holds it."""

    references: Counter[tuple[Verdict, Code | None, str]]
    conditions: Counter[tuple[Agreement, str]]
    findings: Counter[tuple[Code, Severity, str]]
    permissions: Counter[tuple[str, str]]
    """By the kind that may be referenced, and by the namespace of the grant."""


def tally(
    objects: Iterable[EvaluatedObject], grants: Iterable[JSON], on_grants: Iterable[Finding], catalog: Catalog
) -> Tally:
    """Count evaluated objects, the access that ReferenceGrants give, and the findings on these grants."""
    found, messages = Tally(Counter(), Counter(), Counter(), Counter()), Messages()
    for each in objects:
        namespace = each.key.namespace
        for reference in each.references:
            found.references[reference.verdict, reference.code, namespace] += 1
        for condition in each.conditions:
            found.conditions[condition.agreement, namespace] += 1
        for finding in check_findings(each.references, each.conditions, each.serving, messages):
            found.findings[finding.code, finding.severity, namespace] += 1
    for finding in on_grants:
        found.findings[finding.code, finding.severity, finding.object.namespace] += 1
    for permission in given_access(map(Grant.parse, grants), catalog):
        found.permissions[permission.pair.to.kind or "", permission.namespace] += 1
    return found
