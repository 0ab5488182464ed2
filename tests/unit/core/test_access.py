"""A repair is offered only if it takes no access from others who use the entry or, as far as is known, may use it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.core.view.reads import Get, List, Read
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.surveying import LIVE, Cluster

WEB = route_to(("backend", "api-main"))
"""References a Service whose name a grant almost has; there is no api-mian (yet)."""

NAMED = grant([from_entry()], [to_entry(name="api-mian")], name="g")
THERE = [*namespaces("frontend", "backend"), service("backend", "api-main")]
OTHER = route_to(("backend", "api-mian"), name="other")

FRONTED = grant([from_entry(namespace="fronted")], [to_entry(name="api-main")], name="g")


def actions(*objects: JSON, refuses: Callable[[Read], bool] = lambda read: False) -> list[str]:
    """The changes offered for the first object, the recommended one first."""
    report = investigate(Cluster([*objects, *THERE], LIVE, refuses), objects[:1])
    (refused,) = (each for each in report.references if each.near_misses)
    return [fix.action for fix in refused.fixes]


def lists_of_routes(read: Read) -> bool:
    return isinstance(read, List) and read.group_kind.kind == "HTTPRoute"


def namespaces_or_routes(read: Read) -> bool:
    return lists_of_routes(read) or (isinstance(read, Get) and read.group_kind.kind == "Namespace")


def test_a_repair_that_takes_nothing_from_anybody_is_offered() -> None:
    assert actions(WEB, NAMED) == ["patch", "create"]
    assert actions(WEB, FRONTED) == ["patch", "create"]


def test_a_repair_of_an_entry_that_another_object_uses_is_not_offered() -> None:
    assert actions(WEB, NAMED, OTHER) == ["create"]


def test_a_repair_is_offered_where_another_grant_permits_what_it_takes() -> None:
    beside = grant([from_entry()], [to_entry(name="api-mian")], name="beside")
    assert actions(WEB, NAMED, OTHER, beside)[0] == "patch"


@pytest.mark.parametrize("entry", [NAMED, FRONTED], ids=["a name", "a namespace"])
def test_a_repair_is_not_offered_where_the_users_cannot_be_read(entry: JSON) -> None:
    assert actions(WEB, entry, refuses=namespaces_or_routes) == ["create"]


def test_nobody_uses_an_entry_for_a_namespace_that_does_not_exist() -> None:
    assert actions(WEB, FRONTED, refuses=lists_of_routes) == ["patch", "create"]


def test_nobody_who_could_work_uses_an_entry_of_a_kind_that_is_not_there() -> None:
    core = grant([from_entry()], [to_entry(group="core", name="api-main")], name="g")
    assert actions(WEB, core, refuses=lists_of_routes) == ["patch", "create"]
