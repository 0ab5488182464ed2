"""`kubectl refs explain` on the command line."""

from __future__ import annotations

from collections.abc import Sequence

import click

from kubectl_refs.cli.command import Command
from kubectl_refs.cli.options import color_option, no_headers_option, output_option, query_option
from kubectl_refs.cli.parameters import completing
from kubectl_refs.render.formats import Shape

SHAPES = (Shape.TEXT, Shape.WIDE, Shape.DATA, Shape.NAMES)


@click.command("explain", cls=Command)
@click.argument("codes", nargs=-1, metavar="[CODE ...]", shell_complete=completing("codes"))
@output_option(SHAPES)
@query_option
@no_headers_option
@color_option
def explain_command(codes: Sequence[str], format_: str | None, query: str | None, no_headers: bool, color: str) -> int:
    """Explain what a code means, with an example and how to resolve it.

    Every finding of check and grants has a code, and so does every cause that why names. Without a CODE, list all.

    Examples:
      # What does REF002 mean?
      {program} explain REF002

      # Every code with its name
      {program} explain
    """
    from kubectl_refs.app.explain import explain
    from kubectl_refs.app.output import Output

    return explain(codes, Output.parse(format_, SHAPES, query, color=color, headers=not no_headers))
