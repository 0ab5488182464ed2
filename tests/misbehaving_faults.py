"""What a cluster, or what stands between it and the program, may do wrong with one request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.fakeapi import Canned, Request, status

HTML = {"Content-Type": "text/html"}
BUSY = status(429, "TooManyRequests", "slow down")
PATIENCE = "0.7"
"""Seconds that a fault is waited for which never ends."""
DOWN = status(503, "ServiceUnavailable", "etcd is down")


@dataclass(frozen=True)
class Fault:
    """An answer, for how many requests it stands in (None: for all), and what the gap or the complaint says of it.

    `http_status` is that of the gap; `reason` what kubectl calls it in `Error from server (...)`, None where the
    answer never came.
    """

    canned: Canned
    message: str
    http_status: int | None = None
    reason: str | None = None
    times: int | None = None

    @property
    def flags(self) -> tuple[str, ...]:
        """What spares a test the usual patience."""
        return (f"--request-timeout={PATIENCE}s",) if f"{PATIENCE} seconds" in self.message else ()

    @property
    def line(self) -> str:
        """The complaint where nothing can be answered without what was asked for."""
        if self.reason is None:
            return f"Unable to connect to the server: {self.message}"
        return f"Error from server ({self.reason}): {self.message}"


def _unreadable(body: str, headers: Mapping[str, str] | None = None) -> Fault:
    return Fault(Canned(200, body, headers or {}), "the server's answer is not a JSON object", 200, "Unknown")


def _lost(canned: Canned, message: str) -> Fault:
    return Fault(canned, message)


FAULTS: Mapping[str, Fault] = {
    "401": Fault(Canned(401, status(401, "Unauthorized", "Unauthorized")), "Unauthorized", 401),
    "401 from a proxy": Fault(
        Canned(401, "<html>log in", HTML), "the server has asked for the client to provide credentials", 401
    ),
    "403": Fault(Canned(403, status(403, "Forbidden", "you may not")), "you may not", 403, "Forbidden"),
    "404 from a proxy": Fault(
        Canned(404, "<html>not here", HTML), "the server could not find the requested resource", 404, "NotFound"
    ),
    "410": Fault(Canned(410, status(410, "Expired", "too old")), "too old", 410, "Expired"),
    "429 for ever": Fault(Canned(429, BUSY, {"Retry-After": "0"}), "slow down", 429, "TooManyRequests"),
    "429 once": Fault(Canned(429, BUSY, {"Retry-After": "0"}), "slow down", 429, "TooManyRequests", times=1),
    "503 for ever": Fault(Canned(503, DOWN, {"Retry-After": "0"}), "etcd is down", 503, "ServiceUnavailable"),
    "503 twice": Fault(Canned(503, DOWN, {"Retry-After": "0"}), "etcd is down", 503, "ServiceUnavailable", times=2),
    "500": Fault(Canned(500, status(500, "InternalError", "oops")), "oops", 500, "InternalError"),
    "502 from a proxy": Fault(
        Canned(502, "<html>bad gateway", HTML), "the server answered with status 502", 502, "Unknown"
    ),
    "reset": _lost(Canned(reset=True), "EOF"),
    "reset once": Fault(Canned(reset=True), "EOF", times=1),
    "reset in the body": _lost(Canned(200, {"x": "y" * 99}, cut=True), "the answer broke off or could not be decoded"),
    "no gzip": _lost(
        Canned(200, "no gzip", {"Content-Encoding": "gzip"}), "the answer broke off or could not be decoded"
    ),
    "hanging": _lost(Canned(delay=60, reset=True), f"no answer within {PATIENCE} seconds"),
    "slow body": _lost(Canned(200, "y" * 99, pause=0.05), f"the answer was not complete within {PATIENCE} seconds"),
    "half JSON": _unreadable('{"kind": "ReferenceGrantList", "items": ['),
    "a JSON list": _unreadable("[]"),
    "nothing": _unreadable(""),
    "HTML": _unreadable("<html>log in</html>", HTML),
    "binary": _unreadable("\x00\x01\x1b[31m"),
    "redirect": Fault(
        Canned(302, "", {"Location": "https://login.example.com"}),
        "the server answered with a redirect, which is not followed",
        302,
        "Unknown",
    ),
}


def at(ending: str, fault: Fault) -> Callable[[Request], Canned | None]:
    """The fault in the requests whose path ends so; all others are answered."""
    left = [fault.canned] * (fault.times or 0)

    def answer(request: Request) -> Canned | None:
        if not request.path.endswith(ending):
            return None
        if fault.times is None:
            return fault.canned
        return left.pop() if left else None

    return answer
