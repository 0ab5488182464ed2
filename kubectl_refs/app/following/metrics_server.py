"""/metrics, /readyz and /healthz on an address, while a cluster is watched."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6
from typing import Any

from kubectl_refs.app.following.metrics import Metrics
from kubectl_refs.app.following.watched_cluster import WatchedCluster
from kubectl_refs.process.errors import RefsError, reason_of, usage

ANSWER_TIMEOUT = 10.0
"""Seconds within which the watching thread must answer, or it counts as stuck."""

_IDLE_TIMEOUT = 30.0
"""Seconds after which a client that sends nothing is disconnected."""

PLAIN = "text/plain; charset=utf-8"


def address_of(written: str) -> tuple[str, int]:
    """Host and port of HOST:PORT, [HOST]:PORT or :PORT; RefsError for anything else."""
    host, colon, port = written.rpartition(":")
    if not colon or not port.isdecimal() or len(port) > 5 or int(port) > 65535 or (":" in host and host[:1] != "["):
        raise usage(f'invalid argument "{written}" for "--metrics" flag: must be HOST:PORT or :PORT')
    return host.removeprefix("[").removesuffix("]"), int(port)


def require_client() -> None:
    """RefsError if the library that writes metrics is not installed."""
    try:
        import prometheus_client  # noqa: F401
    except ImportError:
        raise usage(
            "--metrics needs the package prometheus-client beside kubectl-refs: pip install prometheus-client"
        ) from None


class MetricsServer:
    """An HTTP server with threads of its own; the watched cluster's thread makes the answers."""

    def __init__(self, address: tuple[str, int], watched: WatchedCluster) -> None:
        """RefsError if the address cannot be listened on."""
        self._watched = watched
        self._metrics: Metrics | None = None
        kind = _IPv6Server if ":" in address[0] else ThreadingHTTPServer
        try:
            self._server = kind(address, _handler(self))
        except OSError as error:
            raise RefsError(f"error: listen on {address[0]}:{address[1]}: {reason_of(error)}") from None
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        """The port listened on; if port 0 was asked for, the one that the system chose."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()

    def publish(self, metrics: Metrics) -> None:
        """Answer with these metrics from now on."""
        self._metrics = metrics

    def stop(self) -> None:
        self._server.server_close()

    def answer(self, path: str, accept: str) -> tuple[int, str, bytes]:
        """Status, content type and body."""
        match path.partition("?")[0]:
            case "/metrics":
                return self._exposed(accept)
            case "/readyz":
                return (
                    (200, PLAIN, b"ok\n")
                    if self._metrics is not None
                    else (503, PLAIN, b"the first lists are not complete\n")
                )
            case "/healthz":
                alive = self._metrics is None or self._call_in_watcher(lambda: True)
                return (200, PLAIN, b"ok\n") if alive else (503, PLAIN, b"no answer from the thread that watches\n")
        return 404, PLAIN, b"404 page not found\n"

    def _exposed(self, accept: str) -> tuple[int, str, bytes]:
        from prometheus_client.exposition import choose_encoder

        if self._metrics is None:
            return 503, PLAIN, b"the first lists are not complete\n"
        families = self._call_in_watcher(self._metrics.collect)
        if families is None:
            return 503, PLAIN, b"no answer from the thread that watches\n"
        encode, content_type = choose_encoder(accept)
        return 200, content_type, encode(_Collected(families))

    def _call_in_watcher(self, make: Callable[[], Any]) -> Any:
        """The result of a function called between two events; None if there is no answer in time."""
        made: queue.Queue[Any] = queue.Queue()
        self._watched.call_soon(lambda: made.put(make()))
        try:
            return made.get(timeout=ANSWER_TIMEOUT)
        except queue.Empty:
            return None


class _IPv6Server(ThreadingHTTPServer):
    address_family = AF_INET6


class _Collected:
    """The collected metrics, in the form of the client library's registries."""

    def __init__(self, families: list[Any]) -> None:
        self._families = families

    def collect(self) -> list[Any]:
        return self._families


def _handler(server: MetricsServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _IDLE_TIMEOUT

        def do_GET(self) -> None:
            status, content_type, body = server.answer(self.path, self.headers.get("Accept") or "")
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def version_string(self) -> str:
            return "kubectl-refs"

        def log_message(self, *_: object) -> None:
            """Log no requests: standard error is for what goes wrong."""

    return Handler
