"""`kubectl refs why` on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from kubectl_refs.cli.command import Command
from kubectl_refs.cli.connection import input_arguments
from kubectl_refs.cli.options import (
    color_option,
    connection_options,
    exit_zero_option,
    file_options,
    kinds_option,
    output_option,
    query_option,
)
from kubectl_refs.cli.parameters import completing
from kubectl_refs.render.formats import Shape

SHAPES = (Shape.TEXT, Shape.WIDE, Shape.DATA)


@click.command("why", cls=Command)
@click.argument(
    "arguments", nargs=-1, metavar="(TYPE/NAME ... | TYPE NAME ...)", shell_complete=completing("referrers")
)
@connection_options
@file_options
@kinds_option
@output_option(SHAPES)
@query_option
@color_option
@exit_zero_option
@click.pass_context
def why_command(
    ctx: click.Context,
    /,
    arguments: Sequence[str],
    format_: str | None,
    query: str | None,
    color: str,
    exit_zero: bool,
    **flags: Any,
) -> int:
    """Explain every reference that an object holds.

    For each reference: whether it is allowed, by which grant or rule; if not, which field of which grant differs,
    what that does to traffic, what the controllers report, and the fix as a command to copy. Nothing is written to
    the cluster.

    Exit status: 0 all references are allowed, 1 some are refused or broken, 2 the question could not be asked, 3
    some could not be told.

    Examples:
      # Why is ResolvedRefs False on this route?
      {program} why httproute/frontend-routes -n frontend

      # Several objects, every field of every grant compared
      {program} why httproutes web api -o wide

      # Manifests instead of a cluster
      {program} why -f deploy/ -R
      helm template ./chart | {program} why -f -

      # The name of every reference that is refused
      {program} why httproute/web --query "references[?verdict=='refused'].to.name"
    """
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output
    from kubectl_refs.app.why import why

    inputs = Inputs(**input_arguments(ctx, flags))
    return why(inputs, arguments, Output.parse(format_, SHAPES, query, color=color), exit_zero=exit_zero)
