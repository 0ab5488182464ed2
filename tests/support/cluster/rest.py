"""Single requests to a real API server, as the administrator."""

from __future__ import annotations

import json
from typing import Any

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.api_server import ApiServer, ServerError

MERGE, APPLY, PLAIN = "application/merge-patch+json", "application/apply-patch+yaml", "application/json"


def send(server: ApiServer, method: str, path: str, body: JSON | None = None, type: str = PLAIN) -> tuple[int, Any]:
    """The status and the answer."""
    connection = server.connection()
    try:
        content = None if body is None else json.dumps(body).encode()
        connection.request(method, path, content, server.bearer() | {"Content-Type": type})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def must(server: ApiServer, method: str, path: str, body: JSON | None = None, type: str = PLAIN) -> Any:
    """The answer. Raises ServerError if the request fails."""
    status, answer = send(server, method, path, body, type)
    if status >= 300:
        raise ServerError(f"{method} {path}: {status} {answer}")
    return answer
