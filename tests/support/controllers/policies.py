"""Policies of Envoy Gateway that select Gateways in other namespaces, from a seed, and which Gateways they reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from kubectl_refs.core.model.values import at, entries, mapping
from tests.support.cluster.objects import grant
from tests.support.controllers.controller import Controller

_GROUP = "gateway.envoyproxy.io"
_SPECS: dict[str, JSON] = {
    "SecurityPolicy": {"cors": {"allowOrigins": ["https://example.com"]}},
    "BackendTrafficPolicy": {"timeout": {"http": {"requestTimeout": "10s"}}},
    "ClientTrafficPolicy": {"tcpKeepalive": {}},
}
Reached = tuple[str, str, str, str, str]
"""Kind, namespace and name of a policy, and namespace and name of a Gateway."""


def policies(seed: int, namespaces: Sequence[str], gateways: Sequence[JSON]) -> list[JSON]:
    """Policies that each select Gateways somewhere, and grants for some of them, of which any part may be wrong."""
    random = Random(seed)
    made = [
        _policy(random, kind, namespace, namespaces)
        for kind in _SPECS
        for namespace in random.sample(sorted(namespaces), 4)
    ]
    places = sorted({each["metadata"]["namespace"] for each in gateways})
    names = sorted({each["metadata"]["name"] for each in gateways})
    return [*made, *(_grant(random, place, number, namespaces, names) for place in places for number in range(4))]


def _policy(random: Random, kind: str, namespace: str, namespaces: Sequence[str]) -> JSON:
    selected: Any = random.choice(
        [
            {"from": "All"},
            {"from": "Selector", "selector": {"matchLabels": {"edge": "yes"}}},
            {
                "from": "Selector",
                "selector": {"matchLabels": {"kubernetes.io/metadata.name": random.choice(namespaces)}},
            },
            {"from": "Selector", "selector": {"matchExpressions": [{"key": "team", "operator": "Exists"}]}},
        ]
    )
    entry = {"group": GATEWAY_GROUP, "kind": "Gateway", "namespaces": selected}
    return {
        "apiVersion": f"{_GROUP}/v1alpha1",
        "kind": kind,
        "metadata": {"name": kind.lower(), "namespace": namespace},
        "spec": {"targetSelectors": [entry], **_SPECS[kind]},
    }


def _grant(random: Random, namespace: str, number: int, namespaces: Sequence[str], names: Sequence[str]) -> JSON:
    from_ = [
        {
            "group": random.choice([_GROUP, _GROUP, _GROUP, GATEWAY_GROUP]),
            "kind": random.choice(list(_SPECS)),
            "namespace": random.choice(namespaces),
        }
        for _ in range(4)
    ]
    to: dict[str, str] = {"group": GATEWAY_GROUP, "kind": random.choice(["Gateway", "Gateway", "Gateway", "HTTPRoute"])}
    if random.random() < 0.5:
        to["name"] = random.choice(names)
    return grant(namespace, from_, [to], name=f"policies-{number}")


def computed(report: JSON) -> tuple[set[Reached], set[Reached]]:
    """What the policies' selectors reach in other namespaces, and what they are refused, according to a report."""
    found: dict[str, set[Reached]] = {"allowed": set(), "refused": set()}
    for each in report["references"]:
        if each["path"].startswith("spec.targetSelectors"):
            source, to = each["from"], each["to"]
            found[each["verdict"]].add(
                (source["kind"], source["namespace"], source["name"], to["namespace"], to["name"])
            )
    return found["allowed"], found["refused"]


def reached(controller: Controller, objects: Sequence[JSON]) -> Iterator[Reached]:
    """The Gateways in other namespaces that the controller lists in the status of a policy."""
    for policy in objects:
        if policy["kind"] not in _SPECS:
            continue
        metadata = policy["metadata"]
        for entry in entries(at(controller.read(policy), "status", "ancestors")):
            about = mapping(at(entry, "ancestorRef"))
            if about.get("kind") == "Gateway" and about["namespace"] != metadata["namespace"]:
                yield policy["kind"], metadata["namespace"], metadata["name"], about["namespace"], about["name"]
