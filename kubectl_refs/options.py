"""kubectl's flags as decorators, with kubectl's help texts: its users search for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _all(decorators: Sequence[Decorator]) -> Decorator:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


cluster_options = _all(
    [
        click.option("--context", metavar="NAME", help="The name of the kubeconfig context to use."),
        click.option("--kubeconfig", metavar="PATH", help="Path to the kubeconfig file to use for CLI requests."),
    ]
)
"""Which cluster."""

connection_options = _all(
    [
        click.option(
            "-n",
            "--namespace",
            metavar="NAMESPACE",
            help="If present, the namespace scope for this CLI request.",
        ),
        cluster_options,
    ]
)
"""Which cluster and namespace. On the group as well as on each command: kubectl takes flags in either place."""


def merged(ctx: click.Context, given: Mapping[str, str | None]) -> dict[str, str | None]:
    """The connection options of a command, those of the group where the command has none."""
    return {name: value or (ctx.obj or {}).get(name) for name, value in given.items()}


all_namespaces_option: Decorator = click.option(
    "-A",
    "--all-namespaces",
    is_flag=True,
    help="If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even "
    "if specified with --namespace.",
)

file_options = _all(
    [
        click.option(
            "-f",
            "--filename",
            "files",
            multiple=True,
            metavar="FILE",
            help="Manifests to read instead of a cluster: a file, a directory, or - for standard input. They are taken "
            "as the whole cluster. May be repeated.",
        ),
        click.option(
            "-R",
            "--recursive",
            is_flag=True,
            help="Process the directory used in -f, --filename recursively.",
        ),
    ]
)

output_options = _all(
    [
        click.option(
            "-o",
            "--output",
            "format_",
            metavar="FORMAT",
            help="Output format. One of: (json, text, wide, yaml).",
        ),
        click.option(
            "--query", metavar="JMESPATH", help="Show only what this JMESPath expression finds in the report."
        ),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            help="Colour the text: on a terminal that can (auto), always, or never.",
        ),
        click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever the verdicts are."),
    ]
)
