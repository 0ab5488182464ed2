"""Teams and Services with similar names: a misspelt one in a grant is a slip of the nearest, as far as is known."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kubectl_refs.core.model.hints import Hint
from kubectl_refs.core.model.kinds import NAMESPACE
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.core.view.reads import List, Read
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.surveying import LIVE, Cluster

ROUTE = route_to(("shared", "api"), namespace="team-a")


def cluster(found: str, *, listable: bool = True) -> Cluster:
    """Two teams, and a grant for a namespace that is neither of them."""
    objects: Sequence[JSON] = [
        *namespaces("team-a", "team-b", "shared"),
        service("shared", "api"),
        grant([from_entry(namespace=found)], [to_entry()], namespace="shared"),
        ROUTE,
    ]
    return Cluster(objects, LIVE, refuses=lambda read: _lists_namespaces(read) and not listable)


def _lists_namespaces(read: Read) -> bool:
    return isinstance(read, List) and read.group_kind == NAMESPACE


def told(report: Report) -> tuple[Hint, list[str]]:
    """Why the namespace differs, and the changes that are offered."""
    (refused,) = (each for each in report.references if each.near_misses)
    (difference,) = refused.near_misses[0].differences
    return difference.hint, [fix.action for fix in refused.fixes]


def test_the_grant_of_another_team_is_not_repaired() -> None:
    source = cluster("teamb")
    assert told(investigate(source, [ROUTE])) == (Hint.OTHER_NAMESPACE, ["create"])


@pytest.mark.parametrize("found", ["teama", "team-aa"])
def test_one_slip_is_the_least_so_that_nothing_more_is_read(found: str) -> None:
    source = cluster(found)
    assert told(investigate(source, [ROUTE])) == (Hint.TYPO, ["create", "patch"])
    assert not any(map(_lists_namespaces, source.reads))


def test_where_namespaces_may_not_be_listed_it_looks_like_a_slip_and_that_is_no_gap() -> None:
    source = cluster("teamb", listable=False)
    report = investigate(source, [ROUTE])
    assert told(report) == (Hint.TYPO, ["create", "patch"])
    assert any(map(_lists_namespaces, source.reads))
    assert report.gaps == ()


def test_the_grant_for_another_service_is_not_repaired() -> None:
    route = route_to(("shared", "orders-a"), namespace="team-a")
    objects = [
        *namespaces("team-a", "shared"),
        service("shared", "orders-a"),
        service("shared", "orders-b"),
        grant([from_entry(namespace="team-a")], [to_entry(name="ordersb")], namespace="shared"),
        route,
    ]
    report = investigate(Cluster(objects, LIVE), [route])
    assert told(report) == (Hint.OTHER_NAME, ["create"])
    assert (
        'no Service "ordersb" exists; "orders-b" is nearer to it'
        in report.references[0].near_misses[0].differences[0].note
    )
