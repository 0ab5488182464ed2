"""The open connection: it verifies certificates, authenticates and chooses proxies as Go does.

The kubernetes package is not used for reading: importing it takes longer than an answer does (docs/libraries.md).
"""

from __future__ import annotations

import base64
import os
import re
import ssl

from kubectl_refs import __version__
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.records import dataclass
from kubectl_refs.kube.config.connection import Connection, Headers
from kubectl_refs.kube.http import tls
from kubectl_refs.kube.http.pool import Pool
from kubectl_refs.kube.http.proxy import proxy_for
from kubectl_refs.kube.http.route import Route, basic
from kubectl_refs.process import errors

POOL_SIZE = 8
"""How many reads run side by side, each over a connection of its own."""

_NO_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Session:
    """The connections, the headers every request carries, and the URL of the proxy in between, if there is one."""

    pool: Pool
    headers: Headers
    proxy: str | None


def open_session(connection: Connection) -> Session:
    """Open a session; no request is made yet. RefsError if the configuration cannot be used."""
    user, cluster = connection.kubeconfig["users"][0]["user"], connection.kubeconfig["clusters"][0]["cluster"]
    context = _tls_context(cluster, user) if connection.server.startswith("https://") else None
    proxy = proxy_for(connection.server, cluster.get("proxy-url"), os.environ)
    encoding = "gzip" if connection.compression else "identity"
    common = (("User-Agent", f"kubectl-refs/{__version__}"), ("Accept-Encoding", encoding))
    told = (_header(name, value) for name, value in (*_credentials(user), *connection.impersonation))
    route = Route(connection.server, proxy, context, cluster.get("tls-server-name") or None)
    return Session(Pool(route), (*common, *told), proxy)


def _credentials(user: JSON) -> Headers:
    """The header for a token or a password; as in client-go, a token comes first."""
    if token := user.get("token"):
        return (("Authorization", f"Bearer {token}"),)
    if name := user.get("username"):
        return (("Authorization", basic(name, user.get("password", ""))),)
    return ()


def _header(name: str, value: str) -> tuple[str, str]:
    """A header as Go sends it, in UTF-8; RefsError for an invalid value, which is not shown since it may be secret."""
    if _NO_HEADER.search(value):
        raise errors.unreachable(f'net/http: invalid header field value for "{name}"')
    # Python's own client sends every character as one byte.
    return name, value.strip(" \t").encode().decode("latin-1")


def _tls_context(cluster: JSON, user: JSON) -> ssl.SSLContext:
    """One TLS context for all connections, so that certificates are loaded once."""
    authority = _decoded(cluster, "certificate-authority-data")
    context = tls.tls_context(
        None if authority is None else authority.decode("ascii", "ignore"),
        verify=not cluster.get("insecure-skip-tls-verify"),
    )
    certificate, key = _decoded(user, "client-certificate-data"), _decoded(user, "client-key-data")
    if certificate is not None:
        tls.load_client_certificate(context, certificate, key or b"", inline=not user.get("client-certificate"))
    return context


def _decoded(entry: JSON, field: str) -> bytes | None:
    """The decoded content of a base64 field; None without the field. RefsError if it is not base64."""
    if not entry.get(field):
        return None
    try:
        return base64.b64decode(entry[field])
    except ValueError as error:
        raise errors.usage(f"error loading config file: {error}") from None
