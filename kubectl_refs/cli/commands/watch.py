"""`kubectl refs watch` on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from kubectl_refs.cli.command import Command
from kubectl_refs.cli.connection import input_arguments
from kubectl_refs.cli.options import (
    all_namespaces_option,
    color_option,
    connection_options,
    kinds_option,
    output_option,
    selector_option,
)
from kubectl_refs.cli.parameters import Duration, completing
from kubectl_refs.render.formats import Shape

SHAPES = (Shape.TEXT, Shape.DATA)


@click.command("watch", cls=Command)
@click.argument("arguments", nargs=-1, metavar="[TYPE ... | TYPE/NAME]", shell_complete=completing("checkable"))
@connection_options
@all_namespaces_option
@selector_option
@kinds_option
@click.option(
    "--only",
    "only",
    multiple=True,
    help="Tell only these: breaks, fixes, adds, removes, alters, conditions, permissions, gaps. Several with commas "
    "between them. A reference that is added and does not work counts as breaks too; one that works in the place of one "
    "that did not, as fixes.",
)
@click.option(
    "--timeout",
    "duration",
    type=Duration(),
    help="The length of time to watch, for example 10m. Without it, until Ctrl-C.",
)
@click.option(
    "--metrics",
    metavar="ADDRESS",
    help="Serve metrics for Prometheus at /metrics on this address, for example :9090, and /readyz and /healthz. Needs "
    "the package prometheus-client.",
)
@output_option(SHAPES)
@color_option
@click.pass_context
def watch_command(
    ctx: click.Context,
    /,
    arguments: Sequence[str],
    all_namespaces: bool,
    selector: str | None,
    only: Sequence[str],
    duration: float | None,
    metrics: str | None,
    format_: str | None,
    color: str,
    **flags: Any,
) -> int:
    """Tell what changes for references, as it changes.

    First the state in one line, then a line for every change: a reference that breaks, is fixed, is added or is gone; a
    condition in which a controller says something else than before; what a ReferenceGrant newly permits or permits no
    more. Each names its cause: the object that was written, and by whom. Broken connections and restarts of the server
    are survived; what changed meanwhile is told afterwards. Kinds that are installed meanwhile are watched as well. Ends with Ctrl-C, or after --timeout, with status 0.

    Examples:
      # Everything that changes in the current namespace
      {program} watch

      # What breaks, in all namespaces
      {program} watch -A --only breaks

      # New access, as one JSON object a line
      {program} watch -A --only permissions -o json

      # For Prometheus
      {program} watch -A --metrics :9090
    """
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output
    from kubectl_refs.app.watch import WatchScope, watch

    inputs = Inputs(**input_arguments(ctx, flags))
    scope = WatchScope(arguments, selector, all_namespaces, only, duration, metrics)
    return watch(inputs, scope, Output.parse(format_, SHAPES, color=color))
