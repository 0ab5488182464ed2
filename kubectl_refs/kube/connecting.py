"""From kubeconfig files, flags and the environment to a Connection, as kubectl would connect.

It reads the files, runs a credential plugin and renews an OpenID Connect token; http/session.py opens the connection.
What differs from kubectl:

| topic               | kubectl                   | here                                                   |
|---------------------|---------------------------|--------------------------------------------------------|
| user without any    | asks for a user name      | anonymous requests                                     |
| socks5 proxy-url    | built in                  | needs PySocks, an error without it                     |
| --request-timeout   | no limit                  | 30 seconds; 0 for no limit                             |
| redirects           | followed                  | an error: they come from a proxy that wants a login    |
| a credential refused| renewed for the next      | renewed and the request sent once more                 |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.kube.auth import credentials
from kubectl_refs.kube.config import certificate_files, in_cluster, validation
from kubectl_refs.kube.config import kubeconfig as files
from kubectl_refs.kube.config.connection import Connection
from kubectl_refs.kube.config.kubeconfig import Selected, string
from kubectl_refs.kube.config.overrides import NOTHING, Overrides, without_login
from kubectl_refs.kube.http.request_log import RequestLog
from kubectl_refs.process import errors

DEFAULT_SERVER = "http://localhost:8080"

_CONTEXT = "context"
_CERTIFICATE_AUTHORITY = ("certificate-authority", "certificate-authority-data")
_TLS_KEYS = (*_CERTIFICATE_AUTHORITY, "insecure-skip-tls-verify", "tls-server-name")


def connect(kubeconfig: str | None = None, context: str | None = None, overrides: Overrides = NOTHING) -> Connection:
    """The connection kubectl would make; RefsError, in kubectl's words, if there can be none."""
    return connection(kubeconfig, context, os.environ, Path(os.path.expanduser("~")), overrides=overrides)


def connection(
    kubeconfig: str | None,
    context: str | None,
    environ: Mapping[str, str],
    home: Path,
    account: Path = in_cluster.SERVICE_ACCOUNT,
    overrides: Overrides = NOTHING,
) -> Connection:
    """`connect` with everything it depends on as arguments."""
    log = RequestLog(overrides.verbosity)
    selected = files.select(files.load(kubeconfig, environ, home, log.loaded, overrides.limit), context, overrides)
    in_pod = in_cluster.is_available(environ, account)
    if in_pod and not selected.namespace:
        selected = replace(selected, namespace=in_cluster.namespace(environ, account))
    if in_pod and not selected.cluster.get("server"):
        # As in client-go, --token replaces the token file of the service account, though not one of a kubeconfig.
        itself = {} if overrides.token else in_cluster.user(account)
        selected = replace(
            selected,
            cluster=overrides.over_cluster(in_cluster.cluster(environ, account)),
            user=overrides.over_user(itself),
        )
    validation.validate(selected)
    return _connection(selected, environ, overrides)


def _connection(selected: Selected, environ: Mapping[str, str], overrides: Overrides) -> Connection:
    server, login = _server(selected.cluster, environ)
    secure = server.startswith("https://")
    trusted = any(selected.cluster.get(key) for key in _CERTIFICATE_AUTHORITY)
    if secure and selected.cluster.get("insecure-skip-tls-verify") and trusted:
        raise errors.usage("specifying a root certificates file with the insecure flag is not allowed")
    # As in client-go, no credential is ever sent without TLS, except a login in the URL itself.
    settled = credentials.StaticUser({})
    if secure:
        selected = certificate_files.with_contents(selected, overrides.limit)
        settled = credentials.resolve_user(selected, environ, overrides)
    if login:
        settled = credentials.StaticUser({**settled.user, "token": "", **login})
    keys = _TLS_KEYS if secure else ()
    cluster = {key: value for key in (*keys, "proxy-url") if (value := selected.cluster.get(key))}
    flat = {
        "current-context": _CONTEXT,
        "contexts": [{"name": _CONTEXT, "context": {"cluster": _CONTEXT, "user": _CONTEXT}}],
        "clusters": [{"name": _CONTEXT, "cluster": {**cluster, "server": server}}],
        "users": [{"name": _CONTEXT, "user": settled.user}],
    }
    return Connection(
        server,
        selected.namespace or "default",
        flat,
        credentials.impersonation(selected),
        overrides.limit,
        compression=not selected.cluster.get("disable-compression"),
        renew=partial(_connection, settled.renewable, environ, overrides) if settled.renewable else None,
        expires=settled.expires,
        verbosity=overrides.verbosity,
        chunk=overrides.chunk,
        context=selected.context,
    )


def _server(cluster: JSON, environ: Mapping[str, str]) -> tuple[str, JSON]:
    """The server's URL, and the login that was part of it. A server without a scheme is http, as in client-go."""
    written = string(cluster, "server") or environ.get("KUBERNETES_MASTER") or DEFAULT_SERVER
    server = written if "://" in written else f"http://{written}"
    url = _parsed(server)
    if url is None:
        raise errors.usage(f'host must be a URL or a host:port pair: "{without_login(written)}"')
    if url.scheme not in ("http", "https"):
        raise errors.unreachable(f'unsupported protocol scheme "{url.scheme}"')
    login = {"username": unquote(url.username or ""), "password": unquote(url.password or "")}
    address = urlunsplit((url.scheme, url.netloc.rpartition("@")[2], url.path.rstrip("/"), "", ""))
    return address, login if url.username else {}


def _parsed(server: str) -> SplitResult | None:
    """The parts of a URL; None if it is not a URL that a request could be made to."""
    try:
        url = urlsplit(server)
        # Reading `port` raises ValueError if it is not a number.
        return url if url.hostname and url.port != 0 and server.isprintable() and " " not in url.netloc else None
    except ValueError:
        return None
