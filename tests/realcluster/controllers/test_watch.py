"""watch beside Envoy Gateway: its events for ten changes are the differences between a check before and one after."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.api_server import ApiServer
from tests.support.cluster.asking import Program
from tests.support.cluster.fresh import Fresh
from tests.support.cluster.objects import (
    backend,
    from_routes,
    grant,
    labelled,
    listener,
    route,
    service,
    to_backends,
    to_services,
)
from tests.support.cluster.watching import Watching, watching
from tests.support.controllers.controller import Controller
from tests.support.controllers.scene import gateway, parent

SETTLED_WITHIN = 60
"""Seconds until the events must add up to what a check finds. It takes about two."""

State = Mapping[Any, Any]


def place(reference: JSON) -> tuple[str, ...]:
    """The identity of a reference: its referrer and its target."""
    return (*map(str, reference["from"].values()), *map(str, reference["to"].values()))


def outcome(found: JSON | None) -> tuple[str, str] | None:
    return None if found is None else (found["verdict"], found["reason"])


@dataclass
class Account:
    """The result of a first check of some namespaces, updated by the events since then."""

    namespaces: Collection[str]
    references: dict[Any, Any] = field(default_factory=dict)
    conditions: dict[Any, Any] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    useless: list[JSON] = field(default_factory=list)

    def take(self, told: JSON) -> None:
        if (told.get("from") or told.get("object") or {}).get("namespace") not in self.namespaces:
            return
        self.told[told["type"]] += 1
        if told["type"] == "Change":
            self._take(self.references, place(told), outcome(told["before"]), outcome(told["after"]), told)
        elif told["type"] == "Condition":
            key = (*told["object"].values(), told["condition"], " listener " in told["of"])
            self._take(self.conditions, key, told["before"], told["after"], told)

    def _take(self, state: dict[Any, Any], key: Any, before: Any, after: Any, told: JSON) -> None:
        if state.get(key) != before:
            # It does not continue from the last known state: an event was lost, or came twice.
            self.useless.append(told)
        state[key] = after
        if after is None:
            del state[key]


def checked(server: ApiServer, refs: Program, namespaces: Collection[str]) -> tuple[State, State]:
    """The outcomes of all references, and the agreement of all conditions that a controller wrote."""
    report = json.loads(refs(server.kubeconfig(), "check", "-A", "-o", "json").stdout)
    references = {
        place(each): outcome(each) for each in report["references"] if each["from"]["namespace"] in namespaces
    }
    conditions = {
        (*each["object"].values(), each["type"], "listener" in each): each["agreement"]
        for each in report["conditions"]
        if each["agreement"] != "absent" and each["object"]["namespace"] in namespaces
    }
    return references, conditions


def settled(server: ApiServer, refs: Program, namespaces: Collection[str]) -> tuple[State, State]:
    """The result of a check after the controller has written all it is going to."""
    deadline = time.monotonic() + SETTLED_WITHIN
    while True:
        found = checked(server, refs, namespaces)
        if (found[1] and set(found[1].values()) <= {"agrees"}) or time.monotonic() > deadline:
            return found
        time.sleep(0.3)


class Beside:
    """The cluster, the watch that runs beside it, and the account of its events."""

    def __init__(self, server: ApiServer, refs: Program, watched: Watching, namespaces: Collection[str]) -> None:
        self.server, self._refs, self._watched = server, refs, watched
        self.account = Account(namespaces)
        self.account.references, self.account.conditions = map(dict, checked(server, refs, namespaces))

    def after(self, write: Callable[[], object]) -> tuple[int, int]:
        """Return how many references a write changes and how many changes the watch reported, after asserting that its
        events add up to a new check."""
        before = dict(self.account.references)
        told = self.account.told["Change"]
        write()
        deadline = time.monotonic() + SETTLED_WITHIN
        while True:
            references, conditions = settled(self.server, self._refs, self.account.namespaces)
            self._watched.drain(self.account.take)
            if (references, conditions) == (self.account.references, self.account.conditions):
                break
            assert time.monotonic() < deadline, (references.items() ^ self.account.references.items(), conditions.items() ^ self.account.conditions.items())  # fmt: skip
            time.sleep(0.3)
        assert self.account.useless == []
        keys = {*before, *references}
        return sum(before.get(key) != references.get(key) for key in keys), self.account.told["Change"] - told


@contextmanager
def beside(controller: Controller, refs: Program, namespaces: Collection[str]) -> Iterator[Beside]:
    settled(controller.server, refs, namespaces)
    with watching(controller.server) as watched:
        watched.until(lambda told: told["type"] == "Synced")
        yield Beside(controller.server, refs, watched, namespaces)


def version_served(server: ApiServer, *, served: bool) -> None:
    """Switch the serving of ReferenceGrant v1 on or off."""
    name = "referencegrants.gateway.networking.k8s.io"
    versions = json.loads(server.kubectl("get", "crd", name, "-o", "json").stdout)["spec"]["versions"]
    index = next(index for index, each in enumerate(versions) if each["name"] == "v1")
    patch = [{"op": "replace", "path": f"/spec/versions/{index}/served", "value": served}]
    server.kubectl("patch", "crd", name, "--type=json", "-p", json.dumps(patch))


@pytest.mark.parametrize("controller", ["envoy-gateway"], indirect=True)
def test_what_is_told_of_ten_changes_is_what_differs_and_a_killed_server_loses_none(
    controller: Controller, refs: Program, fresh: Fresh
) -> None:
    server = controller.server
    infra, shop, shared, moved = (fresh(server, name, {"team": "a"}) for name in ("infra", "shop", "shared", "moved"))
    web = route(shop, to_backends(backend(shared)), parentRefs=[parent(infra)])
    other = route(moved, to_backends(backend(None, "own")), parentRefs=[parent(infra)])
    moved_route = route(moved, to_backends(backend(shared)), parentRefs=[parent(infra)], name="new")
    permits = grant(shared, [from_routes(shop)], [to_services(name="auth")], name="permits")
    narrowed = grant(shared, [from_routes(shop)], [to_services(name="other")], name="permits")
    typo = grant(shared, [from_routes(f"{shop}p")], [to_services(name="auth")], name="typo")
    opened = gateway(controller, infra, listener("http", 80, labelled(team="a")))
    closed = gateway(controller, infra, listener("http", 80, {"from": "Same"}))
    server.apply(opened, service(shared), service(moved, "own"), permits, web, other)

    def namespace_deleted() -> None:
        """Do what the namespace controller does, since none is running."""
        server.kubectl("delete", "namespace", moved, "--wait=false")
        server.delete(other, moved_route, service(moved, "own"))
        body = json.loads(server.kubectl("get", "namespace", moved, "-o", "json").stdout)
        body["spec"] = {"finalizers": []}
        server.kubectl("replace", "--raw", f"/api/v1/namespaces/{moved}/finalize", "-f", "-", input=json.dumps(body))

    def restarted_while_a_grant_goes() -> None:
        server.restart()
        server.delete(typo)

    def route_moved() -> None:
        server.delete(web)
        server.apply(moved_route)

    with beside(controller, refs, (infra, shop, shared, moved)) as watched:
        steps: dict[str, Callable[[], object]] = {
            "grant narrowed": lambda: server.apply(narrowed),
            "grant deleted": lambda: server.delete(narrowed),
            "grant restored": lambda: server.apply(permits),
            "Service deleted": lambda: server.delete(service(shared)),
            "Service restored": lambda: server.apply(service(shared)),
            "label removed": lambda: server.kubectl("label", "namespace", shop, "team-"),
            "label restored": lambda: server.kubectl("label", "namespace", shop, "team=a"),
            "route moved": route_moved,
            "grant added with a typo": lambda: server.apply(typo),
            "server killed": restarted_while_a_grant_goes,
            "allowedRoutes closed": lambda: server.apply(closed),
            "allowedRoutes opened": lambda: server.apply(opened),
            "version switched": lambda: version_served(server, served=False),
            "grant of that kind deleted": lambda: server.delete(permits),
            "version back": lambda: version_served(server, served=True),
            "namespace deleted": namespace_deleted,
        }  # fmt: skip
        differing = {name: watched.after(write) for name, write in steps.items()}
    assert {name: told for name, (_, told) in differing.items()} == {
        name: count for name, (count, _) in differing.items()
    }
    assert differing["version switched"] == (0, 0)
    assert all(differing[name][0] for name in ("grant narrowed", "Service deleted", "label removed", "route moved", "allowedRoutes closed", "namespace deleted"))  # fmt: skip
