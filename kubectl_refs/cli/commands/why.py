"""`kubectl refs why` on the command line."""

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
    exit_zero_option,
    file_options,
    kinds_option,
    live_option,
    output_option,
    query_option,
    selector_option,
)
from kubectl_refs.cli.parameters import completing
from kubectl_refs.render.formats import Shape

SHAPES = (Shape.TEXT, Shape.WIDE, Shape.DATA, Shape.NAMES)


@click.command("why", cls=Command)
@click.argument(
    "arguments", nargs=-1, metavar="[TYPE/NAME ... | TYPE [NAME ...] | URL]", shell_complete=completing("explained")
)
@click.option("-X", "--request", "method", help="The method of the request to a URL, as in curl. GET by default.")
@click.option(
    "-H", "--header", "headers", multiple=True, help="A header of the request to a URL: 'name: value'. May be repeated."
)
@connection_options
@all_namespaces_option
@selector_option
@file_options
@live_option
@kinds_option
@output_option(SHAPES)
@query_option
@color_option
@exit_zero_option
@click.pass_context
def why_command(
    ctx: click.Context,
    /,
    arguments: Sequence[str],
    all_namespaces: bool,
    selector: str | None,
    method: str | None,
    headers: Sequence[str],
    format_: str | None,
    query: str | None,
    color: str,
    exit_zero: bool,
    **flags: Any,
) -> int:
    """Explain why each reference of an object is allowed or refused.

    For each reference: which grant or rule allows it; or, if none does, which field of which grant differs, what that
    does to traffic, what the controllers report, and the fix as a command to copy. Nothing is written to the cluster.

    Without a name: everything that fails in the namespace, in all namespaces (-A), or among the objects of a type, each
    cause once. For a Service, Secret or ConfigMap: who references it, and who is refused. For a ReferenceGrant: who
    uses it, and who is refused.

    For a URL: the Gateway, listener, route and rule that take the request, and what is wrong along the way. -n does not
    narrow this, because a route in any namespace may take the request. Only if you may not list Gateways or routes in
    all namespaces is the search limited to the namespace of -n, or of the context.

    Exit status: 0 all references are allowed, 1 some are refused or broken, or a reference field or a kind in
    manifests is misspelt, or a version there is not served, 2 usage or connection error, 3 some references could not be
    checked.

    Examples:
      # Why is ResolvedRefs False on this route?
      {program} why httproute/frontend-routes -n frontend

      # What fails in this namespace, or anywhere; which HTTPRoutes fail
      {program} why
      {program} why -A
      {program} why httproutes -A -l app=web

      # Who references this Service; who uses this grant, and which of its entries never match
      {program} why service/auth-service -n shared-services
      {program} why referencegrant/allow-app-routes -n shared-services

      # Which rule takes this request, and does it work
      {program} why https://app.example.com/auth
      {program} why https://app.example.com/auth -X POST -H 'x-version: 2'

      # Several objects, every field of every grant compared
      {program} why httproutes web api -o wide

      # Manifests instead of a cluster
      {program} why -f deploy/ -R
      helm template ./chart | {program} why -f -

      # The name of every reference that is refused
      {program} why httproute/web --query "references[?verdict=='refused'].to.name"
    """
    from kubectl_refs.app.input.objects import Scope
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output
    from kubectl_refs.app.why import why

    inputs = Inputs(**input_arguments(ctx, flags))
    output = Output.parse(format_, SHAPES, query, color=color)
    scope = Scope(selector, all_namespaces)
    return why(inputs, arguments, scope, output, method=method, headers=headers, exit_zero=exit_zero)
