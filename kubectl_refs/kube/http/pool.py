"""Connections to a server that are kept open and reused, and the answers that come over them.

http.client speaks HTTP. urllib3 would too, but takes longer to import than a short command may (docs/libraries.md).
"""

from __future__ import annotations

import select
import socket
import time
import weakref
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kubectl_refs.kube.config.connection import Headers
from kubectl_refs.kube.http.limits import (
    LARGEST_BODY,
    LARGEST_LIST,
    PIECE,
    SlowBodyError,
    TooLargeError,
    UndecodableError,
)
from kubectl_refs.kube.http.route import Route, SilenceError

if TYPE_CHECKING:
    import ssl

_GZIP = 16 + zlib.MAX_WBITS
_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))


class Pool:
    """Connections by one route. Safe to use from several threads."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._idle: list[HTTPConnection] = []
        self._session: ssl.SSLSession | None = None
        """The TLS session of the first connection: the others resume it, which takes a third of the time."""
        weakref.finalize(self, _close, self._idle)

    def request(
        self,
        method: str,
        url: str,
        headers: Headers,
        body: bytes | None = None,
        *,
        timeout: float | None,
        silence: float | None,
    ) -> Incoming:
        """Send a request for one of the server's URLs once, and wait for the head of the answer.

        `timeout` is for connecting and `silence` for each wait after that, in seconds, None for none. OSError,
        HTTPException or ValueError if no answer comes.
        """
        route = self._route
        connection = self._waiting() or self._opened(timeout)
        try:
            connection.sock.settimeout(silence)
            # As in Go, characters that a URL cannot hold are quoted; what is quoted already stays.
            target = quote(url.removeprefix(route.origin), safe=_VISIBLE)
            connection.putrequest(
                method, target if target[:1] not in ("", "?") else f"/{target}", skip_accept_encoding=True
            )
            for name, value in headers:
                connection.putheader(name, value)
            if route.login is not None and not route.origin:
                connection.putheader("Proxy-Authorization", route.login)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            # A server may answer before it has read everything.
            with suppress(BrokenPipeError):
                connection.endheaders(body)
            response = connection.getresponse()
            if self._session is None:
                # A server sends its session tickets before its first answer.
                self._session = getattr(connection.sock, "session", None)
            return Incoming(response, connection, self._idle)
        except TimeoutError as error:
            connection.close()
            raise SilenceError from error
        except BaseException:
            connection.close()
            raise

    def _waiting(self) -> HTTPConnection | None:
        """An idle connection that is still open; the one used last, as servers close those idle for long."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if not _was_closed(connection.sock):
                return connection
            connection.close()

    def _opened(self, timeout: float | None) -> HTTPConnection:
        opened = self._route.open(timeout, self._session)
        connection = HTTPConnection(*self._route.address)
        connection.default_port = self._route.default_port
        connection.sock = opened
        # A closed connection is not reopened: only the route makes connections.
        connection.auto_open = False
        return connection


class Incoming:
    """An answer whose head has arrived: `status`, `reason`, `headers`, and the body as it arrives.

    The official client calls `close` and `release_conn` at the end of a watch.
    """

    def __init__(self, response: HTTPResponse, connection: HTTPConnection, idle: list[HTTPConnection]) -> None:
        self.status, self.reason, self.headers = response.status, response.reason, response.headers
        self.connection = connection
        self._response = response
        self._idle = idle
        self._read = False

    def whole(self, deadline: float | None, largest: int = LARGEST_BODY) -> bytes:
        """The body, `largest` bytes at most, until `deadline` on the monotonic clock, None for none.

        TooLargeError, SlowBodyError, and whatever `stream` raises.
        """
        return b"".join(self.pieces(deadline, largest))

    def pieces(self, deadline: float | None, largest: int = LARGEST_LIST, more: float | None = None) -> Iterator[bytes]:
        """The body in pieces. With `more`, each PIECE sets the deadline for the next to that many seconds later."""
        size = since = 0
        try:
            for piece in self.stream():
                size += len(piece)
                since += len(piece)
                if size > largest:
                    raise TooLargeError
                if deadline is not None and time.monotonic() > deadline:
                    raise SlowBodyError
                yield piece
                if more is not None and since >= PIECE:
                    deadline, since = time.monotonic() + more, 0
        finally:
            self.close()

    def stream(self, **_: Any) -> Iterator[bytes]:
        """The body bit by bit, decompressed. After the last bit the connection is free for the next request.

        SilenceError, UndecodableError, OSError or HTTPException if the rest does not come.
        """
        encoding = (self.headers.get("Content-Encoding") or "").lower()
        try:
            yield from _inflated(self._received()) if encoding == "gzip" else self._received()
        except TimeoutError as error:
            raise SilenceError from error
        except zlib.error as error:
            raise UndecodableError from error
        self._read = True
        self._response.close()
        if not self._response.will_close:
            self._idle.append(self.connection)

    def _received(self) -> Iterator[bytes]:
        while piece := self._response.read1(PIECE):
            yield piece
        if self._response.length:
            raise IncompleteRead(b"", self._response.length)

    def close(self) -> None:
        """Give up the rest of the answer, if any, and the connection with it."""
        if not self._read:
            self._response.close()
            self.connection.close()

    def release_conn(self) -> None:
        """Do nothing: a connection is released once its answer is read to the end, and closed otherwise."""


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Gzip data, decompressed by at most PIECE at a time: a few bytes may stand for gigabytes."""
    decoder, begun = zlib.decompressobj(_GZIP), False
    for rest in pieces:
        more = True
        while more:
            if decoder.eof:
                decoder = zlib.decompressobj(_GZIP)
            found = decoder.decompress(rest, PIECE)
            yield found
            begun = True
            rest = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
            # All input may have gone in without all output having come out.
            more = bool(rest) or (len(found) == PIECE and not decoder.eof)
    if begun and not decoder.eof:
        raise UndecodableError


def _close(connections: list[HTTPConnection]) -> None:
    for connection in connections:
        connection.close()


def _was_closed(idle: socket.socket) -> bool:
    """Whether a server has sent something without being asked, which means that it closes the connection."""
    if not hasattr(select, "poll"):
        return bool(select.select([idle], [], [], 0)[0])
    poll = select.poll()
    poll.register(idle, select.POLLIN)
    return bool(poll.poll(0))
