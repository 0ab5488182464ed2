"""`kubectl refs can-i` on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from kubectl_refs.cli.command import Command
from kubectl_refs.cli.connection import input_arguments
from kubectl_refs.cli.options import (
    cluster_options,
    color_option,
    file_options,
    live_option,
    output_option,
    query_option,
)
from kubectl_refs.cli.parameters import completing
from kubectl_refs.render.formats import Shape

SHAPES = (Shape.TEXT, Shape.WIDE, Shape.DATA)


@click.command("can-i", cls=Command)
@click.argument("words", nargs=-1, metavar="TYPE[/NAME] TYPE/NAME[.NAMESPACE]", shell_complete=completing("supposed"))
@click.option(
    "-n",
    "--namespace",
    "namespaces",
    multiple=True,
    shell_complete=completing("namespaces"),
    help="The namespace of the referencing object; if given a second time, the namespace of the target.",
)
@cluster_options
@file_options
@live_option
@output_option(SHAPES)
@query_option
@click.option("-q", "--quiet", is_flag=True, help="If true, suppress output and just return the exit code.")
@color_option
@click.pass_context
def can_i_command(
    ctx: click.Context,
    /,
    words: Sequence[str],
    namespaces: Sequence[str],
    format_: str | None,
    query: str | None,
    quiet: bool,
    color: str,
    **flags: Any,
) -> int:
    """Tell whether a reference would be permitted, even if neither object exists.

    The first argument is the referrer, the second the target. A ReferenceGrant permits every object of a kind in a
    namespace, so the referrer's name does not matter, unless it is a route that exists: then its hostnames count for a
    Gateway or ListenerSet, and its parents for a backend, since most meshes ask for no grant. The part of a name after
    its last dot is the namespace, unless -n gives it. If the name itself contains dots, as a Secret's may, give both
    namespaces with -n. Nothing is written to the cluster.

    Exit status: 0 yes, 1 no, 2 usage or connection error, 3 it could not be checked.

    Examples:
      # May HTTPRoutes in frontend reference this Service of shared-services?
      {program} can-i httproute -n frontend service/auth-service.shared-services

      # The same, with both namespaces as flags
      {program} can-i httproute/web -n frontend service/auth-service -n shared-services

      # May Gateways in infra use this certificate?
      {program} can-i gateway -n infra secret/wildcard.certs -q && echo yes
    """
    from kubectl_refs.app.can_i import can_i
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output

    given = input_arguments(ctx, {"namespace": namespaces[0] if namespaces else None, **flags})
    inputs = Inputs(**given)
    return can_i(inputs, words, namespaces, Output.parse(format_, SHAPES, query, color=color), quiet=quiet)
