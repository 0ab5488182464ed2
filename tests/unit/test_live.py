"""Manifests laid over a cluster: the answer is the one for the cluster after they are applied."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.builders import from_entry, grant, namespaces, route_to, route_with, service, to_entry
from tests.support.fakes.api import FakeAPI
from tests.support.running import Done, Program
from tests.unit.conftest import Files


def crossing(namespace: str = "backend", *, name: str = "api", **metadata: Any) -> dict[str, Any]:
    """An HTTPRoute frontend/web with one backend."""
    backend = {"name": name, "namespace": namespace, "port": 80}
    made = route_with({"useDefaultGateways": "All", "rules": [{"backendRefs": [backend]}]})
    return {**made, "metadata": {**made["metadata"], **metadata}}


STATUS = {
    "parents": [
        {
            "parentRef": {"name": "gate"},
            "controllerName": "example.com/c",
            "conditions": [
                {"type": "Accepted", "status": "False", "reason": "NotAllowedByListeners", "observedGeneration": 3}
            ],
        }
    ]
}
OBJECTS: tuple[JSON, ...] = (
    *namespaces("frontend", "backend", "team"),
    service(),
    service("team"),
    {**crossing(generation=3), "status": STATUS},
)


def verdicts(done: Done) -> list[str]:
    return [each["verdict"] for each in json.loads(done.out)["references"]]


def test_a_grant_that_is_to_come_permits(live: Program, files: Files) -> None:
    assert verdicts(live("why", "httproute/web", "-o", "json")) == ["refused"]
    words = ("-f", files(grant()), "--live", "-o", "json")
    assert verdicts(live("why", "httproute/web", *words)) == ["allowed"]
    assert verdicts(live("check", *words)) == ["allowed"]
    assert live("fix", "httproute/web", "-f", files(grant()), "--live").status == 0
    lacking = live("fix", "-f", files(crossing()), "--live")
    assert (lacking.status, "kind: ReferenceGrant" in lacking.out) == (0, True)
    assert live("can-i", "httproute", "service/api.backend", "-f", files(grant()), "--live").status == 0
    assert live("can-i", "httproute", "service/api.backend").status == 1
    users = json.loads(live("grants", "-n", "backend", *words).out)["grants"][0]["used"]
    assert users["references"] == 1


@pytest.mark.parametrize("shape", ["text", "wide"])
def test_a_change_in_another_namespace_says_that_it_needs_rights_there(live: Program, files: Files, shape: str) -> None:
    words = ("why", "httproute/web", *(("-o", "wide") if shape == "wide" else ()))
    assert "needs write access in backend" in live(*words).out
    # For printing only, no right is needed.
    assert "needs" not in live(*words, "-f", files(service()), "--live").out


def test_an_object_replaces_the_clusters_and_a_later_file_an_earlier_one(live: Program, files: Files) -> None:
    team = files(crossing("team"), name="team.json")
    own = files(crossing("frontend"), service("frontend"), name="own.json")
    assert verdicts(live("why", "-f", team, "--live", "-o", "json")) == ["refused"]
    assert verdicts(live("why", "-f", team, "-f", own, "--live", "-o", "json")) == ["allowed"]
    assert verdicts(live("check", "-f", own, "-f", team, "--live", "-o", "json")) == ["refused"]


def test_the_status_of_a_replaced_object_is_compared_with_nothing(live: Program, files: Files) -> None:
    replaced = crossing("frontend", generation=1)
    replaced["spec"]["parentRefs"] = [{"name": "gate"}]
    for words in (("why",), ("check",)):
        done = live(*words, "-f", files({**replaced, "status": STATUS}, service("frontend")), "--live", "-o", "json")
        reported = [each["reported"] for each in json.loads(done.out)["conditions"]]
        assert reported
        assert set(reported) == {None}
        assert {each["code"] for each in json.loads(done.out)["conditions"]} == {None}


def test_what_is_created_in_a_namespace_that_is_not_there_yet_is_known(live: Program, files: Files) -> None:
    new = files(crossing("new"), service("new"), grant(namespace="new"))
    assert verdicts(live("why", "-f", new, "--live", "-o", "json")) == ["allowed"]


def test_all_else_is_the_clusters(live: Program, files: Files) -> None:
    missing = files(crossing("backend", name="nothing"), grant())
    done = live("why", "-f", missing, "--live", "-o", "json")
    (found,) = json.loads(done.out)["references"]
    assert (done.status, found["verdict"], found["assumptions"]) == (1, "broken", [])


def test_what_cannot_be_read_of_the_cluster_stays_unknown(live: Program, api: FakeAPI, files: Files) -> None:
    api.forbid("referencegrants", namespace="backend")
    done = live("why", "-f", files(crossing()), "--live", "-o", "json")
    assert (done.status, verdicts(done)) == (3, ["unknown"])
    assert [each["httpStatus"] for each in json.loads(done.out)["gaps"]] == [403]


def test_an_object_of_a_kind_that_the_cluster_does_not_serve_yet_is_there(live: Program, files: Files) -> None:
    parameters = {"apiVersion": "acme.org/v1", "kind": "Tracer", "metadata": {"name": "t", "namespace": "team"}}
    gateway_class = {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": "GatewayClass",
        "metadata": {"name": "example"},
        "spec": {
            "controllerName": "acme.org/c",
            "parametersRef": {"group": "acme.org", "kind": "Tracer", "name": "t", "namespace": "team"},
        },
    }
    assert verdicts(live("why", "-f", files(parameters, gateway_class), "--live", "-o", "json")) == ["allowed"]


def test_commands_that_are_printed_aim_at_both(live: Program, files: Files, tmp_path: Path) -> None:
    path, config = files(crossing("team")), tmp_path / "config"
    done = live("why", "-f", path, "--live", "--kubeconfig", str(config))
    assert f"More: kubectl refs why -f {path} --live --kubeconfig {config} -o wide\n" in done.out


@pytest.mark.parametrize("words", [["--live"], ["--live", "--whole", "-f", "x"]])
def test_without_manifests_or_with_a_whole_cluster_it_is_a_mistake(live: Program, words: list[str]) -> None:
    done = live("why", *words)
    assert done == Done(2, "", "error: --live lays manifests over the cluster: it needs -f or -k, and not --whole\n")


def test_manifests_without_objects_are_a_mistake(live: Program, files: Files) -> None:
    assert live("check", "-f", files(), "--live") == Done(2, "", "error: no objects passed to check\n")


def test_a_grant_in_the_cluster_is_replaced_as_a_whole(live: Program, api: FakeAPI, files: Files) -> None:
    api.objects.append(grant())
    assert verdicts(live("why", "httproute/web", "-o", "json")) == ["allowed"]
    narrowed = files(grant([from_entry(namespace="team")], [to_entry()]))
    assert verdicts(live("why", "httproute/web", "-f", narrowed, "--live", "-o", "json")) == ["refused"]


def test_manifests_of_another_namespace_than_the_kubeconfigs_are_looked_at(live: Program, files: Files) -> None:
    elsewhere = files(route_to(("backend", "api"), namespace="elsewhere"))
    assert verdicts(live("check", "-f", elsewhere, "--live", "httproute", "-o", "json")).count("refused") == 2
    assert verdicts(live("check", "-n", "frontend", "-f", elsewhere, "--live", "-o", "json")) == ["refused"]


def test_that_a_namespace_is_missing_is_known_of_the_cluster_and_why_and_fix_advise_the_same(
    live: Program, files: Files
) -> None:
    typo = files(crossing("backend"), grant([from_entry(namespace="fronted")], [to_entry(name="api")]))
    (found,) = json.loads(live("why", "-f", typo, "--live", "-o", "json").out)["references"]
    assert found["cause"].endswith('(typo: no namespace "fronted" exists)')
    assert [(each["action"], each["confidence"]) for each in found["fixes"]] == [
        ("patch", "likely"),
        ("create", "certain"),
    ]
    assert "repair spec.from[0].namespace of ReferenceGrant backend/g" in live("fix", "-f", typo, "--live").err


def test_of_a_namespace_what_is_in_it_is_looked_at(refs: Program, api: FakeAPI, files: Files) -> None:
    refs.use(api, "team")
    frontend = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "frontend", "labels": {"a": "b"}}}
    assert verdicts(refs("check", "-f", files(frontend), "--live", "-o", "json")) == ["refused"]


def test_a_grant_in_the_referrers_namespace_is_told_on_a_cluster_where_it_is_read_later(
    live: Program, api: FakeAPI
) -> None:
    # Two grants that should have been one are clearly meant, and explain the refusal before that namespace is read.
    halves = grant(to=[to_entry(kind="Secret")], name="a"), grant([from_entry(kind="GRPCRoute")], name="b")
    api.objects += [*halves, grant(namespace="frontend", name="misplaced")]
    (found,) = json.loads(live("why", "httproute/web", "-o", "json").out)["references"]
    assert {"namespace": "frontend", "name": "misplaced"} in [miss["grant"] for miss in found["nearMisses"]]
