"""What an event costs a watch on a large cluster, and whether that grows. No server is needed.

`python -m benchmarks.watch`: 10,000 routes, 5,000 Services and 2,000 ReferenceGrants in memory, and a server's events.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import click
from tabulate import tabulate

from benchmarks import load
from benchmarks.targets import Target
from kubectl_refs.app.following.following import FROZEN_EVERY, freeze_survivors
from kubectl_refs.core.model.kinds import REFERENCE_GRANT
from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON, GroupKind
from kubectl_refs.core.model.values import key_of
from kubectl_refs.core.view.offline import offline_catalog
from kubectl_refs.core.view.reads import Read
from kubectl_refs.core.view.slimming import lean
from kubectl_refs.core.watching.state import WatchedScope, WatchedState
from kubectl_refs.core.watching.watcher import Event, Watcher

ROUTE = GroupKind(GATEWAY_GROUP, "HTTPRoute")
SHARED = 1000
"""The number of references that one grant permits."""
SECONDS = 0.2
SECONDS_SHARED = 1.0
MEGABYTES = 300
GROWTH = 1.05
"""How much memory may be in use after all events, relative to after a tenth of them."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--routes", type=click.IntRange(min=1), default=10_000, show_default=True, help="Number of HTTPRoutes.")
@click.option("--events", type=click.IntRange(min=10), default=100_000, show_default=True, help="Number of events.")
def main(routes: int, events: int) -> None:
    """Measure the cost of telling a write: with half as many Services as routes, and a fifth as many grants."""
    started = time.process_time()
    watched = Watched(routes)
    freeze_survivors()
    begun = time.process_time() - started
    used = megabytes()
    # An even number, so that everything is as before at the end.
    costs = {title: median(_seconds(make, watched) for _ in range(6)) for title, make in WRITES.items()}
    early = grown = used
    for number, write in enumerate(itertools.islice(_day(routes), events)):
        watched.write(*write)
        if number % FROZEN_EVERY == 0:
            freeze_survivors()
        if number == events // 10:
            early = megabytes()
        grown = megabytes() if number % 1000 == 0 else grown
    rows = [("list and evaluate all", begun), *costs.items()]
    click.echo(tabulate(rows, ["", "CPU seconds"], "github", floatfmt=".3f"))
    found = [
        *(
            Target(f"{title}, CPU seconds", cost, SECONDS_SHARED if title == GRANT_OF_MANY else SECONDS)
            for title, cost in costs.items()
        ),
        Target(f"MB after {events} events", grown, MEGABYTES),
        Target(f"MB after {events} events against after a tenth of them", grown / early, GROWTH),
    ]
    click.echo(
        "\n" + tabulate([each.row for each in found], ["target", "measured", "limit", "met"], "github", floatfmt=".3f")
    )
    sys.exit(not all(each.met for each in found))


class Watched:
    """A watched cluster in memory."""

    def __init__(self, routes: int) -> None:
        self._objects = list(_cluster(routes))
        self.state = WatchedState(offline_catalog(), everywhere=True)
        self.watcher = Watcher(self.state, lambda obj: True, lambda obj: True, self._watch)
        for kind in self.state.catalog.table.referrers:
            if self.state.catalog.served(kind) is not None:
                self._fill(WatchedScope(kind, None, metadata_only=False))
        self._fill(WatchedScope(REFERENCE_GRANT, None, metadata_only=False))
        for scope in self.state.scopes:
            self.watcher.begin(self.state.objects(scope).values())
        self._objects.clear()

    def _watch(self, reads: Sequence[Read]) -> None:
        for scope in {self.state.wanted(read) for read in reads}:
            self._fill(scope)

    def _fill(self, scope: WatchedScope) -> None:
        self.state.fill(scope, [lean(obj) for obj in self._objects if key_of(obj).group_kind == scope.kind])

    def write(self, obj: JSON, deleted: bool = False) -> list[Event]:
        key = key_of(obj)
        scopes = [scope for scope in self.state.scopes if scope.kind == key.group_kind]
        return [self.watcher.event(scope, key, None if deleted else lean(obj)) for scope in scopes]


def _cluster(routes: int) -> Iterator[JSON]:
    """The objects of benchmarks/load.py, the Gateway of its routes, up to SHARED routes that use one grant, and as many
    that the grant leaves out."""
    yield _gateway(0)
    for number in range(0, routes, load.ROUTES_PER_NAMESPACE):
        yield _dressed(
            {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {"name": f"crowd-{number // load.ROUTES_PER_NAMESPACE}"},
            }
        )
    for number in range(routes):
        for _, obj in load.around(number):
            yield _dressed(obj)
    yield _dressed(_shared_grant("Service"))
    for number in range(min(SHARED, routes)):
        for namespace in ("shared-users", "strangers"):
            yield _dressed(_route(namespace, f"user-{number}", "shared", "api"))
    yield _dressed(load.service("shared", "api")[1])


_versions = itertools.count(1)


def _dressed(obj: JSON) -> JSON:
    """An object as a server stores it: with managed fields, the last applied configuration, and a resource version."""
    metadata = {
        **obj["metadata"],
        "resourceVersion": str(next(_versions)),
        "uid": "00000000-0000-4000-8000-000000000000",
        "generation": 1,
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": str(obj.get("spec"))},
        "managedFields": [
            {
                "manager": "kubectl",
                "operation": "Apply",
                "time": "2026-01-01T00:00:00Z",
                "fieldsV1": {"f:spec": {"f:rules": {}}},
            }
        ],
    }
    return {**obj, "metadata": metadata}


def _route(namespace: str, name: str, place: str, target: str) -> JSON:
    spec = {"rules": [{"backendRefs": [{"name": target, "namespace": place, "port": 80}]}]}
    return {
        "apiVersion": f"{GATEWAY_GROUP}/v1",
        "kind": "HTTPRoute",
        "metadata": {"namespace": namespace, "name": name},
        "spec": spec,
    }


def _gateway(attached: int) -> JSON:
    """The Gateway of all routes, as its controller writes it whenever another route is attached."""
    listener = {
        "name": "http",
        "port": 80,
        "protocol": "HTTP",
        "allowedRoutes": {"namespaces": {"from": "All"}},
    }
    return _dressed(
        {
            "apiVersion": f"{GATEWAY_GROUP}/v1",
            "kind": "Gateway",
            "metadata": {"namespace": "infra", "name": "public"},
            "spec": {"gatewayClassName": "any", "listeners": [listener]},
            "status": {"listeners": [{"name": "http", "attachedRoutes": attached, "supportedKinds": []}]},
        }
    )


def _shared_grant(kind: str) -> JSON:
    from_ = {"group": GATEWAY_GROUP, "kind": "HTTPRoute", "namespace": "shared-users"}
    spec = {"from": [from_], "to": [{"group": "", "kind": kind}]}
    return {
        "apiVersion": f"{GATEWAY_GROUP}/v1beta1",
        "kind": "ReferenceGrant",
        "metadata": {"namespace": "shared", "name": "for-many"},
        "spec": spec,
    }


Writes = Iterator[tuple[JSON, bool]]


def _route_moved() -> Writes:
    for target in itertools.cycle(("service-0", "service-2")):
        yield _dressed(_route("crowd-0", "route-0", "crowd-0", target)), False


def _route_counted() -> Writes:
    for attached in itertools.count(1):
        yield _gateway(attached), False


def _service_gone() -> Writes:
    for deleted in itertools.cycle((True, False)):
        yield _dressed(load.service("crowd-0", "service-0")[1]), deleted


def _grant_gone() -> Writes:
    for deleted in itertools.cycle((False, True)):
        yield _dressed(load.grant("crowd-0", "another", "crowd-3")[1]), deleted


def _shared_grant_turned() -> Writes:
    for kind in itertools.cycle(("Secret", "Service")):
        yield _dressed(_shared_grant(kind)), False


GRANT_OF_MANY = f"a grant that {SHARED} references use is changed"
COUNTED = "the Gateway of all routes counts another one"
WRITES: dict[str, Writes] = {
    "a route is changed": _route_moved(),
    COUNTED: _route_counted(),
    "a Service is deleted or comes": _service_gone(),
    "a grant is deleted or comes": _grant_gone(),
    GRANT_OF_MANY: _shared_grant_turned(),
}


def _seconds(writes: Writes, watched: Watched) -> float:
    obj, deleted = next(writes)
    started = time.process_time()
    events = watched.write(obj, deleted)
    found = time.process_time() - started
    if all(event.empty for event in events) is not (writes is WRITES[COUNTED]):
        raise SystemExit(f"too little was told of {key_of(obj)}, or too much")
    return found


def _day(routes: int) -> Writes:
    """Mostly writes of routes, now and then a Service, a grant or the Gateway's count."""
    services, grants, counts = _service_gone(), _grant_gone(), _route_counted()
    for number in itertools.count():
        if number % 20 == 0:
            yield next(services)
        elif number % 20 == 10:
            yield next(grants)
        elif number % 20 == 15:
            yield next(counts)
        else:
            index = number * 7919 % routes
            yield _dressed(next(obj for _, obj in load.around(index) if obj["kind"] == "HTTPRoute")), False


def megabytes() -> float:
    """The megabytes that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
