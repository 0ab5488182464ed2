"""The open connection: the one place where the kubernetes package is imported.

It is given the flat kubeconfig and says with what to connect, through names that its versions 35 and 37 have in
common: the request methods of ApiClient changed their arguments in between, so the pool is urllib3's own. It verifies
certificates and chooses proxies as Go does.
"""

from __future__ import annotations

import os
import re
import ssl
from dataclasses import dataclass
from typing import Any

import urllib3

from kubectl_refs import __version__
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.kube.config.connection import Connection, Headers
from kubectl_refs.kube.http import tls
from kubectl_refs.kube.http.pool import basic, pool
from kubectl_refs.kube.http.proxy import proxy_for
from kubectl_refs.process import errors

POOL_SIZE = 8
"""Connections kept open at once; also how many reads run side by side."""

_NO_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Session:
    """An open connection pool, the headers every request carries, and the URL of the proxy in between, if there is one."""

    pool: urllib3.PoolManager
    headers: Headers
    proxy: str | None


def open_session(connection: Connection) -> Session:
    """Open a pool; no request is made yet. RefsError where the configuration cannot be used."""
    from kubernetes.client import Configuration
    from kubernetes.config import ConfigException, load_kube_config_from_dict

    configuration: Any = Configuration()
    try:
        load_kube_config_from_dict(  # type: ignore[no-untyped-call]
            connection.kubeconfig, client_configuration=configuration, persist_config=False
        )
    except (ConfigException, ValueError, OSError) as error:
        raise errors.usage(f"error loading config file: {error}") from None
    user, cluster = connection.kubeconfig["users"][0]["user"], connection.kubeconfig["clusters"][0]["cluster"]
    settings: dict[str, Any] = {"maxsize": POOL_SIZE}
    if connection.server.startswith("https://"):
        settings["ssl_context"] = _tls_context(configuration, user)
        settings["cert_reqs"] = settings["ssl_context"].verify_mode
        if configuration.tls_server_name:
            settings["server_hostname"] = configuration.tls_server_name
    proxy = proxy_for(connection.server, cluster.get("proxy-url"), os.environ)
    credentials = [("Authorization", setting["value"]) for setting in configuration.auth_settings().values()]
    if user.get("username") and not user.get("token"):
        # The package encodes names and passwords in Latin-1, and fails where that has no such character.
        credentials = [("Authorization", basic(user["username"], user.get("password", "")))]
    encoding = "gzip" if connection.compression else "identity"
    common = (("User-Agent", f"kubectl-refs/{__version__}"), ("Accept-Encoding", encoding))
    told = (_header(name, value) for name, value in (*credentials, *connection.impersonation))
    return Session(pool(proxy, settings), (*common, *told), proxy)


def _header(name: str, value: str) -> tuple[str, str]:
    """A header as Go sends it, in UTF-8; RefsError for a value that is none, which is not shown: it may be secret."""
    if _NO_HEADER.search(value):
        raise errors.unreachable(f'net/http: invalid header field value for "{name}"')
    # Python's own client sends every character as one byte.
    return name, value.strip(" \t").encode().decode("latin-1")


def _tls_context(configuration: Any, user: JSON) -> ssl.SSLContext:
    """One TLS context for all connections, so that certificates are loaded once."""
    context = tls.tls_context(configuration.ssl_ca_cert, verify=configuration.verify_ssl)
    if configuration.cert_file:
        inline = not user.get("client-certificate")
        tls.present(context, configuration.cert_file, configuration.key_file, inline=inline)
    return context
