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
    help="Manifests to be applied: a file, a directory, a URL, or - for standard input. May be repeated.",
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
    help="An object to be deleted, TYPE/NAME or TYPE/NAME.NAMESPACE. A namespace is deleted with everything in it, a "
    "CustomResourceDefinition with all objects of its kind. May be repeated.",
)
@click.option(
    "--base",
    multiple=True,
    help="Manifests of the state before, instead of a cluster. Objects in them that are not in -f count as deleted. May "
    "be repeated.",
)
@click.option(
    "--whole",
    is_flag=True,
    help="Treat the manifests of --base and of -f as whole clusters: objects that are not among them do not exist.",
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
    """Show which references manifests or deletions would break, fix, add or remove.

    Each object that changes is shown with the references that break or start to work because of it, and the access
    that ReferenceGrants give or take away. An object in the manifests replaces the cluster's object of the same name.
    A reference is known by its holder, its purpose and its target, so a rule inserted above it changes nothing. Nothing
    is written to the cluster.

    Exit status: 0 nothing gets worse; 1 a reference becomes refused or broken, a new one is, or an object is no longer
    served; 2 usage or connection error; 3 it could not be told whether anything gets worse.

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
    from kubectl_refs.app.diff import ChangeArguments, show_diff
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output
    from kubectl_refs.process.errors import usage

    whole = flags.pop("whole", False)
    if whole and not base:
        raise usage("--whole says what the manifests of --base are: it needs --base")
    inputs = Inputs(**input_arguments(ctx, flags), whole=whole)
    output = Output.parse(format_, SHAPES, query, color=color)
    return show_diff(inputs, ChangeArguments(base, deleted), output, exit_zero=exit_zero)
