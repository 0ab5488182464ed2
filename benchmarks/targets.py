"""The figures to reach, and whether a run reached them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.measure import EMPTY, HELP, IMPORT, WHY, Cost, Key

RECORDED_GWCTL = {1_000: 1.86, 10_000: 7.60}
"""Seconds of `gwctl describe httproute` by number of routes, recorded on 2 cores (benchmarks/README.md)."""

ABOVE_IMPORT = 0.15
GROWTH = 1.1
SHARE_OF_GWCTL = 1 / 5
HELP_TO_EMPTY = 2.0


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
        """The target in a table of them."""
        return self.title, self.measured, self.limit, "yes" if self.met else "NO"


def targets(costs: Mapping[Key, Cost], requests: Mapping[int, int]) -> Iterator[Target]:
    """Every target that what was measured allows to judge; `requests` are those of one `why`, by number of routes."""
    for routes in requests:
        seconds = costs[WHY, routes].seconds
        above = seconds - costs[IMPORT, None].seconds
        yield Target(f"why, seconds above importing the client, {routes} routes", above, ABOVE_IMPORT)
        if routes in RECORDED_GWCTL:
            limit = RECORDED_GWCTL[routes] * SHARE_OF_GWCTL
            yield Target(f"why, seconds against a fifth of gwctl's, {routes} routes", seconds, limit)
    few, many = min(requests), max(requests)
    if few != many:
        span = f"{many} against {few} routes"
        yield Target(f"why, requests, {span}", requests[many], requests[few])
        yield Target(f"why, times the seconds, {span}", costs[WHY, many].seconds / costs[WHY, few].seconds, GROWTH)
    ratio = costs[HELP, None].seconds / costs[EMPTY, None].seconds
    yield Target("--help, times the seconds of an empty program", ratio, HELP_TO_EMPTY)
