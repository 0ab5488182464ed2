"""Routes and the plan for them, for the tests of the plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubectl_refs.core.fields.gateway_api import TABLE
from kubectl_refs.core.fixes.change import Change
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.fix import FixOptions, Plan, plan
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.manifests.source import Manifests
from tests.support.builders import CATALOG, service


def report_on(*objects: JSON) -> Report:
    """The report on all routes among the objects, taken as the whole cluster. Every Service that they name exists."""
    targets = {
        (ref["namespace"], ref["name"])
        for obj in objects
        if TABLE.fields_of(key_of(obj).group_kind)
        for rule in obj["spec"]["rules"]
        for ref in rule.get("backendRefs", ())
        if "namespace" in ref
    }
    source = Manifests((*objects, *(service(*target) for target in sorted(targets))), "default")
    routes = [obj for obj in source.objects if TABLE.fields_of(key_of(obj).group_kind)]
    return investigate(source, routes)


def planned(*objects: JSON, **wishes: Any) -> Plan:
    return plan(report_on(*objects), FixOptions(**wishes), CATALOG)


def only(found: Plan) -> Change:
    (change,) = found.changes
    return change


def after(objects: Iterable[JSON], changes: Iterable[Change]) -> list[JSON]:
    """The objects after kubectl has applied the changes."""
    by_key = {key_of(obj): obj for obj in objects}
    by_key.update({change.object: change.after for change in changes})
    return list(by_key.values())


def grants_among(objects: Iterable[JSON]) -> list[JSON]:
    return [obj for obj in objects if key_of(obj).group_kind == REFERENCE_GRANT]


def verdicts(report: Report) -> set[Verdict]:
    return {each.verdict for each in report.references}
