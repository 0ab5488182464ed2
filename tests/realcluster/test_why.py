"""`kubectl-refs why` on a real cluster: the examples, the conformance suite's wrong grants, all kinds of routes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.cluster.asking import Program, Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    backend,
    from_routes,
    grant,
    mirror,
    route,
    service,
    to_backends,
    to_services,
)

EXAMPLES = Path(__file__).parents[2] / "examples"
BACKEND = "spec.rules[0].backendRefs[0]"
PARENT = "spec.parentRefs[0]"


def renamed(value: Any, names: dict[str, str]) -> Any:
    """A manifest in which every string among `names` is replaced."""
    if isinstance(value, dict):
        return {key: renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def apply_example(terminal: Terminal, fresh: Fresh, name: str) -> dict[str, str]:
    """Put an example on the cluster in new namespaces; return the new name for each namespace of the example."""
    documents = list(yaml.safe_load_all((EXAMPLES / name).read_text()))
    namespaces = [document["metadata"]["name"] for document in documents if document["kind"] == "Namespace"]
    names = {namespace: fresh(terminal.server, namespace) for namespace in namespaces}
    if "frontend" in names:
        names["fronted"] = names["frontend"].replace("frontend", "fronted")
    terminal.server.apply(*renamed(documents, names))
    return names


@pytest.mark.parametrize(
    ("name", "code", "hints"),
    [
        ("grant-missing", "REF001", {}),
        ("grant-in-wrong-namespace", "REF003", {"metadata.namespace": "wrong-placement"}),
        ("from-does-not-match", "REF002", {"spec.from[0].namespace": "typo"}),
        ("to-kind-does-not-match", "REF002", {"spec.to[0].kind": "plural"}),
        ("to-name-does-not-match", "REF002", {"spec.to[0].name": "other-name"}),
    ],
)
def test_the_classic_causes_are_told_apart(
    terminal: Terminal, fresh: Fresh, name: str, code: str, hints: dict[str, str]
) -> None:
    names = apply_example(terminal, fresh, f"shared-services/{name}.yaml")

    answer = terminal.ask("httproute/frontend-routes", "-n", names["frontend"])

    assert answer.verdicts == {BACKEND: "refused", PARENT: "allowed", "spec.rules[1].backendRefs[0]": "allowed"}
    assert (answer.references[BACKEND]["reason"], answer.references[BACKEND]["code"]) == ("RefNotPermitted", code)
    assert answer.hints == hints
    assert answer.text.startswith(
        f"refused: HTTPRoute {names['frontend']}/frontend-routes -> Service {names['shared-services']}/auth-service:8080\n"
    )


@pytest.mark.parametrize(
    ("name", "route", "namespace"),
    [
        ("shared-services", "frontend-routes", "frontend"),
        ("shared-services", "api-routes", "api-backend"),
        ("central-gateway", "tenant-a-routes", "tenant-a"),
        ("tenant-isolation", "tenant-b-routes", "tenant-b"),
    ],
)
def test_the_working_examples_are_allowed(
    terminal: Terminal, fresh: Fresh, name: str, route: str, namespace: str
) -> None:
    names = apply_example(terminal, fresh, f"{name}/working.yaml")

    answer = terminal.ask_for_data(f"httproute/{route}", "-n", names[namespace])

    assert set(answer.verdicts.values()) == {"allowed"}
    assert answer.status == 0


def test_a_grant_for_a_gateway_is_called_what_it_is_and_allowed_routes_are_changed_instead(
    terminal: Terminal, fresh: Fresh
) -> None:
    names = apply_example(terminal, fresh, "central-gateway/broken.yaml")

    answer = terminal.ask("httproute/tenant-a-routes", "-n", names["tenant-a"])

    parent = answer.references[PARENT]
    assert answer.verdicts == {PARENT: "refused", BACKEND: "allowed"}
    assert (parent["mechanism"], parent["reason"]) == ("AllowedRoutes", "NotAllowedByListeners")
    assert [fix["object"]["kind"] for fix in parent["fixes"]] == ["Gateway"]
    assert f"ReferenceGrant {names['pingora-system']}/allow-tenant-routes permits" in answer.text
    assert "no effect on parentRefs" in answer.text


@pytest.mark.parametrize("name", ["namespace-without-label", "listener-of-other-tenant"])
def test_a_tenant_kept_out_by_its_label_is_told_so(terminal: Terminal, fresh: Fresh, name: str) -> None:
    names = apply_example(terminal, fresh, f"tenant-isolation/{name}.yaml")

    answer = terminal.ask("httproute/tenant-b-routes", "-n", names["tenant-b"])

    assert answer.verdicts == {PARENT: "refused", BACKEND: "allowed"}
    assert answer.references[PARENT]["reason"] == "NotAllowedByListeners"
    assert "it takes routes of namespaces labelled tenant=" in answer.text


WRONG: dict[str, tuple[str, dict[str, str], dict[str, str], dict[str, str]]] = {
    "wrong-namespace": ("frontend", {}, {"name": "auth"}, {"metadata.namespace": "wrong-placement"}),
    "wrong-from-group": (
        "shared",
        {"group": "not-the-group-youre-looking-for"},
        {"name": "auth"},
        {"spec.from[0].group": "wrong-group"},
    ),
    "wrong-from-kind": ("shared", {"kind": "Gateway"}, {"name": "auth"}, {"spec.from[0].kind": "other-kind"}),
    "wrong-from-namespace": (
        "shared",
        {"namespace": "not-the-namespace-youre-looking-for"},
        {"name": "auth"},
        {"spec.from[0].namespace": "other-namespace"},
    ),
    "wrong-to-group": (
        "shared",
        {},
        {"group": "not-the-group-youre-looking-for", "name": "auth"},
        {"spec.to[0].group": "wrong-group"},
    ),
    "wrong-to-kind": ("shared", {}, {"kind": "Secret", "name": "auth"}, {"spec.to[0].kind": "other-kind"}),
    "wrong-to-name": (
        "shared",
        {},
        {"kind": "Secret", "name": "not-the-service-youre-looking-for"},
        {"spec.to[0].kind": "other-kind", "spec.to[0].name": "other-name"},
    ),
}
"""The conformance suite's httproute-invalid-reference-grant: the place of each grant, the fields replaced in its
`from` and `to`, and the fields that must be named, with their hints."""


def wrong_grants(names: list[str], namespaces: dict[str, str]) -> list[JSON]:
    return [
        grant(
            namespaces[WRONG[name][0]],
            [from_routes(namespaces["frontend"]) | WRONG[name][1]],
            [to_services() | WRONG[name][2]],
            name,
        )
        for name in names
    ]


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_grant_alone_is_explained_to_its_field(terminal: Terminal, fresh: Fresh, name: str) -> None:
    namespaces = {use: fresh(terminal.server, use) for use in ("frontend", "shared")}
    terminal.server.apply(
        service(namespaces["shared"]),
        route(namespaces["frontend"], to_backends(backend(namespaces["shared"]))),
        *wrong_grants([name], namespaces),
    )

    answer = terminal.ask_for_data("httproute/web", "-n", namespaces["frontend"])

    assert answer.verdicts == {BACKEND: "refused"}
    assert answer.hints == WRONG[name][3]


def test_all_wrong_grants_together_permit_nothing_and_are_each_explained(terminal: Terminal, fresh: Fresh) -> None:
    namespaces = {use: fresh(terminal.server, use) for use in ("frontend", "shared")}
    terminal.server.apply(
        service(namespaces["shared"]),
        route(namespaces["frontend"], to_backends(backend(namespaces["shared"]))),
        *wrong_grants(list(WRONG), namespaces),
    )

    answer = terminal.ask("httproute/web", "-n", namespaces["frontend"])

    misses = answer.references[BACKEND]["nearMisses"]
    told = {
        miss["grant"]["name"]: {each["path"]: each["hint"] for each in miss["differences"] if each["hint"] != "split"}
        for miss in misses
    }
    assert answer.verdicts == {BACKEND: "refused"}
    assert told == {name: differing for name, (_, _, _, differing) in WRONG.items()}
    assert "and 4 more ReferenceGrants" in answer.text
    # Each grant gets one half right and another grant the other half. They must not be combined.
    assert "split" in {each["hint"] for miss in misses for each in miss["differences"]}


def test_every_reference_of_a_route_is_told_with_its_exact_path(terminal: Terminal, fresh: Fresh) -> None:
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    there = backend(shared)
    auth = {"type": "ExternalAuth", "externalAuth": {"protocol": "HTTP", "http": {}, "backendRef": there}}
    middleware = {"group": "example.com", "kind": "Middleware", "name": "any"}
    extension = {"type": "ExtensionRef", "extensionRef": middleware}
    nested = backend(shared, filters=[mirror(there), auth])
    terminal.server.apply(
        service(shared),
        route(
            frontend,
            to_backends(there),
            to_backends(backend(frontend), nested, filters=(extension, mirror(there), auth)),
            parentRefs=[{"name": "public"}, {"group": "", "kind": "Service", "name": "auth", "namespace": shared}],
        ),
    )

    answer = terminal.ask_for_data("httproute/web", "-n", frontend)

    rule = "spec.rules[1]"
    assert {path: reference["mechanism"] for path, reference in answer.references.items()} == {
        PARENT: "AllowedRoutes",
        "spec.parentRefs[1]": "Mesh",
        BACKEND: "ReferenceGrant",
        f"{rule}.backendRefs[0]": "SameNamespace",
        f"{rule}.backendRefs[1]": "ReferenceGrant",
        f"{rule}.backendRefs[1].filters[0].requestMirror.backendRef": "ReferenceGrant",
        f"{rule}.backendRefs[1].filters[1].externalAuth.backendRef": "ReferenceGrant",
        f"{rule}.filters[0].extensionRef": "Local",
        f"{rule}.filters[1].requestMirror.backendRef": "ReferenceGrant",
        f"{rule}.filters[2].externalAuth.backendRef": "ReferenceGrant",
    }


def test_two_objects_are_told_one_after_the_other_and_a_third_that_is_missing_beside_them(
    terminal: Terminal, fresh: Fresh, refs: Program
) -> None:
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    terminal.server.apply(
        service(shared),
        service(frontend),
        route(frontend, to_backends(backend(frontend)), name="sound"),
        route(frontend, to_backends(backend(shared)), name="refused"),
    )

    both = terminal.ask("httproute/sound", "httproute/refused", "-n", frontend)
    kubeconfig = terminal.server.kubeconfig()
    three = refs(kubeconfig, "why", "httproute", "sound", "absent", "refused", "-n", frontend, "-o", "wide")

    assert both.verdicts == {f"sound {BACKEND}": "allowed", f"refused {BACKEND}": "refused"}
    assert three.stdout == both.text
    assert three.stderr == f'Error from server (NotFound): httproutes.{GATEWAY_GROUP} "absent" not found\n'
    assert three.status == 2


@pytest.mark.parametrize("cluster_of", ["terminal", "old_terminal"])
def test_the_manifests_of_a_cluster_are_answered_as_the_cluster_is(
    request: pytest.FixtureRequest, fresh: Fresh, refs: Program, cluster_of: str
) -> None:
    terminal: Terminal = request.getfixturevalue(cluster_of)
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    objects = [
        service(shared),
        service(frontend),
        grant(shared, [from_routes(frontend, kind="httproutes")], [to_services(name="auth")]),
        route(frontend, to_backends(backend(shared), backend(frontend))),
    ]
    namespaces = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in (frontend, shared)]
    terminal.server.apply(*objects)
    manifests = json.dumps({"apiVersion": "v1", "kind": "List", "items": [*namespaces, *objects]})

    live = terminal.ask_for_data("httproute/web", "-n", frontend)
    read = refs(terminal.server.kubeconfig(), "why", "-f", "-", "--whole", "-o", "json", input=manifests)

    assert {path: judged(each) for path, each in live.references.items()} == {
        each["path"]: judged(each) for each in json.loads(read.stdout)["references"]
    }
    assert read.status == live.status == 1


def judged(reference: JSON) -> JSON:
    """The conclusions about a reference, without the defaults and versions that only a server has."""
    fields = ("from", "to", "mechanism", "verdict", "reason", "code", "grants", "nearMisses")
    return {field: reference[field] for field in fields}
