"""The machine and software that the figures were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from tests.support.cluster.api_server import ApiServer


def description(server: ApiServer) -> Iterator[tuple[str, str]]:
    """Label and value of each fact, including the server's."""
    yield from host("kubectl-refs", "kubernetes", "click")
    for line in server.kubectl("version").stdout.splitlines():
        label, _, value = line.partition(":")
        if "Version" in label and "Kustomize" not in label:
            yield {"Client Version": "kubectl", "Server Version": "kube-apiserver"}[label], value.strip()


def host(*packages: str) -> Iterator[tuple[str, str]]:
    """Label and value of each fact that holds without a server."""
    yield "processor", f"{_processor()}, {os.cpu_count()} cores"
    yield "system", platform.platform()
    yield "python", platform.python_version()
    for package in packages:
        yield package, version(package)


def _processor() -> str:
    """The processor's model; only Linux has it in a file, elsewhere the architecture must do."""
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text().splitlines():
            label, _, value = line.partition(":")
            if label.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
