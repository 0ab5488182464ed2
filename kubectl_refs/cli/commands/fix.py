"""`kubectl refs fix` on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import click

from kubectl_refs.cli.command import Command
from kubectl_refs.cli.connection import input_arguments
from kubectl_refs.cli.options import (
    all_namespaces_option,
    color_option,
    connection_options,
    exit_zero_option,
    file_options,
    kinds_option,
    live_option,
    output_option,
    selector_option,
)
from kubectl_refs.cli.parameters import Duration, completing
from kubectl_refs.render.formats import Shape

SHAPES = (Shape.MANIFESTS,)


_DRY_RUNS = ("client", "none", "server")


def _with_implied_value(word: str, after: str) -> str:
    """A flag given without a value, with the value that it implies; --dry-run's is that of kubectl."""
    if word == "--dry-run" and after not in _DRY_RUNS:
        return "--dry-run=client"
    return _IMPLIED_VALUES.get(word, word)


_IMPLIED_VALUES = {"--wait": "--wait=30s", "--yes": "--yes=grants"}


class _Command(Command):
    """`--wait`, `--yes` and `--dry-run` may be given without a value, like kubectl's flags with an optional value."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [_with_implied_value(arg, after) for arg, after in pairwise((*args, ""))])


@click.command("fix", cls=_Command)
@click.argument(
    "arguments", nargs=-1, metavar="[TYPE/NAME ... | TYPE [NAME ...]]", shell_complete=completing("referrers")
)
@connection_options
@all_namespaces_option
@selector_option
@file_options
@live_option
@kinds_option
@click.option(
    "--new",
    is_flag=True,
    help="Write new grants only: do not repair a grant that almost permits a reference, and change nothing else.",
)
@click.option("--into", help="Add the missing entries to the grant with this name in the target's namespace.")
@click.option("--broad", is_flag=True, help="Permit every object of the target's kind: leave its name out.")
@click.option("--name", help="The name of the new grant, if only one is needed.")
@click.option(
    "--dry-run",
    type=click.Choice(_DRY_RUNS),
    help="client: only print, as without --apply. server: have the server check the changes without keeping them. none: no "
    "dry run, but nothing is written without --apply either.",
)
@click.option(
    "--apply",
    is_flag=True,
    help="Write the changes to the cluster, after showing a diff and asking once for each kind of object.",
)
@click.option(
    "--yes",
    type=click.Choice(("grants", "all")),
    help="Write grants without asking, or all other objects as well with --yes=all. A best guess is never written without "
    "asking.",
)
@click.option(
    "--wait",
    type=Duration(),
    help="After --apply, follow the objects until their controllers agree, for at most this long: 30s if no value "
    "is given.",
)
@output_option(SHAPES)
@color_option
@exit_zero_option
@click.pass_context
def fix_command(
    ctx: click.Context,
    /,
    arguments: Sequence[str],
    all_namespaces: bool,
    selector: str | None,
    new: bool,
    into: str | None,
    broad: bool,
    name: str | None,
    dry_run: str | None,
    apply: bool,
    yes: str | None,
    wait: float | None,
    format_: str | None,
    color: str,
    exit_zero: bool,
    **flags: Any,
) -> int:
    """Print, or apply, the changes that make refused and broken references work.

    Standard output is YAML for kubectl apply: the fewest grants that permit every refused reference of the objects, and
    nothing else. If no grant helps, it is empty, and kubectl apply says that no objects were passed to it. Without a
    name, that means everything in the namespace, or in all of them (-A). A grant that has only slips in it is repaired
    if that permits nothing else, unless --new, --name or --broad asks for a new one.

    A grant that changes is printed whole, and kubectl apply replaces the lists of the grant with the printed ones, even
    if somebody has changed them since they were read. With --apply, nothing is written in that case.

    Some references need a patch of another object: a route, a Gateway, a ListenerSet, or the labels of a namespace.
    Standard error lists these patches as commands, and says what each change is for and what else it permits.

    Nothing is written to the cluster without --apply, which makes both kinds of changes. Every patch first tests that
    what it relies on has not changed.

    Exit status: 0 the grants were printed, all changes were applied, or nothing is refused; 1 something stays refused or
    broken, a change was not applied, the server would refuse one (--dry-run=server), or not every controller agrees
    within --wait; 2 usage or connection error; 3 none of these, but something could not be checked.

    Examples:
      # What is missing for this route?
      {program} fix httproute/frontend-routes -n frontend

      # Everything refused in a namespace, applied by kubectl; everything refused anywhere
      {program} fix -n frontend | kubectl apply -f -
      {program} fix -A

      # Show a diff, ask, write, and wait until the controllers agree
      {program} fix httproute/frontend-routes -n frontend --apply --wait

      # A new grant, whatever almost permits it; add to a grant that is there
      {program} fix httproute/web --new
      {program} fix httproute/web --into allow-app-routes

      # Would the server take it?
      {program} fix httproute/web --dry-run=server

      # Manifests instead of a cluster
      {program} fix -f deploy/ -R
    """
    from kubectl_refs.app.applying.options import ApplyOptions
    from kubectl_refs.app.fix import fix
    from kubectl_refs.app.input.objects import Scope
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output
    from kubectl_refs.core.queries.fix import FixOptions

    inputs = Inputs(**input_arguments(ctx, flags))
    apply_options = ApplyOptions(apply, None if dry_run == "none" else dry_run, yes, wait)
    options = FixOptions(new, into, broad, name)
    output = Output.parse(format_, SHAPES, color=color)
    return fix(
        inputs, arguments, options, apply_options, output, exit_zero=exit_zero, scope=Scope(selector, all_namespaces)
    )
