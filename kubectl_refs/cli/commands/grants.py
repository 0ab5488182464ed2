"""`kubectl refs grants` on the command line."""

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
from kubectl_refs.process.errors import usage
from kubectl_refs.render.formats import Shape

SHAPES = (Shape.TEXT, Shape.WIDE, Shape.DATA, Shape.NAMES, Shape.FINDINGS)
WATCHED_SHAPES = (Shape.TEXT, Shape.WIDE, Shape.DATA)

NOT_WATCHED = (
    *("files", "recursive", "kustomize", "whole", "live", "query", "from_namespaces", "to", "unused", "findings"),
    *("severity", "codes", "ignored", "baseline", "write_baseline"),
)
"""Flags for manifests, and for choosing grants by their use, which the changes that a watch tells do not show."""


@click.command("grants", cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME ...]", shell_complete=completing("granted"))
@connection_options
@all_namespaces_option
@selector_option
@file_options
@live_option
@kinds_option
@click.option(
    "--from",
    "from_namespaces",
    shell_complete=completing("namespaces"),
    help="Show only grants to objects in this namespace, or in several: a,b.",
)
@click.option(
    "--to",
    help="Show only grants for this kind (TYPE), or for this object (TYPE/NAME) in namespace -n. For an object, also show "
    "who references it, and who is refused.",
)
@click.option(
    "--unused",
    is_flag=True,
    help="Show only grants that nothing uses. Grants whose use is not known are named on standard error.",
)
@click.option(
    "--findings",
    is_flag=True,
    help="Show only what is wrong, as 'check referencegrants' does, with the same flags: --severity, --code, --baseline, "
    "--write-baseline.",
)
@finding_options
@watch_options
@output_option(SHAPES)
@query_option
@click.option(
    "--sort-by", help="Sort by this field of the grants' JSON: a JMESPath expression such as used.references."
)
@no_headers_option
@color_option
@click.pass_context
def grants_command(
    ctx: click.Context,
    /,
    names: Sequence[str],
    all_namespaces: bool,
    selector: str | None,
    from_namespaces: str | None,
    to: str | None,
    unused: bool,
    findings: bool,
    severity: str,
    codes: Sequence[str],
    ignored: Sequence[str],
    baseline: str | None,
    write_baseline: str | None,
    exit_zero: bool,
    watch_: bool,
    watch_only: bool,
    format_: str | None,
    query: str | None,
    sort_by: str | None,
    no_headers: bool,
    color: str,
    **flags: Any,
) -> int:
    """Show what each ReferenceGrant permits, who uses it, and what is wrong with it.

    Each grant gets a line: who may reference what, how many references use it, and notes on entries that never match,
    have no effect, or permit more than is used. With a NAME, show one grant in full: every permission, its users by
    exact path, and what would break without it.

    Exit status: 0 nothing asked about is refused or broken; 1 a reference to the target of --to is, or one that the
    grant NAME seems meant for, or a finding is an error (--findings); 2 usage or connection error; 3 none of these, but
    something could not be read.

    Examples:
      # The grants of a namespace
      {program} grants -n shared-services

      # Everything about one grant
      {program} grants allow-app-routes -n shared-services

      # Who references this Service, by which grant, and who is refused
      {program} grants --to service/auth-service -n shared-services

      # What is wrong with grants anywhere, and the changes that resolve it
      {program} grants -A --findings -o wide

      # All grants, then what each change of them gives or takes
      {program} grants -A -w

      # The most used first
      {program} grants -A -o json --query "reverse(sort_by(grants,&used.references))[].name"
    """
    from kubectl_refs.app.findings import FindingOptions
    from kubectl_refs.app.grants import grants
    from kubectl_refs.app.input.grant_filters import GrantFilters
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output

    inputs = Inputs(**input_arguments(ctx, flags))
    namespaces = from_namespaces.split(",") if from_namespaces else ()
    filters = GrantFilters(names, selector, namespaces, to, unused, findings, sort_by)
    options = FindingOptions(severity, codes, ignored, baseline=baseline, write_baseline=write_baseline)
    if watch_ or watch_only:
        from kubectl_refs.app.watch import GRANT_CHANGES, WatchScope, watch

        refuse_together_with(ctx, "--watch" if watch_ else "--watch-only", NOT_WATCHED)
        output = Output.parse(format_, WATCHED_SHAPES, color=color, headers=not no_headers)

        def state(watched: Inputs) -> None:
            grants(watched, filters, output, options, all_namespaces=all_namespaces, exit_zero=exit_zero)

        followed = WatchScope(
            [f"referencegrants/{name}" for name in names] or ["referencegrants"],
            selector,
            all_namespaces,
            GRANT_CHANGES,
        )
        return watch(inputs, followed, output, None if watch_only else state, state_shown=True)
    output = Output.parse(format_, SHAPES, query, color=color, headers=not no_headers)
    if not findings:
        _refuse_flags_of_findings(ctx)
        if output.shape is Shape.FINDINGS:
            raise usage(f"-o {output.format} is used with --findings")
    return grants(inputs, filters, output, options, all_namespaces=all_namespaces, exit_zero=exit_zero)


def _refuse_flags_of_findings(ctx: click.Context) -> None:
    """Refuse flags that have no effect without --findings."""
    for name in ("severity", "codes", "baseline", "write_baseline"):
        if ctx.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            flag = "--code" if name == "codes" else f"--{name.replace('_', '-')}"
            raise usage(f"{flag} is used with --findings")
