"""An API server's answer to one request, and what it means."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.core.model.values import at, text
from kubectl_refs.core.records import dataclass
from kubectl_refs.core.text.strict_json import no_constant
from kubectl_refs.core.view.reads import Failure

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Response:
    """The server's answer. `body` is the JSON object, empty if there was none; header names are lower-case."""

    status: int
    body: JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """The message of the server's Status, or kubectl's words if it has none."""
        return text(self.body.get("message")) or _MESSAGES.get(
            self.status, f"the server answered with status {self.status}"
        )

    @property
    def failure(self) -> Failure:
        return Failure(self.status, self.message)

    @property
    def is_status(self) -> bool:
        """Whether the API server itself answered, not something in front of it."""
        return self.body.get("kind") == "Status"

    @property
    def absent(self) -> bool:
        """Whether the object asked for is known not to exist.

        A 404 for the path itself contradicts discovery, since only discovered kinds are asked for: the kind may just
        have gone, or something other than the server answers.
        """
        return self.status == 404 and self.is_status and text(at(self.body, "details", "name")) is not None


_REDIRECT = "the server answered with a redirect, which is not followed"
_MESSAGES = {
    **dict.fromkeys((301, 302, 303, 307, 308), _REDIRECT),
    401: "the server has asked for the client to provide credentials",
    403: "the server refused the request",
    404: "the server could not find the requested resource",
    410: "the continue token has expired",
    429: "the server has received too many requests and has asked us to try again later",
    503: "the server is currently unable to handle the request",
    504: "the server was unable to return a response in time",
}


TOO_DEEP = "the server's answer is nested too deeply"
NO_OBJECT = "the server's answer is not a JSON object"


def decoded(data: bytes) -> Any:
    """The value of JSON data; ValueError if Go would not take it, RecursionError if it is nested too deeply."""
    value = json.loads(data, parse_constant=no_constant)
    if _SURROGATE.search(data):
        # Half a surrogate pair cannot be written out again; Go replaces it too.
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return value


def parse(data: bytes) -> JSON | str:
    """The JSON object in a body, or why there is none."""
    try:
        body = decoded(data)
    except RecursionError:
        return TOO_DEEP
    except ValueError:
        body = None
    return body if isinstance(body, dict) else NO_OBJECT
