"""`kubectl refs who-can` on the command line."""

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
    output_option,
    query_option,
)
from kubectl_refs.cli.parameters import among
from kubectl_refs.process.errors import usage
from kubectl_refs.render.formats import Shape

SHAPES = (Shape.TEXT, Shape.WIDE, Shape.DATA)


@click.command("who-can", cls=Command)
@click.argument(
    "verbs",
    nargs=-1,
    metavar="[create|update|patch|delete ...] [referencegrants]",
    shell_complete=among(("create", "update", "patch", "delete")),
)
@connection_options
@all_namespaces_option
@file_options
@output_option(SHAPES)
@query_option
@color_option
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if the list is incomplete.")
@click.option(
    "--suggest",
    help="Print the smallest Role and RoleBinding that let this group, or system:serviceaccount:NAMESPACE:NAME, do so in the namespace, as YAML for kubectl apply.",
)
@click.pass_context
def who_can_command(
    ctx: click.Context,
    /,
    verbs: Sequence[str],
    all_namespaces: bool,
    format_: str | None,
    query: str | None,
    color: str,
    exit_zero: bool,
    suggest: str | None,
    **flags: Any,
) -> int:
    """List who may write ReferenceGrants in a namespace.

    Users, groups and service accounts that may create, update, patch or delete ReferenceGrants there are listed with
    the binding and the role that let them. It also says whether you may. Whoever may create a ReferenceGrant decides
    what other namespaces may reference. The right to delete all of them at once counts as one to delete. The list
    comes from RBAC. Nothing is written to the cluster.

    Exit status: 0 everything needed could be read, 2 usage or connection error, 3 something could not be read, or the
    manifests do not hold a role that a binding names, so the list may be incomplete.

    Examples:
      # Who may write grants in shared-services?
      {program} who-can -n shared-services

      # Who may create or patch them, in any namespace?
      {program} who-can create,patch -A

      # Manifests instead of a cluster
      {program} who-can -f rbac/ -R

      # The groups that may create them
      {program} who-can create --query "writers[?subject.kind=='Group'].subject.name"

      # Let a group write them in shared-services, and nothing else
      {program} who-can -n shared-services --suggest platform-team | kubectl apply -f -
    """
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output
    from kubectl_refs.app.who_can import print_least_role as print_suggestion
    from kubectl_refs.app.who_can import who_can

    inputs = Inputs(**input_arguments(ctx, flags))
    if suggest is None:
        output = Output.parse(format_, SHAPES, query, color=color)
        return who_can(inputs, verbs, output, all_namespaces=all_namespaces, exit_zero=exit_zero)
    if all_namespaces:
        raise usage("--suggest cannot be used with -A: it is for one namespace")
    if format_ not in (None, "yaml") or query is not None:
        raise usage("--suggest prints YAML: it cannot be used with another -o or with --query")
    return print_suggestion(inputs, verbs, suggest)
