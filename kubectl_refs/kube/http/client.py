"""Requests to an API server: GET for reading, and `send` for the few that ask or change something.

Every outcome is a value: a Response for the server's answer, a Failure for an unusable one or none. Two things are
raised, because nothing else is worth reading after them: a server that was never reached, and a refused login.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException, HTTPMessage
from urllib.parse import urlencode, urlsplit

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.view.reads import Failure
from kubectl_refs.kube.config.connection import Connection
from kubectl_refs.kube.http import transport_errors
from kubectl_refs.kube.http.limits import GRACE, LARGEST_BODY
from kubectl_refs.kube.http.listing import Take, read_list
from kubectl_refs.kube.http.pool import Incoming
from kubectl_refs.kube.http.request_log import BodyExcerpt, RequestLog
from kubectl_refs.kube.http.response import Response, parse
from kubectl_refs.kube.http.session import Session, open_session
from kubectl_refs.process import errors
from kubectl_refs.process.time_limit import within

JSON_TYPE = "application/json"
TRIES = 3
LONGEST_WAIT = 10
"""The most seconds waited before a try, whatever Retry-After asks for."""

_TRANSPORT = (HTTPException, OSError, ValueError)
"""The exceptions that may be raised if no answer comes."""

_WARNING = r'\b299 \S+ "((?:[^"\\]|\\.)*)"'


class Client:
    """Requests over one connection pool. Safe to use from several threads."""

    def __init__(self, connection: Connection, sleep: Callable[[float], None] = time.sleep) -> None:
        self._connection = connection
        self._sleep = sleep
        self._log = RequestLog(connection.verbosity)
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._reached = False
        self._warnings: dict[str, None] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """The server's warnings, each text once, in the order of arrival."""
        with self._lock:
            return tuple(self._warnings)

    def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        accept: str = JSON_TYPE,
        take: Take | None = None,
    ) -> Response | Failure:
        """GET a path whose segments are quoted already.

        With `take` the answer is a list, whose items are taken while more arrive, and again from the start after a
        retry. A request is retried if the server is busy (429 or 5xx with Retry-After) or drops the connection, with
        TRIES tries in all. Redirects are not followed.
        """
        url = f"{self._connection.server}{path}" + (f"?{urlencode(params)}" if params else "")
        for tries_left in range(TRIES - 1, -1, -1):
            try:
                response = self._request("GET", url, {"Accept": accept}, take=take)
            except _TRANSPORT as error:
                if tries_left and transport_errors.is_dropped(error):
                    continue
                return self._transport_failure(error)
            if not tries_left or isinstance(response, Failure) or (wait := _retry_after(response)) is None:
                return response
            self._sleep(wait)
        raise AssertionError("the last try returns")

    def stream(self, path: str, params: Mapping[str, str], accept: str, silence: float) -> Incoming | Failure:
        """GET a path whose answer comes bit by bit and may never end; `silence` is the most seconds between two bits.

        The caller reads and closes it. A Failure, in the server's words, if it refuses.
        """
        url = f"{self._connection.server}{path}?{urlencode(params)}"
        session = self._open()
        try:
            raw = self._begin_stream(session, url, accept, silence)
            if raw.status == 401 and self._renew(session):
                raw.close()
                raw = self._begin_stream(self._open(), url, accept, silence)
            if raw.status == 200:
                return raw
            body = parse(raw.whole(time.monotonic() + silence))
        except _TRANSPORT as error:
            return Failure(None, self.reason(error))
        received = Response(raw.status, {} if isinstance(body, str) else body, {})
        return received.failure

    def _begin_stream(self, session: Session, url: str, accept: str, silence: float) -> Incoming:
        # Compression could hold events back until more of the stream has come.
        other = (header for header in session.headers if header[0] != "Accept-Encoding")
        headers = (*other, ("Accept", accept), ("Accept-Encoding", "identity"))
        self._log.asked("GET", url, headers)
        return session.pool.request("GET", url, headers, timeout=self._connection.timeout, silence=silence)

    def send(
        self,
        method: str,
        path: str,
        body: JSON | Sequence[JSON],
        *,
        content_type: str = JSON_TYPE,
        params: Mapping[str, str] | None = None,
    ) -> Response | Failure:
        """POST, PUT or PATCH once, without retries: it is not known what a request without an answer did."""
        url = f"{self._connection.server}{path}" + (f"?{urlencode(params)}" if params else "")
        headers = {"Accept": JSON_TYPE, "Content-Type": content_type}
        try:
            return self._request(method, url, headers, json.dumps(body).encode())
        except _TRANSPORT as error:
            return self._transport_failure(error)

    def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, take: Take | None = None
    ) -> Response | Failure:
        """Make a request; again with fresh credentials if those in use are refused and can be renewed."""
        session = self._open()
        answer = self._exchange(session, method, url, headers, body, take)
        if answer.status == 407 and session.proxy is not None:
            # Only a proxy answers with this status.
            refused = "407 Proxy Authentication Required"
            raise errors.unreachable(transport_errors.proxy_refused(session.proxy, refused))
        if answer.status == 401 and self._renew(session):
            answer = self._exchange(self._open(), method, url, headers, body, take)
        return self._received(answer)

    def _exchange(
        self,
        session: Session,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        take: Take | None,
    ) -> _Answer:
        """Send a request and read the whole answer within the connection's time; raises one of _TRANSPORT."""
        all_headers = (*session.headers, *headers.items())
        self._log.asked(method, url, all_headers)
        begun = time.monotonic()
        limit = self._connection.timeout
        beginning, raw = BodyExcerpt(), None
        try:
            raw = within(
                None if limit is None else limit + GRACE,
                lambda: session.pool.request(method, url, all_headers, body, timeout=limit, silence=limit),
            )
            deadline = None if limit is None else begun + limit
            if take is None or raw.status != 200:
                found = parse(b"".join(beginning.recorded(raw.pieces(deadline, LARGEST_BODY))))
            else:
                found = read_list(beginning.recorded(raw.pieces(deadline, more=limit)), take)
        except _TRANSPORT as error:
            reason = self.reason(error)
            self._log.answered(method, url, reason, {}, BodyExcerpt(), time.monotonic() - begun)
            raise
        finally:
            if raw is not None:
                raw.close()
        status = f"{raw.status} {raw.reason or ''}".strip()
        self._log.answered(method, url, status, dict(raw.headers.items()), beginning, time.monotonic() - begun)
        return _Answer(raw.status, raw.headers, found)

    def _open(self) -> Session:
        """The session, opened if need be, and renewed once its credentials have expired."""
        with self._lock:
            expires = self._connection.expires
            if expires is not None and self._connection.renew is not None and time.time() >= expires:
                self._reopen(self._connection.renew())
            if self._session is None:
                self._session = open_session(self._connection)
            return self._session

    def _renew(self, refused: Session) -> bool:
        """Replace the credentials of a session that the server refused; False if there are no others."""
        with self._lock:
            if self._session is not refused:
                return True
            if self._connection.renew is None:
                return False
            self._reopen(self._connection.renew())
            return True

    def _reopen(self, connection: Connection) -> None:
        if connection.kubeconfig != self._connection.kubeconfig:
            self._session = None
        self._connection = connection

    def reason(self, error: Exception) -> str:
        """Why there was no answer, or why it broke off."""
        proxy = None if self._session is None else self._session.proxy
        return transport_errors.describe(error, self._connection.server, self._connection.timeout, proxy)

    def _transport_failure(self, error: Exception) -> Failure:
        if self._reached:
            return Failure(None, self.reason(error))
        if transport_errors.is_refused(error):
            raise errors.refused(urlsplit(self._connection.server).netloc) from None
        raise errors.unreachable(self.reason(error)) from None

    def _received(self, answer: _Answer) -> Response | Failure:
        self._reached = True
        headers = {name.lower(): value for name, value in answer.headers.items()}
        with self._lock:
            for header in answer.headers.get_all("warning", ()):
                self._warnings.update({_unescape(found): None for found in re.findall(_WARNING, header)})
        body = answer.body
        found = {} if isinstance(body, str) else body
        response = Response(answer.status, found, headers)
        if answer.status == 401:
            raise errors.unauthorized(response.message)
        if response.ok and isinstance(body, str):
            return Failure(answer.status, body)
        return response


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer as it came; `body` is the JSON object in it, or why there is none."""

    status: int
    headers: HTTPMessage
    body: JSON | str


def _retry_after(response: Response) -> float | None:
    """The seconds that a busy server asks to wait, LONGEST_WAIT at most; None if it does not ask."""
    if response.status != 429 and response.status < 500:
        return None
    seconds = response.headers.get("retry-after", "")
    # Not int, which refuses thousands of digits.
    return min(float(seconds), LONGEST_WAIT) if seconds.isdecimal() else None


def _unescape(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted)
