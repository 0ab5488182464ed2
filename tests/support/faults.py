"""Faults of a single request, caused by the cluster or by something between it and the program."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kubectl_refs.core.model.objects import GATEWAY_GROUP, JSON
from tests.support.fakes.api import Canned, Request, status

HTML = {"Content-Type": "text/html"}
BUSY = status(429, "TooManyRequests", "slow down")
PATIENCE = "0.4"
"""The request timeout in seconds for faults that never end."""
POD: JSON = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web", "namespace": "frontend"}}
DOWN = status(503, "ServiceUnavailable", "etcd is down")


@dataclass(frozen=True)
class Fault:
    """An answer in place of the real one, for `times` requests (None: all), and what the gap or complaint says of it.

    `http_status` is the status in the gap. `reason` is what kubectl prints in `Error from server (...)`, None if no
    answer came. An empty `message` means that the answer is sound, but answers another question.
    """

    canned: Canned
    message: str
    http_status: int | None = None
    reason: str | None = None
    times: int | None = None

    @property
    def flags(self) -> tuple[str, ...]:
        """Flags that shorten the wait for an answer that never ends."""
        return (f"--request-timeout={PATIENCE}s",) if f"{PATIENCE} seconds" in self.message else ()

    @property
    def login(self) -> bool:
        """Whether the server rejects the login, which ends every run."""
        return self.http_status == 401

    def told(self, method: str, path: str) -> str:
        """The message about this fault as the answer to a given request."""
        if self.message:
            return self.message
        last, before = path.split("/")[-1], path.split("/")[-2]
        if path == "/apis":
            return "the server's answer does not list its API groups"
        if path == "/version":
            return "the server's answer does not tell its version"
        if last == "selfsubjectaccessreviews":
            return "the server's answer does not say whether it is allowed"
        if method != "GET":
            return "the server's answer is not the object that was asked for"
        if before in ("v1", "v1beta1", "v1alpha1") or path.split("/")[-3] == "namespaces":
            return f"the server's answer is not a list of {last}"
        return "the server's answer is not the object asked for"

    def line(self, method: str, path: str) -> str:
        """The complaint if nothing can be answered without this request."""
        if self.reason is None:
            return f"Unable to connect to the server: {self.told(method, path)}"
        return f"Error from server ({self.reason}): {self.told(method, path)}"


def _unreadable(body: str, headers: Mapping[str, str] | None = None) -> Fault:
    return Fault(Canned(200, body, headers or {}), "the server's answer is not a JSON object", 200, "Unknown")


def _other(body: JSON) -> Fault:
    return Fault(Canned(200, body), "", 200, "Unknown")


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
    "429 until tomorrow": Fault(
        Canned(429, BUSY, {"Retry-After": "86400"}), "slow down", 429, "TooManyRequests", times=1
    ),
    "429 until a date": Fault(
        Canned(429, BUSY, {"Retry-After": "Tue, 24 Nov 2099 08:00:00 GMT"}), "slow down", 429, "TooManyRequests"
    ),
    "503 for ever": Fault(Canned(503, DOWN, {"Retry-After": "0"}), "etcd is down", 503, "ServiceUnavailable"),
    "503 twice": Fault(Canned(503, DOWN, {"Retry-After": "0"}), "etcd is down", 503, "ServiceUnavailable", times=2),
    "503 without a word": Fault(
        Canned(503, ""), "the server is currently unable to handle the request", 503, "ServiceUnavailable"
    ),
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
    "half of a gzip": _lost(
        Canned(200, gzip.compress(b'{"items": []}' * 99)[:40], {"Content-Encoding": "gzip"}),
        "the answer broke off or could not be decoded",
    ),
    "half of HTTP/1.0": Fault(
        Canned(200, '{"kind": "ReferenceGrantList", "items": [', old=True),
        "the server's answer is not a JSON object",
        200,
        "Unknown",
    ),
    "hanging": _lost(Canned(delay=60, reset=True), f"no answer within {PATIENCE} seconds"),
    "slow body": _lost(Canned(200, "y" * 99, pause=0.05), f"the answer was not complete within {PATIENCE} seconds"),
    "slow headers": _lost(Canned(stall=0.05), f"no answer within {PATIENCE} seconds"),
    "half JSON": _unreadable('{"kind": "ReferenceGrantList", "items": ['),
    "a JSON list": _unreadable("[]"),
    "nothing": _unreadable(""),
    "HTML": _unreadable("<html>log in</html>", HTML),
    "binary": _unreadable("\x00\x01\x1b[31m"),
    "nested without end": Fault(
        Canned(200, '{"items": ' * 20_000), "the server's answer is nested too deeply", 200, "Unknown"
    ),
    "a Status": _other({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}),
    "an empty PodList": _other({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": []}),
    "a list of others": _other(
        {
            "kind": "ReferenceGrantList",
            "apiVersion": f"{GATEWAY_GROUP}/v1beta1",
            "metadata": {},
            "items": [{**POD, "metadata": {"name": "web", "namespace": "backend"}}],
        }
    ),
    "another object": _other(POD),
    "redirect": Fault(
        Canned(302, "", {"Location": "https://login.example.com"}),
        "the server answered with a redirect, which is not followed",
        302,
        "Unknown",
    ),
}


def at(ending: str, fault: Fault) -> Callable[[Request], Canned | None]:
    """Give requests whose path ends in `ending` the fault; answer all others normally."""
    return in_place_of(lambda request: request.path.endswith(ending), fault, lambda request: None)


def in_place_of(
    wanted: Callable[[Request], bool], fault: Fault, otherwise: Callable[[Request], Canned | None]
) -> Callable[[Request], Canned | None]:
    """Give `wanted` requests the fault, `fault.times` times at most; `otherwise` answers all others."""
    left = [fault.canned] * (fault.times or 0)

    def answer(request: Request) -> Canned | None:
        if not wanted(request):
            return otherwise(request)
        if fault.times is None:
            return fault.canned
        return left.pop() if left else otherwise(request)

    return answer
