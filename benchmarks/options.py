"""The options that benchmarks share: how large, and how often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def sizes_option(*default: int) -> Decorator:
    return click.option(
        "--size",
        "sizes",
        type=click.IntRange(min=1),
        multiple=True,
        default=default,
        show_default=True,
        help="Number of HTTPRoutes in a cluster; repeat for several clusters.",
    )


def runs_option(default: int) -> Decorator:
    return click.option(
        "--runs", type=click.IntRange(min=1), default=default, show_default=True, help="Rounds to take medians of."
    )
