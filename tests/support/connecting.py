"""Connections to the fake server, made the way the program makes them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from kubectl_refs.core.model.objects import JSON
from kubectl_refs.kube.config.connection import Connection
from kubectl_refs.kube.connecting import connection
from tests.support.fakes.api import FakeAPI


def connect_with(kubeconfig: JSON, folder: Path, context: str | None = None, **environ: str) -> Connection:
    """A connection from one kubeconfig file, in an environment that holds only the keywords."""
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(kubeconfig), encoding="utf-8")
    return connection(str(path), context, environ, folder, folder / "no-service-account")


def connect_to(api: FakeAPI, folder: Path, timeout: float = 30.0, **user: Any) -> Connection:
    return replace(connect_with(api.kubeconfig(**user), folder), timeout=timeout)
