"""`kubectl refs diff` on the command line."""

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
    kinds_option,
    output_option,
    query_option,
)
from kubectl_refs.render.formats import Shape

SHAPES = (Shape.TEXT, Shape.DATA, Shape.MARKDOWN)


@click.command("diff", cls=Command)
@connection_options
@click.option(
    "-f",
    "--filename",
    "files",
    multiple=True,
    help="Manifests that are to be applied: a file, a directory, a URL, or - for standard input. May be repeated.",
)
@click.option(
    "-k",
    "--kustomize",
    "kustomize",
    help="Process the kustomization directory. This flag can't be used together with -f or -R.",
)
@click.option("-R", "--recursive", is_flag=True, help="Process the directories used in -f and --base recursively.")
@click.option(
    "--delete",
    "deleted",
    multiple=True,
    help="An object that is to be deleted, TYPE/NAME or TYPE/NAME.NAMESPACE; a namespace goes with all that is in it. May "
    "be repeated.",
)
@click.option(
    "--base",
    multiple=True,
    help="Manifests of the state before, instead of a cluster: what is in them and not in -f is deleted. May be repeated.",
)
@click.option(
    "--whole",
    is_flag=True,
    help="The manifests of --base and of -f are whole clusters: what is not among them does not exist.",
)
@kinds_option
@output_option(SHAPES)
@query_option
@color_option
@exit_zero_option
@click.pass_context
def diff_command(
    ctx: click.Context,
    /,
    deleted: Sequence[str],
    base: Sequence[str],
    format_: str | None,
    query: str | None,
    color: str,
    exit_zero: bool,
    **flags: Any,
) -> int:
    """Show what manifests or deletions would break, fix, add and remove among references.

    Each object that changes, with the references that break or work by it, and with the access that ReferenceGrants give
    or take. An object of the manifests replaces the cluster's of the same name. A reference is known by who holds it,
    what it is for and its target: a rule inserted above it changes nothing. Nothing is written.

    Exit status: 1 if a reference becomes refused or broken, or a new one is, or nothing serves an object any more; 3 if
    that cannot be told; 2 if the question could not be asked; otherwise 0.

    Examples:
      # Before these manifests are applied
      {program} diff -f manifests/ -R

      # Before a grant is deleted
      {program} diff --delete referencegrant/allow-shop.shared

      # In CI, without a cluster: two checkouts of a repository
      {program} diff --base main/ -f pr/ -R

      # The same as a comment for a pull request
      {program} diff --base main/ -f pr/ -R -o markdown
    """
    from kubectl_refs.app.diff import ChangeArguments, tell_diff
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output
    from kubectl_refs.process.errors import usage

    whole = flags.pop("whole", False)
    if whole and not base:
        raise usage("--whole says what the manifests of --base are: it needs --base")
    inputs = Inputs(**input_arguments(ctx, flags), whole=whole)
    output = Output.parse(format_, SHAPES, query, color=color)
    return tell_diff(inputs, ChangeArguments(base, deleted), output, exit_zero=exit_zero)
