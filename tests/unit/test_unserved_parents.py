"""Parents of a kind that the server does not have."""

from __future__ import annotations

import json

import pytest

from kubectl_refs.core.model.kinds import GATEWAY, HTTP_ROUTE, LISTENER_SET
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind
from kubectl_refs.core.view.catalog import CORE_KINDS
from kubectl_refs.core.view.offline import GATEWAY_API_KINDS
from tests.support.builders import namespaces
from tests.support.fakes.api import FakeAPI
from tests.support.running import Program


def made(kind: str, spec: JSON) -> JSON:
    metadata = {"name": "own", "namespace": "shop"}
    return {"apiVersion": f"{GATEWAY_GROUP}/v1", "kind": kind, "metadata": metadata, "spec": spec}


def child_of(kind: str) -> JSON:
    return made("GRPCRoute", {"parentRefs": [{"kind": kind, "name": "upper", "namespace": "infra"}], "rules": []})


LISTENERS = [{"name": "http", "port": 80, "protocol": "HTTP"}]
SET = made("ListenerSet", {"parentRef": {"name": "upper", "namespace": "infra"}, "listeners": LISTENERS})
OTHER_PARENT = "name a Gateway or a ListenerSet, or in a mesh a Service"


@pytest.mark.parametrize(
    ("lacking", "obj", "advice"),
    [
        (GATEWAY, SET, f"install the CRD of {GATEWAY}"),
        (GATEWAY, child_of("Gateway"), f"install the CRD of {GATEWAY}"),
        (LISTENER_SET, child_of("ListenerSet"), f"install the CRD of {LISTENER_SET}, or name a Gateway"),
        (HTTP_ROUTE, child_of("HTTPRoute"), OTHER_PARENT),
    ],
)
def test_a_parent_of_a_kind_that_is_not_served_is_no_missing_object(
    refs: Program, lacking: GroupKind, obj: JSON, advice: str
) -> None:
    kinds = [each for each in (*CORE_KINDS, *GATEWAY_API_KINDS) if each.kind != lacking.kind]
    with FakeAPI([*namespaces("infra", "shop"), obj], kinds=kinds) as api:
        refs.use(api, "shop")
        name = f"{obj['kind'].lower()}/own"
        (found,) = json.loads(refs("why", name, "-o", "json").out)["references"]
        page = refs("why", name).out
    said = found["verdict"], found["code"], found["because"]
    assert said == ("broken", "REF015", f"the server has no kind {lacking}")
    assert f"  fix:     {advice}\n" in page
