"""From --kubeconfig, --context and the environment to a Connection, as kubectl would connect.

Pure but for reading the files and running a credential plugin; session.py opens the connection. What differs from
kubectl:

| topic               | kubectl                   | here                                                   |
|---------------------|---------------------------|--------------------------------------------------------|
| user without any    | asks for a user name      | anonymous requests                                     |
| OIDC token expired  | renewed                   | an error that says so                                  |
| socks5 proxy-url    | built in                  | needs PySocks, an error without it                     |

Overrides from the command line (--server, --token, --as…) belong between `kubeconfig.select` and `_connection`, as
replaced fields of the Selected.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kubectl_refs import errors
from kubectl_refs.core.model import JSON
from kubectl_refs.kube import credentials, incluster
from kubectl_refs.kube import kubeconfig as files
from kubectl_refs.kube.kubeconfig import Selected, string

DEFAULT_SERVER = "http://localhost:8080"

_CONTEXT = "context"
_CLUSTER_KEYS = (
    "certificate-authority",
    "certificate-authority-data",
    "insecure-skip-tls-verify",
    "tls-server-name",
    "proxy-url",
)


@dataclass(frozen=True, slots=True)
class Connection:
    """Where to connect, as whom, and the namespace meant where none is said.

    `kubeconfig` is flat: one context whose user holds static credentials. `timeout` is in seconds, for connecting
    and for each wait on the server's answer.
    """

    server: str
    namespace: str = "default"
    kubeconfig: JSON = field(default_factory=dict, repr=False)
    impersonation: credentials.Headers = ()
    timeout: float = 30.0


def connect(kubeconfig: str | None = None, context: str | None = None) -> Connection:
    """The connection kubectl would make; RefsError in kubectl's words where it could make none."""
    return connection(kubeconfig, context, os.environ, Path(os.path.expanduser("~")))


def connection(
    kubeconfig: str | None,
    context: str | None,
    environ: Mapping[str, str],
    home: Path,
    account: Path = incluster.SERVICE_ACCOUNT,
) -> Connection:
    """`connect` with everything it depends on as arguments."""
    selected = files.select(files.load(kubeconfig, environ, home), context)
    in_pod = incluster.possible(environ, account)
    if in_pod and not selected.namespace:
        selected = replace(selected, namespace=incluster.namespace(environ, account))
    if in_pod and not selected.cluster.get("server"):
        selected = replace(selected, cluster=incluster.cluster(environ, account), user=incluster.user(account))
    return _connection(selected, environ)


def _connection(selected: Selected, environ: Mapping[str, str]) -> Connection:
    server = _server(selected.cluster)
    credentials.check_files(selected)
    impersonation = credentials.impersonation(selected)
    cluster = {key: value for key in _CLUSTER_KEYS if (value := selected.cluster.get(key))}
    flat = {
        "current-context": _CONTEXT,
        "contexts": [{"name": _CONTEXT, "context": {"cluster": _CONTEXT, "user": _CONTEXT}}],
        "clusters": [{"name": _CONTEXT, "cluster": {**cluster, "server": server}}],
        "users": [{"name": _CONTEXT, "user": credentials.settle(selected, environ)}],
    }
    return Connection(server, selected.namespace or "default", flat, impersonation)


def _server(cluster: JSON) -> str:
    """The server's URL. Without a scheme it is https where the cluster speaks of TLS, as in client-go."""
    try:
        server = string(cluster, "server")
    except ValueError as error:
        raise errors.usage(f"error loading config file: {error}") from None
    if not server:
        return DEFAULT_SERVER
    if "://" not in server:
        secure = any(cluster.get(key) for key in _CLUSTER_KEYS[:3])
        server = f"{'https' if secure else 'http'}://{server}"
    scheme = server.partition("://")[0]
    if scheme not in ("http", "https"):
        raise errors.unreachable(f'unsupported protocol scheme "{scheme}"')
    return server.rstrip("/")
