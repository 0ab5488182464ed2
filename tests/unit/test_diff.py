"""`diff` on a cluster and between manifests: each kind of change, with exactly the references that it affects."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, LAST_APPLIED
from tests.support.builders import from_entry, grant, namespaces, route_to, route_with, service, to_entry
from tests.support.fakes.api import Canned, FakeAPI
from tests.support.running import Done, Program
from tests.unit.conftest import Files

GATEWAY: JSON = {
    "apiVersion": f"{GATEWAY_GROUP}/v1",
    "kind": "Gateway",
    "metadata": {"name": "gate", "namespace": "infra"},
    "spec": {
        "gatewayClassName": "example",
        "listeners": [
            {
                "name": "http",
                "port": 80,
                "protocol": "HTTP",
                "allowedRoutes": {"namespaces": {"from": "Selector", "selector": {"matchLabels": {"edge": "yes"}}}},
            }
        ],
    },
}
CLASS: JSON = {
    "apiVersion": f"{GATEWAY_GROUP}/v1",
    "kind": "GatewayClass",
    "metadata": {"name": "example"},
    "spec": {"controllerName": "example.com/c"},
}
TO_GATE = {"name": "gate", "namespace": "infra"}


def labelled(name: str, **labels: str) -> JSON:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def web(*targets: tuple[str, str], name: str = "web", parents: tuple[JSON, ...] = (TO_GATE,)) -> dict[str, Any]:
    return dict(route_to(*targets, name=name, parents=parents))


OBJECTS: tuple[JSON, ...] = (
    labelled("frontend", edge="yes"),
    *namespaces("backend", "infra", "other"),
    service(),
    service("frontend", "own"),
    grant(),
    CLASS,
    GATEWAY,
    web(("backend", "api"), ("frontend", "own")),
    dict(route_to(("other", "x"), namespace="other", name="elsewhere")),
)


def told(done: Done) -> list[str]:
    """Each change in one line: its effect on which reference, and its causes."""
    return [
        f"{each['change']} {each['from']['name']} {each['to']['name']} by "
        + " and ".join(f"{cause['action']} {cause['object']['kind']}" for cause in each["causedBy"])
        for each in json.loads(done.out)["changes"]
    ]


def access(done: Done) -> list[str]:
    return [
        f"{each['change']} {each['permits']}: {[user['from']['name'] for user in each['users']]}"
        for each in json.loads(done.out)["permissions"]
    ]


def test_an_entry_that_never_matches_is_told_where_it_is_new(live: Program, files: Files) -> None:
    slips = [from_entry(kind="HttpRoute"), from_entry(namespace="other")], [to_entry(kind="service"), to_entry()]
    file = files(grant(*slips, name="slips"))
    done = live("diff", "-f", file)
    assert done.status == 0
    assert [line for line in done.out.splitlines() if "error" in line] == [
        "  error:    spec.from[0] never matches: the server has no kind HttpRoute.gateway.networking.k8s.io; "
        "HTTPRoute.gateway.networking.k8s.io may be meant [REF101]",
        "  error:    spec.to[0] permits only references that cannot work: the server has no kind service in the core group; "
        "Service may be meant [REF101]",
    ]
    found = json.loads(live("diff", "-f", file, "-o", "json").out)["neverMatching"]
    assert [(each["grant"]["name"], each["path"]) for each in found] == [
        ("slips", "spec.from[0]"),
        ("slips", "spec.to[0]"),
    ]
    assert "spec.from\\[0\\] never matches" in live("diff", "-f", file, "-o", "markdown").out
    more = files(grant([*slips[0], from_entry(namespace="infra")], slips[1], name="slips"), name="more.json")
    assert "never" not in live("diff", "--base", file, "-f", more).out


def test_a_grant_that_is_deleted_breaks_what_it_permits(live: Program) -> None:
    done = live("diff", "--delete", "referencegrant/g.backend", "-o", "json")
    assert done.status == 1
    assert told(done) == ["breaks web api by delete ReferenceGrant"]
    assert access(done) == ["removes HTTPRoutes in frontend to reference any Service: ['web']"]
    (change,) = json.loads(done.out)["changes"]
    assert (change["before"]["verdict"], change["after"]["verdict"]) == ("allowed", "refused")
    assert change["fixes"][0]["action"] == "create"


def test_a_grant_that_is_narrowed_breaks_only_what_it_no_longer_permits(
    live: Program, api: FakeAPI, files: Files
) -> None:
    api.objects += [service(name="second"), web(("backend", "second"), name="second-web")]
    done = live("diff", "-f", files(grant(to=[to_entry(name="api")])), "-o", "json")
    assert told(done) == ["breaks second-web second by update ReferenceGrant"]
    assert access(done) == ["removes HTTPRoutes in frontend to reference any Service: ['second-web']"]


def test_a_second_grant_takes_no_access_with_it(live: Program, api: FakeAPI) -> None:
    api.objects.append(grant(name="h"))
    done = live("diff", "--delete", "referencegrant/h.backend", "-o", "json")
    assert (done.status, told(done), access(done)) == (0, [], [])


def test_a_reference_that_keeps_its_permission_is_said_to_gain_and_lose_none(live: Program, files: Files) -> None:
    narrow = files(grant(to=[to_entry(name="api")]), name="narrow.json")
    assert "any Service in backend; no reference loses its permission by that\n" in live("diff", "-f", narrow).out
    wide = live(
        "diff", "--base", narrow, "-f", files(grant(), *(each for each in OBJECTS if each["kind"] == "HTTPRoute"))
    )
    assert "any Service in backend; which references gain their permission by that is not known\n" in wide.out
    new = live("diff", "--base", files(*OBJECTS), "--whole", "--delete", "referencegrant/g", "-n", "backend")
    assert "; 1 reference loses its permission by that: HTTPRoute frontend/web\n" in new.out


@pytest.mark.parametrize(
    "entries",
    [
        {"from_": [from_entry(kind="HttpRoute")]},
        {"to": [to_entry(group="v1")]},
        {"from_": [from_entry(namespace="backend")]},
        {"to": [to_entry(kind="Secret")]},
    ],
    ids=["from no kind", "to no kind", "within one namespace", "to what no route takes"],
)
def test_a_grant_that_lets_nobody_do_anything_gives_no_access(live: Program, files: Files, entries: Any) -> None:
    done = live("diff", "-f", files(grant(name="h", **entries)), "-o", "json")
    assert access(done) == []


def test_a_service_that_is_renamed_is_one_gone_and_one_new(live: Program, files: Files) -> None:
    done = live("diff", "-f", files(service(name="api-v2")), "--delete", "service/api.backend", "-o", "json")
    assert (done.status, told(done)) == (1, ["breaks web api by delete Service"])


def test_a_route_to_another_target_is_a_reference_removed_and_one_added(live: Program, files: Files) -> None:
    done = live("diff", "-f", files(web(("backend", "new"), ("frontend", "own"))), "-o", "json")
    assert (done.status, told(done)) == (1, ["removes web api by update HTTPRoute", "adds web new by update HTTPRoute"])


def test_a_rule_inserted_above_changes_nothing_below(live: Program, files: Files) -> None:
    changed = web(("frontend", "own"), ("backend", "api"), ("frontend", "own"))
    done = live("diff", "-f", files(changed), "-o", "json")
    assert (done.status, told(done)) == (0, ["adds web own by update HTTPRoute"])


@pytest.mark.parametrize("weights", [(99, 1), (100, 0), (0, 100)])
def test_a_rollout_that_shifts_weights_concerns_no_reference(
    live: Program, files: Files, weights: tuple[int, int]
) -> None:
    # Argo Rollouts and Flagger write the weights, including that of the backend without a grant.
    changed = web(("backend", "api"), ("other", "canary"))
    for rule, weight in zip(changed["spec"]["rules"], weights, strict=True):
        rule["backendRefs"][0]["weight"] = weight
    base = files(*OBJECTS[:-2], web(("backend", "api"), ("other", "canary")), name="base.json")
    done = live("diff", "--base", base, "-f", files(*OBJECTS[:-2], changed), "-o", "json")
    assert (done.status, told(done)) == (0, [])


def test_an_object_that_only_an_implementation_names_counts(live: Program, files: Files) -> None:
    endpoint = {"type": "Ingress", "name": "shop", "namespace": "frontend"}
    holder = {
        "apiVersion": "aga.k8s.aws/v1beta1",
        "kind": "GlobalAccelerator",
        "metadata": {"name": "edge", "namespace": "frontend"},
        "spec": {"listeners": [{"endpointGroups": [{"endpoints": [endpoint]}]}]},
    }
    ingress = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "shop", "namespace": "frontend"},
    }
    base = files(holder, ingress, labelled("frontend"), name="base.json")
    done = live("diff", "--base", base, "-f", files(holder, labelled("frontend")), "--whole", "-o", "json")
    assert (done.status, told(done)) == (1, ["breaks edge shop by delete Ingress"])


def test_a_route_that_moves_is_gone_and_new(live: Program, files: Files) -> None:
    moved = web(("backend", "api"))
    moved["metadata"] = {"name": "web", "namespace": "other"}
    done = live("diff", "-f", files(moved), "--delete", "httproute/web", "-o", "json")
    assert done.status == 1
    assert sorted(told(done)) == [
        "adds web api by create HTTPRoute",
        "adds web gate by create HTTPRoute",
        "removes web api by delete HTTPRoute",
        "removes web gate by delete HTTPRoute",
        "removes web own by delete HTTPRoute",
    ]


def test_a_label_decides_who_may_attach(live: Program, api: FakeAPI, files: Files) -> None:
    done = live("diff", "-f", files(labelled("frontend", edge="no")), "-o", "json")
    assert (done.status, told(done)) == (1, ["breaks web gate by update Namespace"])
    done = live("diff", "-f", files(labelled("frontend", edge="yes", more="x")), "-o", "json")
    assert (done.status, told(done)) == (0, [])


def test_a_label_goes_with_the_manifest_that_set_it_and_stays_where_somebody_else_did(
    live: Program, api: FakeAPI, files: Files
) -> None:
    without = files(labelled("frontend", more="x"))
    done = live("diff", "-f", without, "-o", "json")
    assert (done.status, told(done)) == (0, [])
    frontend = copy.deepcopy(dict(OBJECTS[0]))
    frontend["metadata"]["annotations"] = {LAST_APPLIED: json.dumps(OBJECTS[0])}
    api.objects = [frontend, *api.objects[1:]]
    done = live("diff", "-f", without, "-o", "json")
    assert (done.status, told(done)) == (1, ["breaks web gate by update Namespace"])
    over = ("-f", without, "--live", "--severity", "error", "-o", "json")
    assert [each["code"] for each in json.loads(live("check", *over).out)["findings"]] == ["REF011"]


def test_allowed_routes_decide_who_may_attach(live: Program, files: Files) -> None:
    narrowed = copy.deepcopy(dict(GATEWAY))
    narrowed["spec"]["listeners"][0]["allowedRoutes"] = {"namespaces": {"from": "Same"}}
    done = live("diff", "-f", files(narrowed), "-o", "json")
    assert (done.status, told(done)) == (1, ["breaks web gate by update Gateway"])


def test_a_grant_that_is_nearly_right_is_told_of_the_reference_that_it_is_meant_for(
    live: Program, api: FakeAPI, files: Files
) -> None:
    api.objects.remove(grant())
    api.objects.append(web(("backend", "third"), name="third"))
    slip = grant([from_entry(namespace="fronted")], [to_entry(name="api")])
    done = live("diff", "-f", files(slip), "-o", "json")
    assert (done.status, told(done)) == (0, ["alters web api by create ReferenceGrant"])
    assert "fronted" in json.loads(done.out)["changes"][0]["after"]["cause"]


def test_a_grant_that_is_created_fixes(live: Program, api: FakeAPI, files: Files) -> None:
    api.objects.remove(grant())
    done = live("diff", "-f", files(grant()), "-o", "json")
    assert (done.status, told(done)) == (0, ["fixes web api by create ReferenceGrant"])
    assert access(done) == ["adds HTTPRoutes in frontend to reference any Service: ['web']"]


def with_certificates(*modes: str) -> JSON:
    """A Gateway whose listeners, one for each mode of TLS, all name the same certificate."""
    certificates = [{"name": "cert", "namespace": "backend"}]
    listeners = [
        {"name": mode, "port": port, "protocol": "TLS", "tls": {"mode": mode, "certificateRefs": certificates}}
        for port, mode in enumerate(modes, 443)
    ]
    return {**GATEWAY, "spec": {"gatewayClassName": "example", "listeners": listeners}}


@pytest.mark.parametrize("modes", [("Terminate", "Passthrough"), ("Passthrough", "Terminate")])
def test_of_equal_references_the_one_that_changes_is_told(refs: Program, files: Files, modes: tuple[str, str]) -> None:
    objects = (CLASS, with_certificates(*modes), *namespaces("infra", "backend"))
    permitting = grant([from_entry(kind="Gateway", namespace="infra")], [to_entry(kind="Secret")])
    base = files(*objects, name="base.json")

    done = refs("diff", "--base", base, "-f", files(*objects, permitting), "-o", "json")

    assert told(done) == ["fixes gate cert by create ReferenceGrant"]
    (change,) = json.loads(done.out)["changes"]
    assert change["path"] == f"spec.listeners[{modes.index('Terminate')}].tls.certificateRefs[0]"
    assert change["after"]["grants"]


def test_equal_references_in_another_order_are_the_same(refs: Program, files: Files) -> None:
    around = (CLASS, *namespaces("infra", "backend"))
    base = files(*around, with_certificates("Terminate", "Passthrough"), name="base.json")
    turned = files(*around, with_certificates("Passthrough", "Terminate"))
    assert told(refs("diff", "--base", base, "-f", turned, "-o", "json")) == []


def test_only_what_is_needed_is_a_cause(live: Program, api: FakeAPI, files: Files) -> None:
    """Of three changes, a reference that needs two names only these two."""
    api.objects.append(web(("backend", "late"), name="late"))
    api.objects.remove(grant())
    done = live(
        "diff", "-f", files(grant(to=[to_entry(name="late")]), service(name="late"), service(name="x")), "-o", "json"
    )
    assert told(done) == ["fixes late late by create ReferenceGrant and create Service"]


def test_a_namespace_goes_with_everything_in_it(live: Program) -> None:
    done = live("diff", "--delete", "namespace/backend", "-o", "json")
    assert (done.status, told(done)) == (1, ["breaks web api by delete Namespace"])
    assert access(done) == ["removes HTTPRoutes in frontend to reference any Service: ['web']"]


@pytest.mark.parametrize("gone", ["service/api.backend", "namespace/backend"])
def test_what_a_refused_reference_names_is_told_to_be_gone(live: Program, api: FakeAPI, gone: str) -> None:
    api.objects.remove(grant())
    done = live("diff", "--delete", gone, "-o", "json")
    assert (done.status, told(done)) == (0, [f"alters web api by delete {gone.partition('/')[0].capitalize()}"])
    after = json.loads(done.out)["changes"][0]["after"]
    assert (after["verdict"], "Service backend/api does not exist" in after["cause"]) == ("refused", True)


def test_a_route_without_parents_any_more_is_served_by_nothing(live: Program, files: Files) -> None:
    alone = route_with({"rules": [{"backendRefs": [{"name": "own", "port": 80}]}]})
    done = live("diff", "-f", files(alone), "-o", "json")
    assert done.status == 1
    (lost,) = json.loads(done.out)["unserved"]
    assert (lost["object"]["name"], lost["because"]) == (
        "web",
        "it has no parentRefs, so no Gateway and no mesh serves it",
    )


def test_what_is_the_same_is_unchanged_whatever_the_server_has_filled_in(
    live: Program, api: FakeAPI, files: Files
) -> None:
    written = next(each for each in api.objects if each["kind"] == "HTTPRoute")
    served = copy.deepcopy(dict(written))
    for rule in served["spec"]["rules"]:
        rule["matches"] = [{"path": {"type": "PathPrefix", "value": "/"}}]
        rule["backendRefs"] = [{"group": "", "kind": "Service", "weight": 1, **ref} for ref in rule["backendRefs"]]
    api.objects[api.objects.index(written)] = served
    done = live("diff", "-f", files(written, service(), grant()), "-o", "json")
    assert {each["action"] for each in json.loads(done.out)["objects"]} == {"unchanged"}
    assert (done.status, told(done)) == (0, [])


def test_only_what_the_change_can_concern_is_read(live: Program, api: FakeAPI, files: Files) -> None:
    live("diff", "-f", files(web(("frontend", "own"))), "-o", "json")
    read = {path for path in api.paths if "/apis/" in path or "/api/v1/" in path}
    assert not [
        path for path in read if path.split("?")[0].endswith(("/httproutes", "/gateways", "/grpcroutes", "/secrets"))
    ]


def test_rights_in_two_namespaces_suffice_for_a_grant(live: Program, api: FakeAPI, files: Files) -> None:
    for resource in (
        "httproutes",
        "grpcroutes",
        "gateways",
        "namespaces",
        "listenersets",
        "referencegrants",
        "services",
    ):
        api.forbid(resource, "")
        api.forbid(resource, "other")
    done = live("diff", "-f", files(grant(to=[to_entry(name="x")])), "-o", "json")
    assert told(done) == ["breaks web api by update ReferenceGrant"]


def test_holders_that_cannot_be_listed_are_a_gap(live: Program, api: FakeAPI) -> None:
    api.forbid("httproutes")
    done = live("diff", "--delete", "referencegrant/g.backend", "-o", "json")
    assert done.status == 3
    assert [each["resource"] for each in json.loads(done.out)["gaps"]] == ["httproutes"]
    assert json.loads(done.out)["permissions"][0]["usersKnown"] is False


def test_a_cluster_that_fails_halfway_is_a_gap(live: Program, api: FakeAPI) -> None:
    def fault(request: Any) -> Canned | None:
        broken = (
            request.path.startswith(f"/apis/{GATEWAY_GROUP}/") and "/namespaces/backend/referencegrants" in request.path
        )
        return Canned(500, "{}") if broken else None

    api.fault = fault
    done = live("diff", "--delete", "service/api.backend", "-o", "json")
    assert done.status == 3
    assert json.loads(done.out)["gaps"]


def test_between_two_sets_of_manifests(refs: Program, files: Files) -> None:
    base = files(*OBJECTS, name="base.json")
    new = files(*(each for each in OBJECTS if each["kind"] != "Service"), name="new.json")
    done = refs("diff", "--base", base, "-f", new, "-o", "json")
    assert done.status == 1
    assert told(done) == ["breaks web api by delete Service", "breaks web own by delete Service"]
    assert refs("diff", "--base", base, "-f", base).status == 0
    back = refs("diff", "--base", new, "-f", base, "-o", "json")
    assert (back.status, {each.split()[0] for each in told(back)}) == (0, {"fixes"})


def test_a_grant_of_a_version_that_no_server_takes_counts_for_nothing(refs: Program, files: Files) -> None:
    served, unserved = grant(), {**grant(), "apiVersion": f"{GATEWAY_GROUP}/v1alpha2"}
    others = [each for each in OBJECTS if each["kind"] != "ReferenceGrant"]
    base, new = files(*others, served, name="base.json"), files(*others, unserved, name="new.json")
    done = refs("diff", "--base", base, "-f", new, "-o", "json")
    assert (done.status, told(done)) == (1, ["breaks web api by update ReferenceGrant"])
    assert access(done) == ["removes HTTPRoutes in frontend to reference any Service: ['web']"]
    back = refs("diff", "--base", new, "-f", base, "-o", "json")
    assert (back.status, told(back)) == (0, ["fixes web api by update ReferenceGrant"])
    first = files(*others, {**served, "apiVersion": f"{GATEWAY_GROUP}/v1"}, name="first.json")
    done = refs("diff", "--base", base, "-f", first, "-o", "json")
    assert {each["action"] for each in json.loads(done.out)["objects"]} == {"unchanged"}


def test_a_group_that_a_manifest_no_longer_has_is_not_taken_as_filled_in(
    live: Program, api: FakeAPI, files: Files
) -> None:
    entry = to_entry()
    del entry["group"]
    done = live("diff", "-f", files(grant(to=[entry])), "-o", "json")
    assert (done.status, told(done)) == (1, ["breaks web api by update ReferenceGrant"])
    gateway = copy.deepcopy(dict(GATEWAY))
    gateway["spec"]["listeners"][0]["allowedRoutes"]["kinds"] = [{"kind": "HTTPRoute"}]
    (served,) = [each for each in api.objects if each["kind"] == "Gateway"]
    api.objects[api.objects.index(served)] = foreign = copy.deepcopy(gateway)
    foreign["spec"]["listeners"][0]["allowedRoutes"]["kinds"][0]["group"] = "other.example"
    done = live("diff", "-f", files(gateway), "-o", "json")
    assert done.status == 0
    assert "fixes web gate by update Gateway" in told(done)


def test_a_deletion_from_manifests(refs: Program, files: Files) -> None:
    done = refs("diff", "--base", files(*OBJECTS), "--delete", "namespace/backend", "-o", "json")
    assert (done.status, told(done)) == (1, ["breaks web api by delete Namespace"])


def test_a_target_that_is_nowhere_in_the_repository_is_assumed_before_and_after(refs: Program, files: Files) -> None:
    route = web(("frontend", "elsewhere"))
    base = files(route, name="base.json")
    route["metadata"]["labels"] = {"a": "b"}
    assert refs("diff", "--base", base, "-f", files(route), "-o", "json").status == 0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ((), "error: must specify --filename, --kustomize or --delete"),
        (("--delete", "web"), "error: --delete web: expected TYPE/NAME or TYPE/NAME.NAMESPACE"),
        (("--delete", "nope/x"), 'error: the server doesn\'t have a resource type "nope"'),
        (
            ("--delete", "httproute/nope"),
            'Error from server (NotFound): httproutes.gateway.networking.k8s.io "nope" not found',
        ),
        (
            ("--delete", "httproute/nope.frontend", "-n", "backend"),
            'Error from server (NotFound): httproutes.gateway.networking.k8s.io "nope.frontend" not found, nor "nope" in '
            "namespace frontend",
        ),
        (
            ("--whole", "--delete", "service/api"),
            "error: --whole says what the manifests of --base are: it needs --base",
        ),
    ],
)
def test_mistakes(live: Program, words: tuple[str, ...], line: str) -> None:
    assert live("diff", *words) == Done(2, "", f"{line}\n")


def test_the_text_has_causes_first_and_fits(live: Program, files: Files) -> None:
    done = live("diff", "--delete", "referencegrant/g.backend")
    lines = done.out.splitlines()
    assert lines[0] == "delete ReferenceGrant backend/g"
    assert lines[1] == "  breaks:   HTTPRoute frontend/web -> Service backend/api:80"
    assert lines[-2:] == ["1 object: 1 deleted", "1 reference: 1 no longer working"]


def test_a_comment_for_a_pull_request(live: Program) -> None:
    done = live("diff", "--delete", "referencegrant/g.backend", "-o", "markdown")
    assert done.out.startswith("### References: this change breaks something\n")
    assert "| **breaks** | `HTTPRoute frontend/web → Service backend/api:80` |" in done.out


def test_of_what_cannot_be_read_it_is_not_said_what_becomes_of_it(live: Program, api: FakeAPI, files: Files) -> None:
    api.forbid("referencegrants", "backend")
    change = files(grant(to=[to_entry(name="x")]))
    done = live("diff", "-f", change)
    assert done.out.startswith("apply ReferenceGrant backend/g\n")
    assert "1 object: 1 that could not be compared\n" in done.out
    assert done.status == 3
    assert "any" not in done.out
    assert (
        'Service "x" in backend, unless a ReferenceGrant gave it before; no reference gains its permission by that'
        in " ".join(done.out.split())
    )
    data = json.loads(live("diff", "-f", change, "-o", "json").out)
    assert [(each["action"], each["actionKnown"]) for each in data["objects"]] == [("update", False)]
    assert [each["grantsKnown"] for each in data["permissions"]] == [False]
    assert "#### apply `ReferenceGrant backend/g`" in live("diff", "-f", change, "-o", "markdown").out


def test_of_a_secret_that_is_there_it_is_not_said_that_it_changes(live: Program, api: FakeAPI, files: Files) -> None:
    metadata = {"name": "s", "namespace": "infra"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": {"a": ""}}
    api.objects.append(secret)
    assert "1 object: 1 updated or unchanged\n" in live("diff", "-f", files(secret)).out
    changed = {**secret, "metadata": {**metadata, "labels": {"a": "b"}}}
    assert "1 object: 1 updated\n" in live("diff", "-f", files(changed)).out


@pytest.mark.parametrize("labels", [{}, {"a": "b"}], ids=["perhaps the same", "updated"])
def test_what_a_secret_held_before_is_not_known(live: Program, api: FakeAPI, files: Files, labels: Any) -> None:
    metadata = {"name": "s", "namespace": "infra"}
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "data": {"tls.crt": "Zm9v", "tls.key": "Zm9v"},
    }
    listener = {"name": "tls", "port": 443, "protocol": "HTTPS", "tls": {"certificateRefs": [{"name": "s"}]}}
    listener["allowedRoutes"] = {"namespaces": {"from": "All"}}
    tls = {**GATEWAY, "spec": {**GATEWAY["spec"], "listeners": [listener]}}
    api.objects[api.objects.index(GATEWAY)] = tls
    api.objects.append(secret)
    change = files({**secret, "metadata": {**metadata, "labels": labels}})
    done = live("diff", "-f", change, "-o", "json")
    assert (done.status, told(done)) == (3, ["alters gate s by update Secret"])
    found = json.loads(done.out)
    (altered,) = found["changes"]
    assert (altered["before"]["verdict"], altered["after"]["verdict"]) == ("unknown", "broken")
    assert found["unserved"] == []
    said = "whether it failed before is not known: the data of Secret infra/s is not read from the cluster"
    assert said in " ".join(live("diff", "-f", change).out.split())
    assert (
        "### References: whether this change breaks something is not known"
        in live("diff", "-f", change, "-o", "markdown").out
    )
    api.objects.remove(secret)
    new = live("diff", "-f", change, "-o", "json")
    assert (new.status, told(new)) == (0, ["alters gate s by create Secret"])
    base = files(tls, secret, name="base.json")
    offline = live("diff", "--base", base, "-f", files(tls, name="new.json"), "-f", change, "-o", "json")
    assert (offline.status, told(offline)) == (0, [])


def test_of_very_many_causes_the_worst_are_told_and_the_rest_is_counted(
    live: Program, api: FakeAPI, files: Files
) -> None:
    routes = [web(("frontend", "own"), name=f"r{number:02}") for number in range(25)]
    api.objects += copy.deepcopy(routes)
    for each in routes[3:]:
        each["spec"]["rules"] = []
    routes[20]["spec"]["rules"] = [{"backendRefs": [{"name": "nothing", "port": 80}]}]
    lines = live("diff", "-f", files(*routes[3:])).out.splitlines()
    assert lines[0] == "update HTTPRoute frontend/r20"
    assert len([line for line in lines if line.startswith("update ")]) == 20
    assert "and 2 more causes with 2 references; -o json has all" in lines


SAME: JSON = {
    **GATEWAY,
    "spec": {**GATEWAY["spec"], "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]},
}


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_what_mends_two_references_by_one_object_is_one_patch(
    live: Program, api: FakeAPI, files: Files, format_: str
) -> None:
    second = dict(route_to(("other", "x"), namespace="other", name="second", parents=(TO_GATE,)))
    api.objects = [each for each in api.objects if each["metadata"]["name"] != "other"]
    api.objects += [labelled("other", edge="yes"), second]
    words = () if format_ == "text" else ("-o", format_)
    done = live("diff", "-f", files(SAME), *words)
    assert done.status == 1
    assert done.out.count("kubectl patch gateway/gate") == 1
    assert '"values": ["frontend", "infra", "other"]' in done.out
    assert ("after the change: the same as above" in done.out) is (format_ == "text")


def test_a_patch_that_another_one_outdates_is_not_shown(live: Program, api: FakeAPI, files: Files) -> None:
    """Two slips in one grant: each repair tests the whole spec, so only one can be applied."""
    api.objects.append(dict(route_to(("backend", "api"), namespace="other", name="second")))
    api.objects[:] = [each for each in api.objects if each["kind"] != "ReferenceGrant"]
    api.objects.append(grant([from_entry(), from_entry(namespace="other")], [to_entry(name="api")]))
    slips = grant(
        [from_entry(kind="HttpRoute"), from_entry(kind="HttpRoute", namespace="other")], [to_entry(name="api")]
    )
    done = live("diff", "-f", files(slips))
    assert done.out.count("kubectl patch referencegrant/g") == 1
    assert "made, 'why' prints the patch" in " ".join(done.out.split())


@pytest.mark.parametrize(("old", "name"), [("checkout", "checkuot"), ("auth-v1", "auth-v2")])
def test_another_name_for_what_is_deleted_is_a_guess(live: Program, api: FakeAPI, old: str, name: str) -> None:
    api.objects += [service(name=old), service(name=name), web(("backend", old), name="shop")]
    words = ("diff", "--delete", f"service/{old}.backend")
    text = " ".join(live(*words).out.split())
    assert f"after the change: best guess, verify before applying: write name {name} at spec.rules[0]" in text
    assert "A best guess at what helps after this change: verify" in live(*words, "-o", "markdown").out
    (change,) = json.loads(live(*words, "-o", "json").out)["changes"]
    assert [fix["confidence"] for fix in change["fixes"]] == ["guess"]
