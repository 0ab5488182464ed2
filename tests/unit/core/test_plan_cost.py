"""The cost of a plan: about twice as much for twice as many routes and grants."""

from __future__ import annotations

import pytest

from kubectl_refs.core.queries.fix import FixOptions, plan
from tests.support.builders import CATALOG, from_entry, grant, route_to, to_entry
from tests.support.calls import calls
from tests.support.planning import report_on


def cost(count: int, wishes: FixOptions) -> int:
    """The number of calls in planning for routes that each have their own target and a misspelt grant for it."""
    routes = [route_to(("backend", f"api-{number}"), name=f"web-{number}") for number in range(count)]
    typo = [from_entry(namespace="fronted")]
    grants = [grant(typo, [to_entry(name=f"api-{number}")], name=f"g-{number}") for number in range(count)]
    report = report_on(*routes, *grants)
    made = []
    called = calls(lambda: made.append(plan(report, wishes, CATALOG)))
    assert sum(len(change.evaluated) for change in made[0].changes) == count
    return called


@pytest.mark.parametrize("wishes", [FixOptions(), FixOptions(new=True)])
def test_twice_as_many_routes_and_grants_take_about_twice_the_work(wishes: FixOptions) -> None:
    assert cost(80, wishes) < 2.5 * cost(40, wishes)
