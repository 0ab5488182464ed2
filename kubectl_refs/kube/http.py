"""Requests to an API server: GET for reading, and `send` for the few that ask or change something.

Every outcome is a value: an answer of the server is a Response, an answer that is none a Failure. Two things are
raised, because nothing else is worth reading after them: a server that was never reached, and a refused login.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from kubectl_refs import errors
from kubectl_refs.core.model import JSON
from kubectl_refs.core.objects import text
from kubectl_refs.core.snapshot import Failure
from kubectl_refs.kube import transport
from kubectl_refs.kube.config import Connection
from kubectl_refs.kube.session import Session, open_session

JSON_TYPE = "application/json"
TRIES = 3
LONGEST_WAIT = 10
"""Seconds waited before a try at most, whatever Retry-After asks for."""

_BUSY = (429, 503)
_WARNING = re.compile(r'\b299 \S+ "((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Response:
    """What the server answered. `body` is the JSON object, empty where there was none; header names are lower-case."""

    status: int
    body: JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """The server's words of a Status, or kubectl's where the server had none."""
        return text(self.body.get("message")) or _MESSAGES.get(
            self.status, f"the server answered with status {self.status}"
        )

    @property
    def failure(self) -> Failure:
        return Failure(self.status, self.message)


_MESSAGES = {
    403: "the server refused the request",
    404: "the server could not find the requested resource",
    410: "the continue token has expired",
    429: "the server has received too many requests and has asked us to try again later",
    503: "the server is currently unable to handle the request",
    504: "the server was unable to return a response in time",
}


class Client:
    """Requests over one connection pool. Safe to use from several threads."""

    def __init__(self, connection: Connection, sleep: Callable[[float], None] = time.sleep) -> None:
        self._connection = connection
        self._sleep = sleep
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._reached = False
        self._warnings: dict[str, None] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the server warned of, each text once, in the order of arrival."""
        with self._lock:
            return tuple(self._warnings)

    def get(self, path: str, params: Mapping[str, str] | None = None, accept: str = JSON_TYPE) -> Response | Failure:
        """GET a path whose segments are quoted already.

        A busy server (429 or 503 with Retry-After) is asked again, TRIES times in all. Redirects are not followed.
        """
        url = f"{self._connection.server}{path}" + (f"?{urlencode(params)}" if params else "")
        for _ in range(TRIES - 1):
            response = self._request("GET", url, {"Accept": accept})
            if isinstance(response, Failure) or (wait := _retry_after(response)) is None:
                return response
            self._sleep(min(wait, LONGEST_WAIT))
        return self._request("GET", url, {"Accept": accept})

    def send(
        self,
        method: str,
        path: str,
        body: JSON | Sequence[JSON],
        *,
        content_type: str = JSON_TYPE,
        params: Mapping[str, str] | None = None,
    ) -> Response | Failure:
        """POST, PUT or PATCH once, never again: what a lost answer did is not known."""
        url = f"{self._connection.server}{path}" + (f"?{urlencode(params)}" if params else "")
        headers = {"Accept": JSON_TYPE, "Content-Type": content_type}
        return self._request(method, url, headers, json.dumps(body).encode())

    def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response | Failure:
        session = self._open()
        all_headers = urllib3.HTTPHeaderDict(session.headers)
        all_headers.update(headers)
        seconds = self._connection.timeout
        try:
            raw = session.pool.request(
                method,
                url,
                body=body,
                headers=all_headers,
                retries=False,
                redirect=False,
                timeout=urllib3.Timeout(seconds, seconds),
            )
        except (HTTPError, OSError, ValueError) as error:
            return self._transport_failure(error)
        return self._received(raw)

    def _open(self) -> Session:
        with self._lock:
            if self._session is None:
                self._session = open_session(self._connection)
            return self._session

    def _transport_failure(self, error: Exception) -> Failure:
        if self._reached:
            return Failure(None, transport.describe(error, self._connection))
        if transport.is_refused(error):
            raise errors.refused(urlsplit(self._connection.server).netloc) from None
        raise errors.unreachable(transport.describe(error, self._connection)) from None

    def _received(self, raw: urllib3.BaseHTTPResponse) -> Response | Failure:
        self._reached = True
        headers = {name.lower(): value for name, value in raw.headers.items()}
        with self._lock:
            for header in raw.headers.getlist("warning"):
                self._warnings.update({_unescape(found): None for found in _WARNING.findall(header)})
        if raw.status == 401:
            raise errors.unauthorized()
        body = _parse(raw.data)
        response = Response(raw.status, body or {}, headers)
        if response.ok and body is None:
            return Failure(raw.status, "the server's answer is not a JSON object")
        return response


def _parse(data: bytes) -> JSON | None:
    try:
        body = json.loads(data)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _retry_after(response: Response) -> int | None:
    """The seconds a busy server asks to wait; None where it asks for nothing."""
    if response.status not in _BUSY:
        return None
    seconds = response.headers.get("retry-after", "")
    return int(seconds) if seconds.isdecimal() else None


def _unescape(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted)
