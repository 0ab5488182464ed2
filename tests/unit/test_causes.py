"""Of many findings, the causes come first: a few things to fix, each with how often it shows and what helps."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.builders import from_entry, gateway, grant, namespaces, route_to, service, to_entry
from tests.support.fakes.api import FakeAPI
from tests.support.running import Program, written

APPS = [f"app-{number}" for number in range(12)]
ROUTES = [
    route_to(("shared-1", "api"), ("shared-1", "auth"), ("shared-2", "api"), namespace=app, name=f"route-{number}")
    for app in APPS
    for number in range(5 if app == "app-0" else 3)
]
OBJECTS: list[JSON] = [
    *namespaces(*APPS, "shared-1", "shared-2", "shared-3"),
    *(service(namespace, name) for namespace in ("shared-1", "shared-2") for name in ("api", "auth")),
    *ROUTES,
]


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("all.json")
    written(path, OBJECTS)
    return path


def check(refs: Program, *words: str) -> str:
    return refs("check", "-f", "all.json", "--severity", "error", *words).out


def causes(refs: Program) -> list[dict[str, Any]]:
    return list(json.loads(check(refs, "-o", "json"))["causes"])


def test_the_largest_cause_comes_first_with_the_change_for_it(refs: Program, manifest: Path) -> None:
    lines = check(refs).splitlines()
    assert lines[:2] == [
        "REF001: no grant in shared-1 for HTTPRoutes in app-0: 10 references of 5 routes",
        "  fix: kubectl refs fix httproute -n app-0 -f all.json",
    ]
    assert lines[2].startswith("REF001: no grant in shared-1 for HTTPRoutes in app-1: 6 references of 3 routes")
    assert "and 16 more causes" in lines


def test_the_page_fits_a_terminal(refs: Program, manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    lines = check(refs).splitlines()
    assert lines[0].startswith("REF001: no grant in shared-1 for HTTPRoutes in app-0")
    assert len(lines) <= 24
    assert [line for line in lines if len(line) > 80] == []


def test_the_change_that_is_named_mends_the_cause(refs: Program, manifest: Path) -> None:
    (command,) = (each["command"] for each in causes(refs)[:1])
    granted = refs(*command.split()[2:], "-o", "json")
    written(manifest, [*OBJECTS, *json.loads(granted.out)["items"]])
    assert not any("HTTPRoutes in app-0" in each["cause"] for each in causes(refs))


def test_json_has_every_cause_with_its_objects(refs: Program, manifest: Path) -> None:
    found = causes(refs)
    assert sum(each["findings"] for each in found) == 3 * len(ROUTES)
    assert found[0] == {
        "code": "REF001",
        "title": "no-grant",
        "severity": "error",
        "cause": "no grant in shared-1 for HTTPRoutes in app-0",
        "findings": 10,
        "objects": [
            {"group": GATEWAY_GROUP, "kind": "HTTPRoute", "namespace": "app-0", "name": f"route-{number}"}
            for number in range(5)
        ],
        "next": "create a ReferenceGrant in shared-1 for HTTPRoutes in app-0",
        "command": "kubectl refs fix httproute -n app-0 -f all.json",
    }


def test_the_objects_of_a_cause_are_named_with_wide(refs: Program, manifest: Path) -> None:
    lines = check(refs, "-o", "wide").splitlines()
    assert lines[2:4] == ["    HTTPRoute app-0/route-0", "    HTTPRoute app-0/route-1"]
    assert sum(line.startswith("REF001: ") for line in lines) == 2 * len(APPS)


def test_a_slip_in_one_grant_is_one_cause(refs: Program, manifest: Path) -> None:
    wrong = grant([from_entry(namespace="app0")], [to_entry(name="api"), to_entry(name="auth")], namespace="shared-1")
    written(manifest, [*OBJECTS, wrong])
    (slip,) = (each for each in causes(refs) if 'expected "app-0"' in each["cause"])
    assert slip["cause"].startswith('spec.from[0].namespace is "app0", expected "app-0", in ReferenceGrant shared-1/g')
    assert slip["findings"] == 10
    # Each reference names one Service; the cause covers two.
    assert slip["next"] == "create a ReferenceGrant in shared-1 for HTTPRoutes in app-0"


def test_a_slip_in_the_grant_for_what_does_not_exist_is_not_all_there_is_to_mend(refs: Program, manifest: Path) -> None:
    wrong = grant([from_entry(namespace="app0")], [to_entry()], namespace="shared-1")
    written(manifest, [*OBJECTS[:-1], wrong, route_to(("shared-1", "nothing"), namespace="app-0", name="route-x")])
    (missing,) = (
        each for each in json.loads(check(refs, "--whole", "-o", "json"))["causes"] if "nothing" in each["cause"]
    )
    assert missing["cause"].startswith("Service shared-1/nothing does not exist, and spec.from[0].namespace is")
    assert missing["next"].startswith("create Service shared-1/nothing, or correct the reference")
    assert missing["command"].startswith("kubectl refs why httproute/route-x -n app-0")


def test_a_grant_for_something_else_is_not_called_none(refs: Program, manifest: Path) -> None:
    other = grant([from_entry(namespace="app-0")], [to_entry(name="api")], namespace="shared-1")
    written(manifest, [*OBJECTS, other])
    found = causes(refs)
    assert "no grant in shared-1 for HTTPRoutes in app-0" not in [each["cause"] for each in found]
    assert sum(each["findings"] for each in found) == 3 * len(ROUTES) - 5


def test_what_is_missing_is_one_cause_whoever_references_it(refs: Program, manifest: Path) -> None:
    routes = [route_to(("app-0", "gone"), namespace="app-0", name=f"broken-{number}") for number in range(25)]
    written(manifest, [*namespaces("app-0"), *routes])
    done = refs("check", "-f", "all.json", "--whole", "--severity", "error", "-o", "json")
    missing = [each for each in json.loads(done.out)["causes"] if each["code"] == "REF021"]
    assert [(each["findings"], len(each["objects"])) for each in missing] == [(25, 25)]


def test_several_findings_of_one_cause_are_told_by_it(refs: Program, manifest: Path) -> None:
    """A finding takes three to five rows of a terminal, so fifteen findings would fill three screens."""
    assert check(refs, "-n", "app-0", "--code", "REF001").startswith(
        "REF001: no grant in shared-1 for HTTPRoutes in app-0"
    )


def test_few_findings_and_those_of_many_causes_are_told_one_by_one(refs: Program, manifest: Path) -> None:
    few = [*namespaces("app-0", "shared-1"), service("shared-1", "api"), *ROUTES[:2]]
    written(manifest, few)
    assert re.search(r"^NAMESPACE +NAME", check(refs, "--code", "REF001"))
    apart = [route_to(("shared-1", "api"), namespace=app, name="route") for app in APPS]
    written(manifest, [*namespaces(*APPS, "shared-1"), service("shared-1", "api"), *apart])
    assert re.search(r"^NAMESPACE +NAME", check(refs, "--code", "REF001"))


def test_markdown_begins_with_the_causes(refs: Program, manifest: Path) -> None:
    text = check(refs, "-o", "markdown")
    assert text.index("no grant in shared-1 for HTTPRoutes in app-0") < text.index("all.json:")
    assert "| 10 references of 5 routes |" in text


@pytest.mark.parametrize("routes", [15, 25])
def test_over_a_cluster_the_change_is_for_its_objects_too(
    refs: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, routes: int
) -> None:
    monkeypatch.chdir(tmp_path)
    targets = ("shared-1", "api"), ("shared-1", "auth")
    holders = [route_to(*targets, namespace="app-0", name=f"route-{number}") for number in range(routes)]
    services = [service("shared-1", name) for name in ("api", "auth")]
    written(tmp_path / "all.json", [route_to(*targets, namespace="app-0", name="new")])
    with FakeAPI([*namespaces("app-0", "shared-1"), *services, *holders]) as api:
        refs.use(api)
        words = ("-f", "all.json", "--live")
        report = json.loads(refs("check", "-A", *words, "--severity", "error", "-o", "json").out)
        command = report["causes"][0]["command"]
        if routes > 20:
            assert command == "kubectl refs why httproute/route-0 -n app-0 -f all.json --live"
            assert f"  next: {command}\n" in refs("check", "-A", *words, "--severity", "error").out
            return
        granted = refs(*command.split()[2:], "-o", "json")
        (made,) = json.loads(granted.out)["items"]
        assert len(made["metadata"]["annotations"]["kubectl-refs/for"]) > 0
        assert f"HTTPRoute app-0/route-{routes - 1} " in granted.err


def attached(number: int, gateway_: str) -> JSON:
    parent = {"name": gateway_, "namespace": "infra"}
    return route_to(("app-0", "api"), namespace="app-0", name=f"on-{gateway_}-{number}", parents=[parent])


def unserved(refs: Program, *words: str) -> list[dict[str, Any]]:
    done = refs("check", "-f", "all.json", "--whole", "--code", "REF041", "-o", "json", *words)
    return list(json.loads(done.out)["causes"])


def test_what_is_wrong_with_a_gateway_is_one_cause_for_all_its_routes(refs: Program, manifest: Path) -> None:
    served = [attached(number, name) for name in ("one", "other") for number in range(4)]
    idle = [route_to(("app-0", "api"), namespace="app-0", name=name, parents=[{}]) for name in ("x", "y")]
    for each in idle:
        del each["spec"]["parentRefs"]
    objects = [*namespaces("app-0", "infra"), service("app-0", "api"), gateway("one"), gateway("other")]
    written(manifest, [*objects, *served, *idle])
    found = {each["cause"]: each for each in unserved(refs)}
    of_class = [
        f'not served: GatewayClass "none" of Gateway infra/{name} does not exist, so no controller takes the Gateway'
        for name in ("one", "other")
    ]
    alone = [
        f"HTTPRoute app-0/{name}: nothing serves it: it has no parentRefs, so no Gateway and no mesh serves it"
        for name in ("x", "y")
    ]
    assert found.keys() == {*of_class, *alone}
    assert [(found[each]["findings"], len(found[each]["objects"])) for each in (*of_class, *alone)] == [
        (5, 5),
        (5, 5),
        (1, 1),
        (1, 1),
    ]
    assert found[of_class[0]]["next"] == "look at Gateway infra/one"
    assert found[of_class[0]]["command"] == "kubectl refs why gateway/one -n infra -f all.json --whole"


def test_of_routes_alone_one_is_named_that_can_be_asked_about(refs: Program, manifest: Path) -> None:
    objects = [*namespaces("app-0", "infra"), service("app-0", "api"), gateway("one")]
    written(manifest, [*objects, *(attached(number, "one") for number in range(4))])
    (cause,) = unserved(refs, "httproutes")
    assert (cause["findings"], cause["next"]) == (4, "look at Gateway infra/one")
    assert cause["command"] == "kubectl refs why httproute/on-one-0 -n app-0 -f all.json --whole"


def test_no_grant_is_advised_for_routes_that_are_being_deleted(refs: Program, manifest: Path) -> None:
    ending = route_to(("shared-1", "api"), namespace="app-1", name="ending")
    ending = {**ending, "metadata": {**ending["metadata"], "deletionTimestamp": "2026-01-01T00:00:00Z"}}
    written(manifest, [*OBJECTS, ending])
    lines = check(refs).splitlines()
    assert lines[2].startswith("REF001: no grant in shared-1 for HTTPRoutes in app-1: 6 references of 3 routes")
    data = json.loads(check(refs, "-o", "json"))
    (cause,) = (each for each in data["causes"] if each["objects"][0]["name"] == "ending")
    assert cause["next"] == "HTTPRoute app-1/ending is being deleted: no change is offered for it"
    assert [each["name"] for each in data["beingDeleted"]] == ["ending"]
    table = refs("check", "-f", "all.json", "-n", "app-1", "--severity", "error", "-o", "wide").out
    assert [line.split()[1:] for line in table.splitlines() if line.endswith("(being deleted)   <none>")] == [
        ["httproute/ending", "1", "1", "refused", "(being", "deleted)", "<none>"]
    ]
