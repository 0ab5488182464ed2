"""The page of `why` about many objects of a cluster."""

from __future__ import annotations

from kubectl_refs.core.model.objects import JSON
from tests.support.builders import namespaces, route_to, service
from tests.support.fakes.api import FakeAPI
from tests.support.running import Program

OBJECTS: tuple[JSON, ...] = ()


def page(refs: Program, api: FakeAPI, routes: int) -> list[str]:
    parents = [{"name": "gate", "namespace": "infra"}]
    made = (route_to(("backend", "api"), name=f"r{number}", parents=parents) for number in range(routes))
    api.objects = [*namespaces("frontend", "backend", "infra"), service("backend", "api"), *made]
    refs.use(api, "frontend")
    return refs("why", "-A").out.splitlines()


def test_what_no_controller_has_written_of_many_objects_is_counted(refs: Program, api: FakeAPI) -> None:
    assert "6 conditions that no controller has written" in page(refs, api, 3)
    assert [line for line in page(refs, api, 3) if line.startswith("unreported:")] == []
    assert len([line for line in page(refs, api, 2) if line.startswith("unreported:")]) == 2
