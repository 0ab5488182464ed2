"""Writes many objects at once in seconds, which would take kubectl minutes."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from kubectl_refs.core.model.objects import JSON
from tests.support.cluster.api_server import ApiServer, ServerError

THREADS = 16

Write = tuple[str, JSON]
"""The path of a collection, and the object to POST there."""


def post_all(server: ApiServer, writes: Sequence[Write]) -> None:
    """POST from several threads, each with one connection. Raises ServerError if an object is not created."""
    local = threading.local()
    headers = server.bearer() | {"Content-Type": "application/json"}

    def post(write: Write) -> None:
        path, body = write
        if not hasattr(local, "connection"):
            local.connection = server.connection()
        local.connection.request("POST", path, json.dumps(body).encode(), headers)
        response = local.connection.getresponse()
        answer = response.read()
        if response.status != 201:
            raise ServerError(f"POST {path}: {response.status} {answer.decode()}")

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(post, writes):
            pass
