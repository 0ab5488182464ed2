"""What -v shows of configuration and requests on standard error, in kubectl's form and at its levels.

6 a line per answer with its status and time, 7 the request with its headers, 8 the answer's headers and the
beginning of its body, 9 more of the body. Credentials are masked at every level, and the bodies of Secrets and
ConfigMaps are not shown at all.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

MASKED = "<masked>"

_ANSWERS, _REQUESTS, _BODIES, _LONG_BODIES = 6, 7, 8, 9
_BODY, _LONG_BODY = 1024, 10240
_SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "set-cookie")
_SECRET_RESOURCES = ("/secrets", "/configmaps")


class BodyExcerpt:
    """The part of a body that may be shown, and the size of all of it, recorded while it is read."""

    def __init__(self) -> None:
        self.data = b""
        self.size = 0

    def recorded(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces, recorded as they pass."""
        for piece in pieces:
            if self.size < _LONG_BODY:
                self.data += piece[: _LONG_BODY - self.size]
            self.size += len(piece)
            yield piece


class RequestLog:
    """The log of one run; `level` is that of -v. Safe to use from several threads."""

    def __init__(self, level: int) -> None:
        self._level = level
        self._lock = threading.Lock()

    def loaded(self, path: Path) -> None:
        """Log that a kubeconfig file was read."""
        if self._level >= _ANSWERS:
            self._write(f"Config loaded from file:  {path}")

    def asked(self, method: str, url: str, headers: Iterable[tuple[str, str]]) -> None:
        if self._level >= _REQUESTS:
            self._write(f'"Request" verb={json.dumps(method)} url={json.dumps(url)} headers={_shown(headers)}')

    def answered(
        self, method: str, url: str, status: str, headers: Mapping[str, str], body: BodyExcerpt, seconds: float
    ) -> None:
        """Log an answer, or with `status` the reason why there was none."""
        if self._level < _ANSWERS:
            return
        told = f" headers={_shown(headers.items())}" if self._level >= _BODIES else ""
        self._write(
            f'"Response" verb={json.dumps(method)} url={json.dumps(url)} status={json.dumps(status)}{told} '
            f"milliseconds={seconds * 1000:.0f}"
        )
        if self._level < _BODIES or not body.size:
            return
        if any(resource in url for resource in _SECRET_RESOURCES):
            self._write(f'"Response Body" body="{MASKED}"')
            return
        limit = _LONG_BODY if self._level >= _LONG_BODIES else _BODY
        rest = f" [truncated {body.size - limit} bytes]" if body.size > limit else ""
        self._write(f'"Response Body" body={json.dumps(body.data[:limit].decode(errors="replace"))}{rest}')

    def _write(self, line: str) -> None:
        # Imported here: start-up time. The line may quote a server.
        from kubectl_refs.core.text.escaping import safe

        now = datetime.now().strftime("%m%d %H:%M:%S.%f")
        # Line breaks and tabs are this module's own: text that it quotes has none left.
        shown = "\n".join("\t".join(map(safe, part.split("\t"))) for part in line.split("\n"))
        with self._lock:
            if sys.stderr is not None:
                sys.stderr.write(f"I{now} {os.getpid():7} kubectl-refs] {shown}\n")
                sys.stderr.flush()


def _shown(headers: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"\t{name}: {_masked(name, value)}\n" for name, value in sorted(headers))
    return f"<\n{lines} >"


def _masked(name: str, value: str) -> str:
    if name.lower() not in _SECRET_HEADERS:
        return " ".join(value.split())
    kind, space, _ = value.partition(" ")
    return f"{kind} {MASKED}" if space and kind.lower() in ("basic", "bearer", "negotiate") else MASKED
