"""`kubectl refs kinds` on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from kubectl_refs.cli.command import Command
from kubectl_refs.cli.connection import input_arguments
from kubectl_refs.cli.options import (
    color_option,
    connection_options,
    file_options,
    kinds_option,
    no_headers_option,
    output_option,
)
from kubectl_refs.cli.parameters import completing
from kubectl_refs.render.formats import Shape

SHAPES = (Shape.TEXT, Shape.WIDE, Shape.DATA, Shape.NAMES)


@click.command("kinds", cls=Command)
@click.argument("types", nargs=-1, metavar="[TYPE ...]", shell_complete=completing("types"))
@connection_options
@file_options
@kinds_option
@click.option(
    "--implementation",
    "implementations",
    multiple=True,
    help="Show only fields of this implementation. May be repeated.",
)
@output_option(SHAPES)
@click.option("--query", help="Show only what this JMESPath expression selects from the list.")
@no_headers_option
@color_option
@click.pass_context
def kinds_command(
    ctx: click.Context,
    /,
    types: Sequence[str],
    implementations: Sequence[str],
    format_: str | None,
    query: str | None,
    no_headers: bool,
    color: str,
    **flags: Any,
) -> int:
    """List the fields that are known to reference other objects.

    Each field is shown with its kind and path, what governs a reference to another namespace, the default kind of the
    target, which implementation reads the field if it is not Gateway API's own, and whether the cluster serves the kind.

    To add fields of your own, use --kinds, or put files into ~/.config/kubectl-refs/kinds. Such a file is a list of
    rows. A row with a producer says who makes Secrets or ConfigMaps that are not among the manifests. docs/kinds.md
    describes all fields of a row.

    Examples:
      # Everything that may hold references
      {program} kinds

      # What a Gateway may reference
      {program} kinds gateway

      # The fields of one implementation, with notes
      {program} kinds --implementation "Envoy Gateway" -o wide

      # With the kinds of your own CRDs; widgets.yaml holds, for example,
      #   - referrer: {group: acme.org, kind: Widget}
      #     path: spec.backends[*].ref         # [*]: each entry of a list; **: any number of steps
      #     governedBy: ReferenceGrant         # or Local, or Ungoverned
      #     default: {group: "", kind: Service}
      #   - producer: {group: acme.org, kind: Vault}
      #     produces: {group: "", kind: Secret}
      #     name: [spec.secret, metadata.name]
      {program} kinds --kinds widgets.yaml
    """
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.kinds import kinds as show
    from kubectl_refs.app.output import Output

    inputs = Inputs(**input_arguments(ctx, flags))
    output = Output.parse(format_, SHAPES, query, color=color, headers=not no_headers)
    return show(inputs, types, implementations, output)
