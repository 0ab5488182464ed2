"""kubectl's flags about server, user and requests, which every command takes, and the list that `options` prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from kubectl_refs.cli.parameters import Int, completing
from kubectl_refs.core.records import dataclass


@dataclass(frozen=True, slots=True)
class Global:
    """A flag that every command takes, hidden from its help as in kubectl; `options` lists them.

    `default` is what that list shows. A flag with default `[]` may be repeated, one with `false` takes no value.
    """

    names: tuple[str, ...]
    parameter: str
    default: str
    help: str
    type: click.ParamType[int] | None = None
    candidates: str = ""

    @property
    def option(self) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        if self.default == "false":
            return click.option(*self.names, self.parameter, is_flag=True, default=None, hidden=True, help=self.help)
        many = self.default == "[]"
        return click.option(
            *self.names,
            self.parameter,
            multiple=many,
            type=self.type,
            hidden=True,
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
        ("--cache-dir",),
        "cache_dir",
        "''",
        "Has no effect. Accepted for scripts that pass it to kubectl: nothing is cached.",
    ),
    Global(
        ("--certificate-authority",), "certificate_authority", "''", "Path to a cert file for the certificate authority"
    ),
    Global(
        ("--chunk-size",),
        "chunk",
        "0",
        "Return large lists in chunks of this many objects rather than all at once. All at once is faster: an API server "
        "reads every chunk but the first from etcd.",
        Int(64),
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
    Global(
        ("--match-server-version",),
        "match_server_version",
        "false",
        "Has no effect. Accepted for scripts that pass it to kubectl: this program has no Kubernetes version to match with "
        "the server's.",
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
        "number for the log level verbosity: 6 shows requests, 7 to 9 show more of each; credentials are masked",
        Int(32, decimal=True),
    ),
    Global(
        ("--warnings-as-errors",),
        "strict",
        "false",
        "Treat warnings received from the server as errors and exit with a non-zero exit code",
    ),
)

VISIBLE = {
    "--context": "The name of the kubeconfig context to use.",
    "--kubeconfig": "Path to the kubeconfig file to use for CLI requests.",
}
NAMESPACE = "If present, the namespace scope for this CLI request."
