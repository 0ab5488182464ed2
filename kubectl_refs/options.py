"""kubectl's flags as decorators, with kubectl's help texts: its users search for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from kubectl_refs.errors import usage
from kubectl_refs.global_flags import GLOBALS, NAMESPACE, VISIBLE
from kubectl_refs.parameters import completing, seconds

if TYPE_CHECKING:
    from kubectl_refs.kube.cluster import Cluster

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _all(decorators: Sequence[Decorator]) -> Decorator:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


cluster_options = _all(
    [
        click.option("--context", metavar="NAME", help=VISIBLE["--context"], shell_complete=completing("contexts")),
        click.option("--kubeconfig", metavar="PATH", help=VISIBLE["--kubeconfig"]),
        *(each.option for each in GLOBALS),
    ]
)
"""Which cluster, as whom, and how."""

connection_options = _all(
    [
        click.option("-n", "--namespace", metavar="NAMESPACE", help=NAMESPACE, shell_complete=completing("namespaces")),
        cluster_options,
    ],
)
"""Which cluster and namespace. On the group as well as on each command: kubectl takes flags in either place."""


@dataclass(slots=True)
class Run:
    """One run of the program: the flags in front of the command, and the clusters it opened.

    `strict` says that a warning of the server is an error.
    """

    flags: Mapping[str, Any]
    strict: bool = False
    opened: list[Cluster] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.strict = bool(self.flags.get("strict"))

    @property
    def warnings(self) -> int:
        return sum(len(cluster.warnings) for cluster in self.opened)


def merged(ctx: click.Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a Place that the flags of a command say, those in front of it where the command has none."""
    # Imported here: --help needs no cluster.
    from kubectl_refs.kube.overrides import CHUNK, Overrides

    run: Run = ctx.find_object(Run) or Run({})
    flags = {**run.flags, **{name: value for name, value in given.items() if value not in (None, ())}}
    run.strict = bool(flags.pop("strict", None))
    flags.pop("cache_dir", None)
    place = {name: flags.pop(name, None) for name in ("namespace", "context", "kubeconfig")}
    timeout = _timeout(flags.pop("timeout", None))
    chunk = flags.pop("chunk", None)
    overrides = Overrides(
        **{name: value for name, value in flags.items() if value is not None},
        timeout=timeout,
        chunk=CHUNK if chunk is None else chunk,
    )
    return {**place, "overrides": overrides, "opened": run.opened}


def _timeout(written: str | None) -> float | None:
    """Seconds, by the rules of clientcmd's ParseTimeout; None where nothing is written."""
    if not written:
        return None
    found = float(written) if written.isdecimal() else seconds(written)
    if found is None:
        raise usage(
            "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a "
            "corresponding time unit (e.g. 1s | 2m | 3h)"
        )
    return found


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

kinds_option: Decorator = click.option(
    "--kinds",
    "kinds",
    multiple=True,
    metavar="FILE",
    help="A file with reference fields of your own CRDs, beside those that are known. May be repeated.",
)

query_option: Decorator = click.option(
    "--query", metavar="JMESPATH", help="Show only what this JMESPath expression finds in the report."
)

color_option: Decorator = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour the text: on a terminal that can (auto), always, or never.",
)

no_headers_option: Decorator = click.option(
    "--no-headers", is_flag=True, help="When using the default or wide output format, don't print headers."
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
        query_option,
        color_option,
        click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever the verdicts are."),
    ]
)
