"""Parents that refuse a route: the controller gives the computed reason, and accepts the route after the suggestion."""

from __future__ import annotations

from tests.support.cluster.asking import Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import ALL, backend, labelled, listener, route, service, to_backends
from tests.support.controllers import cilium
from tests.support.controllers.controller import Controller
from tests.support.controllers.scene import (
    ACCEPTED,
    Expectation,
    conditions,
    gateway,
    parent,
    wait_for,
)

ACCEPTED_ALL_THE_SAME = {cilium.NAME: {"named", "tcp"}}
"""Listeners that do not take a route, though a controller accepts it, because each of its checks passes for another
listener of the Gateway (docs/rules.md 8.6)."""


def test_every_refusal_by_allowed_routes_has_the_reason_that_the_controller_gives(
    controller: Controller, terminal: Terminal, fresh: Fresh
) -> None:
    server = controller.server
    infra, team = fresh(server, "infra"), fresh(server, "team", {"team": "a"})
    listeners = (
        listener("same", 80),
        listener("selected", 81, labelled(team="a")),
        listener("other", 82, labelled(team="b")),
        listener("named", 83, ALL, hostname="*.example.com"),
        listener("grpc", 84, allowedRoutes={"namespaces": ALL, "kinds": [{"kind": "GRPCRoute"}]}),
        listener("tcp", 85, ALL, protocol="TCP"),
    )
    reasons = {
        "same": "NotAllowedByListeners",
        "selected": "Accepted",
        "other": "NotAllowedByListeners",
        "named": "NoMatchingListenerHostname",
        "grpc": "NotAllowedByListeners",
        "tcp": "NotAllowedByListeners",
        "absent": "NoMatchingParent",
    }
    expected = {name: ("True" if reason == "Accepted" else "False", reason) for name, reason in reasons.items()}
    routes = {
        name: route(
            team,
            to_backends(backend(None)),
            name=name,
            hostnames=["example.org"],
            parentRefs=[parent(infra, name)],
        )
        for name in expected
    }
    server.apply(gateway(controller, infra, *listeners), service(team), *routes.values())

    overlooked = ACCEPTED_ALL_THE_SAME.get(controller.name, set())
    written = expected | dict.fromkeys(overlooked, ACCEPTED)

    wait_for(controller, *(Expectation(routes[name], written[name], "Accepted") for name in expected))
    answer = terminal.ask("httproute", *routes, "-n", team)

    assert conditions(answer.report, "Accepted") == {
        name: (expected[name], written[name], "contradicts" if name in overlooked else "agrees") for name in expected
    }
    told = [each["why"] for each in answer.report["conditions"] if each["object"]["name"] in overlooked]
    assert all("these need not be the same" in why for why in told if why)


def test_a_route_that_allowed_routes_keep_out_is_accepted_after_the_suggested_change(
    controller: Controller, terminal: Terminal, fresh: Fresh
) -> None:
    server = controller.server
    infra, team = fresh(server, "infra"), fresh(server, "team")
    web = route(team, to_backends(backend(None)), parentRefs=[parent(infra)])
    server.apply(gateway(controller, infra, listener("http", 80)), service(team), web)

    wait_for(controller, Expectation(web, ("False", "NotAllowedByListeners"), "Accepted"))
    asked = terminal.ask("httproute/web", "-n", team)
    terminal.paste(asked.commands[0])
    wait_for(controller, Expectation(web, ACCEPTED, "Accepted"))
    after = terminal.ask("httproute/web", "-n", team)

    assert conditions(after.report, "Accepted") == {"web": (ACCEPTED, ACCEPTED, "agrees")}
