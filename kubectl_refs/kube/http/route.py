"""The way to a server: direct, or through a proxy as in Go (net/http's transport.go)."""

from __future__ import annotations

import base64
import socket
import ssl
from http.client import HTTPException, HTTPResponse
from typing import Any, cast
from urllib.parse import SplitResult, unquote, urlsplit

from kubectl_refs.core.records import dataclass
from kubectl_refs.process import errors

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


class ProxyError(OSError):
    """A proxy that was not reached, or refused; the cause says more."""


class TunnelError(OSError):
    """A proxy's refusal to open a tunnel to a server; its text is the status, such as `403 Forbidden`."""


class SilenceError(TimeoutError):
    """A server, or a proxy, that was reached and did not answer in time."""


@dataclass(frozen=True, slots=True)
class Route:
    """How connections to the `server`, a URL, are opened.

    `proxy` is the URL of the proxy in between, `context` says whom to trust if the server uses https, and `name` is the
    name that its certificate must be for, if that is not the URL's.
    """

    server: str
    proxy: str | None = None
    context: ssl.SSLContext | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        """RefsError for an unusable proxy, ValueError for an unusable server."""
        if (scheme := urlsplit(self.server).scheme) not in ("http", "https"):
            raise ValueError(f'unsupported protocol scheme "{scheme}"')
        if self.proxy is None:
            return
        url = urlsplit(self.proxy)
        if url.scheme not in _PORTS or not url.hostname:
            raise errors.usage(f'invalid proxy URL "{url.scheme}://{url.hostname or ""}"')
        if url.scheme.startswith("socks"):
            try:
                import socks  # noqa: F401  It is used where a connection is opened.
            except ImportError:
                raise errors.usage("a socks proxy needs the Python package PySocks") from None

    @property
    def origin(self) -> str:
        """The part of the URL that requests leave out; empty for a forwarding proxy, which needs all of it."""
        url = urlsplit(self.server)
        forwarded = self.proxy is not None and urlsplit(self.proxy).scheme.startswith("http") and url.scheme == "http"
        return "" if forwarded else f"{url.scheme}://{url.netloc}"

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the server."""
        url = urlsplit(self.server)
        return url.hostname or "", url.port or self.default_port

    @property
    def default_port(self) -> int:
        """The port of the server's scheme, which is left out of the Host header."""
        return _PORTS[urlsplit(self.server).scheme]

    @property
    def login(self) -> str | None:
        """The header value that logs in at an HTTP proxy."""
        url = urlsplit(self.proxy or "")
        return basic(unquote(url.username), unquote(url.password or "")) if url.username else None

    def open(self, timeout: float | None, session: ssl.SSLSession | None = None) -> socket.socket:
        """A socket that requests can be sent over; OSError, or ProxyError if the proxy is to blame.

        `timeout` is in seconds, for each step and for later use of the socket, None for none. `session` is the TLS
        session of an earlier socket; if the server resumes it, neither side has to prove its identity again.
        """
        server = urlsplit(self.server)
        opened = _connected(server, timeout) if self.proxy is None else self._through(urlsplit(self.proxy), timeout)
        return opened if self.context is None else _secured(opened, self.context, self.name or _host(server), session)

    def _through(self, proxy: SplitResult, timeout: float | None) -> socket.socket:
        try:
            if proxy.scheme.startswith("socks"):
                return self._through_socks(proxy, timeout)
            opened = _connected(proxy, timeout)
            if proxy.scheme == "https":
                # Imported here: few have such a proxy.
                from kubectl_refs.kube.http.tls import tls_context

                opened = _secured(opened, tls_context(), _host(proxy))
            if self.origin:
                _tunnel(opened, urlsplit(self.server), self.login)
            return opened
        except (OSError, HTTPException) as error:
            raise ProxyError from error

    def _through_socks(self, proxy: SplitResult, timeout: float | None) -> socket.socket:
        import socks

        server = urlsplit(self.server)
        opened: socket.socket = socks.create_connection(
            (_host(server), server.port or _PORTS[server.scheme]),
            timeout,
            proxy_type=socks.SOCKS5,
            proxy_addr=proxy.hostname,
            proxy_port=proxy.port or _PORTS[proxy.scheme],
            # As in Go, the proxy looks names up.
            proxy_rdns=True,
            proxy_username=unquote(proxy.username) if proxy.username else None,
            proxy_password=unquote(proxy.password) if proxy.password else None,
        )
        return opened


def basic(user: str, password: str) -> str:
    """The value of a header for basic authentication, in UTF-8 as Go writes it."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def _host(url: SplitResult) -> str:
    # A URL quotes the % before the zone of an IPv6 address.
    return unquote(url.hostname or "")


def _plain(host: str) -> Any:
    """A host in a form that Python takes without loading its Unicode tables."""
    return host.encode() if host.isascii() else host


def _connected(url: SplitResult, timeout: float | None) -> socket.socket:
    opened = socket.create_connection((_plain(_host(url)), url.port or _PORTS[url.scheme]), timeout)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def _secured(
    opened: socket.socket, context: ssl.SSLContext, host: str, session: ssl.SSLSession | None = None
) -> socket.socket:
    name = _plain(host.partition("%")[0].removesuffix("."))
    try:
        if not isinstance(opened, ssl.SSLSocket):
            return context.wrap_socket(opened, server_hostname=name, session=session)
        # The standard library cannot speak TLS within TLS. Imported here: few have a proxy that asks for it.
        from urllib3.util.ssltransport import SSLTransport

        return cast(socket.socket, SSLTransport(opened, context, name))
    except TimeoutError as error:
        raise SilenceError from error


def _tunnel(opened: socket.socket, server: SplitResult, login: str | None) -> None:
    """Let a proxy open a tunnel to a server; TunnelError if it does not."""
    host = _host(server)
    host = f"[{host}]" if ":" in host else host.encode("idna").decode()
    place = f"{host}:{server.port or _PORTS[server.scheme]}"
    lines = [
        f"CONNECT {place} HTTP/1.1",
        f"Host: {place}",
        *([f"Proxy-Authorization: {login}"] if login else []),
        "",
        "",
    ]
    try:
        opened.sendall("\r\n".join(lines).encode())
        answer = HTTPResponse(opened, method="CONNECT")
        answer.begin()
    except TimeoutError as error:
        raise SilenceError from error
    answer.close()
    if answer.status != 200:
        raise TunnelError(f"{answer.status} {answer.reason}".strip())
