"""An owner of one namespace, whose objects reference two thousand others, and who may not list across namespaces."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from kubectl_refs.app.input.prefetch import MOST_REFUSED
from tests.support.builders import grant, route_to, service
from tests.support.fakes.api import Canned, FakeAPI, Request, status
from tests.support.running import Program

NAMESPACES = [f"team-{number}" for number in range(2000)]
GRANTED = [namespace for number, namespace in enumerate(NAMESPACES) if number % 2]


@pytest.fixture
def api() -> Iterator[FakeAPI]:
    """A server on which half of the namespaces permit the reference into them."""
    routes = [route_to((namespace, "api"), name=f"to-{namespace}") for namespace in NAMESPACES]
    grants = [grant(name="g", namespace=namespace) for namespace in GRANTED]
    with FakeAPI([*routes, *grants, *map(service, NAMESPACES)]) as server:
        yield server


def only_in(permitted: Callable[[str], bool]) -> Callable[[Request], Canned | None]:
    """Allow reads of objects in the permitted namespaces, and nothing across namespaces."""

    def fault(request: Request) -> Canned | None:
        parts = request.path.strip("/").split("/")
        group, rest = ("", parts[2:]) if parts[0] == "api" else (parts[1] if len(parts) > 1 else "", parts[3:])
        if not rest or (len(rest) > 2 and rest[0] == "namespaces" and permitted(rest[1])):
            return None
        within, rest = (rest[1], rest[2:]) if len(rest) > 2 else (None, rest)
        where = "at the cluster scope" if within is None else f'in the namespace "{within}"'
        qualified = f"{rest[0]}.{group}" if group else rest[0]
        verb = "list" if len(rest) == 1 else "get"
        told = (
            f'{qualified} is forbidden: User "jane" cannot {verb} resource "{rest[0]}" in API group "{group}" {where}'
        )
        return Canned(403, status(403, "Forbidden", told))

    return fault


def test_namespaces_that_may_not_be_read_are_asked_for_a_while_and_then_told(api: FakeAPI, refs: Program) -> None:
    api.fault = only_in(lambda namespace: namespace == "frontend")
    refs.use(api, "frontend")
    done = refs("check", "-o", "json")
    assert done.status == 3
    # Requests for grants, Services and Namespaces, and those that are made once.
    assert len(api.requests) < 3 * MOST_REFUSED + 30
    report = json.loads(done.out)
    grants = [gap for gap in report["gaps"] if gap["resource"] == "referencegrants"]
    assert sorted(gap["namespace"] for gap in grants) == sorted(NAMESPACES)
    left_out = {gap["message"] for gap in grants if gap["httpStatus"] is None}
    # The list across all namespaces failed as well, hence the one more.
    assert left_out == {f"not asked for, as {MOST_REFUSED + 1} requests for referencegrants failed before"}
    assert report["summary"]["unknown"] == len(NAMESPACES)
