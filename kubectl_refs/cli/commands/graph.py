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
    help="What a node stands for. One of: (object, namespace). By default objects, unless there are more than 150 of "
    "them or they have more than 400 references.",
)
@click.option(
    "--only",
    type=click.Choice(["crossing", "refused", "all"]),
    help="Which references to draw. One of: (crossing, refused, all). By default those to another namespace, but all "
    "of them for a TYPE/NAME.",
)
@click.option(
    "--from",
    "from_namespace",
    shell_complete=completing("namespaces"),
    help="Draw only references from objects in this namespace.",
)
@click.option(
    "--to", "to_namespace", shell_complete=completing("namespaces"), help="Draw only references to this namespace."
)
@click.option(
    "--depth", type=Int(32), help="How many references to follow from TYPE/NAME. By default, as far as they lead."
)
@click.option(
    "--direction",
    type=click.Choice(["LR", "TB"]),
    default="LR",
    help="The direction of a picture: left to right, or top to bottom. One of: (LR, TB).",
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
    """Draw which objects reference which others across namespaces.

    The result is a tree, a picture or data. It shows the references that begin or end in a namespace, each with its
    purpose, its verdict, and what permits it or why it is not allowed. With a TYPE/NAME, it shows what that object
    references and what references it, and follows the references from there. What could not be read is drawn as unknown.

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
