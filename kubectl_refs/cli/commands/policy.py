"""`kubectl refs policy` on the command line, and `policy test`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from kubectl_refs.cli.command import Command, Group
from kubectl_refs.cli.connection import input_arguments
from kubectl_refs.cli.options import (
    cluster_options,
    color_option,
    exit_zero_option,
    file_options,
    no_headers_option,
    output_option,
    query_option,
)
from kubectl_refs.render.formats import Shape

PRINTED = (Shape.MANIFESTS,)
TESTED = (Shape.TEXT, Shape.DATA, Shape.NAMES)


def _rule_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags for which grants are refused."""
    unnamed = click.option(
        "--allow-unnamed",
        "allow_unnamed",
        multiple=True,
        metavar="KIND",
        help="Admit entries of spec.to for this kind without a name. May be repeated.",
    )
    label = click.option(
        "--from-label",
        "from_label",
        metavar="KEY=VALUE",
        help="Refuse existing namespaces without this label in spec.from.",
    )
    return unnamed(label(command))


@click.group("policy", cls=Group, invoke_without_command=True)
@cluster_options
@click.option("--deny", is_flag=True, help="Refuse wrong ReferenceGrants. The default.")
@click.option("--warn", is_flag=True, help="Admit wrong ReferenceGrants with a warning to whoever writes them.")
@click.option("--audit", is_flag=True, help="Note wrong ReferenceGrants in the audit log.")
@_rule_options
@output_option(PRINTED)
@click.pass_context
def policy_command(
    ctx: click.Context,
    /,
    deny: bool,
    warn: bool,
    audit: bool,
    allow_unnamed: Sequence[str],
    from_label: str | None,
    format_: str | None,
    **connection: Any,
) -> int:
    """Print a ValidatingAdmissionPolicy that keeps wrong ReferenceGrants out.

    The policy refuses mistakes that show in the ReferenceGrant itself: kinds in the plural or in the wrong case, wrong
    groups, kinds that a known group does not have, its own namespace in spec.from, Gateways, Secrets or ConfigMaps in
    spec.to for routes, and entries of spec.to without a name. Its messages name the field and what is expected there.

    --from-label also refuses a namespace in spec.from that exists without the label. A namespace that does not exist is
    admitted, because an admission policy cannot look for it: whoever creates it later has the access, with or without
    the label. A label that is removed later takes no access away. So if access depends on the label, make sure that only
    administrators can create and label namespaces. 'grants -A --findings' lists the namespaces that do not exist.

    It needs Kubernetes 1.30 or later. With --context, --kubeconfig or --server, the server is asked whether it has the
    API. Nothing is written to the cluster.

    Examples:
      # Refuse wrong ReferenceGrants in the whole cluster
      {program} policy | kubectl apply -f -

      # Warn first, and allow entries that mean every Service
      {program} policy --warn --allow-unnamed Service | kubectl apply -f -

      # Of the namespaces that exist, only those of tenants may be named in spec.from
      {program} policy --from-label tenant=true | kubectl apply -f -

      # Remove it again, with the same flags that printed it
      {program} policy --from-label tenant=true | kubectl delete -f -

      # What would it say of these manifests?
      {program} policy test -f deploy/ -R
    """
    if ctx.invoked_subcommand is not None:
        return 0
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output
    from kubectl_refs.app.policy import actions_of, options_of, print_policy

    options = options_of(allow_unnamed, from_label, actions_of(deny=deny, warn=warn, audit=audit))
    inputs = Inputs(**input_arguments(ctx, connection))
    return print_policy(inputs, options, Output.parse(format_, PRINTED))


@policy_command.command("test", cls=Command)
@file_options
@_rule_options
@output_option(TESTED)
@query_option
@exit_zero_option
@no_headers_option
@color_option
def test_command(
    allow_unnamed: Sequence[str],
    from_label: str | None,
    format_: str | None,
    query: str | None,
    exit_zero: bool,
    no_headers: bool,
    color: str,
    **manifests: Any,
) -> int:
    """Tell which ReferenceGrants in manifests the policy would refuse, and why.

    Exit status: 0 all would be admitted, 1 at least one would be refused, 2 the manifests could not be read, 3 at least
    one could not be judged.

    Examples:
      # The ReferenceGrants below deploy/
      {program} policy test -f deploy/ -R

      # With the same flags as the policy
      {program} policy test -f grants.yaml --allow-unnamed Service
    """
    from kubectl_refs.app.input.source import Inputs
    from kubectl_refs.app.output import Output
    from kubectl_refs.app.policy import options_of, test_policy

    output = Output.parse(format_, TESTED, query, color=color, headers=not no_headers)
    inputs = Inputs(**manifests)
    return test_policy(inputs, options_of(allow_unnamed, from_label), output, exit_zero=exit_zero)
