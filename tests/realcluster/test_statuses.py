"""Controllers' conditions in a route's status, beside the verdict; the tests write them through the subresource."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.asking import Answer, Shown, Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    ALL,
    backend,
    from_routes,
    gateway,
    gateway_class,
    grant,
    listener,
    route,
    service,
    to_backends,
    to_services,
)

CONTROLLER = "example.com/controller"
LONG_AGO = "2020-01-01T00:00:00Z"
NOT_YET = "2100-01-01T00:00:00Z"
"""A time later than any grant of these tests."""


class Scene:
    """A route in one namespace with a parent that admits it and a backend in another namespace."""

    def __init__(self, terminal: Terminal, fresh: Fresh) -> None:
        self._terminal = terminal
        self.frontend, self.shared, self.infra = (
            fresh(terminal.server, name) for name in ("frontend", "shared", "infra")
        )
        terminal.server.apply(gateway(self.infra, listener(namespaces=ALL)), service(self.shared), self.route())

    def route(self, **spec: Any) -> JSON:
        parents = [{"name": "public", "namespace": self.infra}]
        return route(self.frontend, to_backends(backend(self.shared)), parentRefs=parents, **spec)

    def permit(self) -> None:
        self._terminal.server.apply(grant(self.shared, [from_routes(self.frontend)], [to_services(name="auth")]))

    def of_a_class_of(self, controller: str) -> None:
        """Have the Gateway handled by this controller. The class has the name of the Gateway's namespace."""
        public = gateway(self.infra, listener(namespaces=ALL))
        of_class = {**public, "spec": {**public["spec"], "gatewayClassName": self.infra}}
        self._terminal.server.apply(gateway_class(self.infra, controller), of_class)

    def change_the_route(self) -> None:
        """Bring the route to its second generation."""
        self._terminal.server.apply(self.route(hostnames=["example.com"]))

    def write(self, *parents: JSON) -> None:
        self._terminal.server.write_status(self.route(), {"parents": list(parents)})

    def parent(self, *conditions: JSON, controller: str = CONTROLLER, **ref: str) -> JSON:
        """A status entry for the route's parent, which a controller may write with or without its namespace."""
        return {
            "parentRef": {"name": "public", "namespace": self.infra} | ref,
            "controllerName": controller,
            "conditions": list(conditions),
        }

    def ask(self) -> Shown:
        return self._terminal.ask("httproute/web", "-n", self.frontend)

    def conditions(self, type_: str = "ResolvedRefs") -> list[JSON]:
        answer = self._terminal.ask_for_data("httproute/web", "-n", self.frontend)
        return conditions(answer, type_)


def conditions(answer: Answer, type_: str = "ResolvedRefs") -> list[JSON]:
    return [each for each in answer.report["conditions"] if each["type"] == type_]


@pytest.fixture
def scene(terminal: Terminal, fresh: Fresh) -> Scene:
    return Scene(terminal, fresh)


def condition(
    status: str, reason: str, type_: str = "ResolvedRefs", generation: int = 1, since: str = LONG_AGO
) -> JSON:
    return {
        "type": type_,
        "status": status,
        "reason": reason,
        "message": "what the controller says",
        "observedGeneration": generation,
        "lastTransitionTime": since,
    }


NOT_PERMITTED = condition("False", "RefNotPermitted")
RESOLVED = condition("True", "ResolvedRefs")
ACCEPTED = condition("True", "Accepted", "Accepted")
NOT_ACCEPTED = condition("False", "NoMatchingParent", "Accepted")


def test_a_controller_that_refuses_what_nothing_permits_agrees(scene: Scene) -> None:
    scene.write(scene.parent(ACCEPTED, NOT_PERMITTED))

    answer = scene.ask()

    accepted, resolved = answer.report["conditions"]
    assert (accepted["type"], accepted["agreement"]) == ("Accepted", "agrees")
    assert resolved["object"] == answer.references["spec.parentRefs[0]"]["from"]
    assert (resolved["parentRef"]["namespace"], resolved["parentRef"]["name"]) == (scene.infra, "public")
    assert resolved["controllerName"] == CONTROLLER
    assert (resolved["computed"]["status"], resolved["computed"]["reason"]) == ("False", "RefNotPermitted")
    assert resolved["reported"] == {field: value for field, value in NOT_PERMITTED.items() if field != "type"}
    assert resolved["agreement"] == "agrees"
    assert "ResolvedRefs=False (RefNotPermitted), " in answer.text
    assert answer.text.count("\nagrees: ") == 2


def test_a_controller_that_lets_through_what_nothing_permits_contradicts_and_the_reference_stays_refused(
    scene: Scene,
) -> None:
    scene.write(scene.parent(ACCEPTED, RESOLVED))

    answer = scene.ask()

    (resolved,) = conditions(answer)
    assert resolved["agreement"] == "contradicts"
    assert "nothing permits the reference" in resolved["why"]
    assert answer.verdicts["spec.rules[0].backendRefs[0]"] == "refused"
    assert "\ncontradicts: " in answer.text
    assert "what the controller says" in answer.text


def test_of_a_controller_known_not_to_enforce_grants_that_is_said(scene: Scene) -> None:
    scene.write(scene.parent(ACCEPTED, RESOLVED, controller="pingora.k8s.lex.la/gateway-controller"))

    (resolved,) = scene.conditions()

    assert resolved["agreement"] == "contradicts"
    assert "does not enforce ReferenceGrant" in resolved["why"]


def test_a_controller_that_refuses_what_a_grant_has_long_permitted_contradicts(scene: Scene) -> None:
    scene.permit()
    scene.write(scene.parent(ACCEPTED, condition("False", "RefNotPermitted", since=NOT_YET)))

    (resolved,) = scene.conditions()

    assert resolved["agreement"] == "contradicts"


def test_a_status_older_than_the_grant_that_permits_is_stale(scene: Scene) -> None:
    scene.write(scene.parent(ACCEPTED, NOT_PERMITTED))
    scene.permit()

    answer = scene.ask()

    (resolved,) = conditions(answer)
    assert answer.verdicts["spec.rules[0].backendRefs[0]"] == "allowed"
    assert (resolved["agreement"], resolved["computed"]["status"]) == ("stale", "True")
    assert f"ReferenceGrant {scene.shared}/from-frontend" in resolved["why"]
    assert "\nstale: " in answer.text


@pytest.mark.parametrize("reported", [NOT_PERMITTED, RESOLVED], ids=["would agree", "would contradict"])
def test_a_status_of_an_earlier_generation_is_stale_whatever_it_says(scene: Scene, reported: JSON) -> None:
    scene.write(scene.parent(ACCEPTED, reported))
    scene.change_the_route()

    answer = scene.ask()

    assert [each["agreement"] for each in answer.report["conditions"]] == ["stale", "stale"]


def test_a_controller_that_keeps_an_earlier_generation_on_purpose_is_not_stale(scene: Scene) -> None:
    partly = condition("True", "UnsupportedValue", "PartiallyInvalid", generation=2)
    fallen_back = {**partly, "message": "Fall Back: the last known good state"}
    scene.change_the_route()
    scene.write(scene.parent(ACCEPTED, condition("False", "RefNotPermitted", generation=2), fallen_back))

    (accepted,) = scene.conditions("Accepted")

    assert accepted["agreement"] == "agrees"


def test_without_any_entry_nothing_is_concluded(scene: Scene) -> None:
    answer = scene.ask()

    assert {each["agreement"] for each in answer.report["conditions"]} == {"absent"}
    assert {each["reported"] for each in answer.report["conditions"]} == {None}
    assert answer.text.count("\nunreported: ") == 1


def test_a_condition_that_an_entry_lacks_is_absent(scene: Scene) -> None:
    scene.write(scene.parent(ACCEPTED))

    (resolved,) = scene.conditions()

    assert (resolved["agreement"], resolved["controllerName"]) == ("absent", CONTROLLER)


def test_a_controller_that_has_not_decided_neither_agrees_nor_contradicts(scene: Scene) -> None:
    scene.write(scene.parent(ACCEPTED, condition("Unknown", "Pending")))

    (resolved,) = scene.conditions()

    assert resolved["agreement"] == "unknown"


def test_two_controllers_of_one_parent_are_each_compared(scene: Scene) -> None:
    scene.write(
        scene.parent(ACCEPTED, NOT_PERMITTED, controller="example.com/a"),
        scene.parent(ACCEPTED, RESOLVED, controller="example.com/b"),
    )

    agreements = {each["controllerName"]: each["agreement"] for each in scene.conditions()}

    assert agreements == {"example.com/a": "agrees", "example.com/b": "contradicts"}


def test_the_controller_that_the_class_names_is_heard_alone(scene: Scene) -> None:
    scene.permit()
    scene.of_a_class_of(CONTROLLER)
    scene.write(
        scene.parent(NOT_ACCEPTED, NOT_PERMITTED, controller="example.com/before"),
        scene.parent(ACCEPTED, RESOLVED),
    )

    shown = scene.ask()

    assert shown.status == 0
    assert "what example.com/before wrote may be left over" in " ".join(shown.text.split())
    assert shown.report["summary"]["reportedFalse"] == 0
    assert "not served" not in shown.text


def test_an_entry_for_another_parent_is_not_taken_for_this_ones(scene: Scene) -> None:
    scene.write(scene.parent(ACCEPTED, RESOLVED, namespace="elsewhere"))

    (resolved,) = scene.conditions()

    assert resolved["agreement"] == "absent"
