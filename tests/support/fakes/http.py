"""The HTTP side of the fake API server: requests as they arrive, answers as they leave, whole or broken."""

from __future__ import annotations

import gzip
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from kubectl_refs.core.model.objects import JSON


@dataclass(frozen=True)
class Request:
    """One request as it arrived. `headers` holds every line, with names in lower case; `path` is still percent-encoded.

    `certificate` is the name in the client's certificate, None if it sent none.
    """

    method: str
    path: str
    query: Mapping[str, str]
    accept: str
    headers: tuple[tuple[str, str], ...]
    connection: int
    body: bytes = b""
    certificate: str | None = None

    def header(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name.lower()]


@dataclass(frozen=True)
class Canned:
    """An answer in place of the server's own.

    `delay` is the wait in seconds before it; `reset` drops the connection without an answer, `cut` in the middle of
    the body. `pause` is the wait before each byte of the body, `stall` before each byte of a header that never ends. A
    body of bytes is sent as it is. `old` makes it an HTTP/1.0 answer, whose body ends with the connection.
    """

    status: int = 200
    body: JSON | str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    reset: bool = False
    cut: bool = False
    pause: float = 0.0
    stall: float = 0.0
    old: bool = False


def status(code: int, reason: str, message: str, **details: Any) -> JSON:
    """The Status object of a failed request."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "details": details,
        "code": code,
    }


def _encoded(body: JSON | str | bytes) -> bytes:
    if isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else json.dumps(body)).encode()


class Server(Protocol):
    """What the handler needs of the server."""

    warnings: tuple[str, ...]

    def connected(self) -> int: ...

    def wait(self, seconds: float) -> bool: ...

    def answer(self, request: Request) -> Canned: ...


def handler(api: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Without this, each answer after the first waits for the client's delayed acknowledgement.
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            self.number = api.connected()

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            headers = tuple((name.lower(), value) for name, value in self.headers.items())
            accept = self.headers.get("Accept", "")
            query = dict(parse_qsl(url.query, keep_blank_values=True))
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Request(self.command, url.path, query, accept, headers, self.number, body, self._certificate())
            answer = api.answer(asked)
            if answer.delay:
                api.wait(answer.delay)
            if answer.reset:
                self.close_connection = True
                return
            self._send(answer)

        def _send(self, answer: Canned) -> None:
            body = _encoded(answer.body)
            headers = {"Content-Type": "application/json", **answer.headers}
            accepted = "gzip" in self.headers.get("Accept-Encoding", "") and not isinstance(answer.body, bytes)
            if accepted and "Content-Encoding" not in headers:
                body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
            # On the instance, which serves this one connection: it is closed after the answer.
            self.protocol_version = "HTTP/1.0" if answer.old else "HTTP/1.1"
            length = {} if answer.old else {"Content-Length": str(len(body))}
            try:
                self.send_response(answer.status)
                for name, value in {**headers, **length}.items():
                    self.send_header(name, value)
                for warning in api.warnings:
                    self.send_header("Warning", f'299 - "{warning}"')
                self._stall(answer.stall)
                self.end_headers()
                self._write(body, answer)
                self.close_connection |= answer.old
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _stall(self, seconds: float) -> None:
            """Send a header that never ends, a byte at a time, until the client has gone."""
            if seconds:
                self.flush_headers()
                self.wfile.write(b"X-Slow: ")
            while seconds and not api.wait(seconds):
                self.wfile.write(b"x")

        def _write(self, body: bytes, answer: Canned) -> None:
            if answer.cut:
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
                return
            if not answer.pause:
                self.wfile.write(body)
                return
            for byte in body:
                api.wait(answer.pause)
                self.wfile.write(bytes([byte]))

        def _certificate(self) -> str | None:
            if not isinstance(self.connection, ssl.SSLSocket):
                return None
            subject = (self.connection.getpeercert() or {}).get("subject", ())
            return next((str(pair[1]) for names in subject for pair in names if pair[0] == "commonName"), None)

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing: the FakeAPI records the requests."""

    for method in ("CONNECT", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.do_GET)
    return Handler
