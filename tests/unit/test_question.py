"""The objects that a question is about, in manifests and on a cluster."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kubectl_refs.app.input.objects import FoundObjects, Scope, find_objects
from kubectl_refs.app.input.source import Inputs
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.reads import List
from kubectl_refs.process.errors import RefsError
from tests.support.builders import grant, route_with
from tests.support.fakes.api import FakeAPI
from tests.support.running import REFUSED, Program, written


def named(kind: str, namespace: str | None, name: str) -> JSON:
    made = route_with({"rules": [{"backendRefs": [{"name": "app", "port": 80}]}]}, kind)
    made["metadata"] = {"name": name, **({"namespace": namespace} if namespace else {})}
    return made


OBJECTS = (
    named("HTTPRoute", "frontend", "web"),
    named("HTTPRoute", "frontend", "api"),
    named("HTTPRoute", "backend", "web"),
    named("GRPCRoute", "frontend", "web"),
    named("HTTPRoute", None, "lost"),
    route_with({}, "GRPCRoute", "empty"),
    grant(),
)


HTTP_ROUTES = ["HTTPRoute frontend/web", "HTTPRoute frontend/api", "HTTPRoute backend/web", "HTTPRoute default/lost"]


def keys(question: FoundObjects) -> list[str]:
    return [f"{key.kind} {key.path}" for key in map(key_of, question.objects)]


def complaint(place: Inputs, *arguments: str) -> str:
    with pytest.raises(RefsError) as caught:
        find_objects(place, arguments)
    return caught.value.line


@pytest.mark.parametrize(
    ("namespace", "arguments", "found"),
    [
        (None, ["httproute/web"], ["HTTPRoute frontend/web", "HTTPRoute backend/web"]),
        ("frontend", ["httproute/web"], ["HTTPRoute frontend/web"]),
        ("backend", ["httproute", "web"], ["HTTPRoute backend/web"]),
        ("frontend", ["httproute,grpcroute", "web"], ["HTTPRoute frontend/web", "GRPCRoute frontend/web"]),
        ("frontend", ["httproute/web", "httproutes/web", "HTTPRoute/web"], ["HTTPRoute frontend/web"]),
        ("frontend", ["httproute/api", "httproute/web"], ["HTTPRoute frontend/api", "HTTPRoute frontend/web"]),
        (None, ["httproute/lost"], ["HTTPRoute default/lost"]),
        ("team", ["httproute/lost"], ["HTTPRoute team/lost"]),
    ],
)
def test_names_choose_among_the_objects_of_manifests(
    manifests: str, namespace: str | None, arguments: Sequence[str], found: Sequence[str]
) -> None:
    question = find_objects(Inputs(namespace, files=[manifests]), arguments)
    assert keys(question) == found
    assert question.problems == ()


def test_without_names_every_object_with_references_is_asked_about(manifests: str) -> None:
    all_of_them = [
        f"{obj['kind']} {obj['metadata'].get('namespace', 'default')}/{obj['metadata']['name']}" for obj in OBJECTS
    ]
    # A route without references and a grant, which has no references, have nothing to explain.
    assert keys(find_objects(Inputs(files=[manifests]), [])) == all_of_them[:-2]


def test_a_namespace_limits_the_objects_asked_about_but_not_what_is_known(manifests: str) -> None:
    question = find_objects(Inputs("frontend", files=[manifests]), ["grpcroute/web"])
    assert keys(question) == ["GRPCRoute frontend/web"]
    grants = List(REFERENCE_GRANT, "backend")
    assert [key_of(obj).path for obj in question.source.read([grants])[grants].objects] == ["backend/g"]


def test_several_files_are_one_cluster(tmp_path: Path) -> None:
    first, second = written(tmp_path / "a.json", OBJECTS[:1]), written(tmp_path / "b.json", OBJECTS[2:3])
    assert keys(find_objects(Inputs(files=[first, second]), ["httproute/web"])) == [
        "HTTPRoute frontend/web",
        "HTTPRoute backend/web",
    ]


def test_a_missing_object_is_a_problem_once_and_the_others_are_answered(manifests: str) -> None:
    question = find_objects(
        Inputs("frontend", files=[manifests]), ["httproute/nope", "httproute/web", "httproutes/nope"]
    )
    assert keys(question) == ["HTTPRoute frontend/web"]
    assert [problem.line for problem in question.problems] == [
        'error: the manifests have no HTTPRoute "nope" in namespace frontend'
    ]


def test_manifests_without_objects_are_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.yaml"
    empty.write_text("# nothing\n---\n")
    assert complaint(Inputs(files=[str(empty)])) == "error: no objects passed to why"


@pytest.mark.parametrize(
    ("arguments", "scope", "namespace", "found"),
    [
        ([], Scope(), "backend", ["HTTPRoute backend/web"]),
        (["grpcroutes"], Scope(), None, ["GRPCRoute frontend/web"]),
        (["httproutes,grpcroutes"], Scope("app=web"), None, ["GRPCRoute frontend/web"]),
        (["httproutes"], Scope(all_namespaces=True), "backend", HTTP_ROUTES),
        (["httproutes"], Scope("app=web"), "frontend", []),
    ],
)
@pytest.mark.parametrize("live", [True, False])
def test_without_a_name_types_labels_and_namespaces_choose(
    tmp_path: Path, arguments: list[str], scope: Scope, namespace: str | None, found: list[str], live: bool
) -> None:
    objects = [json.loads(json.dumps(obj)) for obj in OBJECTS]
    objects[3]["metadata"]["labels"] = {"app": "web"}
    objects[4]["metadata"]["namespace"] = "default"
    if not live:
        given = Inputs(namespace, files=[written(tmp_path / "all.json", objects)])
        assert sorted(keys(find_objects(given, arguments, scope))) == sorted(found)
        return
    with FakeAPI(objects) as server:
        given = Inputs(namespace or "frontend", kubeconfig=str(server.write_kubeconfig(tmp_path / "config")))
        question = find_objects(given, arguments, scope)
    assert sorted(keys(question)) == sorted(found)
    assert (question.named, question.gaps) == (False, ())


@pytest.mark.parametrize(
    ("scope", "complained"),
    [
        (Scope("app=web"), "error: name cannot be provided when a selector is specified"),
        (Scope(all_namespaces=True), "error: a resource cannot be retrieved by name across all namespaces"),
    ],
)
def test_a_name_goes_with_no_scope_as_with_kubectl(manifests: str, scope: Scope, complained: str) -> None:
    with pytest.raises(RefsError) as caught:
        find_objects(Inputs(files=[manifests]), ["httproute/web"], scope)
    assert caught.value.line == complained


def test_a_name_without_its_type_is_taken_for_a_type_as_kubectl_takes_it(api: FakeAPI, tmp_path: Path) -> None:
    place = Inputs(kubeconfig=str(api.write_kubeconfig(tmp_path / "config", "frontend")))
    assert complaint(place, "frontend-routes") == 'error: the server doesn\'t have a resource type "frontend-routes"'


def test_a_kind_without_known_references_is_an_error_that_says_where_to_look(manifests: str) -> None:
    assert complaint(Inputs(files=[manifests]), "svc/x") == (
        "error: services hold no references that this version knows; use 'why service/NAME' or 'grants'"
    )


def test_a_namespace_that_cannot_be_one_is_refused_before_anything_is_read() -> None:
    nowhere = Inputs("a/b", kubeconfig="/nonexistent")
    assert complaint(nowhere, "httproute/web") == "error: invalid namespace \"a/b\": [may not contain '/']"


@pytest.mark.parametrize(
    ("namespace", "arguments", "found"),
    [
        (None, ["httproute/web"], ["HTTPRoute backend/web"]),
        ("frontend", ["httproute/web"], ["HTTPRoute frontend/web"]),
        (
            "frontend",
            ["httproute/web", "httproutes/web", "grpcroute/web"],
            ["HTTPRoute frontend/web", "GRPCRoute frontend/web"],
        ),
        ("frontend", ["httproute", "api", "web"], ["HTTPRoute frontend/api", "HTTPRoute frontend/web"]),
    ],
)
def test_a_cluster_is_asked_in_the_namespace_given_or_the_contexts(
    api: FakeAPI, tmp_path: Path, namespace: str | None, arguments: Sequence[str], found: Sequence[str]
) -> None:
    config = api.write_kubeconfig(tmp_path / "config", "backend")
    question = find_objects(Inputs(namespace, kubeconfig=str(config)), arguments)
    assert keys(question) == found
    assert question.problems == ()
    assert len(api.paths) == len(set(api.paths)) == 1 + len(found), "discovery, and each object once"


def test_what_a_cluster_does_not_have_and_does_not_show_are_different_problems(api: FakeAPI, tmp_path: Path) -> None:
    api.forbid("grpcroutes")
    config = api.write_kubeconfig(tmp_path / "config", "frontend")
    question = find_objects(Inputs(kubeconfig=str(config)), ["grpcroute/web", "httproute/nope", "httproute/web"])
    assert keys(question) == ["HTTPRoute frontend/web"]
    assert [problem.line for problem in question.problems] == [
        'Error from server (Forbidden): grpcroutes.gateway.networking.k8s.io "web" is forbidden: User "jane" cannot '
        'get resource "grpcroutes" in API group "gateway.networking.k8s.io" in the namespace "frontend"',
        'Error from server (NotFound): httproutes.gateway.networking.k8s.io "nope" not found',
    ]
    assert [problem.status for problem in question.problems] == [2, 2]


@pytest.mark.parametrize(
    ("place", "flags"),
    [
        (Inputs(), ()),
        (Inputs(context="prod"), ("--context", "prod")),
        (Inputs(kubeconfig="/k", context="prod"), ("--context", "prod", "--kubeconfig", "/k")),
        (Inputs(namespace="x", files=[REFUSED]), ()),
    ],
)
def test_printed_commands_are_aimed_at_the_cluster_that_was_asked(place: Inputs, flags: tuple[str, ...]) -> None:
    assert place.flags == flags


def test_a_url_without_its_scheme_is_recognised(refs: Program) -> None:
    for words, line in (
        ("app.example.com/auth", 'error: the manifests have no resource type "app.example.com"'),
        ("app.example.com/a/b", "error: arguments in resource/name form may not have more than one slash"),
    ):
        done = refs("why", words, "-f", REFUSED)
        assert (done.status, done.err) == (2, f"{line}\nIf it is a URL, write its scheme: why https://{words}\n")
    done = refs("why", "httproutes.example.com/web", "-f", REFUSED)
    assert done.err == 'error: the manifests have no resource type "httproutes.example.com"\n'
