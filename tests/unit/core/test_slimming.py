"""Of kinds with thousands of objects on a cluster, everything that the rules look at is kept."""

from __future__ import annotations

from copy import deepcopy

import pytest

from kubectl_refs.core.fields.gateway_api import TABLE as ROWS
from kubectl_refs.core.fields.misspelt import misspelt_in
from kubectl_refs.core.fields.table import Table
from kubectl_refs.core.model.kinds import GATEWAY, HTTP_ROUTE, REFERENCE_GRANT, SERVICE, SERVICE_IMPORT
from kubectl_refs.core.model.objects import JSON, GroupKind
from kubectl_refs.core.model.values import is_being_deleted, key_of, was_created
from kubectl_refs.core.view.slimming import lean, slim

ROUTE = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "HTTPRoute",
    "metadata": {"name": "web", "namespace": "frontend", "uid": "1", "creationTimestamp": "2026-11-29T10:00:00Z"},
    "spec": {"rules": [{"backendRef": [{"name": "api", "port": 80}]}]},
}


def test_an_object_that_a_server_took_stays_one() -> None:
    kind = key_of(ROUTE).group_kind
    kept = slim(kind)(ROUTE)
    assert was_created(kept)
    # What looks like a misspelt field here may be a field in a later release.
    assert not [*misspelt_in(kept, Table(ROWS))]
    applied = {**ROUTE, "metadata": {"name": "web", "namespace": "frontend"}}
    assert [each.meant for each in misspelt_in(slim(kind)(applied), Table(ROWS))] == ["backendRefs"]


def test_rules_with_the_matches_that_the_api_server_fills_in_have_one_list_and_others_their_own() -> None:
    def matches(path: str) -> list[JSON]:
        return [{"path": {"type": "PathPrefix", "value": path}}]

    def route(*rules: object) -> JSON:
        spec = {"rules": list(rules)}
        return {
            "apiVersion": f"{HTTP_ROUTE.group}/v1",
            "kind": HTTP_ROUTE.kind,
            "metadata": {"name": "web"},
            "spec": spec,
        }

    own = matches("/api")
    written = route(
        {"matches": matches("/")}, {"matches": own}, {"backendRefs": []}, "no rule", {"matches": matches("/")}
    )
    expected = deepcopy(written)
    kept = slim(HTTP_ROUTE)(written)
    assert kept == expected
    assert written == expected
    rules = kept["spec"]["rules"]
    assert rules[0]["matches"] is rules[4]["matches"]
    assert rules[1]["matches"] is own


@pytest.mark.parametrize("kind", [HTTP_ROUTE, SERVICE, SERVICE_IMPORT, REFERENCE_GRANT, GATEWAY])
def test_that_an_object_is_being_deleted_is_kept(kind: GroupKind) -> None:
    metadata = {"name": "a", "namespace": "b", "deletionTimestamp": "2026-01-01T00:00:00Z"}
    obj = {"apiVersion": f"{kind.group}/v1".removeprefix("/"), "kind": kind.kind, "metadata": metadata, "spec": {}}
    assert is_being_deleted(slim(kind)(obj))
    assert is_being_deleted(lean(obj))
