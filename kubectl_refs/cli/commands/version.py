"""`kubectl refs version` on the command line."""

from __future__ import annotations

import click

from kubectl_refs.cli.command import Command
from kubectl_refs.cli.connection import input_arguments
from kubectl_refs.cli.options import cluster_options, output_option
from kubectl_refs.render.formats import Shape

SHAPES = (Shape.TEXT, Shape.DATA)


@click.command("version", cls=Command)
@cluster_options
@click.option("--client", "client_only", is_flag=True, help="If true, shows client version only (no server required).")
@output_option(SHAPES)
@click.pass_context
def version_command(ctx: click.Context, /, client_only: bool, format_: str | None, **connection: str | None) -> int:
    """Print the versions of this program, the server and its Gateway API.

    The version and channel of Gateway API are read from its CRDs. ReferenceGrant is listed with the versions that the
    server serves. Nothing is written to the cluster.

    Exit status: 0 everything could be read, 2 usage or connection error, 3 something could not be read.

    Examples:
      # All versions
      {program} version

      # Only this program's, without a cluster
      {program} version --client
    """
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output
    from kubectl_refs.app.version import version

    inputs = Inputs(**input_arguments(ctx, connection))
    return version(inputs, Output.parse(format_, SHAPES), client_only=client_only)
