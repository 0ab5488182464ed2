"""The figures to reach, and whether a run reached them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.commands import (
    CHECK,
    CHECK_DATA,
    COMPLETE,
    DOWNLOAD,
    EMPTY,
    GRANTS,
    GWCTL,
    HELP,
    IMPORT,
    KUBECTL_LISTS,
    WHY,
)
from benchmarks.measure import Cost, Key

WHY_TO_IMPORT = 0.75
GROWTH = 1.1
SHARE_OF_GWCTL = 1 / 5
HELP_TO_EMPTY = 1.5
COMPLETE_TO_EMPTY = 3.0
SHARE_OF_KUBECTL = {"calm": 0.6, "outage": 0.8}
"""The most a command about all objects may take, as a share of the time in which kubectl reads them, by load."""
MEGABYTES = 200
RECORDED_GWCTL = {1_000: 1.86, 10_000: 7.60}
"""Seconds of `gwctl describe httproute` by number of routes, on 2 cores in November 2026, used if it is not on PATH."""


@dataclass(frozen=True, slots=True)
class Target:
    """One figure with its limit; both in the unit that the title names."""

    title: str
    measured: float
    limit: float

    @property
    def met(self) -> bool:
        return self.measured <= self.limit

    @property
    def row(self) -> tuple[str, float, float, str]:
        """The target as a row of a table."""
        return self.title, self.measured, self.limit, "yes" if self.met else "NO"


def starting_targets(costs: Mapping[Key, Cost], requests: Mapping[int, int]) -> Iterator[Target]:
    """The targets of the commands that end in an instant; `requests` are those of one `why`, by number of routes."""
    client, empty = costs[IMPORT, None].seconds, costs[EMPTY, None].seconds
    yield Target("--help, times an empty program", costs[HELP, None].seconds / empty, HELP_TO_EMPTY)
    for routes in requests:
        at = f"{routes} routes"
        yield Target(f"why, times importing the client, {at}", costs[WHY, routes].seconds / client, WHY_TO_IMPORT)
        yield Target(
            f"completion, times an empty program, {at}", costs[COMPLETE, routes].seconds / empty, COMPLETE_TO_EMPTY
        )
        other = costs[GWCTL, routes].seconds if (GWCTL, routes) in costs else RECORDED_GWCTL.get(routes)
        if other is not None:
            yield Target(f"why, times gwctl, {at}", costs[WHY, routes].seconds / other, SHARE_OF_GWCTL)
    few, many = min(requests), max(requests)
    if few != many:
        span = f"{many} against {few} routes"
        yield Target(f"why, requests, {span}", requests[many], requests[few])
        yield Target(f"why, times the seconds, {span}", costs[WHY, many].seconds / costs[WHY, few].seconds, GROWTH)


def check_targets(load: str, costs: Mapping[Key, Cost]) -> Iterator[Target]:
    """The targets of the commands about all objects, under one load. Time is judged at the largest size: with few
    objects, most of it is Python's start."""
    sizes = sorted({routes for title, routes in costs if title == CHECK and routes is not None})
    if not sizes:
        return
    few, many = sizes[0], sizes[-1]
    reading = costs[KUBECTL_LISTS, many].seconds
    for title in (CHECK, CHECK_DATA, GRANTS):
        short = title.removeprefix("kubectl-refs ")
        share = costs[title, many].seconds / reading
        yield Target(f"{short}, times kubectl, {load}, {many} routes", share, SHARE_OF_KUBECTL[load])
        for routes in sizes:
            yield Target(f"{short}, MB, {load}, {routes} routes", costs[title, routes].megabytes, MEGABYTES)
        if few != many:
            started = costs[IMPORT, None].seconds
            grown = (costs[title, many].seconds - started) / (costs[title, few].seconds - started)
            span = f"{many} against {few} routes"
            yield Target(f"{short}, times the seconds above starting, {load}, {span}", grown, many / few * GROWTH)


def floor(costs: Mapping[Key, Cost]) -> list[tuple[str, int, float]]:
    """The time of each command about all objects, as a multiple of the bare download of the lists."""
    return [
        (title, routes, cost.seconds / costs[DOWNLOAD, routes].seconds)
        for (title, routes), cost in costs.items()
        if routes is not None and title in (CHECK, CHECK_DATA, GRANTS, KUBECTL_LISTS)
    ]
