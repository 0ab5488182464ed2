"""The open connection: the one place where the kubernetes package is imported.

It is given the flat kubeconfig and returns the connection pool and the credential's headers, through the few names
that its versions 35 and 37 have in common: ApiClient's own request methods and `update_params_for_auth` changed their
arguments in between. Proxies and certificates are set as Go has them.
"""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import InsecureRequestWarning
from urllib3.util.ssl_ import create_urllib3_context

from kubectl_refs import __version__, errors
from kubectl_refs.kube.config import Connection
from kubectl_refs.kube.credentials import Headers

POOL_SIZE = 8
"""Connections kept open at once; also how many reads run side by side."""

_NO_PASSWORD = b""
"""Given so that OpenSSL fails on an encrypted key, as kubectl does, and does not ask at the terminal."""


@dataclass(frozen=True, slots=True)
class Session:
    """An open connection pool, and the headers every request carries."""

    pool: urllib3.PoolManager
    headers: Headers


def open_session(connection: Connection) -> Session:
    """Open a pool; no request is made yet. RefsError where the configuration cannot be used."""
    from kubernetes.client import ApiClient, Configuration
    from kubernetes.config import ConfigException, load_kube_config_from_dict

    configuration = Configuration()
    try:
        load_kube_config_from_dict(  # type: ignore[no-untyped-call]
            connection.kubeconfig, client_configuration=configuration, persist_config=False
        )
        configuration.connection_pool_maxsize = POOL_SIZE
        _set_proxy(configuration, connection)
        client = ApiClient(configuration=configuration)
        credentials = [(setting["key"], setting["value"]) for setting in configuration.auth_settings().values()]
    except (ConfigException, ValueError, OSError) as error:
        raise errors.usage(f"error loading config file: {error}") from None
    except ImportError:
        raise errors.usage("a socks proxy needs the Python package PySocks") from None
    pool: urllib3.PoolManager = client.rest_client.pool_manager
    if connection.server.startswith("https://"):
        _set_tls(pool, configuration)
    common = (("User-Agent", f"kubectl-refs/{__version__}"), ("Accept-Encoding", "gzip"))
    return Session(pool, (*common, *credentials, *connection.impersonation))


def _set_proxy(configuration: Any, connection: Connection) -> None:
    """Let proxy-url win over NO_PROXY, and keep loopback addresses off a proxy from the environment."""
    cluster = connection.kubeconfig["clusters"][0]["cluster"]
    if cluster.get("proxy-url"):
        configuration.no_proxy = None
    elif _is_loopback(urlsplit(connection.server).hostname or ""):
        configuration.proxy = None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _set_tls(pool: urllib3.PoolManager, configuration: Any) -> None:
    """Give all connections of the pool one TLS context, which verifies as Go does.

    Python 3.13 would refuse the certificates of common clusters for formal flaws, and earlier ones a
    certificate-authority that is not self-signed. One context also means that certificates are loaded once.
    """
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if configuration.verify_ssl else ssl.CERT_NONE)
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    if not configuration.verify_ssl:
        # It was asked for in the kubeconfig; kubectl does not remark on it either.
        urllib3.disable_warnings(InsecureRequestWarning)
    elif configuration.ssl_ca_cert is None:
        context.load_default_certs()
    else:
        try:
            context.load_verify_locations(configuration.ssl_ca_cert)
        except (OSError, ValueError):
            raise errors.usage("unable to load root certificates: unable to parse bytes as PEM block") from None
    if configuration.cert_file:
        try:
            context.load_cert_chain(configuration.cert_file, configuration.key_file, _NO_PASSWORD)
        except (OSError, ValueError) as error:
            raise errors.usage(f"tls: the client certificate or its key cannot be used: {error}") from None
    for loaded in ("ca_certs", "ca_cert_data", "cert_file", "key_file"):
        pool.connection_pool_kw.pop(loaded, None)
    pool.connection_pool_kw["ssl_context"] = context
