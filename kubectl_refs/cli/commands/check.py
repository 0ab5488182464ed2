"""`kubectl refs check` on the command line."""

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
    finding_options,
    kinds_option,
    live_option,
    no_headers_option,
    output_option,
    query_option,
    refuse_together_with,
    selector_option,
    watch_options,
)
from kubectl_refs.cli.parameters import completing
from kubectl_refs.render.formats import Shape

SHAPES = (Shape.TEXT, Shape.WIDE, Shape.DATA, Shape.NAMES, Shape.FINDINGS)
WATCHED_SHAPES = (Shape.TEXT, Shape.WIDE, Shape.DATA)

NOT_WATCHED = (
    *("files", "recursive", "kustomize", "whole", "live", "query", "severity", "codes", "ignored"),
    *("only_refused", "ungranted", "baseline", "write_baseline"),
)
"""Flags for manifests and for choosing findings, which have no effect on the changes that a watch tells."""


@click.command("check", cls=Command)
@click.argument("arguments", nargs=-1, metavar="[TYPE ... | TYPE/NAME ...]", shell_complete=completing("checkable"))
@connection_options
@all_namespaces_option
@selector_option
@file_options
@live_option
@kinds_option
@finding_options
@click.option("--only-refused", is_flag=True, help="Show only references that nothing permits.")
@click.option(
    "--ungranted",
    is_flag=True,
    help="Instead of all findings, show every reference to another namespace that no ReferenceGrant permits, whatever "
    "the status says. A controller that enforces grants would refuse these.",
)
@watch_options
@output_option(SHAPES)
@query_option
@no_headers_option
@color_option
@click.pass_context
def check_command(
    ctx: click.Context,
    /,
    arguments: Sequence[str],
    all_namespaces: bool,
    selector: str | None,
    severity: str,
    codes: Sequence[str],
    ignored: Sequence[str],
    only_refused: bool,
    ungranted: bool,
    watch_: bool,
    watch_only: bool,
    baseline: str | None,
    write_baseline: str | None,
    format_: str | None,
    query: str | None,
    no_headers: bool,
    color: str,
    exit_zero: bool,
    **flags: Any,
) -> int:
    """Check every object with references and every ReferenceGrant, or only some types or objects.

    Each object with findings gets a line, and so does each finding: a reference that is refused or broken, a condition
    that is not what it should be, or a ReferenceGrant that never matches or permits too much. If there are
    many findings, or several with one cause, the causes are listed instead, the largest first.

    Exit status: 0 no finding of severity error; 1 at least one; 2 usage or connection error; 3 none, but something
    could not be checked.

    Examples:
      # The current namespace
      {program} check

      # The routes of all namespaces
      {program} check httproutes,grpcroutes -A

      # One object
      {program} check httproute/web -n shop

      # Only ReferenceGrants: what never matches, and what is too broad
      {program} check referencegrants -A

      # Manifests in CI, new findings only
      {program} check -f manifests/ -R --baseline .refs-baseline.json -o junit

      # What will break once the controller enforces ReferenceGrants
      {program} check -A --ungranted

      # Access that nothing permits
      {program} check -A --code not-enforced --code not-revoked

      # What is wrong, then every change
      {program} check -A -w
    """
    from kubectl_refs.app.check import CheckScope, check_all
    from kubectl_refs.app.findings import FindingOptions
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output

    inputs = Inputs(**input_arguments(ctx, flags))
    scope = CheckScope(arguments, selector, all_namespaces, ungranted)
    wanted = FindingOptions(severity, codes, ignored, only_refused, baseline, write_baseline)
    if watch_ or watch_only:
        from kubectl_refs.app.watch import WatchScope, watch

        refuse_together_with(ctx, "--watch" if watch_ else "--watch-only", NOT_WATCHED)
        output = Output.parse(format_, WATCHED_SHAPES, color=color, headers=not no_headers)

        def state(watched: Inputs) -> None:
            check_all(watched, scope, wanted, output, exit_zero=exit_zero)

        followed = WatchScope(arguments, selector, all_namespaces)
        return watch(inputs, followed, output, None if watch_only else state, state_shown=True)
    output = Output.parse(format_, SHAPES, query, color=color, headers=not no_headers)
    return check_all(inputs, scope, wanted, output, exit_zero=exit_zero)
