"""Fixes other than grants, for listeners, labels, section names and omitted namespaces, pasted on a real cluster."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.asking import Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    ALL,
    V1,
    backend,
    from_routes,
    gateway,
    grant,
    labelled,
    listener,
    route,
    service,
    to_backends,
)

PARENT = "spec.parentRefs[0]"
BACKEND = "spec.rules[0].backendRefs[0]"
NAME_LABEL = "kubernetes.io/metadata.name"


def attached(namespace: str, parent: JSON, name: str = "web", **spec: Any) -> JSON:
    """A route with a parent and a sound backend."""
    return route(namespace, to_backends(backend(None)), name=name, parentRefs=[parent], **spec)


def listener_set(namespace: str, *listeners: JSON) -> JSON:
    return {
        "apiVersion": V1,
        "kind": "ListenerSet",
        "metadata": {"name": "public", "namespace": namespace},
        "spec": {"parentRef": {"name": "public"}, "listeners": list(listeners)},
    }


def taking_sets(gate: JSON) -> JSON:
    """A Gateway that takes the ListenerSets of its own namespace."""
    return {**gate, "spec": {**gate["spec"], "allowedListeners": {"namespaces": {"from": "Same"}}}}


def named(*namespaces: str) -> JSON:
    requirement = {"key": NAME_LABEL, "operator": "In", "values": list(namespaces)}
    return {"from": "Selector", "selector": {"matchExpressions": [requirement]}}


@pytest.mark.parametrize(("parent", "rule"), [("Gateway", None), ("ListenerSet", {"from": "Same"})])
def test_a_listener_for_its_own_namespace_is_opened_to_the_route_and_stays_open_to_its_own(
    terminal: Terminal, fresh: Fresh, parent: str, rule: JSON | None
) -> None:
    frontend, infra, other = (fresh(terminal.server, name) for name in ("frontend", "infra", "other"))
    listeners = listener("first", 81, ALL, hostname="first.example.com"), listener("http", 80, rule)
    parents = {
        "Gateway": (gateway(infra, *listeners),),
        "ListenerSet": (taking_sets(gateway(infra, listener("own", 82))), listener_set(infra, *listeners)),
    }
    reference = {"kind": parent, "name": "public", "namespace": infra, "sectionName": "http"}
    homes = (frontend, infra, other)
    terminal.server.apply(
        *parents[parent],
        *map(service, homes),
        *(attached(namespace, reference, hostnames=["web.example.com"]) for namespace in homes),
    )

    asked = terminal.ask("httproute/web", "-n", frontend)
    terminal.paste(*asked.commands)
    after = {home: terminal.ask_for_data("httproute/web", "-n", home).verdicts[PARENT] for home in homes}

    assert (asked.verdicts[PARENT], asked.references[PARENT]["reason"]) == ("refused", "NotAllowedByListeners")
    assert [fix["object"]["kind"] for fix in asked.references[PARENT]["fixes"]] == [parent]
    assert after == {frontend: "allowed", infra: "allowed", other: "refused"}


@pytest.mark.parametrize("one", [False, True], ids=["In", "matchLabels"])
def test_a_listener_that_selects_namespaces_by_name_gets_the_routes_added(
    terminal: Terminal, fresh: Fresh, one: bool
) -> None:
    frontend, infra, other = (fresh(terminal.server, name) for name in ("frontend", "infra", "other"))
    rule = labelled(**{NAME_LABEL: other}) if one else named(other, infra)
    reference = {"name": "public", "namespace": infra}
    terminal.server.apply(
        gateway(infra, listener(namespaces=rule)),
        *(made for home in (frontend, other) for made in (service(home), attached(home, reference))),
    )

    asked = terminal.ask("httproute/web", "-n", frontend)
    terminal.paste(*asked.commands)
    after = [terminal.ask_for_data("httproute/web", "-n", home).verdicts[PARENT] for home in (frontend, other)]

    assert asked.verdicts[PARENT] == "refused"
    assert [fix["action"] for fix in asked.references[PARENT]["fixes"]] == ["patch"]
    assert after == ["allowed", "allowed"]


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(labelled(tenant="a", **{"example.com/access": "yes"}), id="matchLabels"),
        pytest.param(
            {
                "from": "Selector",
                "selector": {
                    "matchExpressions": [
                        {"key": "tenant", "operator": "In", "values": ["a", "b"]},
                        {"key": "example.com/access", "operator": "In", "values": ["yes"]},
                    ]
                },
            },
            id="matchExpressions",
        ),
    ],
)
def test_a_listener_that_selects_by_labels_is_answered_with_the_labels(
    terminal: Terminal, fresh: Fresh, rule: JSON
) -> None:
    frontend, infra = fresh(terminal.server, "frontend", {"team": "web"}), fresh(terminal.server, "infra")
    terminal.server.apply(
        gateway(infra, listener(namespaces=rule)),
        service(frontend),
        attached(frontend, {"name": "public", "namespace": infra}),
    )

    asked = terminal.ask("httproute/web", "-n", frontend)
    terminal.paste(*asked.commands)
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    (command,) = asked.commands
    assert command.startswith(f"kubectl label namespace/{frontend} ")
    assert set(command.split()[3:]) == {"tenant=a", "example.com/access=yes"}
    assert after.verdicts == {PARENT: "allowed", BACKEND: "allowed"}


def test_a_misspelt_section_name_is_corrected_in_the_reference_that_has_it(terminal: Terminal, fresh: Fresh) -> None:
    frontend, infra = fresh(terminal.server, "frontend"), fresh(terminal.server, "infra")
    parents = [{"name": "public", "namespace": infra, "sectionName": name} for name in ("tenant-a", "tenatn-b")]
    terminal.server.apply(
        gateway(infra, *(listener(f"tenant-{name}", 80 + n, ALL) for n, name in enumerate("ab"))),
        service(frontend),
        route(frontend, to_backends(backend(None)), parentRefs=parents),
    )

    asked = terminal.ask("httproute/web", "-n", frontend)
    terminal.paste(*asked.commands)
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    wrong = asked.references["spec.parentRefs[1]"]
    assert (wrong["verdict"], wrong["reason"]) == ("broken", "NoMatchingParent")
    assert after.verdicts == {PARENT: "allowed", "spec.parentRefs[1]": "allowed", BACKEND: "allowed"}
    assert after.references["spec.parentRefs[1]"]["to"]["sectionName"] == "tenant-b"


@pytest.mark.parametrize("chosen", [{"sectionName": "closed"}, {"port": 80}], ids=["sectionName", "port"])
@pytest.mark.parametrize("fix", [0, 1], ids=["the other listener", "the same listener opened"])
def test_where_another_listener_is_open_each_of_the_two_ways_out_works(
    terminal: Terminal, fresh: Fresh, chosen: JSON, fix: int
) -> None:
    frontend, infra = fresh(terminal.server, "frontend"), fresh(terminal.server, "infra")
    terminal.server.apply(
        gateway(infra, listener("closed", 80), listener("open", 81, ALL)),
        service(frontend),
        attached(frontend, {"name": "public", "namespace": infra, **chosen}),
    )

    asked = terminal.ask("httproute/web", "-n", frontend)
    terminal.paste(asked.commands[fix])
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    assert asked.verdicts[PARENT] == "refused"
    assert after.verdicts[PARENT] == "allowed"


def test_a_backend_without_namespace_gets_it_and_then_the_grant(terminal: Terminal, fresh: Fresh) -> None:
    frontend, shared = fresh(terminal.server, "frontend"), fresh(terminal.server, "shared")
    name = f"auth-of-{shared}"
    terminal.server.apply(service(shared, name), route(frontend, to_backends(backend(None, name))))

    asked = terminal.ask("httproute/web", "-n", frontend)
    write, permit = asked.commands
    terminal.paste(write)
    between = terminal.ask_for_data("httproute/web", "-n", frontend)
    terminal.paste(permit)
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    first = asked.references[BACKEND]
    assert (first["verdict"], first["reason"]) == ("broken", "BackendNotFound")
    assert "  then: " in asked.text
    assert [each.verdicts[BACKEND] for each in (between, after)] == ["refused", "allowed"]


def test_a_backend_without_namespace_that_exists_in_two_gets_the_one_that_permits_it(
    terminal: Terminal, fresh: Fresh
) -> None:
    frontend, one, two = (fresh(terminal.server, name) for name in ("frontend", "one", "two"))
    name = f"auth-of-{frontend}"
    terminal.server.apply(
        service(one, name),
        service(two, name),
        grant(two, [from_routes(frontend)], [{"group": "", "kind": "Service"}]),
        route(frontend, to_backends(backend(None, name))),
    )

    (write,) = terminal.ask("httproute/web", "-n", frontend).commands
    terminal.paste(write)
    after = terminal.ask_for_data("httproute/web", "-n", frontend).references[BACKEND]

    assert (after["verdict"], after["to"]["namespace"]) == ("allowed", two)


def test_a_parent_without_namespace_gets_it(terminal: Terminal, fresh: Fresh) -> None:
    frontend, infra = fresh(terminal.server, "frontend"), fresh(terminal.server, "infra")
    name = f"public-of-{infra}"
    terminal.server.apply(
        gateway(infra, listener(namespaces=ALL), name=name), service(frontend), attached(frontend, {"name": name})
    )

    asked = terminal.ask("httproute/web", "-n", frontend)
    terminal.paste(*asked.commands)
    after = terminal.ask_for_data("httproute/web", "-n", frontend)

    assert asked.verdicts[PARENT] == "broken"
    assert after.verdicts == {PARENT: "allowed", BACKEND: "allowed"}


def test_a_change_of_a_listener_that_changed_meanwhile_is_refused_and_changes_nothing(
    terminal: Terminal, fresh: Fresh
) -> None:
    frontend, infra = fresh(terminal.server, "frontend"), fresh(terminal.server, "infra")
    terminal.server.apply(
        gateway(infra, listener()), service(frontend), attached(frontend, {"name": "public", "namespace": infra})
    )
    (command,) = terminal.ask("httproute/web", "-n", frontend).commands
    terminal.server.apply(gateway(infra, listener(namespaces=labelled(tenant="a"))))
    rule = ("get", "gateway", "public", "-n", infra, "-o", "jsonpath={.spec.listeners[0].allowedRoutes.namespaces}")

    done = terminal.run(command)

    assert done.status == 1
    assert done.stderr.startswith("The request is invalid: ")
    assert json.loads(terminal.server.kubectl(*rule).stdout) == labelled(tenant="a")
