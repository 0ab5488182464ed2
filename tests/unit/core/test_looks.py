"""A write makes exactly those objects be evaluated again that depended on what it changed."""

from __future__ import annotations

import pytest

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.queries import why
from kubectl_refs.core.view.view import View
from kubectl_refs.core.watching import watcher
from tests.support.builders import from_entry, grant, namespaces, route_to, service, to_entry
from tests.support.watched import Watched

AROUND = [*namespaces("frontend", "backend", "other", "infra"), service("backend", "api")]
PUBLIC = {"namespace": "infra", "name": "public"}


def gateway(attached: int = 0, allowed: str = "All", programmed: str = "True", version: str = "1") -> JSON:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {**PUBLIC, "resourceVersion": version, "managedFields": [{"manager": version}]},
        "spec": {
            "gatewayClassName": "any",
            "listeners": [
                {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": allowed}}}
            ],
        },
        "status": {
            "conditions": [{"type": "Programmed", "status": programmed, "reason": "Programmed"}],
            "listeners": [{"name": "http", "attachedRoutes": attached}],
        },
    }


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the evaluated objects, in order of evaluation."""
    names: list[str] = []

    def noting(view: View, obj: JSON) -> why.EvaluatedObject:
        names.append(key_of(obj).name)
        return why.evaluate_object(view, obj)

    monkeypatch.setattr(watcher, "evaluate_object", noting)
    return names


def again(evaluated: list[str], watched: Watched, obj: JSON, *, deleted: bool = False) -> set[str]:
    """The objects that a write makes be evaluated again."""
    evaluated.clear()
    watched.write(obj, deleted=deleted)
    return set(evaluated)


def test_routes_are_not_asked_again_because_their_gateway_counts_another(evaluated: list[str]) -> None:
    route = route_to(("frontend", "own"), parents=[PUBLIC])
    watched = Watched([*AROUND, gateway(), route])
    assert again(evaluated, watched, gateway(attached=7, version="2")) == {"public"}
    assert again(evaluated, watched, gateway(attached=7, programmed="False")) == {"public", "web"}
    assert again(evaluated, watched, gateway(attached=7, allowed="Same")) == {"public", "web"}


def test_a_refused_reference_is_asked_again_where_a_grant_elsewhere_is_from_its_kind_and_namespace(
    evaluated: list[str],
) -> None:
    watched = Watched([*AROUND, route_to(("backend", "api"))])
    (refused,) = watched.watcher.report.references
    assert refused.near_misses == ()
    for stranger in (from_entry(namespace="infra"), from_entry(kind="GRPCRoute")):
        assert again(evaluated, watched, grant([stranger], [to_entry(name="api")], namespace="other")) == set()
    misplaced = grant([from_entry()], [to_entry(name="api")], namespace="other")
    assert again(evaluated, watched, misplaced) == {"web"}
    (refused,) = watched.watcher.report.references
    assert [str(miss.grant) for miss in refused.near_misses] == ["other/" + misplaced["metadata"]["name"]]
    # The previous state counts as well.
    assert again(evaluated, watched, grant([stranger], [to_entry(name="api")], namespace="other")) == {"web"}


def test_names_that_may_be_meant_are_looked_for_again_where_one_comes_or_goes_alone(evaluated: list[str]) -> None:
    route = route_to(("backen", "api"))
    watched = Watched([*AROUND, route])
    (near,) = watched.watcher.report.references[0].near_targets
    assert near.object.namespace == "backend"
    labelled = {**AROUND[2], "metadata": {"name": "other", "labels": {"team": "a"}}}
    assert again(evaluated, watched, labelled) == set()
    assert again(evaluated, watched, labelled, deleted=True) == {"web"}
    assert again(evaluated, watched, labelled) == {"web"}


def test_a_write_that_leaves_a_target_as_it_is_concerns_nobody(evaluated: list[str]) -> None:
    permits = grant([from_entry()], [to_entry(name="api")])
    watched = Watched([*AROUND, route_to(("backend", "api")), permits])
    api = service("backend", "api")
    touched = {**api, "metadata": {**api["metadata"], "resourceVersion": "2"}}
    assert again(evaluated, watched, touched) == set()
    # The time of a grant's last change shows whether a status is older.
    at = {**permits["metadata"], "managedFields": [{"time": "2026-01-02T00:00:00Z"}]}
    assert again(evaluated, watched, {**permits, "metadata": at}) == {"web"}
