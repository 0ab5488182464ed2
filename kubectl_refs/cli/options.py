"""kubectl's flags as decorators, with kubectl's help texts: its users search for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from kubectl_refs.cli.global_flags import GLOBALS, NAMESPACE, VISIBLE
from kubectl_refs.cli.parameters import among, completing, seconds
from kubectl_refs.process.errors import usage
from kubectl_refs.render.formats import Shape, formats_of

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
        click.option("--context", help=VISIBLE["--context"], shell_complete=completing("contexts")),
        click.option("--kubeconfig", help=VISIBLE["--kubeconfig"]),
        *(each.option for each in GLOBALS),
    ]
)
"""Which cluster, as whom, and how."""

connection_options = _all(
    [
        click.option("-n", "--namespace", help=NAMESPACE, shell_complete=completing("namespaces")),
        cluster_options,
    ],
)
"""Which cluster and namespace. On the group as well as on each command: kubectl takes flags in either place."""


@dataclass(slots=True)
class Run:
    """One run of the program: the flags in front of the command, and the clusters it opened.

    `strict` says that a warning of the server is an error; `color` is auto, always or never, as the user asked.
    """

    flags: Mapping[str, Any]
    strict: bool = False
    color: str = "auto"
    opened: list[Cluster] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.strict = bool(self.flags.get("strict"))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the servers warned of so far, each text once."""
        return tuple(dict.fromkeys(text for cluster in self.opened for text in cluster.warnings))


def merged(ctx: click.Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a Place that the flags of a command say, those in front of it where the command has none."""
    # Imported here: --help needs no cluster.
    from kubectl_refs.kube.config.overrides import CHUNK, Overrides

    run: Run = ctx.find_object(Run) or Run({})
    flags = {**run.flags, **{name: value for name, value in given.items() if value not in (None, ())}}
    run.strict = bool(flags.pop("strict", None))
    run.color = ctx.params.get("color") or run.color
    for without_effect in ("cache_dir", "match_server_version"):
        flags.pop(without_effect, None)
    place = {name: flags.pop(name, None) for name in ("namespace", "context", "kubeconfig")}
    timeout = _timeout(flags.pop("timeout", None))
    chunk = flags.pop("chunk", None)
    overrides = Overrides(
        **{name: value for name, value in flags.items() if value is not None},
        timeout=timeout,
        chunk=CHUNK if chunk is None else chunk,
    )
    program = ctx.find_root().info_name or "kubectl refs"
    return {**place, "overrides": overrides, "program": program, "opened": run.opened}


def _timeout(written: str | None) -> float | None:
    """Seconds, by the rules of clientcmd's ParseTimeout; None where nothing is written."""
    if not written:
        return None
    found = float(written) if written.isdecimal() and written.isascii() else seconds(written)
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

selector_option: Decorator = click.option(
    "-l",
    "--selector",
    help="Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l key1=value1,key2=value2,"
    "key3 in (value3)). Matching objects must satisfy all of the specified label constraints.",
)

file_options = _all(
    [
        click.option(
            "-f",
            "--filename",
            "files",
            multiple=True,
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
    help="A file with reference fields of your own CRDs, beside those that are known. May be repeated.",
)


def output_option(shapes: Collection[Shape]) -> Decorator:
    """`-o` of a command with these shapes. Its word is judged after all flags are read, as kubectl does."""
    formats = formats_of(shapes)
    return click.option(
        "-o",
        "--output",
        "format_",
        callback=lambda ctx, param, value: value and value.lower(),
        help=f"Output format. One of: ({', '.join(formats)}).",
        shell_complete=among(formats),
    )


query_option: Decorator = click.option("--query", help="Show only what this JMESPath expression finds in the report.")

color_option: Decorator = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour the text: on a terminal that can (auto), always, or never.",
)

no_headers_option: Decorator = click.option(
    "--no-headers", is_flag=True, help="When using the default or wide output format, don't print headers."
)

exit_zero_option: Decorator = click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever the verdicts are.")
