"""fix and changes of objects other than grants: shown as commands, written by --apply, each kind confirmed apart."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.builders import namespaces, service
from tests.support.fakes.api import FakeAPI
from tests.support.fakes.writing import Writing
from tests.support.fixing import GATEWAY, ROUTE, TYPO, Answer, attached_route, documents
from tests.support.running import Program, written

LISTENER: JSON = {**GATEWAY["spec"]["listeners"][0], "allowedRoutes": {"namespaces": {"from": "Same"}}}
"""A listener with the defaults that the API server sets."""
INFRA: JSON = {
    **GATEWAY,
    "metadata": {"name": "public", "namespace": "infra"},
    "spec": {**GATEWAY["spec"], "listeners": [LISTENER]},
}
PARENT = {"name": "public", "namespace": "infra"}


def selecting(**labels: str) -> JSON:
    gateway = copy.deepcopy(dict(INFRA))
    gateway["spec"]["listeners"][0]["allowedRoutes"] = {
        "namespaces": {"from": "Selector", "selector": {"matchLabels": labels}}
    }
    return gateway


def with_gateway(api: FakeAPI, gateway: JSON, **spec: Any) -> None:
    """A route that can attach only after a change of its parent; its backend is in its own namespace."""
    api.objects = [*namespaces("backend", "infra"), gateway, service("frontend")]
    frontend = {"name": "frontend", "labels": {"kubernetes.io/metadata.name": "frontend"}}
    api.objects.append({"apiVersion": "v1", "kind": "Namespace", "metadata": frontend})
    api.objects.append(attached_route("frontend", **{"parentRefs": [PARENT], **spec}))


def stored(api: FakeAPI, kind: str, name: str) -> JSON:
    (found,) = (each for each in api.objects if (each["kind"], each["metadata"]["name"]) == (kind, name))
    return found


def test_a_change_of_a_gateway_is_shown_as_a_command_and_not_printed_as_a_manifest(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    with_gateway(api, INFRA)
    done = program("fix", *ROUTE)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("change: Gateway infra/public\n  what:     admit namespace frontend in allowedRoutes")
    assert "\nkubectl patch gateway/public -n infra --type=json -p '[" in done.err
    assert "--apply makes these changes too; it asks once for each kind.\n" in done.err
    assert done.err.endswith("\nno ReferenceGrant is printed: the changes above are to other objects\n")
    assert writing.writes == []


def test_apply_shows_a_diff_names_the_cluster_asks_and_patches(
    program: Program, api: FakeAPI, writing: Writing, type_in: Answer
) -> None:
    with_gateway(api, INFRA)
    type_in("y\n")
    done = program("fix", *ROUTE, "--apply", "--color=never")
    assert done.status == 0
    assert "--- Gateway infra/public (as it is)\n+++ Gateway infra/public (as it will be)\n" in done.err
    assert "+        from: Selector\n" in done.err
    assert f"Write Gateway infra/public to context fake, http://{api.address}? [y/N] " in done.err
    assert done.err.endswith("changed Gateway infra/public\n")
    assert [(each["verb"], each["resource"], each["namespace"], each["name"]) for each in writing.reviews] == [
        ("patch", "gateways", "infra", "public")
    ]
    (request,) = writing.writes
    assert (request.method, request.path) == (
        "PATCH",
        "/apis/gateway.networking.k8s.io/v1/namespaces/infra/gateways/public",
    )
    assert program("fix", *ROUTE, "--apply").err == "nothing to fix\n"


def test_a_label_is_set_by_a_patch_that_tests_that_it_is_absent(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    with_gateway(api, selecting(**{"example.com/team": "a"}))
    printed = program("fix", *ROUTE)
    assert "kubectl label namespace/frontend example.com/team=a\n" in printed.err
    done = program("fix", *ROUTE, "--apply", "--yes=all")
    assert done.status == 0
    assert stored(api, "Namespace", "frontend")["metadata"]["labels"]["example.com/team"] == "a"
    # The API server treats a request for a Namespace as one within it.
    assert [(each["resource"], each["namespace"], each["name"]) for each in writing.reviews[-1:]] == [
        ("namespaces", "frontend", "frontend")
    ]


def test_yes_is_for_grants_and_other_changes_are_asked_for_each_kind_apart(
    program: Program, api: FakeAPI, writing: Writing, type_in: Answer
) -> None:
    with_gateway(api, INFRA)
    api.objects[-1] = attached_route("backend", parentRefs=[PARENT])
    api.objects.append(service("backend"))
    unasked = program("fix", *ROUTE, "--apply", "--yes")
    assert unasked.status == 1
    assert unasked.err.endswith(
        "not applied: Gateway infra/public: --yes is for grants, --yes=all for other objects too\n"
    )
    assert [request.method for request in writing.writes] == ["POST"]
    api.objects = [each for each in api.objects if each["kind"] != "ReferenceGrant"]
    type_in("y\nn\n")
    done = program("fix", *ROUTE, "--apply")
    assert done.status == 1
    assert "Write ReferenceGrant backend/httproute-frontend-to-api to context " in done.err
    assert "Write Gateway infra/public to context " in done.err
    assert done.err.endswith("nothing was applied\n")
    assert [request.method for request in writing.writes] == ["POST", "POST"]


def test_two_changes_of_one_object_are_one_patch(program: Program, api: FakeAPI, writing: Writing) -> None:
    """Two routes in two namespaces, both of which one listener has to admit."""
    with_gateway(api, INFRA)
    api.objects += [*namespaces("shop"), service("shop"), service("backend", "db"), service("backend", "mail")]
    route = attached_route("shop", name="web", parentRefs=[PARENT])
    route["metadata"]["namespace"] = "shop"
    api.objects.append(route)
    done = program("fix", "-A", "--apply", "--yes=all")
    assert len(writing.writes) == 1
    namespaces_ = stored(api, "Gateway", "public")["spec"]["listeners"][0]["allowedRoutes"]["namespaces"]
    assert done.status == 0
    assert namespaces_["selector"]["matchExpressions"][0]["values"] == ["frontend", "infra", "shop"]


def test_what_changed_in_between_is_not_overwritten(program: Program, api: FakeAPI, writing: Writing) -> None:
    with_gateway(api, INFRA)
    edited = selecting(team="a")
    writing.before_write = lambda: api.objects.__setitem__(2, edited)
    done = program("fix", *ROUTE, "--apply", "--yes=all")
    assert done.status == 1
    assert "error: Gateway infra/public was changed in between: nothing was written to it" in done.err
    assert stored(api, "Gateway", "public") == edited


def test_who_may_not_patch_gets_the_command_for_who_may(program: Program, api: FakeAPI, writing: Writing) -> None:
    with_gateway(api, INFRA)
    writing.closed = {"infra"}
    done = program("fix", *ROUTE, "--apply", "--yes=all")
    assert done.status == 1
    assert (
        "forbidden: you cannot patch gateways in namespace infra: send the command for Gateway infra/public" in done.err
    )
    assert "\nkubectl patch gateway/public -n infra --type=json -p '[" in done.err
    assert writing.writes == []


def test_a_server_dry_run_sends_patches_too(program: Program, api: FakeAPI, writing: Writing) -> None:
    with_gateway(api, INFRA)
    done = program("fix", *ROUTE, "--dry-run=server")
    assert done.err.endswith("changed Gateway infra/public (server dry run)\n")
    assert [request.query["dryRun"] for request in writing.writes] == ["All"]
    assert stored(api, "Gateway", "public") == INFRA


def with_wrong_port(api: FakeAPI, namespace: str) -> None:
    """A route that names a port which its Service does not have; the Service's only port may be meant."""
    route = copy.deepcopy(attached_route(namespace))
    route["spec"]["rules"][0]["backendRefs"][0]["port"] = 8080
    api.objects = [*namespaces("frontend", "backend"), GATEWAY, service(namespace), route]


def port(api: FakeAPI) -> Any:
    return stored(api, "HTTPRoute", "web")["spec"]["rules"][0]["backendRefs"][0]["port"]


@pytest.mark.parametrize(("typed", "left"), [("y\n", 80), ("n\n", 8080)])
def test_a_best_guess_is_asked_for_by_itself_whatever_yes_says(
    program: Program, api: FakeAPI, writing: Writing, type_in: Answer, typed: str, left: int
) -> None:
    with_wrong_port(api, "frontend")
    unasked = program("fix", *ROUTE, "--apply", "--yes=all")
    assert "warning:  this is a best guess: verify it before applying" in unasked.err
    assert unasked.err.endswith("a best guess is written only after a yes on a terminal\n")
    type_in(typed)
    asked = program("fix", *ROUTE, "--apply", "--yes=all")
    assert (asked.status, port(api)) == (int(left != 80), left)


def test_a_grant_and_the_port_behind_it_are_written_together(
    program: Program, api: FakeAPI, writing: Writing, type_in: Answer
) -> None:
    with_wrong_port(api, "backend")
    printed = program("fix", *ROUTE)
    assert "--apply makes these changes too; it asks once for each kind, and for each best guess.\n" in printed.err
    assert [each["kind"] for each in documents(printed.out)] == ["ReferenceGrant"]
    type_in("y\ny\n")
    done = program("fix", *ROUTE, "--apply")
    assert (done.status, port(api)) == (0, 80)
    assert program("fix", *ROUTE).err == "nothing to fix\n"


def test_to_drop_a_parent_is_a_guess_that_leaves_those_that_are_allowed(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    gateway = {**INFRA, "metadata": {"name": "public", "namespace": "frontend"}}
    parents = [{"name": "public"}, {"name": "elsewhere"}, {"name": "public", "sectionName": "elsewhere"}]
    api.objects = [*namespaces("frontend"), gateway, service("frontend")]
    api.objects.append(attached_route("frontend", parentRefs=parents))
    words = " ".join(program("fix", *ROUTE).err.split())
    dropped = "fix: drop spec.parentRefs[1] from HTTPRoute frontend/web; its allowed parentRef stays"
    assert f"{dropped} warning: this is a best guess: verify it before applying kubectl edit" in words


def test_the_class_of_a_gateway_that_may_be_meant_is_offered_as_a_best_guess(
    program: Program, api: FakeAPI, writing: Writing, type_in: Answer, tmp_path: Path
) -> None:
    misspelt = {**GATEWAY, "spec": {**GATEWAY["spec"], "gatewayClassName": "ngnix"}}
    nginx = {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": "GatewayClass",
        "metadata": {"name": "nginx"},
        "spec": {"controllerName": "gateway.nginx.org/nginx-gateway-controller"},
    }
    path = tmp_path / "all.json"
    written(
        path, [*namespaces("frontend", "backend"), misspelt, nginx, service("frontend"), attached_route("frontend")]
    )
    for whole in (("--whole",), ()):
        for name in (ROUTE, ("gateway/public", "-n", "frontend")):
            done = program("fix", *name, "-f", str(path), *whole)
            assert done.status == 0
            assert "  what:     write gatewayClassName nginx in Gateway frontend/public\n" in done.err
            assert "warning:  this is a best guess: verify it before applying" in done.err
            assert '"op": "replace", "path": "/spec/gatewayClassName", "value": "nginx"' in done.err
    api.objects = [*namespaces("frontend", "backend"), misspelt, nginx, service("frontend"), attached_route("frontend")]
    type_in("y\n")
    assert program("fix", *ROUTE, "--apply", "--wait=1s").status == 0
    assert stored(api, "Gateway", "public")["spec"]["gatewayClassName"] == "nginx"
    assert program("fix", *ROUTE).err == "nothing to fix\n"


@pytest.mark.parametrize("existing", [[], [TYPO]], ids=["a new grant", "a repair"])
def test_a_slip_needs_no_second_run_if_a_grant_of_this_one_is_enough(
    program: Program, api: FakeAPI, writing: Writing, existing: list[JSON]
) -> None:
    """Another rule of the route gets the grant that the corrected reference needs too."""
    api.objects = [*namespaces("frontend", "backend"), GATEWAY, service("backend"), *existing]
    route = attached_route("backend", "backnd")
    spec = route["spec"]
    rules = [{"backendRefs": [each]} for each in spec["rules"][0]["backendRefs"]]
    api.objects.append({**route, "spec": {**spec, "rules": rules}})
    printed = program("fix", *ROUTE)
    assert len(documents(printed.out)) == 1
    assert "write namespace backend at spec.rules[1].backendRefs[0]" in printed.err
    assert "run fix again" not in printed.err
    done = program("fix", *ROUTE, "--apply", "--yes=all")
    assert done.status == 0
    assert program("fix", *ROUTE).err == "nothing to fix\n"


def test_a_slip_whose_grant_this_run_does_not_make_needs_a_second_one(
    program: Program, api: FakeAPI, writing: Writing
) -> None:
    api.objects = [*namespaces("frontend", "backend"), GATEWAY, service("backend"), attached_route("backnd")]
    done = program("fix", *ROUTE, "--apply", "--yes=all")
    assert done.status == 1
    assert "then:     run fix again: the reference will need a grant in backend\n" in done.err
    assert program("fix", *ROUTE, "--apply", "--yes=all").status == 0
    assert program("fix", *ROUTE).err == "nothing to fix\n"


def test_a_parent_that_may_be_meant_comes_with_what_it_needs_itself(program: Program, tmp_path: Path) -> None:
    """The patch alone would break a route whose parent is only assumed to admit it."""
    path = tmp_path / "app.yaml"
    route = attached_route("frontend")
    parents = [{"name": "publc", "namespace": "infra"}]
    written(path, [INFRA, service("frontend"), {**route, "spec": {**route["spec"], "parentRefs": parents}}])
    done = program("fix", *ROUTE, "-f", str(path))
    assert done.status == 0
    said = " ".join(done.err.split())
    assert "because: Gateway infra/public is among these manifests, Gateway infra/publc is not" in said
    assert "note: Gateway infra/public cannot be used as it is: listener" in said
    needed = "another change: admit namespace frontend in allowedRoutes of listener"
    assert f"then: run fix again: the reference will need {needed}" in said
