"""kubectl as a reader of manifests, without any server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MARK = "example.org/read"
"""The annotation that kubectl is told to set."""


def read_by_kubectl(kubectl: Path, content: bytes, folder: Path) -> list[Any] | None:
    """The objects that kubectl finds in a file of manifests, as JSON; None if it refuses the file.

    `kubectl annotate` is used because it reads files without needing a server or known kinds.
    """
    file = folder / "manifests.yaml"
    file.write_bytes(content)
    done = _annotated(kubectl, file, folder)
    if done.returncode:
        return None
    objects, text = [], done.stdout.decode().lstrip()
    while text:
        found, end = json.JSONDecoder().raw_decode(text)
        objects.append(found)
        text = text[end:].lstrip()
    return objects


def refused_by_kubectl(kubectl: Path, contents: Sequence[str], folder: Path) -> list[bool]:
    """Whether kubectl refuses each of many files. All are read at once; those without a complaint are read alone."""
    every = folder / "every"
    every.mkdir()
    files = [every / f"{number:05}.yaml" for number in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_text(content, encoding="utf-8")
    complaints = _annotated(kubectl, every, folder).stderr.decode()
    return [
        f"error parsing {file}: " in complaints or read_by_kubectl(kubectl, file.read_bytes(), folder) is None
        for file in files
    ]


def _annotated(kubectl: Path, manifests: Path, folder: Path) -> subprocess.CompletedProcess[bytes]:
    words = ["annotate", "--local", "--overwrite", "-f", str(manifests), f"{MARK}=1", "-o", "json"]
    env = {"HOME": str(folder), "KUBECONFIG": str(folder / "none")}
    return subprocess.run([str(kubectl), *words], capture_output=True, env=env, check=False)
