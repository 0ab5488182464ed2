"""`kubectl refs graph` on the command line."""

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
    file_options,
    kinds_option,
    live_option,
    output_option,
    query_option,
)
from kubectl_refs.cli.parameters import Int, completing
from kubectl_refs.process.errors import usage
from kubectl_refs.render.formats import Shape

SHAPES = (Shape.TEXT, Shape.DATA, Shape.NAMES, Shape.PICTURE)


@click.command("graph", cls=Command)
@click.argument("starts", nargs=-1, metavar="[TYPE/NAME ...]", shell_complete=completing("drawn"))
@connection_options
@all_namespaces_option
@file_options
@live_option
@kinds_option
@click.option(
    "--by",
    type=click.Choice(["object", "namespace"]),
    help="What a node stands for. One of: (object, namespace). Without it objects are drawn, unless they are more than "
    "150 or have more than 400 references.",
)
@click.option(
    "--only",
    type=click.Choice(["crossing", "refused", "all"]),
    help="Which references are drawn. One of: (crossing, refused, all). Without it those into another namespace; from "
    "and to a TYPE/NAME all.",
)
@click.option(
    "--from",
    "from_namespace",
    shell_complete=completing("namespaces"),
    help="Only references that objects of this namespace hold.",
)
@click.option(
    "--to", "to_namespace", shell_complete=completing("namespaces"), help="Only references into this namespace."
)
@click.option(
    "--depth", type=Int(32), help="How many references away from TYPE/NAME to go. Without it, as far as they lead."
)
@click.option(
    "--direction",
    type=click.Choice(["LR", "TB"]),
    default="LR",
    help="Which way a picture goes: from left to right, or from top to bottom. One of: (LR, TB).",
)
@output_option(SHAPES)
@query_option
@color_option
@click.pass_context
def graph_command(
    ctx: click.Context,
    /,
    starts: Sequence[str],
    all_namespaces: bool,
    by: str | None,
    only: str | None,
    from_namespace: str | None,
    to_namespace: str | None,
    depth: int | None,
    direction: str,
    format_: str | None,
    query: str | None,
    color: str,
    **flags: Any,
) -> int:
    """Draw which objects reference which across namespaces.

    A tree, a picture or data: the references that begin or end in a namespace, each with what it is for and its
    verdict; where it is allowed, what permits it, and where not, why. With a TYPE/NAME, what that object references
    and what references it, and so on from there. What could not be read is drawn as unknown.

    Exit status: 0 whatever the verdicts, 2 usage or connection error.

    Examples:
      # The dependencies between all namespaces
      {program} graph -A

      # Who references this Service, and by which grant
      {program} graph service/auth-service -n shared-services

      # A picture for Markdown on GitHub, of manifests
      {program} graph -f manifests/ -R -o mermaid

      # What is refused, summed by namespace, for Graphviz
      {program} graph -A --only refused --by namespace -o dot
    """
    from kubectl_refs.app.graph import Selection, draw
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output

    if depth is not None and depth < 1:
        raise usage("--depth must be at least 1")
    inputs = Inputs(**input_arguments(ctx, flags))
    selected = Selection(starts, all_namespaces, by, only, from_namespace, to_namespace, depth, direction)
    return draw(inputs, selected, Output.parse(format_, SHAPES, query, color=color))
