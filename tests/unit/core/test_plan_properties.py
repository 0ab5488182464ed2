"""The plan permits exactly what is refused, with as few grants as possible, and is empty once it has been applied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.model.judgements import Verdict
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.queries.fix import FixOptions, plan
from tests.support.builders import (
    CATALOG,
    NAMES,
    PROPERTY,
    from_entry,
    grant,
    manifests,
    patched,
    permission_of,
    permissions,
    route_to,
    to_entry,
)
from tests.support.planning import (
    after,
    grants_among,
    report_on,
    verdicts,
)

ROUTES = st.lists(
    st.builds(
        lambda kind, namespace, targets: (kind, namespace, targets),
        st.sampled_from(("HTTPRoute", "HTTPRoute", "GRPCRoute")),
        st.sampled_from(("frontend", "frontend", "fronted", "other")),
        st.lists(
            st.tuples(st.sampled_from(("backend", "backend", "other")), st.sampled_from(NAMES)), min_size=1, max_size=3
        ),
    ),
    min_size=1,
    max_size=3,
)


def routes_of(drawn: Sequence[tuple[str, str, list[tuple[str, str]]]]) -> list[JSON]:
    return [
        route_to(*targets, namespace=namespace, name=f"r{number}", kind=kind)
        for number, (kind, namespace, targets) in enumerate(drawn)
    ]


@PROPERTY
@given(ROUTES, manifests(("backend", "other")))
def test_applied_the_plan_permits_all_that_was_refused_and_nothing_else(
    drawn: list[tuple[str, str, list[tuple[str, str]]]], grants: list[dict[str, Any]]
) -> None:
    objects = [*routes_of(drawn), *grants]
    before = report_on(*objects)
    found = plan(before, FixOptions(new=True), CATALOG)
    applied = after(objects, found.changes)
    assert verdicts(report_on(*applied)) <= {Verdict.ALLOWED}
    refused = {permission_of(each.reference) for each in before.references if each.verdict is Verdict.REFUSED}
    news = permissions(*grants_among(applied)) - permissions(*grants)
    assert news == refused - permissions(*grants)
    assert plan(report_on(*applied), FixOptions(), CATALOG).empty


@PROPERTY
@given(ROUTES, manifests(("backend", "other")), st.booleans())
def test_repairs_permit_all_that_was_refused_and_say_what_else_they_permit(
    drawn: list[tuple[str, str, list[tuple[str, str]]]], grants: list[dict[str, Any]], broad: bool
) -> None:
    objects = [*routes_of(drawn), *grants]
    before = report_on(*objects)
    found = plan(before, FixOptions(broad=broad), CATALOG)
    applied = after(objects, found.changes)
    assert verdicts(report_on(*applied)) <= {Verdict.ALLOWED}
    assert plan(report_on(*applied), FixOptions(), CATALOG).empty
    refused = {permission_of(each.reference) for each in before.references if each.verdict is Verdict.REFUSED}
    for change in found.changes:
        old = permissions(change.before) if change.before is not None else set()
        assert bool(change.widens) == bool(permissions(change.after) - old - refused)
        assert broad or not change.widens
        if change.before is not None:
            assert patched(change.before, change.patch) == change.after


@PROPERTY
@given(ROUTES, manifests(("backend",)), st.booleans())
def test_entries_added_permit_all_that_was_refused(
    drawn: list[tuple[str, str, list[tuple[str, str]]]], grants: list[dict[str, Any]], broad: bool
) -> None:
    objects = [*routes_of([(kind, space, [("backend", n) for _, n in targets]) for kind, space, targets in drawn])]
    there = grant([from_entry(namespace="shop")], [to_entry(name="shop")], name="there")
    found = plan(report_on(*objects, *grants, there), FixOptions(into="there", broad=broad), CATALOG)
    assert len(found.changes) <= 1
    applied = after([*objects, *grants, there], found.changes)
    assert verdicts(report_on(*applied)) <= {Verdict.ALLOWED}
