"""kubectl's flags as decorators, with kubectl's help texts, since its users search for those."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import click

from kubectl_refs.cli.global_flags import GLOBALS, NAMESPACE, VISIBLE
from kubectl_refs.cli.parameters import among, completing
from kubectl_refs.process.errors import usage
from kubectl_refs.render.formats import Shape, formats_of

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _combined(decorators: Sequence[Decorator]) -> Decorator:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


cluster_options = _combined(
    [
        click.option("--context", help=VISIBLE["--context"], shell_complete=completing("contexts")),
        click.option("--kubeconfig", help=VISIBLE["--kubeconfig"]),
        *(each.option for each in GLOBALS),
    ]
)
"""The flags for which cluster to ask, as whom, and how."""

connection_options = _combined(
    [
        click.option("-n", "--namespace", help=NAMESPACE, shell_complete=completing("namespaces")),
        cluster_options,
    ],
)
"""The flags for cluster and namespace, on the group and on each command: kubectl takes flags in either place."""


all_namespaces_option: Decorator = click.option(
    "-A",
    "--all-namespaces",
    is_flag=True,
    help="If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even "
    "if specified with --namespace.",
)

selector_option: Decorator = click.option(
    "-l",
    "--selector",
    help="Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l key1=value1,key2=value2,"
    "key3 in (value3)). Matching objects must satisfy all of the specified label constraints.",
)

file_options = _combined(
    [
        click.option(
            "-f",
            "--filename",
            "files",
            multiple=True,
            help="Manifests to read instead of a cluster: a file, a directory, a URL, or - for standard input. They count "
            "as part of a cluster, unless --whole is given. May be repeated.",
        ),
        click.option(
            "-R",
            "--recursive",
            is_flag=True,
            help="Process the directory used in -f, --filename recursively.",
        ),
        click.option(
            "-k",
            "--kustomize",
            "kustomize",
            help="Process the kustomization directory. This flag can't be used together with -f or -R.",
        ),
        click.option(
            "--whole",
            is_flag=True,
            help="Treat the manifests as the whole cluster: objects that are not among them do not exist.",
        ),
    ]
)

live_option: Decorator = click.option(
    "--live",
    is_flag=True,
    help="Lay the manifests over the cluster: each replaces the object of the same name there. Everything else is read "
    "from the cluster.",
)

finding_options = _combined(
    [
        click.option(
            "--severity",
            type=click.Choice(["error", "warning", "info"]),
            default="warning",
            help="Show findings of this severity and worse. One of: (error, warning, info).",
        ),
        click.option(
            "--code",
            "codes",
            multiple=True,
            shell_complete=completing("codes"),
            help="Show only findings with this code. May be repeated.",
        ),
        click.option(
            "--ignore",
            "ignored",
            multiple=True,
            shell_complete=completing("codes"),
            help="Leave out findings with this code: on all objects, or on one object with "
            "CODE=TYPE/NAME[.NAMESPACE]. May be repeated.",
        ),
        click.option(
            "--baseline",
            help="A file written by --write-baseline. Findings in it do not count; access that it does not list is a "
            "finding.",
        ),
        click.option(
            "--write-baseline", help="Write the findings, and the access that grants give, to this file for --baseline."
        ),
        click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever the findings are."),
    ]
)
"""The flags for which findings to show, and which of them count."""

kinds_option: Decorator = click.option(
    "--kinds",
    "kinds",
    multiple=True,
    help="A file that adds reference fields of your own CRDs to the known ones. May be repeated.",
)


watch_options = _combined(
    [
        click.option(
            "-w",
            "--watch",
            "watch_",
            is_flag=True,
            help="After listing/getting the requested object, watch for changes, and report them as 'watch' does.",
        ),
        click.option(
            "--watch-only",
            is_flag=True,
            help="Watch for changes to the requested object(s), without listing/getting first.",
        ),
    ]
)
"""The flags for going on after the answer."""


def refuse_together_with(ctx: click.Context, flag: str, unusable: Collection[str]) -> None:
    """RefsError if a parameter is given that means nothing together with a flag."""
    for parameter in ctx.command.params:
        given = ctx.get_parameter_source(parameter.name or "") is not click.core.ParameterSource.DEFAULT
        if parameter.name in unusable and given:
            raise usage(f"{max(parameter.opts, key=len)} and {flag} are mutually exclusive")


def output_option(shapes: Collection[Shape]) -> Decorator:
    """`-o` for a command with these shapes. As in kubectl, its value is checked only after all flags are read."""
    formats = formats_of(shapes)
    return click.option(
        "-o",
        "--output",
        "format_",
        callback=lambda ctx, param, value: value and _lower(value),
        help=f"Output format. One of: ({', '.join(formats)}).",
        shell_complete=among(formats),
    )


def _lower(value: str) -> str:
    """A format's name in lower case, with any template after it unchanged."""
    name, equals, template = value.partition("=")
    return f"{name.lower()}{equals}{template}"


query_option: Decorator = click.option(
    "--query", help="Show only what this JMESPath expression selects from the report."
)

color_option: Decorator = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour the text: on a terminal that supports it (auto), always, or never.",
)

no_headers_option: Decorator = click.option(
    "--no-headers", is_flag=True, help="When using the default or wide output format, don't print headers."
)

exit_zero_option: Decorator = click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever the verdicts are.")
