"""kubectl's flags as decorators, with kubectl's help texts: its users search for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from kubectl_refs.errors import usage

if TYPE_CHECKING:
    from kubectl_refs.kube.cluster import Cluster

    ParamType = click.ParamType[Any]
else:
    # click before 8.4 has no type parameter here.
    ParamType = click.ParamType

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(written: str) -> float | None:
    """A duration as Go writes it, such as 30s or 1m30s, in seconds; None for anything else."""
    sign, digits = (-1, written[1:]) if written.startswith("-") else (1, written.removeprefix("+"))
    if digits == "0":
        return 0.0
    parts = re.findall(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)", digits)
    if not parts or "".join(map("".join, parts)) != digits:
        return None
    return sign * sum(float(number) * _UNITS[unit] for number, unit in parts)


class _Int(ParamType):
    """A whole number; the complaint about another word is that of kubectl's flag library."""

    name = "int"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return int(str(value))
        except ValueError:
            flags = ", ".join(param.opts) if param else ""
            raise click.UsageError(
                f'invalid argument "{value}" for "{flags}" flag: strconv.ParseInt: parsing "{value}": invalid syntax',
                ctx,
            ) from None


def _all(decorators: Sequence[Decorator]) -> Decorator:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


Complete = Callable[[click.Context, click.Parameter, str], list[str]]


def completing(source: str) -> Complete:
    """The `shell_complete` of a parameter: the values that a function of candidates.py, named here, knows.

    The function is given the words before the one to complete and that itself if the parameter takes several.
    """

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        # Imported here: start-up time.
        from kubectl_refs import candidates

        several = (ctx.params.get(param.name or "") or (), incomplete) if param.nargs == -1 else ()
        return [value for value in getattr(candidates, source)(ctx, *several) if value.startswith(incomplete)]

    return complete


@dataclass(frozen=True, slots=True)
class Global:
    """A flag that every command takes, hidden from its help as in kubectl; `options` lists them.

    `default` is what that list shows. A flag whose default is `[]` may be repeated, one of `false` has no value.
    """

    names: tuple[str, ...]
    parameter: str
    default: str
    help: str
    type: click.ParamType[int] | None = None
    candidates: str = ""

    @property
    def option(self) -> Decorator:
        if self.default == "false":
            return click.option(*self.names, self.parameter, is_flag=True, default=None, hidden=True, help=self.help)
        many = self.default == "[]"
        return click.option(
            *self.names,
            self.parameter,
            multiple=many,
            type=self.type,
            hidden=True,
            metavar="VALUE",
            help=self.help,
            shell_complete=completing(self.candidates) if self.candidates else None,
        )


GLOBALS = (
    Global(
        ("--as",),
        "as_",
        "''",
        "Username to impersonate for the operation. User could be a regular user or a service account in a namespace.",
    ),
    Global(
        ("--as-group",),
        "as_group",
        "[]",
        "Group to impersonate for the operation, this flag can be repeated to specify multiple groups.",
    ),
    Global(("--as-uid",), "as_uid", "''", "UID to impersonate for the operation."),
    Global(
        ("--as-user-extra",),
        "as_user_extra",
        "[]",
        "User extras to impersonate for the operation, this flag can be repeated to specify multiple values for the "
        "same key.",
    ),
    Global(
        ("--cache-dir",), "cache_dir", "''", "Without effect, for scripts that give it to kubectl: nothing is cached."
    ),
    Global(
        ("--certificate-authority",), "certificate_authority", "''", "Path to a cert file for the certificate authority"
    ),
    Global(
        ("--chunk-size",),
        "chunk",
        "500",
        "Return large lists in chunks rather than all at once. Pass 0 to disable.",
        _Int(),
    ),
    Global(("--client-certificate",), "client_certificate", "''", "Path to a client certificate file for TLS"),
    Global(("--client-key",), "client_key", "''", "Path to a client key file for TLS"),
    Global(("--cluster",), "cluster", "''", "The name of the kubeconfig cluster to use", candidates="clusters"),
    Global(
        ("--disable-compression",),
        "disable_compression",
        "false",
        "If true, opt-out of response compression for all requests to the server",
    ),
    Global(
        ("--insecure-skip-tls-verify",),
        "insecure_skip_tls_verify",
        "false",
        "If true, the server's certificate will not be checked for validity. This will make your HTTPS connections "
        "insecure",
    ),
    Global(("--password",), "password", "''", "Password for basic authentication to the API server"),
    Global(("--proxy-url",), "proxy_url", "''", "Proxy URL to use for requests to the API server"),
    Global(
        ("--request-timeout",),
        "timeout",
        "'30s'",
        "The length of time to wait before giving up on a single server request. Non-zero values should contain a "
        "corresponding time unit (e.g. 1s, 2m, 3h). A value of zero means don't timeout requests.",
    ),
    Global(("-s", "--server"), "server", "''", "The address and port of the Kubernetes API server"),
    Global(
        ("--tls-server-name",),
        "tls_server_name",
        "''",
        "Server name to use for server certificate validation. If it is not provided, the hostname used to contact the "
        "server is used",
    ),
    Global(("--token",), "token", "''", "Bearer token for authentication to the API server"),
    Global(("--user",), "user", "''", "The name of the kubeconfig user to use", candidates="users"),
    Global(("--username",), "username", "''", "Username for basic authentication to the API server"),
    Global(
        ("-v", "--v"),
        "verbosity",
        "0",
        "number for the log level verbosity: 6 shows requests, 7 and 8 more of them; credentials are masked",
        _Int(),
    ),
    Global(
        ("--warnings-as-errors",),
        "strict",
        "false",
        "Treat warnings received from the server as errors and exit with a non-zero exit code",
    ),
)

_VISIBLE = {
    "--context": "The name of the kubeconfig context to use.",
    "--kubeconfig": "Path to the kubeconfig file to use for CLI requests.",
}
_NAMESPACE = "If present, the namespace scope for this CLI request."

cluster_options = _all(
    [
        click.option("--context", metavar="NAME", help=_VISIBLE["--context"], shell_complete=completing("contexts")),
        click.option("--kubeconfig", metavar="PATH", help=_VISIBLE["--kubeconfig"]),
        *(each.option for each in GLOBALS),
    ]
)
"""Which cluster, as whom, and how."""

connection_options = _all(
    [
        click.option(
            "-n", "--namespace", metavar="NAMESPACE", help=_NAMESPACE, shell_complete=completing("namespaces")
        ),
        cluster_options,
    ],
)
"""Which cluster and namespace. On the group as well as on each command: kubectl takes flags in either place."""


def listing() -> str:
    """What `options` prints: the flags that every command takes, in kubectl's layout."""
    shown = {
        "--namespace": ("-n, --namespace=''", _NAMESPACE),
        **{flag: (f"{flag}=''", help_) for flag, help_ in _VISIBLE.items()},
        **{each.names[-1]: (f"{', '.join(each.names)}={each.default}", each.help) for each in GLOBALS},
    }
    entries = "\n".join(f"    {flag}:\n\t{help_}\n" for _, (flag, help_) in sorted(shown.items()))
    return f"The following options can be passed to any command:\n\n{entries}"


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
