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
    help="Report only these, separated by commas: breaks, fixes, adds, removes, alters, conditions, permissions, gaps. A "
    "reference that is added and does not work counts as breaks too. One that works, in place of one that did not, "
    "counts as fixes too.",
)
@click.option(
    "--timeout",
    "duration",
    type=Duration(),
    help="How long to watch, for example 10m. By default, until Ctrl-C.",
)
@click.option(
    "--metrics",
    metavar="ADDRESS",
    help="Serve Prometheus metrics on this address, for example :9090, at /metrics, and also /readyz and /healthz. Needs "
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
    """Report changes to references as they happen.

    The first line sums up the current state. Then each change gets a line: a reference that breaks, is fixed, added or
    removed; a condition that a controller reports differently; access that a ReferenceGrant gives or takes away. Each
    line names the cause: the object that was written, and by whom.

    After a lost connection or a restart of the server, it goes on, and reports what changed meanwhile. Kinds
    installed meanwhile are watched as well. It ends with Ctrl-C, or after --timeout, with exit status 0.

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
