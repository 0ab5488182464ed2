"""Agreement with real controllers, measured on the corpus of cases that stands beside the checkout.

The corpus says what controllers and the conformance suite publish for given manifests. Where it is not there the tests
fail, unless REFS_WITHOUT_CORPUS says that this is meant: an agreement that nobody measures is none.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.check import CheckReport, check
from kubectl_refs.core.queries.why import analyse
from kubectl_refs.core.view.inquiry import inquire
from kubectl_refs.core.view.kubectl import Kubectl
from kubectl_refs.core.view.store import Library
from kubectl_refs.manifests.source import Manifests, load

WITHOUT = "REFS_WITHOUT_CORPUS"
CASES = Path(__file__).parents[2] / "shared" / "corpus" / "cases"

EXPECTED_CASES = 381
DIFFERING = {
    # The case refers to ClusterTrustBundle with group "", where no API server has such a kind; it is in group
    # certificates.k8s.io. Envoy Gateway's translator looks at the kind alone.
    ("eg/backendtlspolicy-ca-clustertrustbundle", "BackendTLSPolicy/backends/policy-btls#ancestor[0]"),
}
"""Conditions that the corpus calls portable and that are computed otherwise, each with the reason why."""

FALSE_CONTRADICTIONS = {
    # The same as above.
    ("eg/backendtlspolicy-ca-clustertrustbundle", "BackendTLSPolicy backends/policy-btls", "ResolvedRefs"),
    # Envoy Gateway refuses these routes since the Namespace they stand in is not among the case's objects. On a
    # cluster, where an object is, its namespace is.
    (
        "eg/backendtrafficpolicy-status-conditions",
        "HTTPRoute another-namespace/not-same-namespace-httproute",
        "Accepted",
    ),
    (
        "eg/tlsroute-invalid-reference-grant",
        "TLSRoute gateway-conformance-infra/gateway-conformance-infra-test",
        "Accepted",
    ),
}
"""Conditions that differ from a status although the controller is right, each with the reason why."""

GATEWAY_GROUP = "gateway.networking.k8s.io"


@dataclass(frozen=True)
class Case:
    name: str
    folder: Path
    expected: list[dict[str, Any]]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    if not CASES.is_dir():
        if os.environ.get(WITHOUT):
            return []
        pytest.fail(f"there is no corpus at {CASES}; {WITHOUT}=1 lets the tests pass without it")
    found = [(path.parent, json.loads(path.read_text())) for path in sorted(CASES.glob("*/*/expected.json"))]
    return [Case(data["case"], folder, data["expected"]) for folder, data in found]


def checked(path: Path) -> CheckReport:
    manifests = load([str(path)], recursive=False, default_namespace="default", stdin=None)
    return check(manifests, Library(), referring(manifests), Kubectl(manifests.catalog, ()))


def referring(manifests: Manifests) -> list[Any]:
    return [obj for obj in manifests.objects if manifests.catalog.table.fields_of(key_of(obj).group_kind)]


def place_of(condition: Condition) -> tuple[Any, ...]:
    key = condition.object
    scope = "listener" if condition.listener is not None else "parent" if condition.parent_ref else "own"
    return scope, key.kind, key.namespace, key.name, parent_of(condition.parent_ref), condition.listener


def parent_of(ref: Mapping[str, Any] | None) -> tuple[Any, ...] | None:
    if not ref:
        return None
    group = ref.get("group")
    named = ref.get("kind") or "Gateway", ref.get("namespace"), ref.get("name"), ref.get("sectionName"), ref.get("port")
    return GATEWAY_GROUP if group is None else group, *named


def wanted_place(expected: Mapping[str, Any]) -> tuple[Any, ...]:
    key, scope = expected["object"], expected["scope"]
    own = scope if scope in ("parent", "listener") else "own"
    return (
        own,
        key["kind"],
        key["namespace"] or "",
        key["name"],
        parent_of(expected.get("parentRef")) if own == "parent" else None,
        expected.get("listener"),
    )


def judged(case: Case) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Every portable ResolvedRefs of a case, and whether status and reason are computed as it is published."""
    computed = {
        place_of(condition): condition.computed
        for condition in checked(case.folder / "manifests.yaml").report.conditions
        if condition.type == "ResolvedRefs"
    }
    for each in case.expected:
        wanted = each["resolvedRefs"]
        if wanted is None or not each["portable"] or each.get("trivial"):
            continue
        found = computed.get(wanted_place(each))
        same = found is not None and found.status == wanted["status"]
        yield each, same and (found is None or each.get("anyReason", False) or found.reason == wanted["reason"])


def test_every_portable_condition_is_computed_as_the_controllers_publish_it(cases: list[Case]) -> None:
    differing: set[tuple[str, str]] = set()
    counts: dict[str, int] = defaultdict(int)
    for case in cases:
        for expected, same in judged(case):
            counts[expected["resolvedRefs"]["status"]] += 1
            if not same:
                differing.add((case.name, expected["id"]))
    assert differing == (DIFFERING if cases else set())
    if cases:
        assert len(cases) == EXPECTED_CASES
        assert counts["False"] >= 100
        assert counts["True"] >= 600


def test_nothing_is_held_against_a_controller_that_agrees(cases: list[Case]) -> None:
    found = {
        (case.name, str(condition.object), condition.type)
        for case in cases
        for condition in checked(case.folder / "manifests-with-status.yaml").report.conditions
        if condition.agreement in (Agreement.CONTRADICTS, Agreement.STALE)
    }
    assert found == (FALSE_CONTRADICTIONS if cases else set())


def test_checking_all_objects_says_of_each_what_explaining_it_says(cases: list[Case]) -> None:
    for case in cases[::10]:
        manifests = load(
            [str(case.folder / "manifests.yaml")], recursive=False, default_namespace="default", stdin=None
        )
        kubectl = Kubectl(manifests.catalog, ())
        whole = inquire(manifests, lambda view: analyse(view, referring(manifests), kubectl))  # noqa: B023
        every = checked(case.folder / "manifests.yaml").report
        assert [each.reference for each in every.references] == [each.reference for each in whole.references]
        assert [each.verdict for each in every.references] == [each.verdict for each in whole.references]
        assert every.conditions == whole.conditions
