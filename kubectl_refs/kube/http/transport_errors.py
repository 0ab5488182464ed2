"""Why no answer came, in the words kubectl has for it (those of Go's net and crypto/tls packages)."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Iterator
from http.client import HTTPException, RemoteDisconnected
from typing import TypeVar
from urllib.parse import urlsplit

from urllib3 import exceptions

from kubectl_refs.kube.http.limits import SlowBodyError, SlowHeadersError, TooLargeError

_Error = TypeVar("_Error", bound=BaseException)

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
    """Whether the server, or what is in between, closed the connection instead of answering in full."""
    return any(isinstance(cause, ConnectionError | HTTPException) for cause in _causes(error)) and not is_refused(error)


def is_refused(error: Exception) -> bool:
    return any(isinstance(cause, ConnectionRefusedError) for cause in _causes(error))


def describe(error: Exception, server: str, timeout: float | None) -> str:
    """One line about an exception of urllib3 or the standard library, without Python's vocabulary.

    `server` is the URL that was asked, `timeout` the seconds it was given, None without a limit.
    """
    causes = tuple(_causes(error))
    url = urlsplit(server)
    if tls := _first(causes, ssl.SSLError):
        return f"tls: {_tls_problem(tls)}"
    if _first(causes, socket.gaierror):
        return f"dial tcp: lookup {url.hostname}: no such host"
    if _first(causes, TooLargeError):
        return "the answer is too large"
    if _first(causes, SlowBodyError):
        return f"the answer was not complete within {timeout or 0:g} seconds"
    if _first(causes, exceptions.ReadTimeoutError) or _first(causes, SlowHeadersError):
        return f"no answer within {timeout or 0:g} seconds"
    if _first(causes, TimeoutError):
        return f"dial tcp {url.netloc}: i/o timeout"
    if _first(causes, RemoteDisconnected):
        return "EOF"
    if _first(causes, HTTPException) or _first(causes, exceptions.DecodeError):
        return "the answer broke off or could not be decoded"
    if (system := _first(causes, OSError)) and system.strerror:
        return f"tcp {url.netloc}: {system.strerror.lower()}"
    # What wraps it says where in Python it was.
    return next(filter(None, map(str, reversed(causes))), type(error).__name__)


def _tls_problem(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = _CERTIFICATE_PROBLEMS.get(error.verify_code, error.verify_message)
        return f"failed to verify certificate: x509: {problem}"
    reason = error.reason or str(error)
    if any(name in reason for name in _NOT_TLS):
        return "first record does not look like a TLS handshake"
    return reason.replace("_", " ").lower()


def _first(causes: Iterable[BaseException], kind: type[_Error]) -> _Error | None:
    return next((cause for cause in causes if isinstance(cause, kind)), None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and those it wraps; urllib3 keeps some as arguments only."""
    seen: set[int] = set()
    pending = [error]
    while pending:
        current = pending.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = [arg for arg in current.args if isinstance(arg, BaseException)]
        pending += [*inner, getattr(current, "original_error", None), current.__cause__, current.__context__]
