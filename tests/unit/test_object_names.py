"""NAME.NAMESPACE in place of a name: an object with exactly that name comes first, then the one in that namespace."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.builders import grant, namespaces, route_to, service
from tests.support.fakes.api import FakeAPI
from tests.support.running import Program, written

OBJECTS: Sequence[JSON] = (
    route_to(("backend", "api"), namespace="frontend", name="web"),
    route_to(("backend", "api"), namespace="frontend", name="my.web"),
    route_to(("backend", "api"), namespace="shop", name="web.frontend"),
    route_to(("backend", "api"), namespace="shop", name="cart"),
    service(),
    grant(),
    *namespaces("default", "frontend", "shop", "backend"),
)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[FakeAPI]:
    with FakeAPI(OBJECTS) as server:
        server.write_kubeconfig(tmp_path / "config")
        yield server


@pytest.fixture(params=[True, False], ids=["live", "manifests"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sequence[str]]:
    """The words that say where to look for objects."""
    if request.param:
        with FakeAPI(OBJECTS) as server:
            yield ("--kubeconfig", str(server.write_kubeconfig(tmp_path / "config")))
        return
    file = tmp_path / "all.json"
    written(file, OBJECTS)
    yield ("-f", str(file), "--whole")


def referrers(refs: Program, *words: str) -> list[str]:
    data = json.loads(refs(*words, "-o", "json").out)
    return sorted({f"{each['from']['namespace']}/{each['from']['name']}" for each in data["references"]})


@pytest.mark.parametrize(
    ("named", "namespace", "found"),
    [
        ("httproute/web.frontend", "default", ["frontend/web"]),
        ("httproute/my.web.frontend", "default", ["frontend/my.web"]),
        # An object has exactly this name.
        ("httproute/web.frontend", "shop", ["shop/web.frontend"]),
        ("httproute/my.web", "frontend", ["frontend/my.web"]),
    ],
)
def test_the_very_name_wins_and_then_the_namespace_behind_the_dot(
    refs: Program, source: Sequence[str], named: str, namespace: str, found: list[str]
) -> None:
    assert referrers(refs, "why", named, "-n", namespace, *source) == found


def test_objects_of_several_namespaces_are_asked_about_at_once(refs: Program, source: Sequence[str]) -> None:
    words = ("why", "httproute/web.frontend", "httproute/cart.shop", "-n", "default")
    assert referrers(refs, *words, *source) == ["frontend/web", "shop/cart"]


@pytest.mark.parametrize("named", ["httproute/web.nowhere", "httproute/nope.frontend", "httproute/web.No"])
def test_what_is_neither_is_not_found_as_it_was_named(refs: Program, source: Sequence[str], named: str) -> None:
    done = refs("why", named, "-n", "frontend", *source)
    name = named.partition("/")[2]
    # For manifests, no server has been asked.
    of_server = f'Error from server (NotFound): httproutes.gateway.networking.k8s.io "{name}" not found'
    of_manifests = f'error: the manifests have no HTTPRoute "{name}" in namespace frontend'
    line = of_manifests if "-f" in source else of_server
    there, _, namespace = name.partition(".")
    nor = "" if namespace == "No" else f', nor "{there}" in namespace {namespace}'
    assert (done.out, done.err) == ("", f"{line}{nor}\n")


def test_fix_graph_and_grants_take_it_as_well(refs: Program, source: Sequence[str]) -> None:
    ready = refs("fix", "httproute/web.frontend", "-n", "default", *source)
    assert (ready.status, ready.err) == (0, "nothing to fix\n")
    drawn = refs("graph", "httproute/web.frontend", "-n", "default", *source).out
    assert drawn.startswith("HTTPRoute frontend/web\n")
    assert refs("graph", "service/api.backend", "-n", "default", *source).out.startswith("Service backend/api\n")
    described = refs("why", "referencegrant/g.backend", "-n", "default", *source).out
    assert described.startswith("grant: ReferenceGrant backend/g\n")
    assert refs("why", "referencegrant/g", "-n", "backend", *source).out == described


def test_an_object_that_may_not_be_read_in_its_namespace_is_told_so(
    refs: Program, api: FakeAPI, tmp_path: Path
) -> None:
    api.forbid("httproutes", namespace="frontend")
    done = refs("why", "httproute/web.frontend", "-n", "default", "--kubeconfig", str(tmp_path / "config"))
    assert done.err.startswith("Error from server (Forbidden): httproutes.gateway.networking.k8s.io")
    assert 'in the namespace "frontend"' in done.err


def test_what_may_not_be_read_in_the_other_namespace_is_not_looked_for_in_ones_own(refs: Program, api: FakeAPI) -> None:
    api.forbid("referencegrants", "backend")
    api.forbid("services", "backend")
    refs.use(api, "frontend")
    data = json.loads(refs("diff", "--delete", "referencegrant/grant.backend", "-o", "json").out)
    assert [(each["object"]["namespace"], each["object"]["name"]) for each in data["objects"]] == [("backend", "grant")]


@pytest.mark.parametrize(
    "words",
    [
        ("diff", "--delete", "referencegrant/grant.backend"),
        ("why", "referencegrant/grant.backend"),
        ("check", "referencegrant/grant.backend"),
        ("grants", "grant.backend"),
        ("graph", "httproute/web.backend"),
        ("watch", "referencegrant/grant.backend"),
        ("why", "httproute/web.backend"),
        ("fix", "httproute/web.backend"),
        ("grants", "--to", "secret/web.backend"),
    ],
)
def test_a_name_that_may_mean_two_objects_of_which_none_may_be_read_is_not_guessed(
    refs: Program, api: FakeAPI, words: Sequence[str]
) -> None:
    for resource in ("referencegrants", "httproutes", "secrets"):
        for namespace in ("backend", "frontend", ""):
            api.forbid(resource, namespace)
    refs.use(api, "frontend")
    done = refs(*words)
    name = words[-1].rpartition("/")[2].partition(".")[0]
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("Error from server (Forbidden): ")
    assert 'in the namespace "frontend"' in done.err
    said = f'; "{name}" in namespace backend could not be read either: if that is meant, name {name} with -n backend\n'
    assert done.err.endswith(said)


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (("why", "httproute/nope", "-n", "frontend"), 'HTTPRoute "nope" in namespace frontend'),
        (("why", "httproute/nope"), 'HTTPRoute "nope"'),
        (("fix", "httproute/nope"), 'HTTPRoute "nope"'),
        (("check", "httproute/nope"), 'HTTPRoute "nope"'),
        (("check", "referencegrant/nope", "-n", "backend"), 'ReferenceGrant "nope" in namespace backend'),
        (("grants", "nope"), 'ReferenceGrant "nope"'),
        (("graph", "service/nope", "-n", "frontend"), 'Service "nope" in namespace frontend'),
    ],
)
def test_what_manifests_do_not_hold_is_not_said_in_a_servers_name(
    refs: Program, tmp_path: Path, words: Sequence[str], missing: str
) -> None:
    done = refs(*words, "-f", written(tmp_path / "all.json", OBJECTS), "--whole")
    assert (done.status, done.out, done.err) == (2, "", f"error: the manifests have no {missing}\n")
