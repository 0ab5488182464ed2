"""Why no answer came, in kubectl's words (those of Go's net and crypto/tls packages)."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterable, Iterator
from http.client import HTTPException, LineTooLong, RemoteDisconnected
from typing import TypeVar
from urllib.parse import urlsplit

from kubectl_refs.kube.http.limits import SlowBodyError, TooLargeError, UndecodableError
from kubectl_refs.kube.http.route import ProxyError, SilenceError, TunnelError
from kubectl_refs.process.time_limit import TimeLimitError

_Error = TypeVar("_Error", bound=BaseException)

_MANY_HEADERS = r"got more than (\d+) headers"
_NOT_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL")
_UNKNOWN_AUTHORITY = "certificate signed by unknown authority"
_CERTIFICATE_PROBLEMS = {
    9: "certificate has expired or is not yet valid",
    10: "certificate has expired or is not yet valid",
    18: _UNKNOWN_AUTHORITY,
    19: _UNKNOWN_AUTHORITY,
    20: _UNKNOWN_AUTHORITY,
    21: _UNKNOWN_AUTHORITY,
}
"""OpenSSL's verification results (X509_V_ERR_*) for which Go has words that people search for."""


def is_dropped(error: Exception) -> bool:
    """Whether the server, or something in between, closed the connection instead of answering in full."""
    causes = tuple(_causes(error))
    if _first(causes, ConnectionRefusedError) or _headers_problem(causes):
        return False
    return any(isinstance(cause, ConnectionError | HTTPException) for cause in causes)


def is_refused(error: Exception) -> bool:
    """Whether nothing listens at the server's address; if nothing does at the proxy's, the server is not to blame."""
    causes = tuple(_causes(error))
    return bool(_first(causes, ConnectionRefusedError)) and not _first(causes, ProxyError)


def describe(error: Exception, server: str, timeout: float | None, proxy: str | None = None) -> str:
    """One line about an exception, without Python's vocabulary.

    `server` is the URL that was asked, `timeout` the seconds it was given, None without a limit, `proxy` the URL of the
    proxy in between.
    """
    causes = tuple(_causes(error))
    if proxy is None or not _first(causes, ProxyError):
        return _problem(causes, server, timeout)
    if refusal := _first(causes, TunnelError):
        return proxy_refused(proxy, str(refusal))
    return f"proxyconnect tcp: {_problem(causes, proxy, timeout)}"


def proxy_refused(proxy: str, status: str) -> str:
    """The line about a proxy that refused a request, with the status it answered, such as `403 Forbidden`."""
    return f"the proxy {_place(proxy)} refused the request: {status}"


def _place(address: str) -> str:
    """Host and port of a URL. A proxy's may hold a password, which is left out."""
    return urlsplit(address).netloc.rpartition("@")[2]


def _problem(causes: tuple[BaseException, ...], address: str, timeout: float | None) -> str:
    """What went wrong on the way to the URL `address`."""
    url = urlsplit(address)
    if tls := _first(causes, ssl.SSLError):
        return f"tls: {_tls_problem(tls)}"
    if _first(causes, socket.gaierror):
        return f"dial tcp: lookup {url.hostname}: no such host"
    if _first(causes, TooLargeError):
        return "the answer is too large"
    if _first(causes, SlowBodyError):
        return f"the answer was not complete within {timeout or 0:g} seconds"
    if _first(causes, SilenceError) or _first(causes, TimeLimitError):
        return f"no answer within {timeout or 0:g} seconds"
    if _first(causes, TimeoutError):
        return f"dial tcp {_place(address)}: i/o timeout"
    if _first(causes, RemoteDisconnected):
        return "EOF"
    if headers := _headers_problem(causes):
        return headers
    if _first(causes, HTTPException) or _first(causes, UndecodableError):
        return "the answer broke off or could not be decoded"
    if told := next((each.strerror for each in causes if isinstance(each, OSError) and each.strerror), None):
        return f"tcp {_place(address)}: {told.lower()}"
    # The innermost text: those around it say where in Python it was raised.
    return next(filter(None, map(str, reversed(causes))), type(causes[0]).__name__)


def _tls_problem(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = _CERTIFICATE_PROBLEMS.get(error.verify_code, error.verify_message)
        return f"failed to verify certificate: x509: {problem}"
    reason = error.reason or str(error)
    if any(name in reason for name in _NOT_TLS):
        return "first record does not look like a TLS handshake"
    return reason.replace("_", " ").lower()


def _headers_problem(causes: Iterable[BaseException]) -> str | None:
    """The problem of an answer with more headers, or a longer one, than http.client reads; a retry would not help."""
    for cause in causes:
        if isinstance(cause, LineTooLong):
            return "the answer has a header of more than 64 KiB"
        if isinstance(cause, HTTPException) and (found := re.match(_MANY_HEADERS, str(cause))):
            return f"the answer has more than {found[1]} headers"
    return None


def _first(causes: Iterable[BaseException], kind: type[_Error]) -> _Error | None:
    return next((cause for cause in causes if isinstance(cause, kind)), None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and those that caused it."""
    seen: set[int] = set()
    pending = [error]
    while pending:
        current = pending.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        pending += [current.__cause__, current.__context__]
