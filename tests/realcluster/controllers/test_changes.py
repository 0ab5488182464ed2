"""A grant that comes and goes: the answer before the controller has seen the change, and after it."""

from __future__ import annotations

from datetime import UTC, datetime

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.asking import Shown, Terminal
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import backend, from_routes, grant, route, service, to_backends, to_services
from tests.support.controllers.controller import Controller
from tests.support.controllers.scene import (
    NOT_PERMITTED,
    OPEN_LISTENERS,
    RESOLVED,
    Expectation,
    gateway,
    parent,
    wait_for,
)


def test_a_status_that_the_controller_has_not_brought_up_to_date_is_never_taken_for_agreement(
    controller: Controller, terminal: Terminal, fresh: Fresh
) -> None:
    server = controller.server
    frontend, shared = fresh(server, "frontend"), fresh(server, "shared")
    web = route(frontend, to_backends(backend(shared)), parentRefs=[parent(frontend)])
    permission = grant(shared, [from_routes(frontend)], [to_services(name="auth")])
    server.apply(gateway(controller, frontend, *OPEN_LISTENERS), service(shared), permission, web)
    question = ("httproute/web", "-n", frontend)

    wait_for(controller, Expectation(web, RESOLVED))
    granted = _resolved(terminal.ask(*question))
    with controller.paused():
        server.delete(permission)
        unseen = _resolved(terminal.ask(*question))
    wait_for(controller, Expectation(web, NOT_PERMITTED))
    revoked = _resolved(terminal.ask(*question))
    _wait_for_the_next_second(controller, revoked)
    with controller.paused():
        server.apply(permission)
        unnoticed = _resolved(terminal.ask(*question))
    wait_for(controller, Expectation(web, RESOLVED))
    again = _resolved(terminal.ask(*question))

    assert [_summary(each) for each in (granted, revoked, again)] == [
        ("True", "True", "agrees"),
        ("False", "False", "agrees"),
        ("True", "True", "agrees"),
    ]
    assert _summary(unseen)[:2] == ("False", "True")
    assert unseen["agreement"] != "agrees"
    assert "grant" in unseen["why"]
    assert _summary(unnoticed) == ("True", "False", "stale")
    assert f"ReferenceGrant {shared}/from-frontend" in unnoticed["why"]


def _resolved(answer: Shown) -> JSON:
    (found,) = (each for each in answer.report["conditions"] if each["type"] == "ResolvedRefs")
    condition: JSON = found
    return condition


def _summary(condition: JSON) -> tuple[str, str, str]:
    return condition["computed"]["status"], condition["reported"]["status"], condition["agreement"]


def _wait_for_the_next_second(controller: Controller, condition: JSON) -> None:
    """Timestamps have a resolution of one second, and events within the same second have no order."""
    since = datetime.fromisoformat(condition["reported"]["lastTransitionTime"])
    controller.wait(lambda: (datetime.now(UTC) - since).total_seconds() > 1, lambda: "see a second pass")
