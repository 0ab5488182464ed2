"""The open connection: the one place where the kubernetes package is imported.

It is given the flat kubeconfig and says with what to connect, through names that its versions 35 and 37 have in
common: the request methods of ApiClient changed their arguments in between, so the pool is urllib3's own. It verifies
certificates and chooses proxies as Go does.
"""

from __future__ import annotations

import base64
import os
import re
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, InsecureRequestWarning
from urllib3.util.ssl_ import create_urllib3_context

from kubectl_refs import __version__
from kubectl_refs.core.model.objects import JSON
from kubectl_refs.kube.auth.credentials import Headers
from kubectl_refs.kube.config.connection import Connection
from kubectl_refs.kube.http import roots
from kubectl_refs.kube.http.proxy import proxy_for
from kubectl_refs.process import errors

POOL_SIZE = 8
"""Connections kept open at once; also how many reads run side by side."""

_NO_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NO_PASSWORD = b""
"""Given so that OpenSSL fails on an encrypted key, as kubectl does, and does not ask at the terminal."""


@dataclass(frozen=True, slots=True)
class Session:
    """An open connection pool, and the headers every request carries."""

    pool: urllib3.PoolManager
    headers: Headers


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
    return Session(pool(proxy, settings), (*common, *told))


def _header(name: str, value: str) -> tuple[str, str]:
    """A header as Go sends it, in UTF-8; RefsError for a value that is none, which is not shown: it may be secret."""
    if _NO_HEADER.search(value):
        raise errors.unreachable(f'net/http: invalid header field value for "{name}"')
    # Python's own client sends every character as one byte.
    return name, value.strip(" \t").encode().decode("latin-1")


def pool(proxy: str | None, settings: dict[str, Any]) -> urllib3.PoolManager:
    """A pool through a proxy's URL, or None; RefsError where such a proxy cannot be used."""
    if proxy is None:
        return urllib3.PoolManager(**settings)
    url = urlsplit(proxy)
    if url.scheme in ("socks5", "socks5h"):
        try:
            from urllib3.contrib.socks import SOCKSProxyManager
        except ImportError:
            raise errors.usage("a socks proxy needs the Python package PySocks") from None
        return SOCKSProxyManager(proxy, **settings)
    if url.username:
        settings["proxy_headers"] = {"Proxy-Authorization": basic(unquote(url.username), unquote(url.password or ""))}
    try:
        return urllib3.ProxyManager(proxy, **settings)
    except (HTTPError, ValueError):
        raise errors.usage(f'invalid proxy URL "{url.scheme}://{url.hostname or ""}"') from None


def basic(user: str, password: str) -> str:
    """The value of a header of basic authentication, in UTF-8 as Go writes it."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def tls_context(authority: str | None = None, data: str | None = None, *, verify: bool = True) -> ssl.SSLContext:
    """A context that verifies as Go does, by the authority of a file or of PEM text, or by the system's for neither.

    Python 3.13 would refuse the certificates of common clusters for formal flaws, and earlier ones a
    certificate-authority that is not self-signed. RefsError for an authority that cannot be used.
    """
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    if not verify:
        # It was asked for in the kubeconfig; kubectl does not remark on it either.
        urllib3.disable_warnings(InsecureRequestWarning)
    elif authority is None and data is None:
        roots.load(context)
    else:
        try:
            context.load_verify_locations(authority, cadata=data)
        except FileNotFoundError:
            raise errors.usage(f"open {authority}: no such file or directory") from None
        except (OSError, ValueError):
            raise errors.usage("unable to load root certificates: unable to parse bytes as PEM block") from None
    return context


def _tls_context(configuration: Any, user: JSON) -> ssl.SSLContext:
    """One TLS context for all connections, so that certificates are loaded once."""
    context = tls_context(configuration.ssl_ca_cert, verify=configuration.verify_ssl)
    if configuration.cert_file:
        try:
            context.load_cert_chain(configuration.cert_file, configuration.key_file, _NO_PASSWORD)
        except (OSError, ValueError) as error:
            problem = f"tls: {_pair_problem(configuration.cert_file, configuration.key_file, error)}"
            # As in client-go, which reads files when it connects.
            inline = user.get("client-certificate-data")
            raise (errors.usage(problem) if inline else errors.unreachable(problem)) from None
    return context


def _pair_problem(certificate_file: str, key_file: str, error: Exception) -> str:
    """Go's words for a client certificate and key that cannot be used (crypto/tls, X509KeyPair)."""
    certificate, key = map(_labels, (certificate_file, key_file))
    has_key = [any(label.endswith("PRIVATE KEY") for label in labels) for labels in (certificate, key)]
    if not certificate:
        return "failed to find any PEM data in certificate input"
    if "CERTIFICATE" not in certificate and has_key[0]:
        return (
            "failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have "
            "been switched"
        )
    if not key:
        return "failed to find any PEM data in key input"
    if "CERTIFICATE" in key and not has_key[1]:
        return "found a certificate rather than a key in the PEM for the private key"
    if "mismatch" in str(error).lower():
        return "private key does not match public key"
    return "failed to parse certificate or private key"


def _labels(path: str) -> list[str]:
    with open(path, encoding="ascii", errors="replace") as file:
        return re.findall(r"^-----BEGIN ([^-]*)-----", file.read(), re.MULTILINE)
