"""Agreement with real controllers: `python -m tests.agreement FOLDER` measures it on a corpus that is kept elsewhere.

FOLDER/cases/SOURCE/CASE holds `manifests.yaml`, `manifests-with-status.yaml` and `expected.json`, the conditions that a
controller or the conformance suite publishes for them. Differences are printed. The exit status is 0 if all cases agree
and 1 if any differs. The rules learnt from the corpus are scenarios in tests/scenarios.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubectl_refs.core.model.conditions import Agreement, Condition
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries.check import CheckReport, check
from kubectl_refs.core.view.store import Library
from kubectl_refs.manifests.source import Manifests, load

LEAST = {"cases": 381, "True": 600, "False": 100}
"""Minimum counts. A corpus with fewer cases, or fewer conditions of a status, has not been read in full."""

FALSE_CONTRADICTIONS = {
    # Envoy Gateway refuses these routes because the case's objects do not include their Namespace. On a cluster, every
    # object's namespace exists.
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
"""Conditions that contradict a status although the controller is right, with the reasons in the comments."""

GATEWAY_GROUP = "gateway.networking.k8s.io"


@dataclass(frozen=True)
class Case:
    name: str
    folder: Path
    expected: list[dict[str, Any]]


def cases(folder: Path) -> list[Case]:
    found = [(path.parent, json.loads(path.read_text())) for path in sorted(folder.glob("cases/*/*/expected.json"))]
    return [Case(data["case"], place, data["expected"]) for place, data in found]


def checked(path: Path) -> CheckReport:
    manifests = load([str(path)], recursive=False, default_namespace="default", stdin=None, whole=True)
    return check(manifests, Library(), referring(manifests))


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
    """Every portable ResolvedRefs of a case, and whether the computed status and reason are the published ones."""
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


def false_contradictions(case: Case) -> Iterator[tuple[str, str, str]]:
    """Conditions reported as contradictory or stale, although a controller wrote them for these very objects."""
    for condition in checked(case.folder / "manifests-with-status.yaml").report.conditions:
        if condition.agreement in (Agreement.CONTRADICTS, Agreement.STALE):
            yield case.name, str(condition.object), condition.type


def measured(corpus: list[Case]) -> Iterator[str]:
    """All differences from the expected results, one per line."""
    counts: Counter[str] = Counter(cases=len(corpus))
    differing: set[tuple[str, str]] = set()
    for case in corpus:
        for expected, same in judged(case):
            counts[expected["resolvedRefs"]["status"]] += 1
            if not same:
                differing.add((case.name, expected["id"]))
    contradictions = {found for case in corpus for found in false_contradictions(case)}
    for name, place in sorted(differing):
        yield f"{name}: {place}: not computed as published"
    for name, place, kind in sorted(contradictions - FALSE_CONTRADICTIONS):
        yield f"{name}: {place}: {kind} is held against a controller that is right"
    for outdated in sorted(FALSE_CONTRADICTIONS - contradictions):
        yield f"{': '.join(outdated)}: agrees now, and is still listed as an exception in {__file__}"
    for what, least in LEAST.items():
        if counts[what] < least:
            yield f"{counts[what]} of {what} were measured, fewer than {least}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.agreement", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the corpus")
    corpus = cases(parser.parse_args().folder)
    complaints = list(measured(corpus))
    print("\n".join([*complaints, f"{len(corpus)} cases, {len(complaints)} complaints"]))  # noqa: T201
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
