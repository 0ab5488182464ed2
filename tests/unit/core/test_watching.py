"""A watched cluster: events say what a write changes, and the state kept is what a fresh look would find."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.report import Report
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.catalog import Catalog
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.core.watching.changes import WriteCause
from kubectl_refs.core.watching.state import WatchedScope
from kubectl_refs.core.watching.watcher import Event
from kubectl_refs.render.text.style import Style
from kubectl_refs.render.watch import DataEventRenderer, TextEventRenderer, json_line
from tests.support.builders import PROPERTY, from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.surveying import LIVE
from tests.support.watched import Watched

ROUTE = GroupKind("gateway.networking.k8s.io", "HTTPRoute")
SERVICE = GroupKind("", "Service")
GRANT = grant([from_entry()], [to_entry(name="api")])


def changes(events: Sequence[Event]) -> list[tuple[str, str]]:
    return [(str(change.effect), change.either.reference.to.name) for event in events for change in event.changes]


AROUND = [*namespaces("frontend", "backend"), service("backend", "api")]


def test_a_grant_that_goes_breaks_what_used_it_and_is_told_with_its_users() -> None:
    watched = Watched([*AROUND, route_to(("backend", "api")), GRANT])
    (event,) = watched.write(GRANT, deleted=True)
    assert changes([event]) == [("breaks", "api")]
    (permission,) = event.permissions
    assert (permission.gives, permission.pair.to.name, len(permission.users)) == (False, "api", 1)
    assert event.cause == WriteCause("deleted", key_of(GRANT))


def test_access_that_another_grant_gives_as_well_is_neither_given_nor_taken() -> None:
    wide = grant([from_entry()], [to_entry()], name="wide")
    watched = Watched([*AROUND, route_to(("backend", "api")), GRANT])
    assert [each.pair.to.name for event in watched.write(wide) for each in event.permissions] == [None]
    assert watched.write(GRANT, deleted=True) == []
    assert watched.write(GRANT) == []
    (event,) = watched.write(wide, deleted=True)
    (permission,) = event.permissions
    assert (permission.gives, permission.pair.to.name, permission.users, permission.known) == (False, None, (), True)


def test_who_uses_access_is_not_known_where_the_kind_cannot_be_listed() -> None:
    watched = Watched([*AROUND, route_to(("backend", "api"))], refused=[GroupKind(ROUTE.group, "GRPCRoute")])
    (event,) = watched.write(grant([from_entry(kind="GRPCRoute")], [to_entry(name="api")]))
    assert [(each.gives, each.users, each.known) for each in event.permissions] == [(True, (), False)]


def test_a_grant_from_no_kind_permits_nothing_new() -> None:
    watched = Watched([*AROUND, route_to(("backend", "api")), GRANT])
    assert watched.write(grant([from_entry(kind="HttpRoute")], name="h")) == []


def test_each_write_is_told_by_what_it_does() -> None:
    watched = Watched([*AROUND, route_to(("backend", "api"))])
    assert changes(watched.write(GRANT)) == [("fixes", "api")]
    assert changes(watched.write(service("backend", "api"), deleted=True)) == [("breaks", "api")]
    assert changes(watched.write(service("backend", "api"))) == [("fixes", "api")]
    assert changes(watched.write(route_to(("backend", "web")))) == [("removes", "api"), ("adds", "web")]
    assert changes(watched.write(route_to(("backend", "web")), deleted=True)) == [("removes", "web")]
    assert watched.watcher.report.references == ()


def test_another_port_breaks_and_repairs_although_the_reference_is_another_one() -> None:
    watched = Watched([*AROUND, route_to(("backend", "api")), GRANT])

    def told(port: int, only: str) -> list[str]:
        route = copy.deepcopy(dict(route_to(("backend", "api"))))
        route["spec"]["rules"][0]["backendRefs"][0]["port"] = port
        events = watched.write(route)
        renderer = DataEventRenderer([only], lambda: 0, json_line)
        return [json.loads(line)["change"] for event in events for line in renderer.event(event).splitlines()]

    assert told(9999, "breaks") == ["adds"]
    assert told(9998, "fixes") == []
    assert told(80, "fixes") == ["adds"]
    assert told(9999, "removes") == ["removes"]
    assert told(80, "breaks") == []


def test_a_reference_is_drawn_with_the_arrow_that_the_terminal_has() -> None:
    watched = Watched([*AROUND, route_to(("backend", "api")), GRANT])
    (event,) = watched.write(GRANT, deleted=True)
    for unicode, arrow in ((True, "→"), (False, "->")):
        said = TextEventRenderer(Style(now=0, unicode=unicode), ["breaks"], lambda: 0).event(event)
        assert f"spec.rules[0].backendRefs[0] {arrow} Service backend/api:80\n" in said


def test_references_of_one_object_that_change_alike_are_told_once() -> None:
    targets = [("backend", "api")] * 14
    watched = Watched([*AROUND, route_to(*targets, ("backend", "web")), service("backend", "web"), GRANT])
    moved = copy.deepcopy(service("backend", "api"))
    moved["spec"]["ports"][0]["port"] = 8080
    (event,) = watched.write(moved)
    assert len(event.changes) == 14
    said = TextEventRenderer(Style(now=0, unicode=False), [], lambda: 0).event(event)
    assert said.count("\n") == 3
    assert (
        "breaks     HTTPRoute frontend/web spec.rules[0].backendRefs[0] and 13 more -> Service backend/api:80\n" in said
    )
    assert len(DataEventRenderer([], lambda: 0, json_line).event(event).splitlines()) == 14


def test_what_does_not_matter_is_not_told() -> None:
    watched = Watched([*AROUND, route_to(("backend", "api")), GRANT])
    labels = {"name": "web", "namespace": "frontend", "labels": {"a": "b"}}
    labelled = {**route_to(("backend", "api")), "metadata": labels}
    assert watched.write(labelled) == []
    assert watched.write(service("backend", "other")) == []
    assert watched.write(grant([from_entry(namespace="other")], [to_entry(name="api")], name="h"))[0].changes == ()


def test_a_rule_inserted_above_changes_nothing_below() -> None:
    watched = Watched([*AROUND, route_to(("backend", "api")), GRANT])
    assert changes(watched.write(route_to(("frontend", "own"), ("backend", "api")))) == [("adds", "own")]


def test_the_manager_and_the_time_of_the_newest_write_are_the_cause() -> None:
    watched = Watched([*AROUND, route_to(("backend", "api"))])
    fields = [
        {"manager": "helm", "time": "2026-01-01T00:00:00Z"},
        {"manager": "kubectl-edit", "time": "2026-01-02T00:00:00Z"},
    ]
    written = {**GRANT, "metadata": {**GRANT["metadata"], "managedFields": fields}}
    (event,) = watched.write(written)
    assert event.cause == WriteCause("created", key_of(GRANT), "kubectl-edit", "2026-01-02T00:00:00Z")


def test_who_takes_away_all_that_was_theirs_is_not_known_and_nobody_else_is_blamed() -> None:
    def labelled(labels: JSON, *managers: tuple[str, str]) -> JSON:
        fields = [{"manager": manager, "time": f"2026-01-01T00:00:{second}Z"} for manager, second in managers]
        return {
            **AROUND[0],
            "metadata": {"name": "frontend", "labels": labels, "managedFields": fields},
        }

    listener = {"name": "http", "port": 80, "protocol": "HTTP"}
    admitted = {"namespaces": {"from": "Selector", "selector": {"matchLabels": {"team": "a"}}}}
    gateway = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "public", "namespace": "frontend"},
        "spec": {"gatewayClassName": "any", "listeners": [{**listener, "allowedRoutes": admitted}]},
    }
    created, labeller = ("kubectl-create", "01"), ("kubectl-label", "02")
    first = labelled({"team": "a"}, created, labeller)
    watched = Watched([first, gateway, route_to(parents=[{"name": "public"}])])
    (event,) = watched.write(labelled({}, created))
    assert event.cause == WriteCause("updated", key_of(first))
    (event,) = watched.write(labelled({"team": "a"}, created, ("kubectl-label", "04")))
    assert event.cause == WriteCause("updated", key_of(first), "kubectl-label", "2026-01-01T00:00:04Z")


def test_what_cannot_be_listed_leaves_a_gap() -> None:
    watched = Watched([*AROUND, route_to(("backend", "api")), GRANT], refused=[SERVICE])
    assert [gap.http_status for gap in watched.watcher.report.gaps] == [403]
    assert [str(each.verdict) for each in watched.watcher.report.references] == ["unknown"]


def test_what_can_be_listed_at_last_is_evaluated_again_and_nobody_wrote_it() -> None:
    services = WatchedScope(SERVICE, None, metadata_only=False)
    watched = Watched(
        [*AROUND, route_to(("backend", "api"), ("backend", "gone")), grant([from_entry()], [to_entry()])],
        refused=[SERVICE],
    )
    (event,) = caught_up(watched, {services: [service("backend", "api")]})
    assert [(str(each.effect), str(each.either.verdict)) for each in event.changes] == [
        ("alters", "allowed"),
        ("breaks", "broken"),
    ]
    assert event.cause is None


GRANTS = WatchedScope(GroupKind(ROUTE.group, "ReferenceGrant"), None, metadata_only=False)
ROUTES = WatchedScope(ROUTE, None, metadata_only=False)
LOST = Failure(403, "forbidden")


def caught_up(watched: Watched, lists: Mapping[WatchedScope, Sequence[JSON]]) -> list[Event]:
    return [event for event in watched.watcher.caught_up(lists) if not event.empty]


def outcomes(events: Iterable[Event]) -> list[tuple[str, str, str]]:
    return [
        (str(change.effect), change.either.reference.to.name, str(change.either.verdict))
        for event in events
        for change in event.changes
    ]


def test_a_new_reference_is_unknown_while_grants_cannot_be_listed_and_what_was_known_stays() -> None:
    watched = Watched([*AROUND, route_to(("backend", "api")), service("backend", "web"), GRANT])
    watched.state.fail(GRANTS, LOST)
    added = route_to(("backend", "web"), name="new")
    assert outcomes(watched.write(added)) == [("adds", "web", "unknown")]
    assert sorted(str(each.verdict) for each in watched.watcher.report.references) == ["allowed", "unknown"]
    assert [gap.http_status for gap in watched.watcher.report.gaps] == [403]
    # Nothing has been written meanwhile, so nobody is the cause.
    (event,) = caught_up(watched, {GRANTS: [GRANT]})
    assert (event.cause, outcomes([event])) == (None, [("breaks", "web", "refused")])


def test_the_grant_that_was_written_meanwhile_is_the_cause_once_grants_can_be_listed() -> None:
    watched = Watched([*AROUND])
    watched.state.fail(GRANTS, LOST)
    watched.write(route_to(("backend", "api")))
    (event,) = caught_up(watched, {GRANTS: [GRANT]})
    assert (event.cause, outcomes([event])) == (
        WriteCause("created", key_of(GRANT)),
        [("alters", "api", "allowed")],
    )
    assert [len(each.users) for each in event.permissions] == [1]


@pytest.mark.parametrize("scopes", [(ROUTES, GRANTS), (GRANTS, ROUTES)])
def test_what_was_written_while_nothing_could_be_listed_is_judged_by_all_of_it(
    scopes: tuple[WatchedScope, WatchedScope],
) -> None:
    watched = Watched([*AROUND])
    for scope in scopes:
        watched.state.fail(scope, LOST)
    lists: dict[WatchedScope, list[JSON]] = {ROUTES: [route_to(("backend", "api"))], GRANTS: [GRANT]}
    events = caught_up(watched, {scope: lists[scope] for scope in scopes})
    assert outcomes(events) == [("adds", "api", "allowed")]
    assert {event.cause.object.kind for event in events if event.changes and event.cause} == {"HTTPRoute"}
    assert [len(each.users) for event in events for each in event.permissions] == [1]


def test_what_was_known_stays_where_only_a_part_can_be_listed_again() -> None:
    services = WatchedScope(SERVICE, None, metadata_only=False)
    api = service("backend", "api")
    watched = Watched([*AROUND, route_to(("backend", "api")), GRANT])
    for scope in (services, GRANTS):
        watched.state.fail(scope, LOST)
    assert caught_up(watched, {services: [each for each in AROUND if each["kind"] == "Service"]}) == []
    assert [str(each.verdict) for each in watched.watcher.report.references] == ["allowed"]
    # A write that concerns it is another matter.
    (event,) = watched.write(api, deleted=True)
    assert outcomes([event]) == [("alters", "api", "unknown")]


def test_of_several_writes_that_concern_an_object_none_is_known_to_be_the_cause() -> None:
    watched = Watched([*AROUND, route_to(("backend", "api"))])
    watched.state.fail(GRANTS, LOST)
    other = grant([from_entry()], [to_entry()], name="wide")
    changed = [event for event in caught_up(watched, {GRANTS: [GRANT, other]}) if event.changes]
    assert ([event.cause for event in changed], outcomes(changed)) == ([None], [("fixes", "api", "allowed")])


def test_a_list_after_a_mere_interruption_tells_what_was_missed() -> None:
    watched = Watched([*AROUND, route_to(("backend", "api")), GRANT])
    (event,) = caught_up(watched, {GRANTS: []})
    assert (event.cause, changes([event])) == (WriteCause("deleted", key_of(GRANT)), [("breaks", "api")])


def test_a_kind_that_is_no_more_is_let_go_and_one_that_is_served_at_last_is_taken_up() -> None:
    backend = GroupKind("gateway.envoyproxy.io", "Backend")
    route = route_to(("backend", "api"))
    route["spec"]["rules"][0]["backendRefs"][0] |= backend._asdict()
    watched = Watched([*AROUND, route, grant([from_entry()], [to_entry(**backend._asdict())])])

    def serve(catalog: Catalog) -> list[str]:
        watched.state.catalog = catalog
        event = watched.watcher.kinds_changed(None, [backend])
        return [each.after.because for each in event.changes if each.after]

    assert backend.group in watched.watcher.groups
    without = Catalog(each for each in LIVE if each.group_kind != backend)
    assert serve(without) == ["the server has no kind Backend.gateway.envoyproxy.io"]
    assert serve(LIVE) == ["Backend backend/api does not exist"]


NAMES = st.sampled_from(["api", "web"])
PLACES = st.sampled_from(["frontend", "backend"])
OBJECTS = st.one_of(
    st.builds(service, PLACES, NAMES),
    st.builds(lambda target, name: route_to(target, name=name), st.tuples(PLACES, NAMES), NAMES),
    st.builds(
        lambda kind, place, name, own: grant([from_entry(kind=kind, namespace=place)], [to_entry(name=name)], name=own),
        st.sampled_from(["HTTPRoute", "HTTPRoutes"]), PLACES, NAMES, NAMES,
    ),
)  # fmt: skip


def verdicts(report: Report) -> list[Any]:
    return sorted(
        (str(each.reference.referrer), each.reference.path, str(each.verdict), each.because)
        for each in report.references
    )


@PROPERTY
@given(st.lists(OBJECTS, max_size=8), st.lists(st.tuples(OBJECTS, st.booleans()), max_size=12))
def test_after_any_events_what_is_kept_is_what_a_fresh_look_finds(
    first: list[JSON], writes: list[tuple[JSON, bool]]
) -> None:
    watched = Watched([*AROUND, *first])
    now = {key_of(obj): obj for obj in (*AROUND, *first)}
    for obj, deleted in writes:
        watched.write(obj, deleted=deleted)
        now.pop(key_of(obj), None)
        if not deleted:
            now[key_of(obj)] = obj
    assert verdicts(watched.watcher.report) == verdicts(Watched(list(now.values())).watcher.report)
