"""A selector that does not take a namespace: the advice names the labels that keep it out."""

from __future__ import annotations

from typing import Any

import pytest

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.queries.why import investigate
from kubectl_refs.manifests.source import Manifests

GATE = "in the selector of Gateway infra/gate"


def needs(key: str, operator: str, *values: str) -> JSON:
    return {"key": key, "operator": operator, **({"values": [*values]} if values else {})}


def advice(selector: JSON, labels: dict[str, str], *, listener_set: bool = False) -> tuple[str, int]:
    """The advice on what is in namespace shop, and how many fixes are offered besides."""
    rule = {"namespaces": {"from": "Selector", "selector": selector}}
    listener: dict[str, Any] = {"name": "web", "protocol": "HTTP", "port": 80}
    spec: dict[str, Any] = {"gatewayClassName": "x", "allowedListeners": rule}
    spec["listeners"] = [{**listener, "allowedRoutes": rule}]
    gate = made("Gateway", "infra", "gate", spec)
    parent = {"name": "gate", "namespace": "infra"}
    holder = made("HTTPRoute", "shop", "site", {"parentRefs": [parent]})
    if listener_set:
        holder = made("ListenerSet", "shop", "own", {"parentRef": parent, "listeners": [listener]})
    shop = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}
    (found,) = investigate(Manifests((gate, holder, shop), "shop"), [holder]).references
    return found.by_hand, len(found.fixes)


def made(kind: str, namespace: str, name: str, spec: JSON) -> JSON:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": f"{GATEWAY_GROUP}/v1", "kind": kind, "metadata": metadata, "spec": spec}


RELIES = ", if nothing relies on the present labels"


@pytest.mark.parametrize(
    ("selector", "labels", "told"),
    [
        ({"matchLabels": {"team": "a"}}, {"team": "b"}, f"change label team=b to a{RELIES}"),
        ({"matchExpressions": [needs("team", "NotIn", "b")]}, {"team": "b"}, f"change or remove label team=b{RELIES}"),
        ({"matchExpressions": [needs("old", "DoesNotExist")]}, {"old": "yes"}, f"remove label old=yes{RELIES}"),
        ({"matchExpressions": [needs("exposed", "Exists")]}, {}, "add a label exposed"),
        (
            {
                "matchLabels": {"team": "a", "met": "yes"},
                "matchExpressions": [needs("exposed", "Exists"), needs("env", "In", "prod", "stage")],
            },
            {"met": "yes", "env": "dev"},
            f"add label team=a, add a label exposed and change label env=dev to prod or stage{RELIES}",
        ),
    ],
)
@pytest.mark.parametrize("listener_set", [False, True])
def test_the_labels_that_fail_are_named(
    selector: JSON, labels: dict[str, str], told: str, *, listener_set: bool
) -> None:
    expected = f"in namespace shop {told}, or admit that namespace {GATE}"
    assert advice(selector, labels, listener_set=listener_set) == (expected, 0)


@pytest.mark.parametrize(
    "selector",
    [
        {"matchLabels": {"team": "a"}, "matchExpressions": [needs("team", "NotIn", "a")]},
        {"matchExpressions": [needs("kubernetes.io/metadata.name", "NotIn", "shop")]},
    ],
)
def test_only_the_selector_is_to_be_changed_if_no_label_helps(selector: JSON) -> None:
    assert advice(selector, {"team": "a"}) == (f"admit namespace shop {GATE}", 0)
