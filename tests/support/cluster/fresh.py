"""Namespaces for one test only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tests.support.cluster.api_server import ApiServer


class Fresh(Protocol):
    """Makes a namespace that no other test uses and returns its name."""

    def __call__(self, server: ApiServer, name: str, labels: Mapping[str, str] | None = None) -> str: ...
