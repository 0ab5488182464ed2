"""Connections that carry requests, and answers in every form that HTTP has."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import IncompleteRead
from ssl import SSLSocket

import pytest

from kubectl_refs.kube.http.limits import TooLargeError
from kubectl_refs.kube.http.pool import Pool
from kubectl_refs.kube.http.route import Route
from kubectl_refs.kube.http.tls import tls_context
from tests.support.fakes.api import TLS, TLS_NAME, FakeAPI

WELL = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Scripted:
    """A server that answers requests from a script: one list of answers for each connection."""

    def __init__(self, listener: socket.socket, answers: Sequence[Sequence[bytes]]) -> None:
        host, self.port = listener.getsockname()[:2]
        self.origin = f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"
        self.heads: list[str] = []
        self.closed = threading.Semaphore(0)
        """Released for each connection that has been closed."""
        self._listener = listener
        self._answers = answers

    def serve(self) -> None:
        with suppress(OSError):
            for answers in self._answers:
                connection, _ = self._listener.accept()
                for answer in answers:
                    head = b""
                    while not head.endswith(b"\r\n\r\n"):
                        head += connection.recv(1)
                    self.heads.append(head.decode())
                    connection.sendall(answer)
                connection.close()
                self.closed.release()


@contextmanager
def server(*answers: Sequence[bytes], host: str = "127.0.0.1") -> Iterator[Scripted]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        scripted = Scripted(listener, answers)
        thread = threading.Thread(target=scripted.serve, daemon=True)
        thread.start()
        yield scripted
        thread.join(10)


def read(pool: Pool, url: str, largest: int = 1000) -> bytes:
    return pool.request("GET", url, (), timeout=10, silence=10).whole(None, largest)


def test_a_connection_that_the_server_has_closed_meanwhile_is_replaced() -> None:
    with server([WELL], [WELL, WELL]) as scripted:
        pool = Pool(Route(scripted.origin))
        assert read(pool, f"{scripted.origin}/0") == b"ok"
        assert scripted.closed.acquire(timeout=10)
        assert [read(pool, f"{scripted.origin}/{number}") for number in (1, 2)] == [b"ok"] * 2
    assert [head.split()[1] for head in scripted.heads] == ["/0", "/1", "/2"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_server_is_told_its_name_and_port(host: str) -> None:
    try:
        with server([WELL], host=host) as scripted:
            read(Pool(Route(scripted.origin)), scripted.origin)
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert scripted.heads[0].split("\r\n")[:2] == ["GET / HTTP/1.1", f"Host: {scripted.origin.removeprefix('http://')}"]


def test_what_is_no_character_of_a_url_is_quoted_and_what_is_quoted_stays() -> None:
    with server([WELL]) as scripted:
        read(Pool(Route(f"{scripted.origin}/clüster")), f"{scripted.origin}/clüster/a%2Fb?x=y z&limit=5")
    assert scripted.heads[0].split("\r\n")[0] == "GET /cl%C3%BCster/a%2Fb?x=y%20z&limit=5 HTTP/1.1"


def test_an_answer_in_chunks_is_whole_and_the_connection_goes_on() -> None:
    with server([CHUNKED + b"2\r\nab\r\n3;note\r\ncde\r\n0\r\nTrailer: x\r\n\r\n", WELL]) as scripted:
        pool = Pool(Route(scripted.origin))
        assert [read(pool, scripted.origin), read(pool, scripted.origin)] == [b"abcde", b"ok"]


@pytest.mark.parametrize("cut", [WELL[:-1], CHUNKED + b"5\r\nab", CHUNKED + b"zz\r\nab\r\n"])
def test_an_answer_that_is_cut_off_is_none_and_its_connection_is_not_used_again(cut: bytes) -> None:
    with server([cut], [WELL]) as scripted:
        pool = Pool(Route(scripted.origin))
        with pytest.raises(IncompleteRead):
            read(pool, scripted.origin)
        assert read(pool, scripted.origin) == b"ok"


def test_an_answer_larger_than_it_may_be_is_not_read_to_its_end() -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1000
    with server([endless], [WELL]) as scripted:
        pool = Pool(Route(scripted.origin))
        with pytest.raises(TooLargeError):
            read(pool, scripted.origin, largest=10)
        assert read(pool, scripted.origin) == b"ok"


def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    with server([b"HTTP/1.1 200 OK\r\n\r\nall of it"], [WELL]) as scripted:
        pool = Pool(Route(scripted.origin))
        assert [read(pool, scripted.origin), read(pool, scripted.origin)] == [b"all of it", b"ok"]


def test_further_connections_resume_the_tls_session_of_the_first() -> None:
    with FakeAPI(tls=TLS) as api:
        context = tls_context(TLS[0].read_text())
        pool = Pool(Route(api.url, context=context, name=TLS_NAME))
        answers = [pool.request("GET", f"{api.url}/apis", (), timeout=10, silence=10) for _ in range(3)]
        sockets = [answer.connection.sock for answer in answers]
        assert [isinstance(each, SSLSocket) and each.session_reused for each in sockets] == [False, True, True]
        assert [answer.status for answer in answers] == [200, 200, 200]
        for answer in answers:
            answer.close()
