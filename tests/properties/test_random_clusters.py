"""Random clusters: every answer is checked against a second version of the rules, every change against its promise.

The program runs as users run it. The seed is fixed; KUBECTL_REFS_SEED chooses another, KUBECTL_REFS_CASES the number of
clusters. A failure names the seed of its cluster, from which `generate` makes it again.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.random_clusters.changes import alternatives, applied
from tests.support.random_clusters.clusters import generate
from tests.support.random_clusters.specification import Cluster, Inputs, Name, Object, name_of
from tests.support.running import Program, written

SEED = os.environ.get("KUBECTL_REFS_SEED", "1")
CASES = int(os.environ.get("KUBECTL_REFS_CASES", "60"))
ANSWERS = {
    *("ReferenceGrant allowed", "ReferenceGrant refused", "ReferenceGrant broken", "Ungoverned allowed"),
    *("SameNamespace allowed", "SameNamespace broken", "Local allowed", "Local broken", "Mesh allowed", "Mesh broken"),
    *("AllowedListeners allowed", "AllowedListeners refused", "AllowedListeners broken"),
    *("AllowedRoutes allowed Accepted", "AllowedRoutes refused NotAllowedByListeners", "AllowedRoutes unknown None"),
    *("AllowedRoutes refused NoMatchingListenerHostname", "AllowedRoutes broken NoMatchingParent"),
    "AllowedRoutes broken None",
}
"""Mechanism, verdict and, for a route's parent, the reason. All must occur, so that the comparison means something."""

Report = Mapping[str, Any]
Ask = Callable[..., Report]
Check = Callable[[str, Sequence[Object]], Report]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file for all clusters: answers contain its path, and are compared."""
    return tmp_path_factory.mktemp("random") / "cluster.json"


@pytest.fixture(scope="module")
def checked() -> dict[str, Report]:
    """The reports on the unchanged clusters, by their seeds."""
    return {}


@pytest.fixture
def ask(refs: Program, path: Path) -> Ask:
    """Asks the program about objects, and returns its answer as data."""

    def ask(objects: Sequence[Object], *words: str) -> Report:
        written(path, objects)
        done = refs(*words, "-f", str(path), "--whole", "-o", "json")
        assert done.err == ""
        report: Report = json.loads(done.out)
        return report

    return ask


@pytest.fixture
def check(ask: Ask, checked: dict[str, Report]) -> Check:
    """Checks the cluster of a seed, only once for all tests."""

    def check(seed: str, objects: Sequence[Object]) -> Report:
        if seed not in checked:
            checked[seed] = ask(objects, "check", "-A")
        return checked[seed]

    return check


def clusters() -> Iterator[tuple[str, list[Object]]]:
    for number in range(CASES):
        seed = f"{SEED}.{number}"
        yield seed, [*generate(seed)]


def test_every_reference_is_answered_as_the_rules_have_it(check: Check) -> None:
    seen: Counter[str] = Counter()
    for seed, objects in clusters():
        cluster = Cluster(objects)
        expected = {each.place: cluster.answer(each) for each in cluster.references()}
        report = check(seed, objects)
        kinds = {place_of(each) for each in report["references"] if each["code"] == "REF017"}
        assert kinds == cluster.wrong_kinds(), seed
        found = {place_of(each): answer_of(each) for each in report["references"] if each["code"] != "REF017"}
        assert found == expected, seed
        seen.update(found.values())
    assert set(seen) == ANSWERS, seen


def test_every_grant_that_is_proposed_permits_its_reference_at_nobodys_cost(check: Check) -> None:
    seen: Counter[str] = Counter()
    for seed, objects in clusters():
        cluster = Cluster(objects)
        before = cluster.permitted()
        working = {each.place for each in cluster.references() if cluster.answer(each).endswith(" allowed")}
        for each in check(seed, objects)["references"]:
            # The steps may go on to change the port in the reference, which permits nothing.
            of_grants = [
                [step for step in steps if step["object"]["kind"] == "ReferenceGrant"]
                for steps in alternatives(each["fixes"])
                if steps[0]["object"]["kind"] == "ReferenceGrant"
            ]
            if answer_of(each) == "ReferenceGrant refused" and not of_grants:
                # No grant can help here: the target has the wrong kind, or its namespace does not exist.
                assert each["code"] == "REF023" or failed(each, "kind") or failed(each, "target"), (seed, each)
                seen["none"] += 1
            for steps in of_grants:
                after = Cluster(applied(objects, steps)).permitted()
                assert after[place_of(each)], (seed, each)
                # References of other objects are not looked at, except that nothing with a misspelt name exists.
                own = {place for place in before if place[0] == name_in(each["from"])}
                assert not lost(before, after) & (working | own), (seed, each)
                seen.update(step["action"] for step in steps)
    assert set(seen) == {"create", "patch", "delete", "none"}, seen


def test_every_change_of_a_route_or_a_listener_makes_its_reference_allowed_or_says_what_remains(
    ask: Ask, check: Check
) -> None:
    seen: Counter[str] = Counter()
    for seed, objects in clusters():
        names = {name_of(obj) for obj in objects}
        before = check(seed, objects)["references"]
        for each in before:
            for steps in alternatives(each["fixes"]):
                # Nobody knows the labels of a Namespace that the manifests only imply.
                if steps[0]["object"]["kind"] == "ReferenceGrant" or name_in(steps[0]["object"]) not in names:
                    continue
                if steps[0]["action"] == "edit" and "labels" not in steps[0]:
                    # Only the owner knows what to write there.
                    continue
                after = ask(applied(objects, steps), "check", "-A")["references"]
                if steps[0].get("patch", [{}])[-1].get("op") == "remove" and steps[0]["patch"][-1]["path"].startswith(
                    "/spec/parentRefs/"
                ):
                    # Dropping a parentRef must not break anything else.
                    assert bad(after) < bad(before), (seed, each)
                    seen["dropped"] += 1
                    continue
                (again,) = (other for other in after if place_of(other) == place_of(each))
                remains = steps[0].get("remains", "")
                assert (again["verdict"] == "allowed") == (remains == ""), (seed, each, again["because"])
                if "labels" in steps[0]:
                    allowed = {place_of(other) for other in after if other["verdict"] == "allowed"}
                    taken = [o["path"] for o in before if o["verdict"] == "allowed" and place_of(o) not in allowed]
                    assert not taken, (seed, each, taken)
                seen[f"{steps[0]['object']['kind']} {bool(remains)}"] += 1
    assert {"Gateway False", "HTTPRoute False", "Namespace False", "dropped"} <= set(seen), seen


def bad(references: Iterable[Any]) -> int:
    return sum(each["verdict"] in ("refused", "broken") for each in references)


def test_different_grants_that_are_proposed_have_different_names(check: Check) -> None:
    """Each object is asked about by itself, as two people would do in two runs."""
    compared = 0
    for seed, objects in clusters():
        proposed: dict[Name, Any] = {}
        report = check(seed, objects)
        for name, spec in (
            created(step) for each in report["references"] for step in each["fixes"] if "manifest" in step
        ):
            compared += name in proposed
            assert proposed.setdefault(name, spec) == spec, (seed, name)
    assert compared > 0


def test_every_change_of_a_finding_resolves_it_at_nobodys_cost(ask: Ask) -> None:
    seen: Counter[str] = Counter()
    for seed, objects in clusters():
        cluster = Cluster(objects)
        before = {place: may and place not in cluster.senseless() for place, may in cluster.permitted().items()}
        for grant in ask(objects, "grants", "-A")["grants"]:
            for finding in grant["findings"]:
                steps = finding["fixes"]
                if not steps or steps[0]["action"] == "edit":
                    continue
                changed = applied(objects, steps)
                assert lost(before, Cluster(changed).permitted()) == set(), (seed, finding)
                assert all(each["spec"]["from"] and each["spec"]["to"] for each in Cluster(changed).grants)
                left = [
                    each
                    for other in ask(changed, "grants", "-A")["grants"]
                    if (other["namespace"], other["name"]) == (grant["namespace"], grant["name"])
                    for each in other["findings"]
                ]
                # Entries are identified by their number, which changes when an earlier one is removed.
                assert alike(finding, left) < alike(finding, grant["findings"]), (seed, finding)
                seen[finding["code"]] += 1
    assert {"REF101", "REF102", "REF104", "REF105", "REF106", "REF107", "REF108", "REF109"} <= set(seen), seen


def test_no_finding_takes_a_grant_from_a_refused_reference_that_may_be_meant_to_use_it(ask: Ask, check: Check) -> None:
    seen: Counter[str] = Counter()
    for seed, objects in clusters():
        misses = [
            miss
            for each in check(seed, objects)["references"]
            if each["verdict"] == "refused"
            for miss in (*nearest_in(each), *repaired_in(each))
        ]
        for grant in ask(objects, "grants", "-A")["grants"]:
            for finding in grant["findings"]:
                taking = finding["code"] != "REF111" and any(map(takes, finding["fixes"]))
                meant = any(concerns(finding, grant, miss) for miss in misses)
                assert not (taking and meant), (seed, finding)
                seen.update({f"{taking} {meant}"})
    assert {"True False", "False True"} <= set(seen), seen


def concerns(finding: Report, grant: Report, miss: Report) -> bool:
    """Whether a finding on a grant is about the whole grant, or about an entry, with which it nearly permits a
    reference."""
    entry = re.match(r"spec\.(from|to)\[(\d+)\]", finding["path"] or "")
    same = all(miss["grant"][field] == grant[field] for field in ("namespace", "name"))
    return same and (entry is None or miss[entry[1]] == int(entry[2]))


def repaired_in(reference: Report) -> list[Any]:
    """The near misses of a refused reference whose grants its fixes repair."""
    repaired = [fix["object"]["name"] for fix in reference["fixes"] if fix["action"] == "patch"]
    return [miss for miss in reference["nearMisses"] if miss["grant"]["name"] in repaired]


def nearest_in(reference: Report) -> list[Any]:
    """The near miss named in the cause of a refused reference, unless it is for another kind of referrer or target."""
    return [
        miss
        for miss in reference["nearMisses"][:1]
        if f" {miss['grant']['namespace']}/{miss['grant']['name']}" in reference["cause"]
        and not any(each["hint"] == "other-kind" for each in miss["differences"])
    ]


def takes(step: Report) -> bool:
    """Whether a step deletes a grant, removes one of its entries, or narrows one."""
    narrows = any(
        operation["op"] == "remove" or (operation["op"] == "replace" and isinstance(operation["value"], dict))
        for operation in step.get("patch", ())
    )
    return step["action"] == "delete" or narrows


def test_one_object_is_answered_as_it_is_among_all(ask: Ask, check: Check) -> None:
    for seed, objects in clusters():
        report = check(seed, objects)
        for referrer in {json.dumps(each["from"]) for each in report["references"][:8]}:
            key = json.loads(referrer)
            word = f"{key['kind']}.{key['group']}/{key['name']}".lower()
            alone = ask(objects, "why", word, "-n", key["namespace"])["references"]
            assert alone == [each for each in report["references"] if each["from"] == key], (seed, key)


def name_in(key: Mapping[str, str]) -> Name:
    return key["group"], key["kind"], key["namespace"], key["name"]


def place_of(reference: Report) -> Inputs:
    return name_in(reference["from"]), reference["path"]


def answer_of(reference: Report) -> str:
    answer = f"{reference['mechanism']} {reference['verdict']}"
    return f"{answer} {reference['reason']}" if reference["mechanism"] == "AllowedRoutes" else answer


def failed(reference: Report, layer: str) -> bool:
    return any((each["layer"], each["outcome"]) == (layer, "failed") for each in reference["checks"])


def created(step: Report) -> tuple[Name, Any]:
    return name_in(step["object"]), step["manifest"]["spec"]


def lost(before: Mapping[Inputs, bool], after: Mapping[Inputs, bool]) -> set[Inputs]:
    return {place for place, permitted in before.items() if permitted and not after[place]}


def alike(finding: Report, others: Sequence[Report]) -> int:
    """How many findings say the same about any entry."""

    def said(each: Report) -> tuple[str, str]:
        return each["code"], re.sub(r"\[\d+\]", "[]", each["message"])

    return sum(said(each) == said(finding) for each in others)
