"""A condition counts unless it is known to be about an earlier state of its object."""

from __future__ import annotations

import pytest

from kubectl_refs.core.model.conditions import current_condition
from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.manifests.source import Manifests
from tests.support.builders import gateway, route_with


def condition(type_: str, status: str, seen: int | None) -> JSON:
    return {"type": type_, "status": status, "reason": "Any", "message": "", "observedGeneration": seen}


def at_generation(obj: JSON, generation: int | None, status: JSON) -> JSON:
    return {**obj, "metadata": {**obj["metadata"], "generation": generation}, "status": status}


def report_on(obj: JSON, *others: JSON) -> Report:
    return investigate(Manifests([obj, *others], "default"), [obj])


@pytest.mark.parametrize(
    ("seen", "generation", "current"),
    [(1, 2, False), (2, 2, True), (3, 2, True), (0, 2, True), (None, 2, True), (2, None, True), (None, None, True)],
)
def test_only_an_older_generation_makes_a_condition_stale(
    seen: int | None, generation: int | None, current: bool
) -> None:
    obj = at_generation(gateway(), generation, {"conditions": [condition("Programmed", "False", seen)]})
    assert (current_condition(obj, obj["status"]["conditions"], "Programmed") is not None) is current
    assert ("Programmed=False" in report_on(obj).serving[0].because) is current


@pytest.mark.parametrize(
    ("generation", "verdict"), [(1, Verdict.ALLOWED), (None, Verdict.ALLOWED), (2, Verdict.BROKEN)]
)
def test_a_kind_that_a_controller_resolved_is_taken(generation: int | None, verdict: Verdict) -> None:
    backend = {"group": "example.com", "kind": "Thing", "name": "api"}
    resolved = {"parentRef": {"name": "public"}, "conditions": [condition("ResolvedRefs", "True", 1)]}
    route = route_with({"parentRefs": [{"name": "public"}], "rules": [{"backendRefs": [backend]}]})
    thing = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "api", "namespace": "frontend"}}
    report = report_on(at_generation(route, generation, {"parents": [resolved]}), thing)
    assert [each.verdict for each in report.references if each.reference.to.kind == "Thing"] == [verdict]
